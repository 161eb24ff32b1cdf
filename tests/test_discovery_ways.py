"""The way to a list's next page, in the forms that systems and scripts give it; else it is told."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from listing_cases import capture, site

from scraper.discovery import read_listing
from scraper.errors import NotAListing

HOST = "http://www.starbridge.example.cn"
VSB = '<script src="/system/resource/js/counter.js"></script>'
CLICKED = (
    '<input id="a19GOPAGE"><script>function a19(){_simple_list_gotopage_fun(31, "a19GOPAGE", 2)}</script>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A list's address, what stands behind its rows, and what its page says of the next one."""

    pager: str
    at: str = "/hd/list.html"
    rows: str = "/n/{}.html"
    next: str | None = None
    is_unread: bool = False
    pages: int | None = None


def rows(address: str) -> str:
    row = "<li><a href='{}'>湖上第{}次赛船的安排</a><span>2024-03-{:02}</span></li>"
    return "".join(row.format(address.format(200 + day), day, day) for day in range(1, 9))


def vsb(pager: str, *, at: str = "/hd.htm", leads_to: str | None = None, pages: int | None = None) -> Way:
    return Way(pager=VSB + pager, at=at, rows="/info/1004/{}.htm", next=leads_to, pages=pages)


def trs(
    script: str, *, leads_to: str | None = None, pages: int | None = None, is_unread: bool = False
) -> Way:
    return Way(
        pager=f"<script>{script}</script>",
        at="/hd/",
        rows="./202403/t20240301_{}.html",
        next=leads_to,
        pages=pages,
        is_unread=is_unread,
    )


WAYS = {
    # ── VSB ───────────────────────────────────────────────────────────────────────────────────────────────
    "a field to go to a page alone": vsb(CLICKED, leads_to="/hd/30.htm", pages=31),
    "that field on a later page": vsb(CLICKED, at="/hd/30.htm", leads_to="/hd/29.htm", pages=31),
    "that field on the last page": vsb(CLICKED, at="/hd/1.htm", pages=31),
    "a picture": vsb("<a href='hd/30.htm'><img src='/n.gif' alt='下一页'></a>", leads_to="/hd/30.htm"),
    "numbers": vsb(
        "<div class=page><b>1</b><a href='hd/30.htm'>2</a><a href='hd/29.htm'>3</a></div>",
        leads_to="/hd/30.htm",
    ),
    # ── scripts that draw pagers ──────────────────────────────────────────────────────────────────────────
    "named first, counted from 0": trs(
        'createPageHTML("p", 7, 0, "index", "html")', leads_to="/hd/index_1.html", pages=7
    ),
    "with variables": trs(
        'var name = "index", ext = "html"; createPageHTML(7, 0, name, ext);',
        leads_to="/hd/index_1.html",
        pages=7,
    ),
    "by an object": trs(
        "Pager({size: 7, current: 2, prefix: 'index', suffix: 'html'})", leads_to="/hd/index_3.html", pages=7
    ),
    "by another name": trs("page('7', '0', 'index', 'html')", leads_to="/hd/index_1.html", pages=7),
    "whose numbers nobody knows": trs("createPageHTML(total, at, name, ext)", is_unread=True),
    "kkpager with its own addresses": Way(
        pager=(
            "<script>kkpager.generPageHtml({pno: 1, total: 12, hrefFormer: 'list', hrefLatter: '.html',"
            " getLink: function(n) { return this.hrefFormer + this.hrefLatter + '?pno=' + n; }})</script>"
        ),
        next="/hd/list.html?pno=2",
        pages=12,
    ),
    "kkpager as it comes": Way(
        pager=(
            "<script>kkpager.generPageHtml({pno: '3', total: '12', hrefFormer: 'list', hrefLatter: '.html'})"
            "</script>"
        ),
        next="/hd/list_4.html",
        pages=12,
    ),
    "kkpager that a function turns": Way(
        pager="<script>kkpager.generPageHtml({pno: 1, total: 12, mode: 'click', click: turn})</script>",
        is_unread=True,
    ),
    "a part of a page": Way(pager="<el-pagination :total='120'></el-pagination>", is_unread=True),
    "a count in attributes": Way(pager="<div class=pagination rows=15 count=120></div>", is_unread=True),
    # ── what is clicked ───────────────────────────────────────────────────────────────────────────────────
    "an address in a click": Way(
        pager="""<a href="#" onclick="location.href='list_2.html'">下一页</a>""", next="/hd/list_2.html"
    ),
    "an address in a link's script": Way(
        pager="""<a href="javascript:location.href='list_2.html'">下一页</a>""", next="/hd/list_2.html"
    ),
    "a button": Way(
        pager="""<button onclick="location.href='?page=2'">下一页</button>""", next="/hd/list.html?page=2"
    ),
    "a button of a script": Way(pager="<button onclick='turn(2)'>下一页</button>", is_unread=True),
    "a field of a script": Way(pager="<input type=button value='下一页' onclick='turn(2)'>", is_unread=True),
    "more rows on demand": Way(pager="<div class=more>加载更多</div>", is_unread=True),
    "a click that does nothing": Way(
        pager="<a href='list_8.html'>上一页</a><a href='javascript:;' onclick='return false'>下一页</a>",
        at="/hd/list_9.html",
    ),
    # ── other signs ───────────────────────────────────────────────────────────────────────────────────────
    "a link of the page's head": Way(pager="<link rel=next href='list_2.html'>", next="/hd/list_2.html"),
    "an arrow": Way(pager="<div class=pager><a href='list_2.html'>»</a></div>", next="/hd/list_2.html"),
    "a sign by its class": Way(
        pager="<div class=pager><a class=next href='list_2.html'><i class=icon></i></a></div>",
        next="/hd/list_2.html",
    ),
    "numbers in brackets": Way(
        pager="<div class=pager>1 <a href='?page=2'>[2]</a> <a href='?page=9'>末页</a></div>",
        next="/hd/list.html?page=2",
    ),
    "numbers of a later page": Way(
        pager="<div class=pager><a href='?page=1'>1</a><b>2</b><a href='?page=3'>3</a></div>",
        at="/hd/list.html?page=2",
        next="/hd/list.html?page=3",
    ),
    "numbers of the last page": Way(
        pager="<div class=pager><a href='?page=1'>1</a><b>2</b></div>", at="/hd/list.html?page=2"
    ),
    "numbers of another thing": Way(pager="<div class=days><b>1</b><a href='/day/2'>2</a></div>"),
    "numbers of all pages but the present one": Way(
        pager="<nav class=pagination><a href='?page=2'>2</a><a href='?page=9'>9</a></nav>",
        next="/hd/list.html?page=2",
    ),
    "numbers of all but a later one": Way(
        pager="<div class=pager><a href='?page=1'>1</a><a href='?page=3'>3</a><a href='?page=9'>9</a></div>",
        at="/hd/list.html?page=2",
        next="/hd/list.html?page=3",
    ),
    "numbers with a gap before the last one": Way(
        pager="<div class=pager><a href='?page=1'>1</a><a href='?page=2'>2</a><a href='?page=4'>4</a></div>"
    ),
    "numbers with a gap that dots fill": Way(
        pager="<div class=pager><a href='?page=1'>1</a>…<a href='?page=3'>3</a><a href='?page=4'>4</a></div>"
    ),
    "numbers one of which is marked as the present one": Way(
        pager="<div class=pager><a href='?page=1' class=active>1</a><a href='?page=3'>3</a>"
        "<a href='?page=4'>4</a></div>"
    ),
    "numbers with a gap, and an arrow": Way(
        pager="<div class=pager><a href='?page=1'>1</a><a href='?page=2'>2</a><a href='?page=3'>3</a>"
        "<a href='?page=5'>5</a><a href='?page=6'>6</a><a href='?page=2'>›</a></div>",
        next="/hd/list.html?page=2",
    ),
    "an empty pager that a script picks out": Way(
        pager="<div id=pages></div><script src=/p.js></script><script>$('#pages').fill({all: 30})</script>",
        is_unread=True,
    ),
    "an empty pager whose name a script has as a word": Way(
        pager="<div class='page clear'></div><script>var page = 1; localStorage.clear();</script>"
    ),
    "an empty element that counts views": Way(
        pager="<span id=pageview></span><script>$('#pageview').load('/count')</script>"
    ),
    "an empty pager of a slide show": Way(
        pager="<div class=pagination></div><script>new Swiper('.b', {pagination: '.pagination'})</script>"
    ),
    "an empty pager that is called after a slide show": Way(
        pager="<div class='slider-pager'></div><script>$('.slider-pager').show()</script>"
    ),
    "an empty slide show": Way(
        pager="<div id=homepage-slider></div><script>$('#homepage-slider').show()</script>"
    ),
    "an empty pager that nobody names": Way(pager="<div class=page></div><script>count()</script>"),
    "a field that adds a number": Way(
        pager=(
            """<select onchange="location.href='?id=3&page=' + this.value">"""
            "<option value=1 selected>第1页<option value=2>第2页</select>"
        ),
        next="/hd/list.html?id=3&page=2",
    ),
    "words with blanks": Way(pager="<a href='list_2.html'>下 一 页</a>", next="/hd/list_2.html"),
    "older ones": Way(pager="<a href='list_2.html'>Older</a>", next="/hd/list_2.html"),
    "a title that holds the word": Way(
        pager="<p><a href='/n/9.html'>What comes next for the lake, its boats and all who row upon it</a></p>"
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_next_page_is_found_or_the_pager_is_told_as_unread(way: Way) -> None:
    body = f"<html><title>活动</title><div class=main><ul>{rows(way.rows)}</ul>{way.pager}</div></html>"
    said = read_listing(capture(HOST + way.at, body), site(HOST), None)
    assert len(said.links) >= len(range(1, 9))
    assert (said.next.urls[0] if said.next is not None else None) == (way.next and HOST + way.next)
    assert said.unread_pager == way.is_unread
    if way.pages is not None:
        assert said.pages == way.pages


def records(total: int) -> str:
    held = "".join(
        f"<record><![CDATA[<li><a href='/art/2024/3/{day}/art_12_{day}.html'>湖上第{day}次赛船的安排</a>"
        f"<b>2024-03-{day:02}</b></li>]]></record>"
        for day in range(1, 9)
    )
    store = f"<totalrecord>{total}</totalrecord><recordset>{held}</recordset>"
    return f"<div id=7><script type='text/xml'><datastore>{store}</datastore></script></div>"


@pytest.mark.parametrize(("total", "pages", "is_unread"), [(8, 1, False), (80, 10, True)])
def test_records_that_are_posted_for_are_counted_by_those_at_hand(
    total: int, pages: int, *, is_unread: bool
) -> None:
    said = read_listing(capture(f"{HOST}/col/col12/index.html", records(total)), site(HOST), None)
    assert (len(said.links), said.stated, said.pages, said.unread_pager) == (8, total, pages, is_unread)


def test_rows_before_a_pager_that_stands_in_the_page_itself_are_its_rows() -> None:
    body = (
        f"<html><body>{VSB}<div><a href='/gk.htm'>概况</a></div><ul>{rows('/info/1004/{}.htm')}</ul>"
        "<span class=p_pages><span class=p_no_d>1</span>"
        "<span class=p_next><a href='hd/30.htm'>下页</a></span></span>"
        "<div><a href='/lx.htm'>联系</a></div></body></html>"
    )
    said = read_listing(capture(f"{HOST}/hd.htm", body), site(HOST), None)
    assert len(said.links) == len(range(1, 9))


SIDE = "".join(
    f"<li><a href='/info/1004/{n}.htm'>热点第{n}号要闻</a><i>03-{n:02}</i></li>" for n in range(1, 6)
)
ASIDE = f"<div class=sidebar><h3>热点</h3><ul>{SIDE}</ul></div>"
FOOT_LINK = "<div class=foot><a href='http://www.beian.example/'>备案号</a></div>"


@pytest.mark.parametrize("count", [2, 8])
def test_a_column_at_the_side_does_not_hide_a_list(count: int) -> None:
    listed = rows("/info/1005/{}.htm").split("</li>")[:count]
    body = f"<html>{VSB}{ASIDE}<div class=main><ul>{'</li>'.join(listed)}</ul></div>{FOOT_LINK}</html>"
    said = read_listing(capture(f"{HOST}/hd.htm", body), site(HOST), None)
    assert [link.url for link in said.links] == [
        f"{HOST}/info/1005/{200 + day}.htm" for day in range(1, count + 1)
    ]


def test_a_column_at_the_side_of_an_empty_list_is_none_of_its_rows() -> None:
    body = f"<html>{VSB}{ASIDE}<div class=main><ul></ul><p>暂无内容</p></div></html>"
    with pytest.raises(NotAListing):
        read_listing(capture(f"{HOST}/hd.htm", body), site(HOST), None)


def test_the_name_of_a_column_that_each_row_repeats_is_no_row() -> None:
    listed = rows("/n/{}.html").replace("<li>", "<li>[<a href='/hd/'>活动</a>] ")
    said = read_listing(capture(f"{HOST}/hd/list.html", f"<html><ul>{listed}</ul></html>"), site(HOST), None)
    assert [link.title for link in said.links] == [f"湖上第{day}次赛船的安排" for day in range(1, 9)]


@pytest.mark.parametrize(
    ("at", "marks"),
    [("/mt/", ""), ("/mt.htm", VSB), ("/mt/", "<div class=TRS_Editor></div>")],
)
@pytest.mark.parametrize("leads_to", ["http://paper.example/a/{}.html", "/files/{}.pdf"])
def test_dated_rows_that_all_lead_out_are_a_list_of_them(at: str, marks: str, leads_to: str) -> None:
    body = f"<html>{marks}<ul>{rows(leads_to)}</ul>{FOOT_LINK}</html>"
    said = read_listing(capture(HOST + at, body), site(HOST), None)
    assert len(said.links) + len(said.elsewhere) == len(range(1, 9))


def test_two_dated_rows_that_lead_out_are_no_list() -> None:
    listed = "".join(
        f"<li><a href=http://paper.example/{n}>湖上第{n}次赛船的安排</a> 2024-03-1{n}" for n in (1, 2)
    )
    with pytest.raises(NotAListing):
        read_listing(capture(f"{HOST}/mt/", f"<html><ul>{listed}</ul></html>"), site(HOST), None)


def test_links_to_others_without_days_are_no_list() -> None:
    links = "".join(f"<li><a href='http://far{n}.example/'>友好学校之{n}</a></li>" for n in range(9))
    with pytest.raises(NotAListing):
        read_listing(capture(f"{HOST}/links/", f"<html><ul>{links}</ul></html>"), site(HOST), None)


def test_rows_that_download_a_file_of_the_system_are_files() -> None:
    listed = rows("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid={}")
    said = read_listing(capture(f"{HOST}/xz.htm", f"<html>{VSB}<ul>{listed}</ul></html>"), site(HOST), None)
    assert (len(said.links), len(said.elsewhere)) == (0, len(range(1, 9)))


@pytest.mark.parametrize("leads_to", ["http://paper.example/a/{}.html", "/files/{}.pdf"])
@pytest.mark.parametrize("marks", ["", VSB])
def test_dated_rows_at_the_side_of_the_sites_own_are_no_list(marks: str, leads_to: str) -> None:
    own = "".join(f"<p><a href='/view/{n}.html'>湖上各次赛船的安排之{n}</a></p>" for n in range(10))
    page = f"<html>{marks}<main>{own}</main><div class=b><ul>{rows(leads_to)}</ul></div></html>"
    with pytest.raises(NotAListing):
        read_listing(capture(f"{HOST}/xw.htm", page), site(HOST), None)


def test_dated_files_below_an_article_are_no_list() -> None:
    files = "".join(
        f"<li><a href=/f/{n}.docx>湖上第{n}队的名单</a><i>2024-03-1{n}</i></li>" for n in range(4)
    )
    body = "".join(f"<p>湖上各队自春天起每周训练三次，第{n}队今年第一次参加。</p>" for n in range(9))
    page = f"<html><h1>湖上赛船的安排</h1><div class=c>{body}<ul>{files}</ul></div></html>"
    with pytest.raises(NotAListing):
        read_listing(capture(f"{HOST}/xw.htm", page), site(HOST), None)
