r"""Half a character from outside (`\ud83d`) is U+FFFD in the archive: no page of it ends a run or a batch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from listing_cases import capture, site
from webencodings.labels import LABELS

from scraper import charset, cli, foreign_json, mementos, text, urls
from scraper.discovery import read_feed, read_sitemap
from scraper.errors import NotAListing
from scraper.extractor import extract

if TYPE_CHECKING:
    from pathlib import Path

SENTENCES = "<p>" + "雨停了以后，操场上的人又多了起来。" * 12 + "</p>"


def test_a_headline_that_was_cut_in_an_emoji_is_told_without_the_half() -> None:
    said = json.dumps(
        {"@type": "NewsArticle", "headline": "校园里的灯 \ud83d", "datePublished": "2022-03-07"}
    )
    page = (
        f'<html><head><title>x</title><script type="application/ld+json">{said}</script></head>'
        f"<body><div>{SENTENCES}</div></body></html>"
    )
    article = extract(capture("http://xw.qingcheng.example/a/b/1.html", page), site())
    assert article.title == "校园里的灯 \ufffd"
    article.title.encode()


@pytest.mark.parametrize(
    "said",
    [
        '"\\ud83d"',
        '["\\uDE00", {"\\ud83d": "\\ud83d\\ud83d\\ude00"}]',
        '"\ud83d"',
    ],
)
def test_json_comes_whole(said: str) -> None:
    assert json.dumps(foreign_json.parse(said), ensure_ascii=False).encode()


def test_whole_characters_stay() -> None:
    assert foreign_json.parse('"\\ud83d\\ude00 \\\\ud83d"') == "\U0001f600 \\ud83d"
    assert text.whole("字\U0001f600") == "字\U0001f600"


@pytest.mark.parametrize("said", ["[" * 100_000, '{"a":' * 100_000, "[" * 80 + "]" * 80, "NaN", "9" * 5_000])
def test_json_that_nests_or_counts_too_far_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        foreign_json.parse(said)


def test_brackets_in_a_text_nest_nothing() -> None:
    assert foreign_json.parse(json.dumps(["[" * 1_000, '\\"{' * 1_000]))


def test_an_address_never_holds_half_a_character() -> None:
    for found in (
        urls.parse("http://xw.example.cn/\ud83d?q=\ude00#\ud83d"),
        urls.join(urls.Url("http://xw.example.cn/"), "/\ud83d.htm"),
    ):
        assert found is not None
        found.encode()


@pytest.mark.parametrize("label", sorted(LABELS))
def test_every_label_that_a_page_may_bear_is_read(label: str) -> None:
    """Some of them name what Python has no decoder for."""
    data = b"<html><meta charset=%s>\x80\xff\xd8\x00\xdc\x00 ok</html>" % label.encode()
    for header in (None, f"text/html; charset={label}"):
        charset.text_of(data, header).encode()


def test_a_batch_goes_on_behind_a_page_that_holds_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = '{"@type":"NewsArticle","headline":"\\ud83d校园里的灯","datePublished":"2022-03-07"}'
    page = (
        f'<html><head><title>x</title><script type="application/ld+json">{said}</script></head>'
        f"<body><div>{SENTENCES}</div></body></html>"
    )
    (tmp_path / "p.html").write_text(page, encoding="utf-8")
    lines = [
        '{"file": "p.html", "url": "http://xw.qingcheng.example/a/b/1.html"}',
        '{"file": "p.html", "url": "http://xw.qingcheng.example/a/b/\\ud83d.html"}',
        '{"file": "\\ud83d.html", "url": "http://xw.qingcheng.example/a/b/3.html"}',
        '{"file": ' + "[" * 5_000,
        '{"file": "p.html", "url": "http://xw.qingcheng.example/a/b/4.html"}',
    ]
    (tmp_path / "m.jsonl").write_text("\n".join(lines), encoding="utf-8")
    cli.main(["extract", "--batch", str(tmp_path / "m.jsonl")])
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["error" in line for line in told] == [False, False, True, True, False]


def test_an_index_of_copies_may_hold_one() -> None:
    home = urls.Url("http://xw.example.cn/")
    rows = '[["timestamp","original","statuscode"],["20200101000000","http://xw.example.cn/\\ud83d","200"]]'
    assert mementos.read_index(rows, home)[0].original.encode()
    with pytest.raises(NotAListing):
        mementos.read_index("[" * 100_000, home)


def test_feeds_and_sitemaps_that_nest_without_end_are_refused() -> None:
    deep = "<rss><channel><item><link>http://xw.example.cn/1.html</link>" + "<a>" * 66_000
    with pytest.raises(NotAListing, match="nested"):
        read_feed(capture("http://xw.example.cn/feed.xml", deep, "text/xml"), site(), None)
    with pytest.raises(NotAListing, match="nested"):
        read_sitemap(capture("http://xw.example.cn/s.xml", "<urlset>" + "<url>" * 66_000, "text/xml"), site())


def test_a_feed_in_a_hundred_thousand_pieces_is_read_in_one_pass() -> None:
    items = (
        "<item><title>"
        + "a<b/>" * 20_000
        + "</title><link>http://news.qingcheng.example/1.html</link></item>"
    )
    page = read_feed(
        capture(
            "http://news.qingcheng.example/feed.xml", f"<rss><channel>{items}</channel></rss>", "text/xml"
        ),
        site(family="generic"),
        None,
    )
    assert [len(link.title or "") for link in page.links] == [20_000]
