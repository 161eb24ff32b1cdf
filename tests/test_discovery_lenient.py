"""One small fault in a feed or a sitemap loses nothing but itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listing_cases import capture, site

from scraper.discovery import lenient_xml, read_feed, read_sitemap
from scraper.errors import NotAListing
from scraper.model import Kind, ListingPage

HOME = "https://www.qingcheng.example/"
FEED = f"{HOME}rss.xml"
XML = "application/xml"


def article(number: int) -> str:
    return f"{HOME}2021/0312/c17471a34121{number}/page.htm"


def rss(title: str = "折纸", *, head: str = "", tail: str = "", link: str = "<link>{}</link>") -> str:
    items = "".join(
        f"<item><title>{title if number == 2 else '湖畔读书会'}</title>{link.format(article(number))}"
        f"<pubDate>Fri, 12 Mar 2021 08:30:00 GMT</pubDate></item>"
        for number in range(1, 6)
    )
    return f'{head}<rss version="2.0"><channel><title>青橙</title>{items}</channel></rss>{tail}'


def read(text: str | bytes) -> ListingPage:
    return read_feed(capture(FEED, text, XML), site(HOME, family="webplus"), None)


FAULTS = {
    "a bare &": (rss("R&D 折纸"), "R&D 折纸"),
    "a bare & before a sign": (rss("Q&A; 折纸 & 风筝 &"), "Q&A; 折纸 & 风筝 &"),
    "a name of HTML": (rss("折&nbsp;纸&mdash;风筝"), "折 纸—风筝"),
    "a name of nobody": (rss("折&zhi;纸"), "折&zhi;纸"),
    "a character that XML has not": (rss("折&#x8;纸&#0;&#xFFFF;&#x110000;"), "折纸"),
    "half of a pair": (rss("折&#xD83D;纸"), "折纸"),
    "an element that nobody ends": (rss("折纸<br>风筝"), "折纸"),
    "an end that nobody began": (rss("折纸</b>"), "折纸"),
    "ends that cross": (rss("<b><i>折</b></i>纸"), None),
    "a bare <": (rss("3 < 4"), "3 < 4"),
    "a script behind the end": (rss(tail="<script>track(1 && 2)</script>"), "折纸"),
    "a comment of a cache behind it": (rss(tail="<!-- cached -- at 3 --><p>x"), "折纸"),
    "a warning before it": (rss(head="<br /><b>Warning</b>: date() in <b>x.php</b> on line 3\n"), "折纸"),
    "a declaration in the second line": (rss(head='\n\n<?xml version="1.0"?>'), "折纸"),
    "text before it": (rss(head="Notice: undefined index\n"), "折纸"),
    "a document type": (
        rss(
            head='<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://example.org/x.dtd">'
        ),
        "折纸",
    ),
    "an attribute without quotes": (rss().replace('version="2.0"', "version=2.0"), "折纸"),
    "a prefix that nobody declares": (rss(link="<a:b/><link>{}</link>"), "折纸"),
    "a section": (rss("<![CDATA[折纸 & 风筝]]><br>"), "折纸 & 风筝"),
}


@pytest.mark.parametrize(("text", "title"), FAULTS.values(), ids=FAULTS)
def test_one_fault_loses_no_entry(text: str, title: str | None) -> None:
    page = read(text)
    assert [link.url for link in page.links] == [article(number) for number in range(1, 6)]
    if title is not None:
        assert page.links[1].title == title
    assert all(link.date is not None for link in page.links)


def test_what_was_wrong_is_told_and_of_what_is_well_nothing_is() -> None:
    assert read(rss()).fault is None
    assert "line 1" in (read(rss("R&D")).fault or "")
    assert "a document type" in (read(FAULTS["a document type"][0]).fault or "")


@pytest.mark.parametrize("said", ["true", "True", " TRUE "])
def test_a_guid_is_an_address_however_that_is_spelled(said: str) -> None:
    page = read(rss(link=f'<guid isPermaLink="{said}">{{}}</guid>'))
    assert len(page.links) == 5


@pytest.mark.parametrize(
    "moment",
    [
        *("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "10000-01-01", "2021-02-30T00:00:00Z"),
        *("Fri, 99 Mar 2021 08:30:00 GMT", "Fri, 12 Mar 99999 08:30:00 GMT", "-", "9" * 5_000, "12:00"),
        *("Mon, 01 Jan 0001 00:00:00 +0800", "2021-03-12T08:30:00+99:99"),
    ],
)
def test_a_date_out_of_range_loses_no_more_than_itself(moment: str) -> None:
    text = rss().replace("Fri, 12 Mar 2021 08:30:00 GMT", moment, 1)
    assert [link.date is None for link in read(text).links][1:] == [False] * 4
    urls = "".join(f"<url><loc>{article(n)}</loc><lastmod>{moment}</lastmod></url>" for n in range(3))
    page = read_sitemap(capture(f"{HOME}s.xml", f"<urlset>{urls}</urlset>", XML), site(HOME))
    assert len(page.links) == 3


@pytest.mark.parametrize(
    "text",
    [
        rss()[:300],
        rss("R&D")[:-30].rpartition("</channel>")[0],
        "<html><body><p>找不到<br></body></html>",
        "Warning: nothing here",
        "",
        '<!DOCTYPE rss [<!ENTITY a "b">]>' + rss("&a;"),
        '<!DOCTYPE rss SYSTEM "x" [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss("R&D &a;"),
    ],
)
def test_what_is_half_or_nothing_or_declares_things_is_refused(text: str) -> None:
    with pytest.raises(NotAListing):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "<rss>" + "<a>" * 100_000 + "</rss>",
        "<rss>" + "<item>" * 50_000 + "</rss>",
        "<rss>" + "<a " * 100_000 + "</rss>",
        "<rss>" + '<a b="' * 50_000 + "</rss>",
        "<rss>" + "</a>" * 100_000 + "</rss>",
        "<rss>" + "<![CDATA[" * 50_000 + "</rss>",
        "<rss>" + "<!--" * 100_000 + "</rss>",
        "<rss>" + "&" * 300_000 + "</rss>",
        "<rss>" + '"' * 300_000 + "</rss>",
    ],
)
def test_no_file_takes_for_ever(text: str) -> None:
    class Deaf:
        def start(self, name: str, attributes: dict[str, str]) -> None: ...
        def characters(self, text: str) -> None: ...
        def end(self, name: str) -> None: ...

    assert lenient_xml.read(text, Deaf(), {"item"})


@given(
    st.lists(st.sampled_from(["<rss>", "</rss>", "<item>", "</item>", "<", ">", "&", "x", "<b ", '"', "]]>"]))
)
def test_whatever_is_in_a_file_what_begins_ends(parts: list[str]) -> None:
    class Depth:
        def __init__(self) -> None:
            self.names: list[str] = []

        def start(self, name: str, attributes: dict[str, str]) -> None:
            del attributes
            self.names.append(name)

        def characters(self, text: str) -> None: ...

        def end(self, name: str) -> None:
            assert self.names.pop() == name

    heard = Depth()
    lenient_xml.read("".join(parts), heard, {"item"})
    assert heard.names == []


# ── sitemaps ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sitemap_with_a_fault_names_all_its_pages() -> None:
    urls = "".join(f"<url><loc>{article(n)}?a=1&b=2</loc></url>" for n in range(5))
    page = read_sitemap(capture(f"{HOME}s.xml", f"<urlset>{urls}</urlset><script>", XML), site(HOME))
    assert [link.url for link in page.links] == [f"{article(n)}?a=1&b=2" for n in range(5)]


def test_an_address_without_a_host_is_one_of_the_sitemap_s_own() -> None:
    text = "<urlset><url><loc>/2021/0312/c1a1/page.htm</loc></url><url><loc>javascript:x</loc></url></urlset>"
    page = read_sitemap(capture(f"{HOME}s.xml", text, XML), site(HOME))
    assert [link.url for link in page.links] == [f"{HOME}2021/0312/c1a1/page.htm"]
    index = "<sitemapindex><sitemap><loc>/s2.xml</loc></sitemap></sitemapindex>"
    page = read_sitemap(capture(f"{HOME}s.xml", index, XML), site(HOME))
    assert [(link.url, link.kind) for link in page.links] == [(f"{HOME}s2.xml", Kind.SITEMAP)]


def test_sitemaps_of_another_host_are_told_as_what_they_are() -> None:
    index = "<sitemapindex><sitemap><loc>https://cdn.example/s2.xml</loc></sitemap></sitemapindex>"
    page = read_sitemap(capture(f"{HOME}s.xml", index, XML), site(HOME))
    assert [(link.url, link.kind) for link in page.elsewhere] == [
        ("https://cdn.example/s2.xml", Kind.SITEMAP)
    ]
