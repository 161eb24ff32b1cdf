"""Pages of lists: what is a row of them, and what stands beside."""

from __future__ import annotations

import pytest
from listing_cases import BEIJING, ListCase, as_expected, capture, list_cases, site, url

from scraper import urls
from scraper.discovery import read_listing
from scraper.errors import NotAListing, SingleColumn, TooLarge
from scraper.model import Channel, Kind, Selectors

NEWS = "http://news.qingcheng.example"
JWC = "https://jwc.qingcheng.example"
ROW = (
    '<table width="98%"><tr><td width="80%"><div><a href="{href}">{title}</a></div></td>'
    '<td width="20%"><div>2021-03-12</div></td></tr></table>'
)
WINDOW = '<html><div frag="窗口6" portletmode="simpleList">{rows}</div></html>'
NEWS_ROW = '<ul class="news_list"><li class="news"><span><a href="{href}">青橙</a></span></li></ul>'


@pytest.mark.parametrize("named", [True, False], ids=["family named", "family recognised"])
@pytest.mark.parametrize("case", list_cases(), ids=lambda case: case.name)
def test_a_list_is_read_row_by_row(case: ListCase, *, named: bool) -> None:
    """Each folder of `cases/lists` is one lesson."""
    expected = dict(case.expected)
    address, family = expected.pop("url"), expected.pop("family")
    answer = capture(address, case.page, expected.pop("content_type", "text/html; charset=utf-8"))
    home = f"{urls.origin(url(address))}/"
    page = read_listing(answer, site(home, family=family if named else None), None)
    assert as_expected(page) == expected


def test_a_link_knows_which_list_named_it_and_that_its_date_is_the_site_s() -> None:
    answer = capture(
        f"{NEWS}/ywsd/index.shtml", ROW.format(href="/ywsd/system/2021/03/12/030045101.shtml", title="茶")
    )
    channel = Channel(name="ywsd", title="要闻", index=url(f"{NEWS}/ywsd/index.shtml"))
    (link,) = read_listing(answer, site(family="ecms"), channel).links
    assert (link.channel, link.found_on, link.kind) == ("ywsd", f"{NEWS}/ywsd/index.shtml", Kind.ARTICLE)
    assert link.date is not None
    assert link.date.tzinfo is BEIJING


def test_links_are_relative_to_the_address_that_answered_and_to_the_page_s_base() -> None:
    page = '<base href="/deep/er/">' + ROW.format(href="../system/2021/03/12/030045101.shtml", title="茶")
    (link,) = read_listing(capture(f"{NEWS}/x/", page), site(family="ecms"), None).links
    assert link.url == f"{NEWS}/deep/system/2021/03/12/030045101.shtml"


def test_an_article_on_a_host_that_the_config_names_is_the_site_s_own() -> None:
    page = ROW.format(href=f"{NEWS}/a/system/2021/03/12/030045101.shtml", title="茶")
    read = read_listing(capture("http://mirror.qingcheng.example/a/", page), site(family="ecms"), None)
    assert (len(read.links), len(read.elsewhere)) == (1, 0)


def test_the_same_numbers_on_another_host_are_elsewhere() -> None:
    page = ROW.format(href="http://other.example/a/system/2021/03/12/030045101.shtml", title="茶")
    read = read_listing(capture(f"{NEWS}/a/", page), site(family="ecms"), None)
    assert (len(read.links), len(read.elsewhere)) == (0, 1)


def test_a_row_that_leads_to_a_bare_file_says_so() -> None:
    page = WINDOW.format(rows=NEWS_ROW.format(href="/_upload/article/files/aa/bb.pdf"))
    (link,) = read_listing(
        capture(f"{JWC}/x/list.htm", page), site(f"{JWC}/", family="webplus"), None
    ).elsewhere
    assert link.kind is Kind.FILE


@pytest.mark.parametrize(
    "href", ["javascript:void(0)", "#", "mailto:a@b.example", "file:///C:/a.htm", "http://"]
)
def test_a_row_that_leads_nowhere_is_none(href: str) -> None:
    page = ROW.format(href=href, title="茶") + ROW.format(
        href="/a/system/2021/03/12/030045101.shtml", title="墨"
    )
    read = read_listing(capture(f"{NEWS}/a/", page), site(family="ecms"), None)
    assert [link.title for link in (*read.links, *read.elsewhere)] == ["墨"]


def test_the_config_s_selectors_win_over_the_family() -> None:
    page = (
        '<div class="lb01"><a href="/xnxw/7.htm">风筝</a><i>2021-03-12</i></div>'
        '<div class="lb01"><a href="/xnxw/6.htm">折纸</a><i>2021-03-11</i></div>'
        '<div class="hot"><a href="/xnxw/1.htm">旧闻</a></div><a class="more" href="/xnxw/p2.htm">下一页</a>'
    )
    taught = site(family="ecms", selectors=Selectors(list_link=".lb01 a", next_page="a.more"))
    read = read_listing(capture(f"{NEWS}/xnxw/index.htm", page), taught, None)
    assert [(link.title, link.date and link.date.day) for link in read.links] == [("风筝", 12), ("折纸", 11)]
    assert read.next is not None
    assert read.next.urls == (f"{NEWS}/xnxw/p2.htm",)


def test_a_page_of_no_known_family_is_read_by_what_repeats_with_dates() -> None:
    rows = "".join(f"<li><a href='/a/{n}.html'>第{n}件事</a> 2021-03-{n:02d}</li>" for n in range(10, 16))
    page = f"<html><nav><a href='/'>首页</a></nav><ul>{rows}</ul></html>"
    read = read_listing(capture("http://own.example/list.html", page), site("http://own.example/"), None)
    assert [link.date and link.date.day for link in read.links] == [10, 11, 12, 13, 14, 15]


REFUSED = {
    "an empty page": ("", "empty"),
    "no HTML": ("%PDF-1.7 \x00\x01", "no HTML"),
    "an empty list": (WINDOW.format(rows='<div id="wp_news_w6"></div>'), "an empty list"),
    "an error page with status 200": (
        "<html><body>提示：访问地址无效，x找不到对应的栏目！</body></html>",
        "an error page",
    ),
    "a login wall": ("<html><body><script>var a='统一身份认证'</script></body></html>", "a login wall"),
    "a password field": ("<html><body><form><input type=password></form></body></html>", "a login wall"),
    "a redirect": ("<html><head><meta http-equiv='refresh' content='0;url=/x/'></head></html>", "a redirect"),
    "something else": ("<html><body>" + "<p>山水之间有一座学府。</p>" * 90 + "</body></html>", "no list"),
}


@pytest.mark.parametrize(("page", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_list_is_named(page: str, said: str) -> None:
    with pytest.raises(NotAListing, match=said):
        read_listing(capture(f"{JWC}/x/list.htm", page), site(f"{JWC}/"), None)


def test_an_answer_that_is_no_success_is_no_list() -> None:
    page = ROW.format(href="/a/system/2021/03/12/030045101.shtml", title="茶")
    with pytest.raises(NotAListing, match="answered 404"):
        read_listing(capture(f"{NEWS}/a/", page, status=404), site(family="ecms"), None)


def test_a_channel_of_one_article_says_that_it_is_one() -> None:
    text = '校徽说明，见<a href="/2021/0101/c1a2/page.htm">此文</a>。'
    column = f'<div class="wp_column_article"><div class="wp_articlecontent">{text}</div></div>'
    page = WINDOW.format(rows=column)
    with pytest.raises(SingleColumn, match="one article"):
        read_listing(capture(f"{JWC}/xh/list.htm", page), site(f"{JWC}/", family="webplus"), None)


def test_an_article_where_a_list_was_expected_is_no_list() -> None:
    page = '<html><td id="txt"><p>正文<a href="/a/system/2021/03/11/030045001.shtml">旧文</a></p></td></html>'
    with pytest.raises(NotAListing, match="an article, where a list was expected"):
        read_listing(capture(f"{NEWS}/a/system/2021/03/12/030045101.shtml", page), site(family="ecms"), None)


def test_a_home_page_with_many_small_lists_is_no_list() -> None:
    blocks = "".join(
        "<ul>"
        + "".join(f"<li><a href='/info/{b}/{b}{n}.htm'>事{n}</a> 2021-03-1{n}</li>" for n in range(4))
        + "</ul>"
        for b in range(1, 5)
    )
    page = f"<html><script src='/system/resource/js/x.js'></script>{blocks}</html>"
    with pytest.raises(NotAListing):
        read_listing(
            capture("http://home.example/index.htm", page), site("http://home.example/", family="vsb"), None
        )


def test_a_paged_table_without_links_is_an_empty_list_whatever_stands_in_the_side_column() -> None:
    """The list is what stands nearest to its pager; nothing further away is taken in its stead."""
    table = "".join(
        f"<tr><td>第{n}笔捐赠，用于修缮梧桐书屋的屋顶与门窗</td><td>2021.03.{n}</td></tr>"
        for n in range(10, 20)
    )
    pager = '<span class="p_pages"><span class="p_no_d">1</span></span>'
    side = '<div><a href="/info/1/2.htm">旧闻</a> 2021-03-01</div>'
    page = f"<html><div class='main'><div><table>{table}</table>{pager}</div>{side}</div></html>"
    with pytest.raises(NotAListing, match="an empty list"):
        read_listing(
            capture("http://fund.example/jz.htm", page), site("http://fund.example/", family="vsb"), None
        )


def test_a_page_too_tangled_to_be_parsed_is_no_list() -> None:
    page = "<html>" + "<div>" * 40_000
    with pytest.raises(NotAListing, match="too tangled"):
        read_listing(capture(f"{NEWS}/a/", page), site(family="ecms"), None)


def test_a_body_beyond_the_bound_is_too_large() -> None:
    with pytest.raises(TooLarge):
        read_listing(capture(f"{NEWS}/a/", b"<html>" + b" " * 67_108_864), site(family="ecms"), None)


@pytest.mark.parametrize("family", ["generic", None])
def test_a_link_that_holds_other_links_costs_no_list(family: str | None) -> None:
    """Cells, objects and buttons let the parser put a link into a link."""
    rows = [
        f"<li><span>2021-03-1{n}</span><a href='/info/1001/{n}.htm'>书院的夜读第{n}夜</a></li>"
        for n in range(1, 9)
    ]
    within = "<object><a href='/info/1001/92.htm'>第三则</a></object>"
    cell = "<table><tr><td><a href='/info/1001/93.htm'>第四则</a></td></tr></table>"
    rows.insert(4, f"<li><span>2021-03-14</span><a href='/info/1001/91.htm'>夜读{within}{cell}</a></li>")
    page = f"<html><body><div class=list><ul>{''.join(rows)}</ul></div></body></html>"
    read = read_listing(capture(f"{NEWS}/x/list.htm", page), site(family=family), None)
    named = {link.url for link in (*read.links, *read.elsewhere)}
    assert {f"{NEWS}/info/1001/{n}.htm" for n in range(1, 9)} <= named
