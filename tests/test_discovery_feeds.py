"""Sitemaps and feeds: what they name, with which dates, and what is refused."""

from __future__ import annotations

import gzip
import zlib

import pytest
from listing_cases import as_rows, capture, site, url

from scraper.discovery import read_feed, read_sitemap
from scraper.errors import NotAListing, TooLarge
from scraper.model import Channel, Kind

HOME = "https://www.qingcheng.example/"
SITEMAP = f"{HOME}sitemap.xml"
FEED = f"{HOME}rss.xml"
ARTICLE = f"{HOME}2021/0312/c17471a341210/page.htm"
OTHER = f"{HOME}2021/0311/c17471a341209/page.htm"
XML = "application/xml"

URLSET = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
  <url><loc> {ARTICLE} </loc><lastmod>2021-03-12T18:30:00+00:00</lastmod></url>
  <url><loc>{OTHER}</loc><lastmod>2021-03-20</lastmod><news:news>
    <news:publication_date>2021-03-11</news:publication_date><news:title>风筝节开幕</news:title></news:news></url>
  <url><loc>{ARTICLE}</loc></url>
  <url><loc>{HOME}tzgg/list.htm</loc></url>
  <url><loc>https://mirror.example/2021/0312/c1a2/page.htm</loc></url>
  <url><loc>javascript:void(0)</loc></url>
</urlset>
"""
INDEX = f"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>{HOME}sitemap-2021.xml.gz</loc><lastmod>2021-03-12</lastmod></sitemap>
<sitemap><loc>https://mirror.example/sitemap.xml</loc></sitemap></sitemapindex>"""

RSS = f"""<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>青橙新闻</title><link>{HOME}</link>
<item><title><![CDATA[湖畔  读书会 & 茶]]></title><link>{ARTICLE}</link>
<pubDate>Fri, 12 Mar 2021 08:30:00 GMT</pubDate>
<description>&lt;p&gt;摘要&lt;/p&gt;</description></item>
<item><title>折纸</title><guid isPermaLink="true">{OTHER}</guid><dc:date>2021-03-11</dc:date></item>
<item><title>外站</title><link>https://mp.weixin.qq.com/s/AbC</link></item>
<item><title>没有地址</title><guid isPermaLink="false">7</guid></item></channel></rss>"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{HOME}"><title>青橙</title></channel>
<item rdf:about="{ARTICLE}"><title>湖畔 读书会 &amp; 茶</title><link>{ARTICLE}</link>
<dc:date>2021-03-12T16:30:00+08:00</dc:date></item>
<item rdf:about="{OTHER}"><title>折纸</title><link>{OTHER}</link><dc:date>2021-03-11</dc:date></item>
</rdf:RDF>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>青橙</title><link rel="self" href="{FEED}"/>
<link rel="next" href="/rss.xml?page=2"/>
<entry><title type="html">湖畔 读书会 &amp;amp; 茶</title><link rel="enclosure" href="/a.mp3"/>
<link href="/2021/0312/c17471a341210/page.htm"/>
<published>2021-03-12T08:30:00Z</published><updated>2021-03-14T00:00:00Z</updated>
<source><title>别处</title><link href="https://mirror.example/"/></source></entry>
<entry><title>折纸</title><link rel="alternate" href="{OTHER}"/>
<updated>2021-03-11T00:00:00+08:00</updated></entry>
</feed>"""


def test_a_sitemap_names_articles_and_their_dates() -> None:
    """A news sitemap's day of publication wins over the last change; what is no article stays out."""
    read = read_sitemap(capture(SITEMAP, URLSET, XML), site(HOME, family="webplus"))
    assert as_rows(read.links) == [
        {"url": ARTICLE, "title": None, "date": "2021-03-13"},  # half past two in the morning in Beijing
        {"url": OTHER, "title": "风筝节开幕", "date": "2021-03-11"},
    ]
    assert [link.url for link in read.elsewhere] == ["https://mirror.example/2021/0312/c1a2/page.htm"]


def test_a_sitemap_index_names_sitemaps_of_the_site() -> None:
    read = read_sitemap(capture(SITEMAP, INDEX, XML), site(HOME))
    assert [(link.url, link.kind) for link in read.links] == [(f"{HOME}sitemap-2021.xml.gz", Kind.SITEMAP)]


def test_a_sitemap_of_an_unknown_family_names_all_pages_of_the_site() -> None:
    read = read_sitemap(capture(SITEMAP, URLSET, XML), site(HOME))
    assert [link.url for link in read.links] == [ARTICLE, OTHER, f"{HOME}tzgg/list.htm"]


def test_a_sitemap_may_be_gzipped_in_the_file_on_the_wire_or_both() -> None:
    plain = read_sitemap(capture(SITEMAP, URLSET, XML), site(HOME, family="webplus"))
    packed = gzip.compress(URLSET.encode())
    file = capture(f"{SITEMAP}.gz", packed, "application/gzip")
    assert read_sitemap(file, site(HOME, family="webplus")).links[0].url == plain.links[0].url


def test_a_sitemap_may_be_one_address_a_line() -> None:
    lines = f"{ARTICLE}\n\n  {OTHER}\r\nno address\n"
    read = read_sitemap(capture(f"{HOME}sitemap.txt", lines, "text/plain"), site(HOME, family="webplus"))
    assert [link.url for link in read.links] == [ARTICLE, OTHER]


def test_a_sitemap_that_inflates_without_end_is_too_large() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(70)) + packer.flush()
    with pytest.raises(TooLarge):
        read_sitemap(capture(f"{SITEMAP}.gz", bomb, "application/gzip"), site(HOME))


@pytest.mark.parametrize("feed", [RSS, RDF, ATOM], ids=["rss", "rdf", "atom"])
def test_a_feed_names_articles_their_titles_and_their_dates(feed: str) -> None:
    channel = Channel(name="news", title="新闻", index=url(FEED))
    read = read_feed(capture(FEED, feed, "application/rss+xml"), site(HOME, family="webplus"), channel)
    first, other = read.links
    assert (first.url, other.url) == (ARTICLE, OTHER)
    assert first.title is not None
    assert first.title.replace("&amp;", "&") == "湖畔 读书会 & 茶"
    assert first.date is not None
    assert first.date.isoformat() == "2021-03-12T16:30:00+08:00"
    assert (other.title, other.date and other.date.day, other.channel) == ("折纸", 11, "news")


def test_a_feed_s_entries_of_other_hosts_are_elsewhere() -> None:
    read = read_feed(capture(FEED, RSS, XML), site(HOME, family="webplus"), None)
    assert [link.url for link in read.elsewhere] == ["https://mp.weixin.qq.com/s/AbC"]


def test_a_feed_may_have_a_next_page() -> None:
    read = read_feed(capture(FEED, ATOM, XML), site(HOME), None)
    assert read.next is not None
    assert read.next.urls == (f"{HOME}rss.xml?page=2",)


def test_a_feed_in_gbk_is_read_by_its_declaration() -> None:
    feed = '<?xml version="1.0" encoding="gb2312"?>' + RSS
    read = read_feed(capture(FEED, feed.encode("gb18030"), "text/xml"), site(HOME), None)
    assert read.links[1].title == "折纸"


def test_what_xml_forbids_does_not_spoil_a_feed() -> None:
    read = read_feed(capture(FEED, "\n " + RSS.replace("折纸", "折\x0b纸\x00"), XML), site(HOME), None)
    assert read.links[1].title == "折纸"


LAUGHS = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>
<rss><channel><item><title>&lol2;</title><link>https://www.qingcheng.example/1.html</link></item></channel></rss>"""
OUTSIDE = """<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title>
<link>https://www.qingcheng.example/1.html</link></item></channel></rss>"""
REFUSED = {
    "entities": (LAUGHS, "a document type"),
    "files of the machine": (OUTSIDE, "a document type"),
    "a document type elsewhere": (
        '<!DOCTYPE rss SYSTEM "http://other.example/x.dtd"><rss/>',
        "a document type",
    ),
    "HTML": ("<html><body><p>找不到<br></body></html>", "not XML"),
    "cut off": (RSS[:300], "not XML"),
    "nothing": ("", "not XML"),
    "another root": (
        "<opml><item><link>https://www.qingcheng.example/1.html</link></item></opml>",
        "no (?:feed|sitemap)",
    ),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_neither_feed_nor_sitemap_is_named(text: str, said: str) -> None:
    with pytest.raises(NotAListing, match=said):
        read_feed(capture(FEED, text, XML), site(HOME), None)
    with pytest.raises(NotAListing, match=said):
        read_sitemap(capture(SITEMAP, text, XML), site(HOME))


def test_an_empty_feed_lists_nothing() -> None:
    with pytest.raises(NotAListing, match="an empty feed"):
        read_feed(capture(FEED, "<rss><channel><title>青橙</title></channel></rss>", XML), site(HOME), None)


def test_a_file_with_too_many_records_is_refused() -> None:
    with pytest.raises(NotAListing, match="more than"):
        read_sitemap(capture(SITEMAP, "<urlset>" + "<url/>" * 100_001 + "</urlset>", XML), site(HOME))
