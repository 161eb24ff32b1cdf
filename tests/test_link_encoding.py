"""The queries of links go out in the page's own encoding, as browsers send them; paths in UTF-8."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from listing_cases import capture, site

from scraper import dom
from scraper.discovery.listing import read_listing
from scraper.extractor.page import open_page
from scraper.link_encoding import query_in
from scraper.model import Capture
from scraper.urls import Url, join

PAGE = Url("http://news.example/a/list.asp")


@pytest.mark.parametrize(
    ("reference", "encoding", "written"),
    [
        ("s.asp?q=中文&x=1", "gbk", "s.asp?q=%D6%D0%CE%C4&x=1"),
        ("/路/s.asp?q=中#节", "gbk", "/路/s.asp?q=%D6%D0#节"),
        ("?q=€", "gbk", "?q=%80"),
        ("?q=€", "gb18030", "?q=%A2%E3"),
        ("?q=\U00020087", "gbk", "?q=%26%23131207%3B"),
        ("?q=\U00020087", "gb18030", "?q=%952%901"),
        ("?q=丂", "gbk", "?q=%81@"),  # its second byte is a sign that a query may hold
        ("?q=中\U00020087文", "gbk", "?q=%D6%D0%26%23131207%3B%CE%C4"),
        ("?q=中", "big5", "?q=%A4%A4"),
        ("?q=é", "windows-1252", "?q=%E9"),
        ("?q=中", "windows-1252", "?q=%26%2320013%3B"),
        ("?q=あ", "shift_jis", "?q=%82%A0"),
        ("?q=中", "utf-8", "?q=中"),
        ("?q=中", "utf-16le", "?q=中"),
        ("?q=%D6%D0", "gbk", "?q=%D6%D0"),
        ("/中/a.htm", "gbk", "/中/a.htm"),
        ("javascript:go('?中')", "gbk", "javascript:go('?中')"),
        ("HTTP://x.example/?q=中", "gbk", "HTTP://x.example/?q=%D6%D0"),
        ("a#?中", "gbk", "a#?中"),
    ],
)
def test_a_query_is_written_as_the_url_standard_writes_it(
    reference: str, encoding: str, written: str
) -> None:
    assert query_in(reference, encoding) == written


@pytest.mark.parametrize(
    ("written", "href"),
    [
        ("?a=1&copy=2&cl=3", "?a=1&copy=2&cl=3"),  # no reference to a character in an attribute
        ("?a=1&copy=2&zwj;", "?a=1&copy=2%26%238205%3B"),
        ("?a=1&times", "?a=1%A1%C1"),
        ("?a=1&times;b=2", "?a=1%A1%C1b=2"),
        ("?a=1&timesb=2", "?a=1&timesb=2"),
        ("?a=1&#215;", "?a=1%A1%C1"),
        ("?a=1&b=2&c=中", "?a=1&b=2&c=%D6%D0"),
        ("?a!$()*+,-./:;=@[]^_`{|}~%z=中", "?a!$()*+,-./:;=@[]^_`{|}~%z=%D6%D0"),
        ("?a=1&b=2021 年", "?a=1&b=2021 %C4%EA"),
    ],
)
def test_references_to_characters_in_a_query_are_resolved_as_browsers_do(written: str, href: str) -> None:
    html = f'<meta charset="gbk"><body><p>正文</p><a href="{written}">一</a>'
    page = open_page(_capture(html.encode("gbk")))
    assert [dom.attribute(link, "href") for link in dom.select(page.root, "a")] == [href]


@pytest.mark.parametrize("label", ["gb2312", "GBK", "gb18030", None])
def test_a_page_in_gbk_names_its_queries_in_gbk(label: str | None) -> None:
    meta = "" if label is None else f'<meta charset="{label}">'
    html = (
        f'<html><head>{meta}</head><body title="真的?是的"><p>正文在这里。</p>'
        '<a href="/路径/show.asp?title=招生&amp;id=7">一</a><img data-original="p.asp?n=图" src="/x.gif">'
        '<a href="show.asp?t=&#25307;">二</a></body></html>'
    )
    page = open_page(_capture(html.encode("gb18030")))
    links = [join(page.base, dom.attribute(link, "href")) for link in dom.select(page.root, "a")]
    assert links == [
        "http://news.example/路径/show.asp?title=%D5%D0%C9%FA&id=7",
        "http://news.example/a/show.asp?t=%D5%D0",
    ]
    [picture] = dom.select(page.root, "img")
    assert dom.attribute(picture, "data-original") == "p.asp?n=%CD%BC"
    assert dom.attribute(dom.select(page.root, "body")[0], "title") == "真的?是的"


def test_the_rows_of_a_list_in_gbk_are_asked_for_in_gbk() -> None:
    rows = "".join(
        f'<li><a href="show.asp?id={n}&amp;lm=要闻">湖畔读书会第{n}次活动</a><span>2021-03-0{n}</span></li>'
        for n in range(1, 8)
    )
    body = f'<html><head><meta charset="gb2312"></head><body><ul class="news">{rows}</ul></body></html>'
    page = read_listing(
        capture("http://news.qingcheng.example/ywsd/index.asp", body.encode("gbk"), "text/html"),
        site("http://news.qingcheng.example/"),
        None,
    )
    wanted = [f"http://news.qingcheng.example/ywsd/show.asp?id={n}&lm=%D2%AA%CE%C5" for n in range(1, 8)]
    assert [link.url for link in page.links] == wanted


def test_a_page_in_utf_8_is_left_as_it_is() -> None:
    page = open_page(_capture('<p>字</p><a href="s?q=中">一</a>'.encode(), "text/html; charset=utf-8"))
    assert dom.attribute(dom.select(page.root, "a")[0], "href") == "s?q=中"


def _capture(body: bytes, content_type: str = "text/html") -> Capture:
    return Capture(
        url=PAGE,
        final_url=PAGE,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
        status=200,
        reason="OK",
        headers=((b"Content-Type", content_type.encode()),),
        body=body,
    )
