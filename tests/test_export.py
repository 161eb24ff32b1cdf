"""What is handed on, read back by others: tables, feeds."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as ET

import feedparser
import pytest
from pyarrow import parquet

from scraper.export.article import COLUMNS, ExportedArticle
from scraper.export.atom import atom
from scraper.export.feed import Feed, FeedEntry
from scraper.export.json_feed import json_feed
from scraper.export.parquet import write_parquet
from scraper.export.tables import write_csv, write_jsonl
from scraper.urls import Url, urlname

SHANGHAI = timezone(timedelta(hours=8))
NASTY = '“甲”,"乙"\n=1+1;\u2028<b>&amp;</b>\t丙 👨‍👩‍👧'
ATOM = "{http://www.w3.org/2005/Atom}"


def an_article(number: int, **given: object) -> ExportedArticle:
    url = Url(f"http://news.beichen.example/bcyw/{number}.shtml")
    values: dict[str, object] = {
        "url": url,
        "urlname": urlname(url),
        "site": "beichen",
        "channel": None,
        "title": NASTY,
        "published": datetime(2022, 3, 7, 19, 5, tzinfo=SHANGHAI),
        "captured": datetime(2026, 3, 1, 4, 0, 0, 1, tzinfo=UTC),
        "checked": None,
        "status": "held",
        "origin": None,
        "layout": "g3-text",
        "path": f"beichen/2022/03/{number}.md",
        "images": (Url("http://news.beichen.example/1.jpg"), Url("http://news.beichen.example/2.jpg")),
        "text": NASTY,
        "markdown": NASTY,
    }
    return ExportedArticle(**{**values, **given})  # type: ignore[arg-type]


def test_json_lines_hold_each_article_on_one_line() -> None:
    out = io.StringIO()
    assert write_jsonl([an_article(1), an_article(2, channel="bcyw")], out) == 2
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [tuple(row) for row in rows] == [COLUMNS, COLUMNS]
    assert rows[0]["text"] == NASTY
    assert rows[0]["published"] == "2022-03-07T19:05:00+08:00"
    assert (rows[0]["channel"], rows[1]["channel"]) == (None, "bcyw")
    assert rows[0]["images"] == list(an_article(1).images)


def test_csv_is_read_back_cell_by_cell() -> None:
    out = io.StringIO(newline="")
    assert write_csv([an_article(1)], out) == 1
    (row,) = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    assert tuple(row) == COLUMNS
    assert row["text"] == NASTY
    assert row["images"].split("\n") == list(an_article(1).images)
    assert row["checked"] == ""


def test_parquet_is_read_back_with_its_types() -> None:
    out = io.BytesIO()
    assert write_parquet((an_article(number) for number in range(4500)), out) == 4500
    table = parquet.read_table(io.BytesIO(out.getvalue()))
    assert tuple(table.column_names) == COLUMNS
    assert parquet.ParquetFile(io.BytesIO(out.getvalue())).num_row_groups == 3
    row = table.slice(4499).to_pylist()[0]
    assert row["text"] == NASTY
    assert row["published"] == datetime(2022, 3, 7, 11, 5, tzinfo=UTC)
    assert row["images"] == list(an_article(1).images)
    assert row["channel"] is None


def test_a_table_of_nothing_is_a_table() -> None:
    out = io.BytesIO()
    assert write_parquet([], out) == 0
    assert parquet.read_table(io.BytesIO(out.getvalue())).num_rows == 0
    text = io.StringIO()
    assert write_csv([], text) == 0
    assert text.getvalue() == ",".join(COLUMNS) + "\r\n"


# ── feeds ─────────────────────────────────────────────────────────────────────────────────────────────────


def an_entry(number: int, *, revised: int = 0, html: str = "<p>夜读会</p>") -> FeedEntry:
    url = Url(f"http://news.beichen.example/bcyw/{number}.shtml?a=1&b=2")
    published = datetime(2022, 3, 7, 19, 5, tzinfo=SHANGHAI) - timedelta(days=number)
    return FeedEntry(
        urlname=urlname(url),
        url=url,
        title=f"第{number}期 <夜读会> & \x07",
        published=published,
        updated=published + timedelta(days=revised),
        author="北辰大学",
        html=html,
        summary="每周三晚七点",
        tags=("北辰大学",),
    )


FEED = Feed(
    identifier="urn:uuid:0b0e5a39-54d1-4c2c-8d32-7a8d5b0e7c11",
    title="北辰大学 & 友",
    entries=[an_entry(1, revised=9), an_entry(2, html="<p>甲]]>\x0b<b>乙</b></p>")],
    home="http://news.beichen.example/",
    address="http://archive.example/feed.atom",
)


def test_atom_has_what_rfc_4287_asks_of_a_feed_and_of_each_entry() -> None:
    root = ET.fromstring(atom(FEED))  # noqa: S314 - our own
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1
        assert element.find(f"{ATOM}author/{ATOM}name") is not None
        datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "")
    assert root.findtext(f"{ATOM}updated") == "2022-03-15T19:05:00+08:00"
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        f"urn:md5:{entry.urlname}" for entry in FEED.entries
    ]
    assert entries[1].findtext(f"{ATOM}content") == "<p>甲]]>\ufffd<b>乙</b></p>"


def test_atom_is_read_by_a_feed_reader() -> None:
    found = feedparser.parse(atom(FEED))
    assert not found.bozo
    assert found.feed.title == "北辰大学 & 友"
    assert [entry.link for entry in found.entries] == [str(entry.url) for entry in FEED.entries]
    assert found.entries[0].updated == "2022-03-15T19:05:00+08:00"


def test_an_empty_feed_is_a_feed() -> None:
    found = feedparser.parse(atom(Feed(identifier="urn:x:y", title="无", entries=[])))
    assert not found.bozo
    assert found.entries == []


def test_json_feed_has_what_version_1_1_asks() -> None:
    found = json.loads(json_feed(FEED))
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["title"] == FEED.title
    for item, entry in zip(found["items"], FEED.entries, strict=True):
        assert item["id"] == entry.identifier
        assert item["content_html"] == entry.html
        assert datetime.fromisoformat(item["date_modified"]) == entry.updated
        assert all(isinstance(author["name"], str) for author in item["authors"])


def test_parquet_without_its_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from scraper.errors import UsageError  # noqa: PLC0415 - beside what it is for

    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'nankai-archive\[parquet\]'"):
        write_parquet([], io.BytesIO())
