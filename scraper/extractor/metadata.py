"""Title, moment, source, editor and channel of an article, as its page shows them."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, Literal, TypeAlias
from zoneinfo import ZoneInfo

from scraper import dates, dom, text, urls
from scraper.errors import MissingField
from scraper.extractor import generic, title_and_date
from scraper.messages import say

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.extractor.page import Page
    from scraper.extractor.title_and_date import DateLine
    from scraper.families.family import Layout
    from scraper.model import Capture
    from scraper.urls import Url

ComesFrom: TypeAlias = Literal["page", "url", "capture"]

_FROM = r"(?:来\s?源|出\s?处|稿\s?源)\s*[:：∶]"
_SOURCE = re.compile(rf"(?:信息|文章|新闻|稿件)?{_FROM}\s*(?:{_FROM})?")
_SOURCED = re.compile(rf"[\s【\[（(|]{{0,9}}(?:信息|文章|新闻|稿件|本文)?{_FROM}")
_EDITOR = re.compile(r"(?:责任|本文|执行|网络)?(?:编辑|责编|编审)\s*[:：]?\s*")
_FILED = re.compile(
    r"发稿时间\s*[:：]"
)  # ends a source of ECMS; other labels before it are part of the source
_NEXT_LABEL = re.compile(
    r"(?:发稿|发布|发表|更新|编辑|录入|上传|创建|日期|时间|作者|撰稿|分享|转发|收藏|打印|摄影|点击|浏览|阅读|访问|评论|人气|字号|字体|审[核稿校]|[初复终]审|通讯员|记者|责任编辑|编辑|来源|供稿|作\s者|时\s间|日\s期|编\s辑|审\s核)"
    r"[^\s:：∶]{0,4}\s*[:：∶]"
)
_BUTTON = r"(?:分享(?:到|至)?|转发|收藏|打印|关闭|字[体号]|我要评论|浏览|点击)[\s:：|】\]]*+"
_SHARED = re.compile(
    rf"(?:(?<![\s|【\[])[\s|【\[]++)?{_BUTTON}(?:[\s|【\[]*+{_BUTTON}){{0,8}}+$"
)  # what may stand behind a source without being of it
_DATE_ALONE = re.compile(
    r"[\s|\[(（]*+(?:(?:19|20)?\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?)?\s*+(?:\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?[\s|\])）]*+"
)
_AGO = (  # how long ago that was
    r"(?:\d{1,4}|[一两二三四五六七八九十几半]{1,3})\s?(?:个\s?)?(?:秒钟?|分钟|小时|天|日|周|星期|月|年)之?前|刚刚|[昨前今]天"
    r"|\d{1,4}\s(?:second|minute|hour|day|week|month|year)s?\sago"
)
_NO_NAME = re.compile(  # a day in English, or in parts
    rf"(?:{_AGO}"
    r"|[\d\s:：/.,|()（）+-]|\b(?:posted|published|updated|on|at|date)\b|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\b"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\b|(?<=\d)(?:st|nd|rd|th)\b|[年月日TZ]|[AP]M\b)++",
    re.IGNORECASE,
)
_SIGNED = re.compile(  # the day that ends a notice, alone or behind the name of who signs it
    r"[(（]?(?:(?!时间)[^\d:：∶，,。；;、~～《〈〇零○年至截止期前起]){0,30}?(?<![自从于在为到定是])"
    r"(?:(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?|[〇零○一二三四五六七八九]{4}年[〇零○一二三四五六七八九十]{1,3}月[〇零○一二三四五六七八九十]{1,3}日)"
    r"[\s)）]*"
)
_LINE_OF_A_DAY = re.compile(  # and of its source, its readers, its buttons
    r"[（(\[【|]?\s?(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?(?:\s?\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?\s?[）)\]】|]?"
    r"(?:\s?[\[【|]?(?:来源|作者|编辑|责编|供稿|浏览|点击|阅读|访问|字[号体]|分享|打印).{0,120})?"
)
_LONGEST_PARTS = 16  # characters of an element that shows a day in parts and nothing else
_DATED = re.compile(  # a day behind a source is none of its words
    r"(?:(?<![\s|,，\[(（])[\s|,，\[(（]++)?(?<!\d)(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?!\d).*$",
    re.DOTALL,
)
_OTHER_LABEL = re.compile(r"[A-Za-z)）]\s?[:：]|\d[-/.年]\d{1,2}[-/.月]\d")
_MIDNIGHT = time()
_OPENING = " ([（【"
_EDGES = " 　\t;；,，、|/·-"  # what may stand between a source and the next label
_BRACKETS = "[]【】()（）|"
_TO_ROBOTS = frozenset(["robots", "nankai-archive"])
_CHANNEL = re.compile(r"/([A-Za-z][A-Za-z0-9_-]*)/")


def title_of(page: Page, layout: Layout, roots: list[dom.Node], *, of_article: bool = False) -> str:
    """Return the title as the article shows it. Raises `MissingField` where there is none.

    The `<title>` of the page is asked only where the layout says so: it carries the channel and the site.
    """
    node = page.first(layout.title)
    shown = _line(node)
    if not shown and layout.nearby:
        shown = title_and_date.unescaped(title_and_date.title(page, roots, of_article=of_article))
    if not shown:
        msg = say(
            "no title: {url}: {title} of layout {name} shows no text",
            url=page.url,
            title=layout.title,
            name=layout.name,
        )
        raise MissingField(msg)
    return shown


def published(
    page: Page, layout: Layout, tz: ZoneInfo, capture: Capture, line: DateLine
) -> tuple[datetime, ComesFrom]:
    """Return the moment of publication and where it stands: on the page, in the URL, or the capture's own.

    `line` is the date line that stands next to the body; it is asked where the layout's own element shows
    none. What the page shows behind a label, or in a short line of its own between title and body, comes
    before what it tells machines, which may be the moment of a move; that comes before any other date, which
    may be another thing's. A day in parts comes before that of the address only between title and body.
    """
    beside, in_address = line.shown, dates.date_in_path(capture.url, tz)
    moment = _shown_moment(page.first(layout.published), tz, in_address)
    moment = moment or dates.find_labelled(beside, tz, near=in_address)
    if moment is None and layout.nearby:
        shown = dates.find_moment(beside, tz, near=in_address)
        is_sure = shown is not None and _is_own(line, shown, capture.fetched_at.astimezone(tz))
        moment = _told_or_shown(generic.published(page, tz), shown, is_sure=is_sure)
    parts = dates.find_parts(beside, tz) if moment is None and beside else None
    moment = moment or (parts if line.is_between else None)
    if moment is not None:
        return moment, "page"
    if in_address is not None:
        return in_address, "url"
    moment = _by_order(page, layout, tz, beside) or parts
    if moment is not None:
        return moment, "page"
    return capture.fetched_at.astimezone(tz), "capture"


def signed_on(signed: str, tz: ZoneInfo, capture: Capture) -> datetime | None:
    """Return the day of the line that signs a notice: it stands alone or behind a name.

    None where the line tells anything else, such as a deadline or a span, or a day after the capture's.
    """
    moment = dates.find_moment(signed, tz) if _SIGNED.fullmatch(signed) is not None else None
    is_past = moment is not None and moment.date() <= capture.fetched_at.astimezone(tz).date()
    return moment if is_past else None


def _is_own(line: DateLine, shown: datetime, captured: datetime) -> bool:
    """Tell whether a line between title and body shows a day and hardly more, and not that of the capture."""
    is_line = line.is_between and _LINE_OF_A_DAY.fullmatch(text.fold(line.shown)) is not None
    return is_line and shown.date() < captured.date()


def _told_or_shown(told: datetime | None, shown: datetime | None, *, is_sure: bool) -> datetime | None:
    """Return the moment that a page tells machines, or the one shown without a label where that `is_sure`."""
    if told is None or shown is None:
        return told or shown
    return shown if is_sure and told.date() != shown.date() else told


def _by_order(page: Page, layout: Layout, tz: ZoneInfo, beside: str) -> datetime | None:
    """Return the moment that reads 12/03/2021 in the order in which the page writes other days; else None."""
    day_first = dates.writes_day_first(page.text)
    if day_first is None:
        return None
    node = page.first(layout.published)
    shown = " ".join(dom.texts(node)) if node is not None else ""
    found = (dates.find_moment(each, tz, day_first=day_first) for each in (shown, beside))
    return next((moment for moment in found if moment is not None), None)


def _shown_moment(node: dom.Node | None, tz: ZoneInfo, near: datetime | None) -> datetime | None:
    """Return the moment that an element shows; a time of day may stand in the element right after it."""
    if node is None:
        return None
    told = _told_moment(node, tz)
    if told is not None:
        return told
    parts = [run for run in dom.texts(node) if run.strip()]
    following = title_and_date.next_element(node)
    behind = dom.text_of(following) if following is not None else ""
    if behind and dates.is_time(behind):
        parts.append(behind)
    joined = " ".join(parts)
    found = dates.find_moment(joined, tz, near=near) or dates.find_moment("".join(parts), tz, near=near)
    return found or (dates.find_parts(joined, tz) if len(text.fold(joined)) <= _LONGEST_PARTS else None)


def _told_moment(node: dom.Node, tz: ZoneInfo) -> datetime | None:
    """Return the moment that a `<time datetime>` tells, where its element shows that day and no time.

    Likewise where it shows no day that is understood, such as how long ago that was.
    """
    element = node if node.tag == "time" else dom.first(node, "time[datetime]")
    if element is None:
        return None
    told = dates.find_moment(dom.attribute(element, "datetime"), tz)
    shown = dates.find_moment(" ".join(dom.texts(node)), tz)
    if shown is None:
        return told
    is_that_day = told is not None and told.date() == shown.date()
    return told if is_that_day and shown.time() == _MIDNIGHT else None


def source_of(
    page: Page, layout: Layout, beside: str = "", cut: tuple[str, ...] = (), moment: datetime | None = None
) -> str | None:
    """Return whom the page names as its source, shown or told to machines; None where nobody.

    `beside`: the date line next to the body; `cut`: lines of the body's block that tell about the article;
    `moment`: of publication, which may stand right behind the source.
    """
    shown = _line(page.first(layout.source)) if layout.source else ""
    if not layout.nearby:
        return _labelled(shown, _SOURCE, needs_label=layout.source == layout.published)
    needs_label = layout.source == layout.published or _OTHER_LABEL.search(shown) is not None
    lines = ((shown, needs_label), *((line, True) for line in (beside, *filter(_SOURCED.match, cut))))
    named = (_labelled(line, _SOURCE, needs_label=needed) for line, needed in lines if line)
    alone = (_undated(value, moment) for value in named if value is not None)
    return next(filter(None, alone), None) or generic.source_of(page)


def _undated(value: str, moment: datetime | None) -> str | None:
    """Return a source without the day of publication behind it, and the bracket that closes its line."""
    dated = _DATED.search(value)
    if dated is not None and moment is not None:
        shown = dates.find_moment(dated[0], moment.tzinfo) if isinstance(moment.tzinfo, ZoneInfo) else None
        value = value[: dated.start()] if shown is not None and shown.date() == moment.date() else value
    return _unbracketed(_SHARED.sub("", value.strip(_EDGES)).strip(_EDGES).rstrip(_OPENING)) or None


def editor_of(page: Page, layout: Layout) -> str | None:
    """Return whom the page names as its editor; None where it names nobody."""
    shown = _line(page.first(layout.editor)) if layout.editor else ""
    return _labelled(shown, _EDITOR, needs_label=False)


def channel_of(url: Url) -> str | None:
    """Return the channel that an article's URL names: its first folder; None where it names none."""
    match = _CHANNEL.match(urls.split(url).path)
    return match[1] if match else None


def robots_of(page: Page) -> tuple[tuple[str, str], ...]:
    """Return name and content of the meta elements that speak to robots, ours or all."""
    metas = [meta.attributes for meta in dom.tagged(page.root, "meta")]
    told = [
        ((meta.get("name") or "").strip().lower(), meta["content"]) for meta in metas if "content" in meta
    ]
    return tuple((name, content or "") for name, content in told if name in _TO_ROBOTS)


def _line(node: dom.Node | None) -> str:
    """Return an element's text as one line, with what was escaped twice resolved."""
    if node is None:
        return ""
    return title_and_date.unescaped(text.fold(dom.line_of(node)))


def _labelled(shown: str, label: re.Pattern[str], *, needs_label: bool) -> str | None:
    """Return what stands behind a label, up to the next one."""
    match = label.search(shown)
    if match is None:
        if needs_label or not shown:
            return None
        value = shown
    else:
        value = shown[match.end() :]
    following = _FILED.search(value) or _NEXT_LABEL.search(value)
    if following is not None:
        value = value[: following.start()]
    value = _SHARED.sub("", value.strip().strip("|").strip())
    if _DATE_ALONE.fullmatch(value) or _NO_NAME.fullmatch(value):
        return None
    if value[:1] in _BRACKETS and value.strip(_BRACKETS) == "":
        return None
    return value or None


def _unbracketed(value: str) -> str:
    """Return a value without a bracket that closes what was opened before its label."""
    for opens, closes in ("()", "（）", "[]", "【】"):
        if value.endswith(closes) and opens not in value:
            return value[:-1].rstrip()
    return value
