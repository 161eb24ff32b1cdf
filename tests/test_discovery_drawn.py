"""Pagers that scripts draw, overviews of several lists, and rows that show nothing."""

from __future__ import annotations

import re

import pytest
from listing_cases import capture, site

from scraper import dom, urls
from scraper.discovery import read_listing
from scraper.discovery.pager_script import Drawn, drawn_pager
from scraper.errors import NotAListing

HOME = "http://www.qingshan.example/"
INDEX = urls.parse(f"{HOME}tzgg/index.html")
ROWS = "".join(
    f"<li><a href=./201904/t201904{n}_50000{n}.html>青山站第{n}次巡测的安排</a><span>2019-04-{n}</span></li>"
    for n in range(11, 15)
)


def drawn(script: str) -> Drawn | None:
    assert INDEX is not None
    return drawn_pager(dom.parse(f"<html><script>{script}</script></html>"), INDEX)


@pytest.mark.parametrize(
    ("script", "pages", "number", "following"),
    [
        ('createPageHTML(7, 0, "index", "html");', 7, 1, "index_1.html"),
        ("createPageHTML(7,6,'index','htm')", 7, 7, None),
        ('createPageHTML(1, 0, "index", "html");', 1, 1, None),
        ("createPageHTML('page_div',50, 1,'xwzx_list','shtml',1000);", 50, 1, "xwzx_list_2.shtml"),
        ("createPageHTML('page_div',50, 50,'xwzx_list','shtml',1000);", 50, 50, None),
        ("var currentPage = 0;var countPage = 5//共多少页", 5, 1, "index_1.html"),
        (
            "function createPageHTML(_count, _at, _name, _ext) { } createPageHTML(3, 1, 'l', 'htm');",
            3,
            2,
            "l_2.htm",
        ),
    ],
)
def test_a_script_says_how_many_pages_there_are_and_which_is_next(
    script: str, pages: int, number: int, following: str | None
) -> None:
    assert drawn(script) == Drawn(pages, number, following)


@pytest.mark.parametrize(
    "script", ["createPageHTML(total, at, name, 'html')", "createPageHTML('x')", "var a = 1;"]
)
def test_a_call_of_another_kind_says_nothing(script: str) -> None:
    assert drawn(script) is None


@pytest.mark.parametrize(
    "pager",
    [
        "<script>createPageHTML(total, at, 'index', 'html')</script>",
        "<script>$('#pager').pagination({pageCount: 9, current: 1});</script>",
        "<script>laypage.render({elem: 'p', count: 70});</script>",
        "<script>var totalPage = 12;</script>",
        "<a href='javascript:goPage(2)'>下一页</a>",
        "<a href='#' onclick='turn(2)'>下页</a>",
    ],
)
def test_a_pager_that_is_not_understood_says_so(pager: str) -> None:
    read = read_listing(capture(f"{HOME}tzgg/index.html", f"<ul>{ROWS}</ul>{pager}"), site(HOME), None)
    assert len(read.links) == 4
    assert (read.unread_pager, read.next, read.pages) == (True, None, None)


@pytest.mark.parametrize(
    "pager",
    [
        "",
        "<script>createPageHTML(1, 0, 'index', 'html')</script>",
        "<script>createPageHTML(9, 0, 'index', 'html')</script>",
        "<script>function showPage(n) {} var pageCount = 1;</script>",
        "<a href='javascript:void(0)'>下一页</a>",
        "<a href='index_1.html'>下一页</a><script>var totalPage = 12;</script>",
    ],
)
def test_a_list_without_a_pager_and_one_that_is_understood_have_none_unread(pager: str) -> None:
    read = read_listing(capture(f"{HOME}tzgg/index.html", f"<ul>{ROWS}</ul>{pager}"), site(HOME), None)
    assert not read.unread_pager


def test_an_overview_names_the_lists_whose_newest_rows_it_shows() -> None:
    def block(name: str) -> str:
        rows = ROWS.replace("./2019", f"./{name}/2019")
        return f"<div><h3>{name}<a href=./{name}/index.html>更多&gt;&gt;</a></h3><ul>{rows}</ul></div>"

    page = f"<div class=l>{block('gzdt')}{block('tzgg')}</div>"
    read = read_listing(capture(f"{HOME}xwzx/index.html", page), site(HOME, family="trs"), None)
    assert read.sublists == (f"{HOME}xwzx/gzdt/index.html", f"{HOME}xwzx/tzgg/index.html")


def blocks(heading: str, row: str, names: tuple[str, ...] = ("gzdt", "tzgg")) -> str:
    """Return a page of some columns, each with its heading and three rows."""
    shown = ""
    for name in names:
        listed = "".join(
            f"<li><a href={row.format(name=name, n=f'{len(shown)}{n}')}>湖上第{n}次赛船的安排</a>03-{n}</li>"
            for n in (11, 12, 13)
        )
        shown += f"<div><h3>{heading.format(name=name)}</h3><ul>{listed}</ul></div>"
    return shown


@pytest.mark.parametrize(
    ("family", "at", "heading", "row", "leads_to"),
    [
        ("vsb", "xwzx.htm", "<a href=xwzx/{name}.htm>MORE+</a>", "info/1/{n}.htm", "xwzx/{name}.htm"),
        (
            "webplus",
            "xwzx/list.htm",
            "{name}<a href=/{name}/list.htm>更多&gt;&gt;</a>",
            "/2021/0311/c1a{n}/page.htm",
            "{name}/list.htm",
        ),
        (
            "trs",
            "xwzx/",
            "<a href=./{name}/>{name}</a>",
            "./{name}/202103/t20210311_{n}0.html",
            "xwzx/{name}/",
        ),
        (
            "generic",
            "xwzx/",
            "{name}<a href=./{name}/><img alt=更多></a>",
            "./{name}/{n}.html",
            "xwzx/{name}/",
        ),
    ],
)
def test_an_overview_is_one_in_the_folders_of_any_system(
    family: str, at: str, heading: str, row: str, leads_to: str
) -> None:
    read = read_listing(capture(f"{HOME}{at}", blocks(heading, row)), site(HOME, family=family), None)
    assert read.sublists == tuple(f"{HOME}{leads_to.format(name=name)}" for name in ("gzdt", "tzgg"))


@pytest.mark.parametrize("address", ["/hd/{}.html", "/hd/202403/{}.html", "/hd/boat-{}/"])
@pytest.mark.parametrize("more", ["", "<a href={}>MORE</a>"])
def test_a_list_whose_rows_are_headings_is_no_overview(address: str, more: str) -> None:
    links = [address.format(n) for n in range(200, 206)]
    rows = "".join(
        f"<div><h3><a href={link}>湖上第{n}次赛船的安排</a></h3><i>2024-03-1{n}</i>{more.format(link)}</div>"
        for n, link in enumerate(links)
    )
    for family in ("generic", None):
        read = read_listing(capture(f"{HOME}hd/", f"<main>{rows}</main>"), site(HOME, family=family), None)
        assert (len(read.links), read.sublists) == (len(links), ())


def test_ways_to_lists_at_the_side_of_a_list_make_it_no_overview() -> None:
    rows = "".join(
        f"<li class=news><a href=/2021/0311/c9a{n}/page.htm>湖上第{n}次赛船的安排</a></li>" for n in range(3)
    )
    aside = blocks("<a href=/{name}/list.htm>更多</a>", "/2021/0311/c1a{n}/page.htm")
    page = f"<div portletmode=simpleList><ul class=news_list>{rows}</ul></div><div class=side>{aside}</div>"
    read = read_listing(capture(f"{HOME}hd/list.htm", page), site(HOME, family="webplus"), None)
    assert (len(read.links), read.sublists) == (3, ())


def test_columns_of_its_own_folder_at_the_side_make_a_list_no_overview() -> None:
    rows = "".join(f"<li><a href=/hd/{n}.html>湖上第{n}次赛船的安排</a>2024-03-1{n}</li>" for n in range(9))
    aside = blocks("<a href=./{name}/>更多</a>", "./{name}/{n}.html")
    page = f"<ul class=l>{rows}</ul><div class=side>{aside}</div>"
    read = read_listing(capture(f"{HOME}hd/", page), site(HOME, family="generic"), None)
    assert (len(read.links), read.sublists) == (9, ())


def test_columns_at_the_side_of_a_press_list_make_it_no_overview() -> None:
    rows = "".join(
        f"<li class=news><a href=http://paper.example/{n}.html>湖上第{n}次赛船的安排</a>2024-03-1{n}</li>"
        for n in range(6)
    )
    aside = blocks("<a href=/{name}/list.htm>更多</a>", "/2021/0311/c1a{n}/page.htm")
    page = f"<div portletmode=simpleList><ul class=news_list>{rows}</ul></div><div class=side>{aside}</div>"
    read = read_listing(capture(f"{HOME}mtnk/list.htm", page), site(HOME, family="webplus"), None)
    assert (len(read.elsewhere), read.sublists) == (6, ())


def test_columns_at_the_side_of_a_text_make_it_no_overview() -> None:
    body = "".join(f"<p>湖上各队自春天起每周训练三次，第{n}队今年第一次参加。</p>" for n in range(9))
    aside = blocks("<a href=/{name}/list.htm>更多</a>", "/2021/0311/c1a{n}/page.htm")
    page = f"<h1>湖上赛船的安排</h1><div>{body}</div><div class=side>{aside}</div>"
    with pytest.raises(NotAListing):
        read_listing(capture(f"{HOME}hd/list.htm", page), site(HOME, family="webplus"), None)


@pytest.mark.parametrize("older", [[], ["/2021/0310/c1a7/page.htm"]])
def test_columns_that_repeat_the_newest_rows_of_a_list_make_it_no_overview(older: list[str]) -> None:
    aside = blocks("<a href=/{name}/list.htm>更多</a>", "/2021/0311/c1a{n}/page.htm")
    links = [*re.findall(r"href=(/2021\S+?)>", aside), *older]
    rows = "".join(
        f"<li class=news><a href={link}>湖上第{n}次赛船的安排</a></li>" for n, link in enumerate(links)
    )
    page = f"<div portletmode=simpleList><ul class=news_list>{rows}</ul></div><div class=side>{aside}</div>"
    read = read_listing(capture(f"{HOME}hd/list.htm", page), site(HOME, family="webplus"), None)
    assert (len(read.links), read.sublists) == (len(links), ())


def test_a_menu_whose_links_nobody_sees_is_no_list() -> None:
    menu = "".join(f"<a id=a{n} href=info/10{n}/11{n}.htm></a>" for n in range(6))
    page = f"<html><link href=/_sitegray/_sitegray_d.css><div id=fold>{menu}</div></html>"
    with pytest.raises(NotAListing):
        read_listing(capture("http://www.qingcheng.example/gk/jlhd.htm", page), site(family="vsb"), None)


def test_a_lone_link_of_a_page_is_no_list() -> None:
    page = f"<div><a href=/qs/2019/1/1/{'4d' * 16}.shtml>青山高校</a></div><p>站点说明</p>"
    with pytest.raises(NotAListing):
        read_listing(capture(f"{HOME}c1/ld_list.shtml", page), site(HOME, family="ucap"), None)


def test_rows_are_dated_in_the_order_that_one_of_them_shows() -> None:
    rows = "".join(
        f"<li><a href=./202403/t202403{n}_50000{n}.html>Survey {n} of the field</a><span>[{day}]</span></li>"
        for n, day in enumerate(("06/29/2023", "08/03/2023", "04/08/2023"), 10)
    )
    read = read_listing(capture(f"{HOME}tzgg/index.html", f"<ul>{rows}</ul>"), site(HOME, family="trs"), None)
    assert [link.date and link.date.strftime("%m-%d") for link in read.links] == ["06-29", "08-03", "04-08"]
