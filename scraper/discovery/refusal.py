"""The error for a page on which no row was found. What the page is instead, `extractor.kind_of` decides.

Called only when nothing was read off a page; it never decides that a list is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import dom, extractor, families
from scraper.errors import EmptyListing, NotAListing, SingleColumn
from scraper.text import visible_text

if TYPE_CHECKING:
    from scraper.dom import Node
    from scraper.families.family import Family
    from scraper.model import Capture, Site
    from scraper.urls import Url

_NO_ROW = "no row of any known template"
_UNKNOWN = "of no family that we know, and no rows that look alike"


def single_column(page: Node, family: Family, url: Url) -> SingleColumn | None:
    """Return the error for a page that shows an article's text where a list was expected; else None."""
    body = dom.first(page, family.single) if family.single is not None else None
    if body is None or not visible_text(dom.text_of(body)):
        return None
    return SingleColumn(f"{url}: the channel is one article, not a list", what="article")


def why_no_listing(capture: Capture, site: Site, page: Node, family: Family | None) -> NotAListing:
    """Return the error for a page on which no row was found."""
    url = capture.final_url
    single = single_column(page, family, url) if family is not None else None
    if single is not None:
        return single
    verdict = extractor.kind_of(capture, site)
    framed = family is not None and families.has_list_frame(family, page)
    if family is not None and framed and (not verdict.is_sure or verdict.kind in {"list", "empty"}):
        return EmptyListing(f"{url}: an empty list of the family {family.name}", what="list")
    said = verdict.words
    if verdict.kind in {"list", "other"}:
        said = _UNKNOWN if family is None else _NO_ROW
    return NotAListing(f"{url}: no list: {said}", what=verdict.kind, leads_to=verdict.leads_to)
