"""A look at one live page: what it is, whose, and what the program makes of it. Keeps nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from scraper import discovery, families
from scraper.app.saved_page import read
from scraper.app.wiring import network_of
from scraper.errors import ArchiveError, ExtractError, NotAListing
from scraper.extractor.page import open_page
from scraper.model import Kind, NetworkSettings, Request
from scraper.values import Value, replace

if TYPE_CHECKING:
    from scraper.app.saved_page import Read
    from scraper.config import Config
    from scraper.crawler.network import Network
    from scraper.model import Capture, Channel, Link, ListingPage, Site
    from scraper.urls import Url

_SUCCESS = range(200, 300)

What = Literal["article", "list", "sitemap", "feed", "other"]


class Probe(Value, frozen=True, kw_only=True):
    """What was seen."""

    capture: Capture
    site: Site
    what: What
    family: str | None = None  # None: no family's marks are on it
    page: Read | None = None  # of an article
    listing: ListingPage | None = None  # of a list, a sitemap, a feed
    no_article: ExtractError | None = None  # of what is no article: why
    no_listing: ExtractError | None = None  # of what is no list: why

    def to_json(self) -> dict[str, Any]:
        """Return what was seen, for programs."""
        listing = self.listing
        return {
            "url": self.capture.url,
            "final_url": self.capture.final_url,
            "status": self.capture.status,
            "content_type": self.capture.header("content-type"),
            "bytes": len(self.capture.body),
            "site": self.site.name,
            "what": self.what,
            "family": self.family,
            "article": self.page.to_json() if self.page else None,
            "list": _list_to_json(listing) if listing else None,
            "errors": [f"{error.kind}: {error}" for error in (self.no_article, self.no_listing) if error],
        }


def _list_to_json(listing: ListingPage) -> dict[str, Any]:
    return {
        "rows": [_link_to_json(link) for link in listing.links],
        "elsewhere": [_link_to_json(link) for link in listing.elsewhere],
        "next": listing.next.urls[0] if listing.next else None,
        "pager": listing.pager,
        "number": listing.number,
        "pages": listing.pages,
        "stated": listing.stated,
        "unread_pager": listing.unread_pager,
        "sublists": list(listing.sublists),
    }


def _link_to_json(link: Link) -> dict[str, Any]:
    date = link.date.isoformat(timespec="seconds") if link.date else None
    return {"url": link.url, "kind": link.kind.value, "title": link.title, "date": date}


def probe(url: Url, site: Site, config: Config | None) -> Probe:
    """Ask for a page as a run would (robots.txt, pace, checked addresses) and say what it is.

    Raises FetchError. A list whose pager is a script costs one request more, for the number of pages.
    """
    return asyncio.run(_probe(url, site, config))


async def _probe(url: Url, site: Site, config: Config | None) -> Probe:
    network = network_of(
        config.network if config else NetworkSettings(),
        config.sites if config else (site,),
        contact=config.contact if config else None,
        now=partial(datetime.now, site.timezone),
    )
    async with network:
        capture = await network.fetch(Request(url=url, kind=Kind.ARTICLE), site)
        seen = judge(capture, site)
        if seen.listing is None or seen.listing.pager is None or seen.listing.pages is not None:
            return seen
        return await _with_pages(seen, seen.listing, seen.listing.pager, network)


async def _with_pages(seen: Probe, listing: ListingPage, script: Url, network: Network) -> Probe:
    """Return what was seen with the number of pages that the list's script states, where it states one."""
    try:
        pager = await network.fetch(Request(url=script, kind=Kind.PAGER), seen.site)
        pages = discovery.read_pager(pager, seen.site)
    except ArchiveError:  # the list is there all the same, its number of pages unknown: `pages` is null
        return seen
    return replace(seen, listing=replace(listing, pages=pages))


def judge(capture: Capture, site: Site) -> Probe:
    """Say what a page is: sitemap, feed, article, list, or else why it is none of them."""
    channel = next((channel for channel in site.channels if channel.index == capture.url), None)
    if capture.status not in _SUCCESS:
        return Probe(capture=capture, site=site, what="other")
    if (listing := _sitemap(capture, site)) is not None:
        return Probe(capture=capture, site=site, what="sitemap", listing=listing)
    if (listing := _feed(capture, site, channel)) is not None:
        return Probe(capture=capture, site=site, what="feed", listing=listing)
    try:
        page = read(capture, site)
    except ExtractError as error:
        return _judge_list(capture, site, channel, error)
    return Probe(capture=capture, site=site, what="article", family=page.article.family, page=page)


def _judge_list(capture: Capture, site: Site, channel: Channel | None, why: ExtractError) -> Probe:
    seen = Probe(capture=capture, site=site, what="other", family=_family(capture, site), no_article=why)
    try:
        listing = discovery.read_listing(capture, site, channel)
    except ExtractError as error:
        return replace(seen, no_listing=error)
    return replace(seen, what="list", listing=listing)


def _family(capture: Capture, site: Site) -> str | None:
    """Return the family that the config names, else the one whose marks a page has."""
    if site.family is not None:
        return site.family
    try:
        family = families.recognise(open_page(capture).root, capture.final_url)
    except ArchiveError:  # no page at all; why it is none stands in `no_article`
        return None
    return family.name if family else None


def _sitemap(capture: Capture, site: Site) -> ListingPage | None:
    if "text/plain" in (capture.header("content-type") or ""):
        return None  # any text may look like a sitemap; probe says so of none
    try:
        return discovery.read_sitemap(capture, site)
    except NotAListing:
        return None


def _feed(capture: Capture, site: Site, channel: Channel | None) -> ListingPage | None:
    try:
        return discovery.read_feed(capture, site, channel)
    except NotAListing:
        return None
