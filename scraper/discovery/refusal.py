"""Why a page is no list: the error that says what it is instead.

Called only when nothing was read off a page; it never decides that a list is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from scraper import dom, urls
from scraper.errors import EmptyListing, NotAListing, SingleColumn
from scraper.extractor.walls import wall_of
from scraper.text import visible_text

if TYPE_CHECKING:
    from scraper.dom import Node
    from scraper.families.family import Family
    from scraper.urls import Url

_NO_ROW = "no list: no row of any known template"
_SHORT = 600  # visible characters of a page that says one thing only
_BARE = 80  # visible characters of a page that only leads on
_REDIRECT = re.compile(r"http-equiv=.?refresh|location(?:\.href)?\s*=|location\.replace\(", re.IGNORECASE)
_REFRESH = re.compile(r"[0-3]?[0-9]?(?:\.[0-9]{0,3})?\s*[;,]\s*(?:url\s*=\s*)?([^;,\s].*)", re.IGNORECASE)
_JUMP = re.compile(
    r"\blocation(?:\.href)?\s*=\s*['\"]([^'\"\n]{1,2000})['\"]"
    r"|\blocation\.(?:replace|assign)\(\s*['\"]([^'\"\n]{1,2000})['\"]"
)
_LONGEST = 2_000  # characters of an address that a page leads to
_ERROR = re.compile(
    r"访问地址无效|找不到对应的|操作失败|页面不存在|没有找到|出错了|not found|\berror", re.IGNORECASE
)


def single_column(page: Node, family: Family, url: Url) -> SingleColumn | None:
    """Return the error for a page that shows an article's text where a list was expected; else None."""
    body = dom.first(page, family.single) if family.single is not None else None
    if body is None or not visible_text(dom.text_of(body)):
        return None
    return SingleColumn(f"{url}: the channel is one article, not a list")


def why_no_listing(html: str, page: Node, family: Family | None, url: Url) -> NotAListing:
    """Return the error for a page on which no row was found."""
    single = single_column(page, family, url) if family is not None else None
    if single is not None:
        return single
    shown = visible_text(dom.text_of(page))
    wall = wall_of(html, page)
    said = wall or _in_its_place(html, page, shown)
    if said is None and family is not None and has_frame(page, family):
        return EmptyListing(f"{url}: an empty list of the family {family.name}")
    unknown = "no list: of no family that we know, and no rows that look alike"
    what: Literal["login", "other"] = "login" if wall is not None else "other"
    onward = None if wall is not None else _onward(html, page, shown, url)
    if onward is not None:
        said = f"a redirect, no list: it leads to {onward}"
    why = said or (unknown if family is None else _NO_ROW)
    return NotAListing(f"{url}: {why}", what=what, leads_to=onward)


def _in_its_place(html: str, page: Node, shown: str) -> str | None:
    """Return what stands in place of the page that was asked for; None where nothing does."""
    if not html.strip():
        return "empty: no list"
    title = dom.first(page, "title")
    said = visible_text(title.text() if title is not None else "") + shown
    if len(shown) <= _SHORT and _ERROR.search(said):
        return f"an error page, no list: {said[:60]}"
    return "a redirect, no list" if len(shown) <= _BARE and _REDIRECT.search(html) else None


def _onward(html: str, page: Node, shown: str, url: Url) -> Url | None:
    """Return where a page that is left at once leads: by a meta refresh, or by a script and nothing else."""
    for node in dom.select(page, "meta[http-equiv][content]"):
        found = _REFRESH.fullmatch(dom.attribute(node, "content").strip()[:_LONGEST])
        if dom.attribute(node, "http-equiv").lower() == "refresh" and found is not None:
            return _another(url, found[1])
    jump = _JUMP.search(html) if len(shown) <= _BARE else None
    return None if jump is None else _another(url, jump[1] or jump[2])


def _another(url: Url, target: str) -> Url | None:
    found = urls.join(url, target.strip("'\" "))
    return None if found == url else found


def has_frame(page: Node, family: Family) -> bool:
    """Say whether the frame of a list of the family is on the page: its container, or its pager."""
    frames = {part for rows in family.rows for part in (rows.within, rows.beside)} - {None, "body"}
    return any(dom.first(page, part) is not None for part in frames if part is not None)
