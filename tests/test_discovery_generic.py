"""Lists of no known system: rows of links and dates that repeat, and the ways to their next pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from listing_cases import capture, site

from scraper.discovery import read_listing
from scraper.discovery.navigation import read_navigation
from scraper.errors import NotAListing
from scraper.families import by_name
from scraper.model import Selectors

if TYPE_CHECKING:
    from scraper.model import ListingPage

HOME = "http://news.lanhu.example/"
URL = f"{HOME}xwzx/index.html"
NAV = (
    "<div class=nav><ul><li><a href=/>首页</a><li><a href=/gk/>大学概况</a>"
    "<li><a href=/tz/>通知公告</a></ul></div>"
)
FOOT = "<p>地址：蓝湖路1号</p>"


def read(body: str, url: str = URL, **selectors: str) -> ListingPage:
    html = f"<html><head><title>新闻中心-蓝湖大学</title></head><body>{NAV}{body}{FOOT}</body></html>"
    taught = Selectors(**selectors)
    return read_listing(capture(url, html), site(HOME, family="generic", selectors=taught), None)


ROW = '<li><a href="./t2024030{n}_{n}.html">第{n}则消息</a><span>2024-03-0{n}</span></li>'
TABLE = "<tr><td><a href=/news/{n}.asp>第{n}则消息</a></td><td>[2024-03-0{n}]</td></tr>"
CARD = "<div class=card><h4><a href=/a/{n}>第{n}则消息</a></h4><p>摘要。</p><i>2024年3月{n}日</i></div>"


@pytest.mark.parametrize(
    ("row", "around"), [(ROW, "ul"), (TABLE, "table"), (CARD, "div")], ids=["list", "table", "cards"]
)
def test_rows_are_known_by_their_links_and_dates(row: str, around: str) -> None:
    listing = read(f"<{around}>{''.join(row.format(n=n) for n in range(1, 8))}</{around}>")
    assert [link.title for link in listing.links] == [f"第{n}则消息" for n in range(1, 8)]
    assert [link.date.day if link.date else 0 for link in listing.links] == list(range(1, 8))


ROWS = f"<ul>{''.join(ROW.format(n=n) for n in range(1, 8))}</ul>"


@pytest.mark.parametrize(
    ("pager", "following", "number", "pages"),
    [
        ('<a href="?page=2">下一页</a>', f"{URL}?page=2", None, None),
        ("<script>createPageHTML(12, 0, 'index', 'html');</script>", f"{HOME}xwzx/index_1.html", 2, 12),
        ('<script>createPageHTML(12, 4, "index", "html")</script>', f"{HOME}xwzx/index_5.html", 6, 12),
        ("<script>createPageHTML(12, 11, 'index', 'html')</script>", None, None, 12),
        ("<script>function createPageHTML(_nPageCount, _nCurrIndex, a, b){}</script>", None, None, None),
    ],
)
def test_the_next_page_is_where_a_link_or_a_script_says(
    pager: str, following: str | None, number: int | None, pages: int | None
) -> None:
    listing = read(ROWS + pager)
    assert (listing.next.urls[0] if listing.next else None) == following
    assert (listing.next.number if listing.next else None) == number
    assert listing.pages == pages


def test_selectors_teach_the_rows_and_the_way_on() -> None:
    body = (
        "<dl>"
        + "".join(f"<dt><a class=x href=/a/{n}>第{n}则</a>" for n in range(5))
        + "</dl><a class=o href=/p2>下一页</a>"
    )
    with pytest.raises(NotAListing):
        read(body)
    listing = read(body, list_link="a.x", next_page="a.o")
    assert len(listing.links) == 5
    assert listing.next is not None
    assert listing.next.urls == (f"{HOME}p2",)


@pytest.mark.parametrize(
    "body", ["", "<p>蓝湖大学是一所大学。</p>", "<ul><li><a href=/a>甲</a><li><a href=/b>乙</a></ul>"]
)
def test_a_page_without_dated_rows_is_no_list(body: str) -> None:
    with pytest.raises(NotAListing):
        read(body)


FRONT = f"""<html><head><title>首页-蓝湖大学法学院</title>
<link rel=alternate type="application/rss+xml" href="/rss.xml"></head><body>{NAV}
<h3>学院新闻</h3><a href="/xyxw/list.htm">更多&gt;&gt;</a><a href="/xyxw/list.htm"></a>
<a href="/info/1021/6.htm">一则消息的标题</a><a href="/up/a.pdf">章程</a><a href="http://other.example/x/">学术动态</a>
<a href="/js/list.htm">师资队伍</a></body></html>"""


def test_a_front_page_says_where_lists_may_be_most_likely_first() -> None:
    found = read_navigation(capture(HOME, FRONT), by_name("vsb"))
    assert found.title == "蓝湖大学法学院"
    assert [way.url.removeprefix(HOME) for way in found.ways] == [
        "tz/",
        "xyxw/list.htm",
        "gk/",
        "js/list.htm",
    ]
    assert [way.name for way in found.ways] == ["通知公告", None, "大学概况", "师资队伍"]
    assert found.feeds == (f"{HOME}rss.xml",)


def test_a_list_that_leads_to_a_next_page_is_one_though_dated_links_stand_beside_it() -> None:
    row = "<li><a href='/{0}/{1}'>第{1}次巡测的记录</a><span>2022-03-0{1}</span></li>"
    rows = "".join(row.format("news/show", n) for n in range(1, 4))
    side = "".join(row.format("hot", n) for n in range(1, 3))
    onward = "<div><a href='/news/list?page=2'>下一页</a></div>"
    html = f"<html><body><ul>{rows}</ul>{onward}<dl>{side}</dl></body></html>"
    address, home = "http://xy.qs.example/news/list", "http://xy.qs.example/"
    page = read_listing(capture(address, html), site(home), None)
    assert [link.url for link in page.links] == [f"{home}news/show/{n}" for n in range(1, 4)]
    assert page.next is not None
    with pytest.raises(NotAListing):
        read_listing(capture(address, html.replace("下一页", "往期")), site(home), None)
