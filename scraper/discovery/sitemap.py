"""Sitemaps: the pages that a site says it has, with the dates of their last change.

Reads indexes, sitemaps, news sitemaps and the plain form of one address a line, gzipped or not. Which pages
are articles is told by the site's family; of an unknown family every page of the site is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import urls
from scraper.discovery.records import MOST_RECORDS, Record, read_records
from scraper.discovery.scope import Row, is_file, scope_of
from scraper.discovery.slips import Slips
from scraper.discovery.source import source_text
from scraper.discovery.timestamps import moment
from scraper.errors import NotAListing
from scraper.families import by_name
from scraper.messages import say
from scraper.model import Kind, ListingPage
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from scraper.model import Capture, Site
    from scraper.urls import Url

_RECORDS = frozenset(["url", "sitemap"])


def read_sitemap(capture: Capture, site: Site) -> ListingPage:
    """Return what a sitemap names: `links` of kind article, and of kind sitemap for what an index names.

    What leads to other hosts is in `elsewhere`; pages of the site that are no articles are left out. Raises
    `NotAListing` for what is no sitemap, and `TooLarge` for one that inflates beyond the bound.
    """
    slips = Slips()
    maps, pages, fault = _named(capture, site.timezone, site.max_bytes, slips)
    if not maps and not pages:
        slips.refuse()
    family = by_name(site.family) if site.family is not None else None
    scope = scope_of(capture, site, family)
    further = scope.links(row for row in maps if scope.own(row.url))
    stray = scope.links(row for row in maps if not scope.own(row.url))
    articles = scope.links(row for row in pages if scope.article(row.url) and not is_file(row.url))
    return ListingPage(
        links=(*(replace(link, kind=Kind.SITEMAP) for link in further), *articles),
        elsewhere=(
            *(replace(link, kind=Kind.SITEMAP) for link in stray),
            *scope.links(row for row in pages if not scope.own(row.url)),
        ),
        fault=fault,
        slips=slips.told,
    )


def _named(
    capture: Capture, tz: ZoneInfo, max_bytes: int, slips: Slips
) -> tuple[list[Row], list[Row], str | None]:
    """Return the sitemaps and the pages that a sitemap names, each address once, and its fault, if any."""
    if _is_plain(capture, max_bytes):
        lines = source_text(capture, max_bytes).splitlines()[:MOST_RECORDS]
        return [], _once(capture, [(line, None) for line in lines], tz, slips), None
    read = read_records(capture, _RECORDS, max_bytes)
    if read.root not in {"urlset", "sitemapindex"}:
        msg = say("{url}: no sitemap: its root is <{root}>", url=capture.url, root=read.root)
        raise NotAListing(msg)
    found = [(record.text("loc") or "", record) for record in read.records]
    return (
        _once(capture, [each for each in found if each[1].name == "sitemap"], tz, slips),
        _once(capture, [each for each in found if each[1].name == "url"], tz, slips),
        read.fault,
    )


def _is_plain(capture: Capture, max_bytes: int) -> bool:
    said = (capture.header("content-type") or "").lower()
    return "text/plain" in said and not source_text(capture, max_bytes).lstrip().startswith("<")


def _once(
    capture: Capture, named: Sequence[tuple[str, Record | None]], tz: ZoneInfo, slips: Slips
) -> list[Row]:
    """Return the rows of what was named, each address once, what is no address left out."""
    rows: dict[Url, Row] = {}
    for text, record in named:
        row = slips.within(_row, text, record, capture, tz)
        if row is not None:
            rows.setdefault(row.url, row)
    return list(rows.values())


def _row(text: str, record: Record | None, capture: Capture, tz: ZoneInfo) -> Row | None:
    """Return one row; None: it is no address.

    The protocol asks for whole addresses; a path alone is one of the sitemap's own host. In the plain form it
    is not: any word would be one.
    """
    url = urls.parse(text)
    if url is None and record is not None and text.startswith("/"):
        url = urls.join(capture.final_url, text)
    if url is None:
        return None
    title = record.text("news/title") if record is not None else None
    changed = record.text("news/publication_date", "lastmod") if record is not None else None
    return Row(url, title, moment(changed, tz))
