"""Every list of the real pages, row by row, against a second reading by another parser.

The second reading knows nothing of rows: it takes every link within the list's frame, as html5lib has it, and
leaves out the pager. What is compared are sets of addresses, so that neither reading can miss or make up one.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin

import html5lib
import pytest
from listing_cases import SHARED, capture, site, url

from scraper import urls
from scraper.discovery import read_listing
from scraper.errors import NotAListing, SingleColumn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from scraper.model import ListingPage

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SHARED.exists(), reason="the real pages are not here"),
]

ARTICLE = re.compile(r"/c\d+a\d+/page")
PAGERS = ("wp_paging", "wp_pager", "pages")


@cache
def manifest() -> list[dict[str, Any]]:
    lines = (SHARED / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


_UNKNOWN = "custom-article"  # articles of no known system: what rows alike they hold may be a list


def pages(*templates: str) -> list[dict[str, Any]]:
    return [each for each in manifest() if each["template"].startswith(templates)] if SHARED.exists() else []


def read(page: dict[str, Any]) -> ListingPage:
    address = page["url"] if "://" in page["url"] else f"http://{page['url']}"
    own = site(f"{urls.origin(url(address))}/")
    return read_listing(
        capture(address, (SHARED / page["file"]).read_bytes(), page["content_type"]), own, None
    )


def text_of(page: dict[str, Any]) -> str:
    return (SHARED / str(page["file"])).read_bytes().decode(str(page["encoding"]), "replace")


def tree_of(page: dict[str, Any]) -> Element:
    root: Element = html5lib.parse(text_of(page), treebuilder="etree", namespaceHTMLElements=False)
    return root


def hrefs(element: Element, page: dict[str, Any]) -> Iterator[str]:
    """Yield where the links below an element lead, pagers left out."""
    if {element.get("id", "").rstrip("0123456789_w"), *element.get("class", "").split()} & set(PAGERS):
        return
    if element.tag == "a" and element.get("href", "").strip():
        href = urls.parse(urldefrag(urljoin(page["url"], element.get("href", "").strip()))[0])
        if href is not None and href != page["url"]:
            yield href
    for child in element:
        yield from hrefs(child, page)


def named(listing: ListingPage) -> set[str]:
    return {link.url for link in (*listing.links, *listing.elsewhere)}


@pytest.mark.parametrize(
    "page", pages("G3-ecms-2021-list", "G1-enorth-2014-list"), ids=lambda page: page["url"]
)
def test_a_news_list_is_read_row_by_row(page: dict[str, Any]) -> None:
    """30 or 50 rows with their dates, nothing of the sidebar, other channels' articles too."""
    rows = re.findall(
        r'(?s)<td width="80%"[^>]*>.{0,40}?<a href="([^"]+)".*?>(\d{4}-\d\d-\d\d)</div>'
        r'|class=news ><a href="([^"]+)".*?(\d{4}-\d\d-\d\d)</td>',
        text_of(page),
    )
    expected = [(new or old, date or old_date) for new, date, old, old_date in rows]
    listing = read(page)
    assert len(expected) in {1, 30, 50}
    assert [(link.url, link.date and link.date.date().isoformat()) for link in listing.links] == expected
    assert listing.elsewhere == ()
    assert (listing.pager is not None) == page["template"].startswith("G3")
    assert (listing.next is not None) == page["template"].startswith("G1")


@pytest.mark.parametrize("page", pages("sudy-list"), ids=lambda page: page["url"])
def test_a_webplus_list_is_read_row_by_row(page: dict[str, Any]) -> None:
    """Every link of the list's window is a row, or the page is refused because there is none."""
    windows = [
        set(hrefs(each, page)) for each in tree_of(page).iter() if each.get("portletmode") == "simpleList"
    ]
    expected = next((window for window in windows if window), set())
    if not expected and not windows:  # a frame of its own: all the articles that the page names
        expected = {each for each in hrefs(tree_of(page), page) if ARTICLE.search(each)}
    try:
        listing = read(page)
    except NotAListing:
        assert not expected or not windows
        return
    if listing.sublists:  # an overview, of lists that are elsewhere
        assert not windows
        return
    assert named(listing) == expected
    assert {link.url for link in listing.links} == {each for each in expected if ARTICLE.search(each)}
    if listing.stated is not None and listing.pages == 1:
        assert len(expected) == listing.stated


@pytest.mark.parametrize("page", pages("vsb-list"), ids=lambda page: page["url"])
def test_a_vsb_list_is_read_row_by_row(page: dict[str, Any]) -> None:
    """What the system itself marks as lines of a list are the rows; where it counts them, that many."""
    lines: dict[str, set[str]] = {}
    for each in tree_of(page).iter():
        mark = re.fullmatch(r"line_(u\d+)_\d+", each.get("id", ""))
        if mark or "articleTitle" in each.get("class", ""):
            lines.setdefault(mark[1] if mark else "", set()).update(hrefs(each, page))
    expected = max(lines.values(), key=len, default=set())
    try:
        listing = read(page)
    except NotAListing:
        assert expected == set()
        return
    if listing.sublists:  # an overview, of lists that are elsewhere
        assert expected == set()
        return
    assert expected or listing.stated is not None
    assert not expected or named(listing) == expected
    if listing.stated is not None and listing.pages == 1:
        assert len(named(listing)) == listing.stated


@pytest.mark.parametrize("page", pages("sudy-single", "vsb-single"), ids=lambda page: page["url"])
def test_a_channel_of_one_article_is_never_a_list(page: dict[str, Any]) -> None:
    with pytest.raises(SingleColumn):
        read(page)


@pytest.mark.parametrize(
    "page",
    [
        each
        for each in manifest()
        if each["kind"] in {"home", "other", "article"} and each["template"] != _UNKNOWN
    ]
    if SHARED.exists()
    else [],
    ids=lambda page: page["url"],
)
def test_what_is_no_list_is_never_read_as_one(page: dict[str, Any]) -> None:
    """Home pages, articles of known systems, walls, stubs, errors and binaries."""
    with pytest.raises(NotAListing):
        read(page)
