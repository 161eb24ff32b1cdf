"""Why a page that no layout fits is no article: looked at only then, so that articles do not pay for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from scraper import dom, text, urls
from scraper.extractor import walls
from scraper.numbers import whole

if TYPE_CHECKING:
    from scraper.extractor.page import Page
    from scraper.families.family import Family

_REFRESH = re.compile(r"(\d+)\s*[;,]\s*(?:url\s*=\s*)?", re.IGNORECASE)  # of a text without blanks around
_JUMP = re.compile(r"\blocation(?:\.href)?\s*=(?!=)|\blocation\.(?:replace|assign)\s*\(")
_ERROR = re.compile(
    r"访问地址无效|找不到对应的栏目|错误的栏目参数|操作失败|页面不存在|您访问的页面|您要访问的|文章不存在"
    r"|文章已删除|信息不存在|无权访问|拒绝访问|没有访问权限|服务器内部错误|服务器错误|系统提示|系统错误|出错了"
    r"|404 Not Found|403 Forbidden|Page Not Found|Bad Gateway|Service Unavailable|Internal Server Error"
    r"|Access Denied",
    re.IGNORECASE,
)
_LITTLE = 400  # visible characters; an error or a login says no more
_NOTHING = 60  # visible characters; a page that a script leaves at once says no more
_SOON = 30  # seconds until a stub refreshes; a page that renews itself waits longer
_ROWS = 3  # of a list
_MANY_LINKS = 15  # of a page that is mostly links
_MOSTLY, _NEARLY_ALL = 0.5, 0.8  # the share of a list's characters that stand in links


class Instead(NamedTuple):
    """What a page is instead of an article: the kind that `NotAnArticle` knows, and words for people."""

    what: Literal["empty", "truncated", "list", "login", "soft-404", "redirect"]
    words: str


_TRUNCATED = Instead("truncated", "truncated: the page breaks off before its end")


def reason(page: Page, family: Family | None) -> Instead | None:
    """Return what a page is instead of an article; None where it does not say."""
    shown = text.fold(dom.text_of(page.root))
    if len(shown) <= _LITTLE:
        instead = _of_a_short_page(page, shown)
        if instead is not None:
            return instead
    if page.breaks_off:
        return _TRUNCATED
    if not shown:
        return Instead("empty", "empty: the page shows no text")
    if _is_list(page, shown, family):
        return Instead("list", "a list where an article was expected")
    return None


def _of_a_short_page(page: Page, shown: str) -> Instead | None:
    wall = walls.wall_of(page.text, page.root, shown)
    if wall is not None:
        return Instead("login", wall)
    said = f"{shown} {_title(page)}"
    error = _ERROR.search(said)
    if error is not None:
        return Instead("soft-404", f"an error page: it says {error[0]}")
    leads = _leads_to(page, shown)
    return Instead("redirect", f"a redirect stub: it leads to {leads}") if leads is not None else None


def _title(page: Page) -> str:
    title = page.first("title")
    return text.fold(title.text()) if title is not None else ""


def _leads_to(page: Page, shown: str) -> str | None:
    """Return what a page that is left at once leads to; None where it stays."""
    refresh = page.first('meta[http-equiv="refresh" i]')
    said = dom.attribute(refresh, "content").strip() if refresh is not None else ""
    found = _REFRESH.match(said)
    target = said[found.end() :].strip().strip("'\"") if found is not None else ""
    if found is not None and target and whole(found[1], _SOON) is not None:
        return target
    if len(shown) > _NOTHING:
        return None
    jump = _JUMP.search(page.text)
    if jump is None:
        return None
    address = re.match(r"[^'\"\n;]{0,40}['\"]([^'\"\n]+)", page.text[jump.end() :])
    return address[1] if address else "what a script says"


def _is_list(page: Page, shown: str, family: Family | None) -> bool:
    """Tell a list by its family's rows, or by most of its characters standing in many links.

    The second asks for more where the address is an article's: short articles stand in long menus.
    """
    selectors = [rows.row for rows in family.rows if rows.row is not None] if family else []
    if any(len(dom.select(page.root, selector)) >= _ROWS for selector in selectors):
        return True
    links = dom.select(page.root, "a[href]")
    linked = sum(len(text.fold(dom.text_of(link))) for link in links)
    parts = urls.split(page.url)
    is_sure = family is not None and not family.article_url.search(parts.path + parts.query)
    share = _MOSTLY if is_sure else _NEARLY_ALL
    return len(links) >= _MANY_LINKS and linked > share * len(shown)
