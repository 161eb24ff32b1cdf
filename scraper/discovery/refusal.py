"""Why a page is no list: the error that says what it is instead.

Called only when nothing was read off a page; it never decides that a list is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import dom
from scraper.errors import NotAListing, SingleColumn

if TYPE_CHECKING:
    from scraper.dom import Node
    from scraper.families.family import Family
    from scraper.model import Url

_SHORT = 600  # visible characters of a page that says one thing only
_LOGIN = re.compile(r"登录|登陆|统一身份认证|飞连|sign ?in|log ?in", re.IGNORECASE)
_REDIRECT = re.compile(r"http-equiv=.?refresh|location(?:\.href)?\s*=|location\.replace\(", re.IGNORECASE)
_ERROR = re.compile(
    r"访问地址无效|找不到对应的|操作失败|页面不存在|没有找到|出错了|not found|error", re.IGNORECASE
)


def why_no_listing(html: str, page: Node, shown: str, family: Family | None, url: Url) -> NotAListing:
    """Return the error for a page on which no row was found. `shown` is the page's visible text."""
    if family is not None and _article_body(page, family):
        if family.article_url.search(url):
            return NotAListing(f"{url}: an article, where a list was expected")
        return SingleColumn(f"{url}: the channel is one article, not a list")
    return NotAListing(f"{url}: {_what(html, page, shown, family)}")


def _what(html: str, page: Node, shown: str, family: Family | None) -> str:
    if not html.strip():
        return "empty: no list"
    if len(shown) <= _SHORT:
        if _ERROR.search(shown):
            return f"an error page, no list: {shown[:60]}"
        if dom.first(page, "input[type=password]") is not None or _LOGIN.search(shown):
            return "a login wall, no list"
        if _REDIRECT.search(html):
            return "a redirect, no list"
    if family is None:
        return "no list: of no family that we know, and no rows that look alike"
    if any(
        dom.first(page, part) is not None
        for rows in family.rows
        for part in (rows.within, rows.beside)
        if part is not None and part != "body"
    ):
        return f"an empty list of the family {family.name}"
    return f"no list: no row of any of the family {family.name}'s templates"


def _article_body(page: Node, family: Family) -> bool:
    """Say whether the page carries an article: an element that a layout takes for its body, with text."""
    bodies = (dom.first(page, body) for layout in family.layouts for body in layout.body)
    return any(body is not None and bool(dom.text_of(body).strip()) for body in bodies)
