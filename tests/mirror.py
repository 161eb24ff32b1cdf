"""Saved pages served back at their real addresses, so that the ordinary config archives them over loopback.

    with serve(Mirror(pages)) as server: …                     # network.proxy: server.proxy
    python tests/mirror.py PAGES                               # serves until interrupted

PAGES is a folder with a `manifest.jsonl`: a line a page, with file, url and content_type. What is not there
is 404. The lists of the news site are made up over its articles, since those that were saved name pages that
were not: index, pager script and count pages as the site has them; a channel without an article names the
newest of all. Everything answers under http.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scraper.demo.ecms import ChannelSpec
from scraper.demo.ecms_world import EcmsWorld
from scraper.demo.exchange import Answer, Ask, page
from scraper.demo.server import serve

NEWS = "news.nankai.edu.cn"
# The channels of the news site: name and code.
_CODES = {
    "bnxq": "0002000",
    "ywsd": "0003000",
    "zhxw": "0004000",
    "dcxy": "0005000",
    "mtnk": "0006000",
    "ztbd": "0007000",
    "nkrw": "0008000",
    "nkzs": "0009000",
    "sp": "0010000",
    "nkdxb": "0011000",
    "gb": "0012000",
    "wx": "0015000",
    "xlzt": "0019000",
    "gynk": "0020000",
}
# Channels of before 2019, and where their articles went; what is in neither table is listed in ztbd.
_RENAMED = {"nkyw": "ywsd", "qqxy": "dcxy", "spxw": "sp", "nkgb": "gb", "xsjw": "zhxw", "nkpl": "nkzs"}
_OTHER = "ztbd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One saved page: a line of the manifest."""

    file: Path
    host: str
    path: str  # with its query
    content_type: str
    kind: str
    title: str  # "": the manifest has none
    published: str  # YYYY-MM-DD; "": the manifest has none


class Mirror:
    """All hosts of a manifest. With `real_lists` the saved lists go before the made-up ones."""

    def __init__(self, pages: Path, *, real_lists: bool = False) -> None:
        """Read the manifest; the pages are read when they are asked for."""
        lines = (pages / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
        saved = [_saved(pages, json.loads(line)) for line in lines]
        self._pages = {
            (page.host, page.path): page
            for page in saved
            if real_lists or page.kind != "list" or page.host != NEWS
        }
        self._news = _news_lists([page for page in saved if page.host == NEWS and page.kind == "article"])

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the hosts of the manifest."""
        return tuple({NEWS, *(host for host, _ in self._pages)})

    @property
    def lists(self) -> EcmsWorld:
        """Return the site that makes the lists up: its verbs and switches work here too."""
        return self._news

    def articles(self) -> list[str]:
        """Return the addresses of the news site's articles, under http."""
        return [f"http://{NEWS}{saved.path}" for saved in self._pages.values() if _is_news_article(saved)]

    def answer(self, ask: Ask) -> Answer:
        """Answer with the saved page, a made-up list, or 404."""
        saved = self._pages.get((ask.host, ask.path))
        if saved is not None:
            return Answer(headers=(("Content-Type", saved.content_type),), body=saved.file.read_bytes())
        if ask.path == "/robots.txt":
            return page("<p>404</p>", status=404)
        if ask.host == NEWS and not ask.path.startswith(("/pic/", "/video/", "/audio/")):
            return self._news.answer(ask)
        return page("<p>404</p>", status=404)


def _saved(pages: Path, line: dict[str, Any]) -> Saved:
    parts = urlsplit(line["url"])
    truth = line.get("truth") or {}
    return Saved(
        file=pages / line["file"],
        host=(parts.hostname or "").lower(),
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        content_type=line["content_type"],
        kind=line["kind"],
        title=truth.get("title") or "",
        published=(truth.get("published") or "")[:10],
    )


def _is_news_article(saved: Saved) -> bool:
    return saved.host == NEWS and saved.kind == "article"


def _news_lists(articles: list[Saved]) -> EcmsWorld:
    """Return a site whose lists name the articles, the oldest on page 1, and that has no page of its own."""
    world = EcmsWorld(
        NEWS, tuple(ChannelSpec(name=name, code=code, title=name) for name, code in _CODES.items())
    )
    ordered = sorted(articles, key=lambda saved: (saved.published, saved.path))
    for saved in ordered:
        _list(world, _channel_of(saved), saved)
    for name in world.channels.keys() - world.lists.keys():
        _list(world, name, ordered[-1])
    return world


def _channel_of(saved: Saved) -> str:
    old = saved.path.split("/")[1]
    return _RENAMED.get(old, old if old in _CODES else _OTHER)


def _list(world: EcmsWorld, channel: str, saved: Saved) -> None:
    day = datetime.fromisoformat(saved.published).date() if saved.published else None
    world.list_address(channel, f"http://{NEWS}{saved.path}", title=saved.title or saved.path, on=day)


def main(arguments: list[str]) -> None:
    """Serve the pages of a folder until interrupted."""
    mirror = Mirror(Path(arguments[0]))
    with serve(mirror) as server:
        sys.stdout.write(f"network.proxy: {server.proxy}   ({len(mirror.articles())} articles of {NEWS})\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
