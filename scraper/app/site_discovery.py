"""A look at a live site that no config names yet: its family, its channels, two of its articles.

Asks as a run would: robots.txt, pace and checked addresses included. Keeps nothing and writes nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from scraper import discovery, families, urls
from scraper.app.saved_page import Read, read
from scraper.app.wiring import network_of
from scraper.config import site_without_config
from scraper.config.sections import is_name
from scraper.discovery.navigation import Way, page_title, read_navigation
from scraper.errors import ArchiveError, BadStatus, Blocked, NotAListing
from scraper.extractor.page import open_page
from scraper.messages import say
from scraper.model import Channel, Kind, NetworkSettings, Request
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scraper.config import Config
    from scraper.crawler.network import Network
    from scraper.discovery.navigation import Navigation
    from scraper.families.family import Family
    from scraper.model import Capture, Link, ListingPage, Site
    from scraper.urls import Url

MOST = 30  # pages that are asked for in search of channels
_ARTICLES = 2
_TRIES = 4  # articles that are asked for until two could be read
_FEW_ROWS = 2  # of a list; a page that names less is none that is worth a channel
_SUCCESS = range(200, 300)
_NOT_OF_A_NAME = re.compile(r"[^\w-]+")


class FoundChannel(Value, frozen=True, kw_only=True):
    """A list that was found."""

    channel: Channel
    listing: ListingPage

    @property
    def articles(self) -> int:
        """How many it names in all: as it states, else as its pages have room for, else on this page."""
        if self.listing.stated is not None:
            return self.listing.stated
        return len(self.listing.links) * (self.listing.pages or 1)


class Look(Value, frozen=True, kw_only=True):
    """What was found of a site. `site` is as a config would name it, its channels those that were found."""

    site: Site
    channels: tuple[FoundChannel, ...]
    articles: tuple[Read, ...]
    unread: tuple[ArchiveError, ...]  # of the articles that gave none: why


def look(
    url: Url, config: Config | None, *, name: str | None, most: int = MOST, tell: Callable[[str], None]
) -> Look:
    """Look at the site that an address is of; `tell` hears of each step. Raises FetchError, ExtractError."""
    return asyncio.run(_look(url, config, name=name, most=most, tell=tell))


async def _look(
    url: Url, config: Config | None, *, name: str | None, most: int, tell: Callable[[str], None]
) -> Look:
    home = urls.join(url, "/") or url
    site = site_without_config(
        name=name or name_of(urls.host(url)),
        home=home,
        family=None,
        defaults=config.defaults if config is not None else None,
    )
    async with _network(site, config) as network:
        search = _Search(site, network, tell)
        return await search.look(url, most)


def _network(site: Site, config: Config | None) -> Network:
    return network_of(
        config.network if config else NetworkSettings(),
        (site,),
        contact=config.contact if config else None,
        now=partial(datetime.now, site.timezone),
    )


def name_of(host: str) -> str:
    """Return a site's name, made of its host: `law.nankai.edu.cn` is `nankai-law`, `news.…` is `nankai`."""
    labels = [
        label for label in host.split(".") if label not in {"edu", "com", "org", "net", "ac", "gov", "cn"}
    ]
    own = [label for label in labels if label not in {"www", "news", "xw", "xwzx"}] or labels or [host]
    name = _NOT_OF_A_NAME.sub("-", "-".join(reversed(own))).strip("-")
    return name if is_name(name) else "site"


class _Search:
    """One look at one site."""

    def __init__(self, site: Site, network: Network, tell: Callable[[str], None]) -> None:
        self._site = site
        self._network = network
        self._tell = tell

    async def look(self, url: Url, most: int) -> Look:
        first = await self._ask(url)
        home = urls.join(first.final_url, "/") or self._site.home
        self._site = replace(self._site, home=home)
        self._recognise(first)
        around = read_navigation(first, self._family)
        found = await self._channels(first, around, most)
        if not found:
            found = await self._feeds(around)
        title = around.title or self._site.name
        self._site = replace(self._site, title=title, channels=tuple(each.channel for each in found))
        read, unread = await self._articles(found)
        site = replace(self._site, family=self._site.family or "generic")
        return Look(site=site, channels=tuple(found), articles=tuple(read), unread=tuple(unread))

    @property
    def _family(self) -> Family | None:
        return families.by_name(self._site.family or "")

    def _recognise(self, capture: Capture) -> None:
        """Take the family of the first page that has the marks of one: front pages may have none."""
        if self._site.family is None:
            family = families.recognise(open_page(capture).root, capture.final_url)
            if family is not None:
                self._site = replace(self._site, family=family.name)
                self._tell(say("{url}: of the family {family}", url=capture.final_url, family=family.name))

    async def _ask(self, url: Url, kind: Kind = Kind.LISTING) -> Capture:
        return await self._network.fetch(Request(url=url, kind=kind), self._site)

    # ── channels ──────────────────────────────────────────────────────────────────────────────────────────

    async def _channels(self, first: Capture, around: Navigation, most: int) -> list[FoundChannel]:
        """Return the lists that the site's navigation leads to, and the page itself where it is one."""
        found: list[FoundChannel] = []
        given = Way(url=first.final_url, name=None, worth=0)
        itself = (
            None if families.is_article(self._family, first.final_url) else self._list(given, first, found)
        )
        found.extend([itself] if itself is not None and not itself.listing.sublists else [])
        shown = itself.listing.sublists if itself is not None else ()
        ways = deque([*(Way(url=url, name=None, worth=0) for url in shown), *around.ways[:most]])
        asked: set[Url] = set()
        while ways and len(asked) < most:
            way = ways.popleft()
            if way.url in asked:
                continue
            asked.add(way.url)
            capture = await self._try(way)
            channel = None if capture is None else self._list(way, capture, found)
            lists = () if channel is None else channel.listing.sublists
            if lists:
                self._tell(say("{url}: an overview of {count} lists", url=way.url, count=len(lists)))
                ways.extendleft(Way(url=url, name=None, worth=0) for url in reversed(lists))
            elif channel is not None:
                channel = await self._counted(channel)
                self._tell(
                    say(
                        "{url}: {title}, {count} articles",
                        url=way.url,
                        title=channel.channel.title,
                        count=channel.articles,
                    )
                )
                found.append(channel)
        return found

    async def _try(self, way: Way) -> Capture | None:
        try:
            return await self._ask(way.url)
        except Blocked:
            raise
        except ArchiveError as error:
            self._tell(say("{url}: {error}", url=way.url, error=error.said))
            return None

    def _list(self, way: Way, capture: Capture, known: Sequence[FoundChannel]) -> FoundChannel | None:
        """Return a page as a channel; None where it is no list, or is known under another address."""
        try:
            self._recognise(capture)
            listing = discovery.read_listing(capture, self._site, None)
            title = way.name or page_title(capture) or urls.split(way.url).path
        except ArchiveError as error:
            self._tell(
                say("no channel: {error}", error=error.said)
                if isinstance(error, NotAListing)
                else say("{url}: {error}", url=way.url, error=error.said)
            )
            return None
        named = {link.url for link in listing.links}
        if not listing.sublists and (
            len(named) < _FEW_ROWS or any(named == _named(each.listing) for each in known)
        ):
            self._tell(say("{url}: no channel: it names nothing that is new", url=way.url))
            return None
        names = {each.channel.name for each in known}
        channel = Channel(name=channel_name(way.url, names), title=title, index=capture.final_url)
        return FoundChannel(channel=channel, listing=listing)

    async def _counted(self, found: FoundChannel) -> FoundChannel:
        """Return a channel with the number of pages that its script states, where it has one."""
        listing = found.listing
        if listing.pager is None or listing.pages is not None:
            return found
        try:
            capture = await self._ask(listing.pager, Kind.PAGER)
            pages = discovery.read_pager(capture, self._site)
        except ArchiveError:  # the list is there all the same; how long it is nobody knows
            return found
        return replace(found, listing=replace(listing, pages=pages))

    async def _feeds(self, around: Navigation) -> list[FoundChannel]:
        """Return the feeds that a page names: of a site whose lists nobody can read."""
        found: list[FoundChannel] = []
        for url in around.feeds:
            capture = await self._try(Way(url=url, name=None, worth=0))
            try:
                listing = discovery.read_feed(capture, self._site, None) if capture is not None else None
            except ArchiveError as error:
                self._tell(say("{url}: {error}", url=url, error=error.said))
                continue
            if listing is not None and listing.links:
                name = channel_name(url, {each.channel.name for each in found})
                channel = Channel(name=name, title=name, index=url, feeds=(url,))
                found.append(FoundChannel(channel=channel, listing=listing))
        return found

    # ── articles ──────────────────────────────────────────────────────────────────────────────────────────

    async def _articles(self, found: Sequence[FoundChannel]) -> tuple[list[Read], list[ArchiveError]]:
        """Return the newest articles of the first channels, and why others could not be read."""
        read_so_far: list[Read] = []
        unread: list[ArchiveError] = []
        for link in _newest(found)[:_TRIES]:
            if len(read_so_far) == _ARTICLES:
                break
            try:
                capture = await self._ask(link.url, Kind.ARTICLE)
                _check_status(capture)
                self._recognise(capture)
                read_so_far.append(read(capture, self._site))
            except ArchiveError as error:
                unread.append(error)
        return read_so_far, unread


def _check_status(capture: Capture) -> None:
    if capture.status not in _SUCCESS:
        msg = say("article: {url}: status {status}", url=capture.url, status=capture.status)
        raise BadStatus(msg, status=capture.status)


def _named(listing: ListingPage) -> set[Url]:
    return {link.url for link in listing.links}


def _newest(found: Sequence[FoundChannel]) -> list[Link]:
    """Return articles to be shown: the first of each channel, then the second of each, each once."""
    ranks = (each.listing.links[at : at + 1] for at in range(_TRIES) for each in found)
    return list({link.url: link for links in ranks for link in links}.values())


def channel_name(url: Url, known: set[str]) -> str:
    """Return a channel's name, made of its address: `/xwzx/tzgg/list.htm` is `tzgg`, or `xwzx-tzgg`."""
    path = re.sub(r"(?:/(?:list|index|main)?\d*)?(?:\.\w+)?$", "", urls.split(url).path)
    parts = [part for part in (_NOT_OF_A_NAME.sub("-", part).strip("-") for part in path.split("/")) if part]
    longer = ["-".join(parts[-count:])[:50].strip("-") for count in range(1, len(parts) + 1)] or ["list"]
    numbered = (f"{longer[0]}-{number}" for number in range(2, len(known) + 3))
    names = (name for name in (*longer, *numbered) if is_name(name) and name not in known)
    return next(names, f"list-{len(known) + 1}")
