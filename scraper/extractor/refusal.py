"""Why a page that no layout fits is no article: looked at only then, so that articles do not pay for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import dom, text

if TYPE_CHECKING:
    from scraper.extractor.page import Page

_REFRESH = re.compile(r"^\s*(\d+)\s*[;,]\s*(?:url\s*=\s*)?['\"]?(.+?)['\"]?\s*$", re.IGNORECASE | re.DOTALL)
_JUMP = re.compile(
    r"(?:window|self|top|parent|document)?\.?location(?:\.href)?\s*=(?!=)\s*|location\.(?:replace|assign)\s*\("
)
_LOGIN = re.compile(
    r"飞连|FeiLian|统一身份认证|webvpn|用户登录|请先登录|cas/login|captcha|人机验证|安全验证", re.IGNORECASE
)
_ERROR = re.compile(
    r"访问地址无效|找不到对应的栏目|错误的栏目参数|操作失败|页面不存在|您访问的页面|访问的文章不存在|文章(?:不存在|已删除)"
    r"|无权访问|拒绝访问|没有访问权限|服务器(?:内部)?错误|404 Not Found|Not Found|403 Forbidden|502 Bad Gateway"
    r"|Service Unavailable|系统(?:提示|错误)|出错了"
)
_LITTLE = 400  # visible characters; an error, a login or a jump says no more
_MANY_LINKS = 15  # of a list


def reason(page: Page) -> str | None:
    """Return what a page is instead of an article; None where it does not say."""
    shown = text.fold(dom.text_of(page.root))
    if len(shown) <= _LITTLE:
        return _of_a_short_page(page, shown)
    if page.breaks_off:
        return "truncated: the page breaks off before its end"
    if _is_list(page, shown):
        return "a list where an article was expected"
    return None


def _of_a_short_page(page: Page, shown: str) -> str | None:
    refresh = page.first('meta[http-equiv="refresh" i]')
    found = _REFRESH.match(dom.attribute(refresh, "content")) if refresh is not None else None
    if _LOGIN.search(page.text):
        return "a login wall"
    error = _ERROR.search(shown) or _ERROR.search(_title(page))
    if error:
        return f"an error page: it says {error[0]}"
    if found:
        return f"a redirect stub: it refreshes to {found[2]}"
    if _JUMP.search(page.text):
        return "a redirect stub: a script sets location"
    if page.breaks_off:
        return "truncated: the page breaks off before its end"
    if not shown:
        return "empty: the page shows no text"
    return None


def _title(page: Page) -> str:
    title = page.first("title")
    return (title.text() if title is not None else "") or ""


def _is_list(page: Page, shown: str) -> bool:
    """Tell a list by most of its characters standing in many links."""
    links = dom.select(page.root, "a[href]")
    linked = sum(len(text.fold(dom.text_of(link))) for link in links)
    return len(links) >= _MANY_LINKS and linked * 2 > len(shown)
