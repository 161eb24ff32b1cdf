"""How a site announces its articles besides its lists: sitemaps, in an index of them, and feeds."""

from __future__ import annotations

import gzip
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from scraper.demo.exchange import Answer, Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.demo.campus import CampusWorld
    from scraper.demo.story import Story

_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Announcer:
    """Announces the articles of one world; made, it is what answers for them."""

    def __init__(self, world: CampusWorld, *, per_sitemap: int = 10) -> None:
        self.per_sitemap = per_sitemap  # articles that one sitemap names; a feed names as many
        self._world = world
        world.announce = self.reply

    def reply(self, path: str) -> Reply | None:
        """Return the answer to an address of a sitemap or a feed; None: to any other."""
        world, most = self._world, self.per_sitemap
        stories = [story for number, story in world.stories.items() if number not in world.gone]
        stories.sort(key=lambda story: story.published)
        stamp = f"{path} {len(stories)}"
        match path:
            case "/sitemap.xml":
                body = _sitemap_index(world, stories, most).encode()
            case "/rss.xml":
                body = _rss(world, stories[::-1][:most]).encode()
            case "/atom.xml":
                body = _atom(world, stories[::-1][:most]).encode()
            case _ if path.startswith("/sitemap-") and path.endswith(".xml.gz"):
                number = int(path.removeprefix("/sitemap-").removesuffix(".xml.gz"))
                part = stories[(number - 1) * most : number * most]
                body = gzip.compress(_sitemap(world, part).encode(), mtime=0)
                stamp = f"{path} {len(part)}"
            case _:
                return None
        return Reply(answer=Answer(headers=(("Content-Type", "application/xml"),), body=body), stamp=stamp)


def _sitemap_index(world: CampusWorld, stories: Sequence[Story], most: int) -> str:
    parts = []
    for first in range(0, len(stories), most):
        last = stories[first : first + most][-1].published.date()
        loc = f"{world.home}/sitemap-{first // most + 1}.xml.gz"
        parts.append(f"<sitemap><loc>{loc}</loc><lastmod>{last}</lastmod></sitemap>")
    return f"{_HEAD}<sitemapindex {_SITEMAPS}>{''.join(parts)}</sitemapindex>"


def _sitemap(world: CampusWorld, stories: Sequence[Story]) -> str:
    rows = "".join(
        f"<url><loc>{escape(world.home + world.path_of(story))}</loc>"
        f"<lastmod>{story.published.isoformat()}</lastmod></url>"
        for story in stories
    )
    return f"{_HEAD}<urlset {_SITEMAPS}><url><loc>{world.home}/</loc></url>{rows}</urlset>"


def _rss(world: CampusWorld, stories: Sequence[Story]) -> str:
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{escape(world.home + world.path_of(story))}</link>"
        f"<pubDate>{format_datetime(story.published)}</pubDate></item>"
        for story in stories
    )
    head = f"<title>{escape(world.title)}</title><link>{world.home}/</link>"
    return f'{_HEAD}<rss version="2.0"><channel>{head}{items}</channel></rss>'


def _atom(world: CampusWorld, stories: Sequence[Story]) -> str:
    entries = "".join(
        f"<entry><title>{escape(story.title)}</title>"
        f'<link href="{escape(world.home + world.path_of(story))}"/>'
        f"<updated>{story.published.isoformat()}</updated></entry>"
        for story in stories
    )
    head = f"<title>{escape(world.title)}</title>"
    return f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'
