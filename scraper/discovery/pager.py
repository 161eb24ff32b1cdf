"""How many pages a list has, and where each of them is.

Nothing here asks for a page: a number comes of what was read, an address of what a family knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import dom, urls
from scraper.discovery import MOST_PAGES
from scraper.discovery.pager_links import next_address
from scraper.discovery.pager_script import drawn_pager
from scraper.discovery.pager_script import is_unread as unread_script
from scraper.discovery.rowtext import pieces
from scraper.discovery.source import source_text
from scraper.errors import NotAListing
from scraper.families import FAMILIES, by_name
from scraper.messages import say
from scraper.model import PageRef
from scraper.numbers import whole

if TYPE_CHECKING:
    from scraper.dom import Node
    from scraper.families.family import Family, Pager, Rows
    from scraper.model import Capture, ListingPage, Site
    from scraper.urls import Url

_MOST_ARTICLES = 10_000_000  # of one list

_NUMBER = re.compile(r"\d+")
_DATE = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")  # what counts no pages
_OF_ALL = re.compile(r"[/／]\s*(\d+)")  # 1/12, 页码 2/5
_THIS_OF_ALL = re.compile(r"(?<!\d)\d{1,9}(?!\d)(?=\s*[/／]\s*\d)")
_ALL = re.compile(r"(?:共|总计|total)\D{0,8}(\d+)", re.IGNORECASE)
_NEXT = re.compile(
    r"下\s{0,3}一?\s{0,3}[页頁]|下翻[页頁]|后\s{0,3}一?\s{0,3}[页頁]|\bnext|较早(?:的)?文章|更早(?:的)?文章|\bolder\b",
    re.IGNORECASE,
)
_LONGEST_WORDS = 40  # characters of a way to the next page; a longer one is a title


def read_pager(capture: Capture, site: Site) -> int:
    """Return the number of pages that a pager script states.

    Raises `NotAListing` where the answer states none, as a server's error page does.
    """
    text = source_text(capture, site.max_bytes)
    for family in _families(site):
        match = family.pager.count.search(text) if family.pager.count is not None else None
        number = (
            _pages(next((group for group in match.groups() if group), None)) if match is not None else None
        )
        if number is not None:
            return number
    msg = say("{url}: no pager: it states no number of pages", url=capture.url)
    raise NotAListing(msg)


def page_number(pager: Pager, url: Url) -> int | None:
    """Return the number that the address of a page names, or None; an address without one may be page 1."""
    match = pager.number.search(url) if pager.number is not None else None
    if match is None:
        return None
    return _pages(match[1]) if match[1] else 1


def script_of(page: Node, pager: Pager, base: Url) -> Url | None:
    """Return the address of the script that knows the number of pages, or None where the page names none."""
    if pager.script is None:
        return None
    named = (urls.join(base, dom.attribute(node, "src")) for node in dom.select(page, "script[src]"))
    return next((url for url in named if url is not None and pager.script.search(url)), None)


def next_page(page: Node, template: Rows, pager: Pager, base: Url) -> PageRef | None:
    """Return the next page where this one names it: by a link, or by numbers alone where it has no links.

    It bears the number of its address, or the one after this page's. What leads back here is no next page.
    """
    this = current(page, template, pager, base)
    if template.next is None:
        return _numbered_next(page, template, pager, base, this)
    for link in dom.select(page, template.next):
        url = urls.join(base, dom.attribute(link, "href"))
        said = " ".join([*pieces(link), dom.attribute(link, "title")])
        if url is not None and url != base and len(said) <= _LONGEST_WORDS and _NEXT.search(said):
            number = page_number(pager, url)
            return PageRef(urls=(url,), number=this + 1 if number is None and this is not None else number)
    found = _scripted_next(page, base) or _numbered_next(page, template, pager, base, this)
    if found is not None or pager.script is not None or _is_last(page, template, pager, base, this):
        return found
    url = next_address(page, base)
    if url is None:
        return None
    number = page_number(pager, url)
    return PageRef(urls=(url,), number=this + 1 if number is None and this is not None else number)


def _is_last(page: Node, template: Rows, pager: Pager, base: Url, this: int | None) -> bool:
    """Tell whether a page says that no page follows it."""
    count = pages(page, template, pager, base) if this is not None else None
    return count is not None and this is not None and this >= count


def _numbered_next(page: Node, template: Rows, pager: Pager, base: Url, this: int | None) -> PageRef | None:
    """Return the next page by its number, where the page says how many there are and a script turns them."""
    if template.pages is None or pager.page is None or pager.oldest_first or this is None:
        return None
    count = pages(page, template, pager, base)
    return pager.page(base, this + 1) if count is not None and this < count else None


def _scripted_next(page: Node, base: Url) -> PageRef | None:
    drawn = drawn_pager(page, base)
    if drawn is None or drawn.next is None or drawn.pages > MOST_PAGES:
        return None
    url = urls.join(base, drawn.next)
    return None if url is None or url == base else PageRef(urls=(url,), number=drawn.number + 1)


def is_unread(page: Node, said: ListingPage, pager: Pager, base: Url) -> bool:
    """Tell whether a list has a pager that nobody understands: where its older pages are is not known.

    None has a page that names the next one, whose number of pages is known and can be walked by number, or
    that says that it is the last.
    """
    if said.next is not None or said.pager is not None:
        return False
    if said.pages is not None:
        here = 1 if said.number is None else said.number
        by_number = pager.page is not None and pager.page(base, here + 1) is not None
        return said.pages > here and not by_number
    return drawn_pager(page, base) is None and unread_script(page, base)


def stated(page: Node, template: Rows) -> int | None:
    """Return how many articles the list has, where its page says so."""
    return _count(page, template.stated)


def pages(page: Node, template: Rows, pager: Pager, base: Url) -> int | None:
    """Return how many pages the list has, where its page says so, in words or by its link to the last one."""
    text = _text(page, template.pages)
    if text is not None:
        of_all = _OF_ALL.search(text)
        numbers = [of_all[1]] if of_all else _NUMBER.findall(_DATE.sub(" ", text))
        if numbers:
            return max((number for each in numbers if (number := _pages(each)) is not None), default=None)
    drawn = drawn_pager(page, base)
    if drawn is not None:
        return drawn.pages if drawn.pages <= MOST_PAGES else None
    links = dom.select(page, template.last) if template.last is not None else ()
    ends = (urls.join(base, dom.attribute(link, "href")) for link in links)
    return max((number for url in ends if url and (number := page_number(pager, url))), default=None)


def current(page: Node, template: Rows, pager: Pager, base: Url) -> int | None:
    """Return which page of the list this is, as its text counts or else its address."""
    shown = dom.first(page, template.current) if template.current is not None else None
    text = " ".join(pieces(shown)) if shown is not None else ""
    number = _THIS_OF_ALL.search(text) or _NUMBER.fullmatch(text)
    if number is not None and (read := _pages(number[0])) is not None:
        return read
    drawn = drawn_pager(page, base) if shown is None else None
    return page_number(pager, base) if drawn is None else drawn.number


def _count(page: Node, selector: str | None) -> int | None:
    text = _text(page, selector)
    if text is None:
        return None
    said = _ALL.search(text)
    first = _NUMBER.search(text)
    digits = said[1] if said else first[0] if first else None
    return whole(digits, _MOST_ARTICLES)


def _pages(digits: str | None) -> int | None:
    """Return a number of pages, or of one page; None for what is none."""
    return whole(digits, MOST_PAGES) or None


def _text(page: Node, selector: str | None) -> str | None:
    nodes = dom.select(page, selector) if selector is not None else []
    return " ".join(" ".join(pieces(node)) for node in nodes) if nodes else None


def _families(site: Site) -> tuple[Family, ...]:
    family = by_name(site.family) if site.family is not None else None
    return FAMILIES if family is None else (family,)
