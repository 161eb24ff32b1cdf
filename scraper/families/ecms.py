"""ECMS, before 2019 enorth webpublisher: the system of news.nankai.edu.cn and its sister sites.

Generations, newest first, as `layouts` has them:

    g3  2021 –       UTF-8  the head picture is tou2021.png; old articles wear it since 2023-09-27
    g2  2019 – 2021  UTF-8  the same tables, an older head
    g1  2014 – 2019  GBK    divs; its meta says UTF-8 and is wrong
    g0       – 2014  GBK    tables and spans; the topic site xfjs until 2019

Topic pages (channel xlzt) wear g3-text, broadcasts of g1 wear g1-text. A page of the site is one of an
article exactly when its path is `/<channel>/system/YYYY/MM/DD/<nine digits>.shtml`.
"""

from __future__ import annotations

import re

from scraper.families.family import Family, Layout, Pager, Rows
from scraper.families.known_sites import known_site
from scraper.model import PageRef
from scraper.urls import Url

# ── articles ──────────────────────────────────────────────────────────────────────────────────────────────

_TITLE = 'td[style*="font-size:30px"]'
_META = (
    'tr:has(> td[style*="font-size:30px"]) + tr > td'  # 来源 and 发稿时间; the second span may be unclosed
)
_EDITOR = 'td[align="right"] > p:has(> span.hong)'
_ROWS_BELOW = 'tr:has(> td[style*="font-size:30px"]) + tr ~ tr > td:not(:has(> p > span.hong))'
_HEAD_2021 = 'table[style*="tou2021"]'
_WIDE = 'td[style*="font-size:30px"][style*="line-height:38px"]'  # no sidebar: pages of pictures


def _ecms(name: str, *marks: str, body: str) -> Layout:
    """Return a layout of the tables of 2019 and after, which differ in their marks and where the body is."""
    return Layout(
        name=name,
        marks=(_TITLE, *marks),
        title=_TITLE,
        published=_META,
        source=_META,
        editor=_EDITOR,
        body=(body,),
    )


def _enorth(name: str, *marks: str) -> Layout:
    """Return a layout of the divs of 2014."""
    return Layout(
        name=name,
        marks=("div.news-title h2", "div.news-detail", *marks),
        title="div.news-title h2",
        published="div.news-detail",
        source="div.news-detail",
        editor="div.news-footer",
        body=("div.news-content",),
        only_first=True,
    )


_G0 = Layout(
    name="g0",
    marks=("td span.title", "td > span.main"),
    title="td span.title",
    published="tr:has(span.title) + tr > td",
    source="tr:has(span.title) + tr > td",
    editor="span.main:has(> font.p12)",
    body=("td > span.main",),
    only_first=True,  # 分享 and 相关新闻 below are spans of the same class
)

LAYOUTS = (
    _ecms("g3-photo", "td#txt", _WIDE, _HEAD_2021, body="td#txt"),
    _ecms("g3-text", "td#txt", _HEAD_2021, body="td#txt"),
    _ecms("g3-av", _ROWS_BELOW, _HEAD_2021, body=_ROWS_BELOW),
    _ecms("g2-photo", "td#txt", _WIDE, body="td#txt"),
    _ecms("g2-text", "td#txt", body="td#txt"),
    _ecms("g2-av", _ROWS_BELOW, body=_ROWS_BELOW),
    _enorth("g1-text", "div.third-left div.news-content"),
    _enorth("g1-photo", "div.news-content"),
    Layout(
        name="g1-xs",
        marks=("div.left_content_topic", "div.l_content"),
        title="div.left_content_topic",
        published="p.l_writer",
        source="p.l_writer",
        body=("div.l_content",),
    ),
    _G0,
)

# ── lists and their pages ─────────────────────────────────────────────────────────────────────────────────
# Since 2019 page 1 is the oldest, page k a fixed block of 30, and the index shows the newest rows; a
# script that the index names knows the number of pages. Before, pages had their 下一页, also counted down.

ROWS = (
    Rows(
        name="ecms",
        row='table[width="98%"]',
        link='td[width="80%"] a[href]',
        date='td[width="20%"]',
    ),
    Rows(name="enorth", row="tr:has(> td.news > a.news)", link="td.news > a.news[href]", next="a[href]"),
    Rows(name="dated", within="body", dated=True, next="a[href]"),  # templates differ from channel to channel
)

_COUNTED = re.compile(r"(?P<system>https?://.+?/system/)count//?(?P<code>\d+)/(?P<part>\d{12})/")
_MORE = re.compile(r"(?P<folder>https?://.+?/system/more/(?P<code>\d+)/)\d{4}/(?P=code)_\d{8}\.shtml$")
_INDEX = re.compile(r"(?P<channel>https?://(?P<host>[^/?#]+)/(?P<name>\w+)/)(?:index\.s?html?)?$")


def _page(url: Url, number: int) -> PageRef | None:
    """Return a page by its number, of the list that a script, one of its pages or an index belongs to."""
    if match := _COUNTED.match(url):
        return _counted(match["system"], match["code"], match["part"], number)
    if match := _MORE.match(url):
        page = f"{match['folder']}{number // 100:04d}/{match['code']}_{number:08d}.shtml"
        return PageRef(urls=(Url(page),), number=number)
    match = _INDEX.match(url)
    site = known_site(match["host"]) if match is not None else None
    if match is None or site is None or match["name"] not in site.codes:
        return None
    return _counted(f"{match['channel']}system/", site.codes[match["name"]], "0" * 12, number)


def _counted(system: str, code: str, part: str, number: int) -> PageRef:
    """Return the forms that the address of a count page may have.

    The folder of thousands is inferred: all that was ever seen are pages below 1,000, and other programs,
    which write 000 there, were never seen beyond. Hence both, and the doubled slash first, as the site links.
    """
    folders = dict.fromkeys((f"{number // 1000:03d}", "000"))
    name = f"c{code}{part}_{number:09d}.shtml"
    pages = (
        f"{system}{count}{code}/{part}/000/{folder}/{name}"
        for folder in folders
        for count in ("count//", "count/")
    )
    return PageRef(urls=tuple(Url(page) for page in pages), number=number)


PAGER = Pager(
    script=re.compile(r"/count_page_list_\d+\.js(?:\?|$)"),
    count=re.compile(
        r"""\b(?:max_?page|page_?count|total_?pages?|page_?total)\b["']?\s*[=:]\s*["']?(\d{1,7})\b"""
        r"|createPageHTML\(\s*(\d{1,7})\b",
        re.IGNORECASE,
    ),
    page=_page,
    number=re.compile(r"/system/(?:count|more)/.{0,200}_(\d{8,9})\.shtml$"),
    oldest_first=True,
)

# ── the family ────────────────────────────────────────────────────────────────────────────────────────────

ECMS = Family(
    name="ecms",
    marks=(
        "td#txt",
        _TITLE,
        "div.news-detail",
        "tr:has(span.title) ~ tr > td > span.main",
        "div.left_content_topic",
        "span.cms_block_span",
        "#pagetemple",
        "td.news > a.news",
    ),
    article_url=re.compile(r"/system/\d{4}/\d{2}/\d{2}/(?P<number>\d{9})\.shtml(?:\?|$)"),
    layouts=LAYOUTS,
    rows=ROWS,
    pager=PAGER,
    moves=True,
)
