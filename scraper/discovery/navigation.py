"""The ways about a site, read off one of its pages: what may be a channel, and what the site is called.

Guesses, in the order in which they are worth a request; whether one is a list its own page shows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import dom, urls
from scraper.discovery.scope import is_file
from scraper.extractor.page import open_page
from scraper.families import is_article
from scraper.text import fold, visible_text
from scraper.values import Value

if TYPE_CHECKING:
    from scraper.dom import Node
    from scraper.extractor.page import Page
    from scraper.families.family import Family
    from scraper.model import Capture
    from scraper.urls import Url

_NEWS = re.compile(
    r"新闻|要闻|通知|公告|公示|动态|快讯|快递|媒体|报道|学术|讲座|活动|资讯|信息|专题|视频|人物|故事|简报|校报|周刊|头条"
    r"|综合|校园|预告|采购|招标|news|notice|event|announce",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"简介|概况|领导|机构|联系|师资|教师|教授|名录|章程|历史|沿革|下载|服务|指南|邮箱|电话|地图|委员会|部门|设置|导师|课程"
    r"|about|contact|people|staff",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"^(?:首\s*页|主\s*页|网站首页|返回.*|English|EN|中文|登[录陆].*|注册|搜索|检索|设为首页|加入收藏|收藏本站|网站地图|旧版.*"
    r"|上一?页|下一?页|尾页|末页|\d+|home|login|search)$",
    re.IGNORECASE,
)
_MORE = re.compile(r"^[\[【+>»\s]*(?:查看)?(?:更多|more|全部)[.…>»+\]】\s]*$", re.IGNORECASE)
_NAVIGATION = re.compile(r"nav|menu", re.IGNORECASE)
_LIST = re.compile(
    r"/list\d*\.(?:htm|psp)$|/index\.[scj]?html?$|/[a-z_0-9-]+\.htm$|/[a-z0-9_-]+/$", re.IGNORECASE
)
_FRONT = re.compile(r"/(?:(?:index|default|main)\.\w+)?$")
_LONGEST, _LONGEST_LATIN = 14, 40  # characters of a channel's name
_NO_TITLE = re.compile(r"^(?:首页|网站首页|主页|欢迎.*|home)$", re.IGNORECASE)
_BREAKS = re.compile(r"(?:(?<!\s)\s++)?(?:--+|[-_|–—·])\s*+")
_FEEDS = (
    'link[rel~="alternate"][type="application/rss+xml"], link[rel~="alternate"][type="application/atom+xml"]'
)


class Way(Value, frozen=True, kw_only=True):
    """A link that may lead to a channel."""

    url: Url
    name: str | None  # as the link calls it; None: it says no more than "more"
    worth: int  # the higher, the more it looks like a list of articles


class Navigation(Value, frozen=True, kw_only=True):
    """What a page says of its site."""

    title: str | None  # the site's; None: it names none
    ways: tuple[Way, ...]  # each address once, the most likely channels first
    feeds: tuple[Url, ...]


def read_navigation(capture: Capture, family: Family | None) -> Navigation:
    """Return what a page says of the ways about its site. Raises `NotAnArticle` for what is no page."""
    page = open_page(capture)
    ways: dict[Url, Way] = {}
    for link in dom.select(page.root, "body a[href]"):
        way = _way(link, page, family)
        if way is not None:
            known = ways.get(way.url, way)
            ways[way.url] = Way(url=way.url, name=known.name or way.name, worth=max(known.worth, way.worth))
    feeds = (urls.join(page.base, dom.attribute(node, "href")) for node in dom.select(page.root, _FEEDS))
    return Navigation(
        title=_site_title(page),
        ways=tuple(sorted(ways.values(), key=lambda way: -way.worth)),
        feeds=tuple(dict.fromkeys(url for url in feeds if url is not None)),
    )


def page_title(capture: Capture) -> str | None:
    """Return what a list's page calls itself: the first part of its `<title>`. Raises `NotAnArticle`."""
    parts = _parts(open_page(capture))
    return parts[0] if parts else None


def _way(link: Node, page: Page, family: Family | None) -> Way | None:
    url = urls.join(page.base, dom.attribute(link, "href"))
    if url is None or urls.host(url) != urls.host(page.url) or url == page.url or is_file(url):
        return None
    path = urls.split(url).path
    if is_article(family, url) or (path.count("/") <= 1 and _FRONT.search(path)):
        return None
    name = fold(dom.text_of(link)) or fold(dom.attribute(link, "title"))
    if _MORE.search(name):
        return Way(url=url, name=None, worth=4)
    length = _LONGEST_LATIN if name.isascii() else _LONGEST
    if _NEVER.search(name) or not 1 < len(visible_text(name)) <= length:
        return None
    return Way(url=url, name=name, worth=_worth(name, path, link))


def _worth(name: str, path: str, link: Node) -> int:
    """Return how much a link looks like one to a list of articles."""
    worth = 2 * bool(_LIST.search(path)) + _in_navigation(link)
    worth += 3 * bool(_NEWS.search(name))
    return worth - 3 * bool(_ABOUT.search(name))


def _in_navigation(link: Node) -> bool:
    node = link.parent
    while node is not None and node.tag != "body":
        if node.tag == "nav" or _NAVIGATION.search(
            f"{node.attributes.get('class')} {node.attributes.get('id')}"
        ):
            return True
        node = node.parent
    return False


def _site_title(page: Page) -> str | None:
    """Return what the site is called: what it tells machines, else the last part of the `<title>`."""
    told = page.first('meta[property="og:site_name"]')
    named = fold(dom.attribute(told, "content")) if told is not None else ""
    parts = _parts(page)
    return named or (parts[-1] if parts else None)


def _parts(page: Page) -> list[str]:
    node = page.first("title")
    head = fold((node.text() if node is not None else "") or "")
    return [part for part in _BREAKS.split(head) if part and not _NO_TITLE.search(part)]
