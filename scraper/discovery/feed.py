"""Feeds: RSS 2.0, RSS 1.0 and Atom, each with its dates. Their texts are not read: the page is the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import urls
from scraper.discovery.records import Record, read_records
from scraper.discovery.scope import Row, scope_of
from scraper.discovery.slips import Slips
from scraper.discovery.timestamps import moment
from scraper.errors import NotAListing
from scraper.families import by_name
from scraper.messages import say
from scraper.model import ListingPage, PageRef
from scraper.text import fold

if TYPE_CHECKING:
    from scraper.model import Capture, Channel, Site
    from scraper.urls import Url

_ROOTS = frozenset(["rss", "RDF", "feed"])
_DATES = ("pubDate", "published", "date", "issued", "updated")
_RECORDS = frozenset(["item", "entry", "link"])  # `link`: the feed's own, which may name its next page


def read_feed(capture: Capture, site: Site, channel: Channel | None) -> ListingPage:
    """Return the articles that a feed names, in its order, each once.

    A page of the site that is no article of its family, or that lies on another host, is in `elsewhere`:
    a feed names nothing by accident. `next` is the next page of an archived feed (RFC 5005). Raises
    `NotAListing` for what is no feed, or one without any entry.
    """
    read = read_records(capture, _RECORDS, site.max_bytes)
    records = read.records
    if read.root not in _ROOTS:
        msg = say("{url}: no feed: its root is <{root}>", url=capture.url, root=read.root)
        raise NotAListing(msg)
    rows: dict[Url, Row] = {}
    slips = Slips()
    for record in records:
        row = slips.within(_row, record, capture, site) if record.name != "link" else None
        if row is not None:
            rows.setdefault(row.url, row)
    if not rows:
        slips.refuse()
        msg = say("{url}: an empty feed", url=capture.url)
        raise NotAListing(msg)
    scope = scope_of(capture, site, by_name(site.family) if site.family is not None else None, channel)
    return ListingPage(
        links=scope.links(row for row in rows.values() if scope.article(row.url)),
        elsewhere=scope.links(row for row in rows.values() if not scope.article(row.url)),
        next=_next(records, capture),
        fault=read.fault,
        slips=slips.told,
    )


def _row(record: Record, capture: Capture, site: Site) -> Row | None:
    url = _address(record, capture)
    if url is None:
        return None
    title = fold(record.text("title") or "") or None
    return Row(url, title, moment(record.text(*_DATES), site.timezone))


def _address(record: Record, capture: Capture) -> Url | None:
    """Return where an entry leads: Atom's alternate link, RSS's link, or a guid that is an address."""
    for field in record.fields.get("link", ()):
        href = field.attributes.get("href")
        if href is None and field.text.strip():
            return urls.join(capture.final_url, field.text)
        if href is not None and field.attributes.get("rel", "alternate") == "alternate":
            return urls.join(capture.final_url, href)
    for field in record.fields.get("guid", ()):
        if field.attributes.get("isPermaLink", "true").strip().lower() == "true":
            return urls.parse(field.text)
    return None


def _next(records: list[Record], capture: Capture) -> PageRef | None:
    for record in records:
        if record.name == "link" and record.attributes.get("rel") in {"next", "prev-archive"}:
            url = urls.join(capture.final_url, record.attributes.get("href", ""))
            return PageRef(urls=(url,)) if url is not None and url != capture.final_url else None
    return None
