"""The real pages of ../shared: every article against its truth, every other page against what it is.

The truth was read off the same pages by others; where it is wrong, the page is named here with the reason.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scraper import text, urls
from scraper.errors import NotAnArticle, UnknownLayout
from scraper.extractor import extract
from scraper.extractor.fidelity import told_by
from scraper.model import Article, Capture, Site

PAGES = Path(__file__).resolve().parents[1].parent / "shared" / "pages"
BEIJING = ZoneInfo("Asia/Shanghai")
NEWS = "news.nankai.edu.cn"
NO_ADDRESSES = {  # what the truth lists as pictures, and nobody can ask for
    "51aa543a4f80e60808bd988cb87506dc": "file:///C:/…: the author's own disk",
    "c2eb2110a60488e4d8de20153f888d84": "data:image/…: kept, and listed under the archive's address",
}
LAYOUTS = {  # what whoever sorted the pages called them, and the layouts they wear
    "G0-enorth-table-article": {"g0"},
    "G1-enorth-2014-text": {"g1-text"},
    "G1-enorth-2014-photo": {"g1-photo"},
    "G1-enorth-2014-av": {"g1-text"},  # the template of texts; only the body differs
    "G2-ecms-2019-text": {"g2-text"},
    "G3-ecms-2021-text": {"g3-text"},
    "G3-ecms-2021-text-topic": {"g3-text"},  # likewise
    "G3-ecms-2021-photo": {"g3-photo"},
    "G3-ecms-2021-av": {"g3-av"},
}

pytestmark = [pytest.mark.real, pytest.mark.skipif(not PAGES.is_dir(), reason="no real pages here")]


def rows(*, news: bool, kind: str | None = None) -> list[dict[str, Any]]:
    if not PAGES.is_dir():
        return []
    lines = (PAGES / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    every = [json.loads(line) for line in lines]
    return [row for row in every if (NEWS in row["url"]) is news and kind in {None, row["kind"]}]


def read(row: dict[str, Any], family: str | None = "ecms") -> Article:
    url = urls.parse(row["url"])
    home = urls.parse(f"http://{NEWS}/")
    assert url is not None
    assert home is not None
    capture = Capture(
        url=url,
        final_url=url,
        fetched_at=datetime(2026, 6, 1, tzinfo=UTC),
        status=200,
        reason="OK",
        headers=((b"Content-Type", row["content_type"].encode("ascii")),),
        body=(PAGES / row["file"]).read_bytes(),
    )
    return extract(
        capture,
        Site(name="n", title="大学", archive_name="n", home=home, timezone=BEIJING, family=family),
    )


def name(row: dict[str, Any]) -> str:
    return Path(row["file"]).stem


ARTICLES = rows(news=True, kind="article")
TRUE = [row for row in ARTICLES if "truth" in row]


def test_the_pages_are_as_many_as_were_counted() -> None:
    assert (len(ARTICLES), len(TRUE)) == (265, 249)


@pytest.mark.parametrize("row", TRUE, ids=name)
def test_an_article_is_what_its_truth_says(row: dict[str, Any]) -> None:
    truth, article = row["truth"], read(row)
    pictures = [src for src in truth["images"] if not src.startswith(("file:", "data:"))]
    assert pictures == truth["images"] or name(row) in NO_ADDRESSES
    kept = [picture.address for picture in article.embedded]
    assert len(kept) == sum(src.startswith("data:") for src in truth["images"])
    assert {
        "title": article.title,
        "published": article.published.strftime("%Y-%m-%d %H:%M"),
        "source": article.source or "",
        "editor": article.editor or "",
        "images": [src for src in article.images if src not in kept],
        "text": article.shown.text,
    } == {
        "title": truth["title"],
        "published": truth["published"],
        "source": truth["source"],
        "editor": truth["editor"],
        "images": pictures,
        "text": text.visible_text(truth["text"]),
    }
    assert article.published_from == "page"


@pytest.mark.parametrize("row", ARTICLES, ids=name)
def test_an_article_wears_the_layout_of_its_generation_and_loses_nothing(row: dict[str, Any]) -> None:
    article = read(row)
    assert article.layout in LAYOUTS[row["template"]]
    assert (article.family, article.channel) == ("ecms", row["url"].split("/")[3])
    told = told_by(article.body)
    assert unicodedata.normalize("NFKC", told.text) == unicodedata.normalize("NFKC", article.shown.text)
    assert tuple(told.images) == article.shown.images  # small digits are told as such: 10⁶


def test_every_article_is_recognised_without_a_config() -> None:
    assert {read(row, family=None).family for row in ARTICLES} == {"ecms"}


@pytest.mark.parametrize("row", [row for row in ARTICLES if row["template"] == "G3-ecms-2021-av"], ids=name)
def test_a_broadcast_names_what_it_plays(row: dict[str, Any]) -> None:
    (played,) = read(row).media
    assert played.endswith((".mp3", ".mp4"))


@pytest.mark.parametrize("row", [row for row in rows(news=True) if row["kind"] != "article"], ids=name)
def test_a_list_or_a_home_page_of_the_site_is_no_article(row: dict[str, Any]) -> None:
    with pytest.raises(NotAnArticle) as caught:
        read(row)
    assert caught.value.what == "list"


@pytest.mark.parametrize("row", rows(news=False, kind="other"), ids=name)
def test_what_is_no_page_of_a_site_says_what_it_is(row: dict[str, Any]) -> None:
    kinds = {
        "binary-as-text": "not-html",
        "feilian-login-wall": "login",
        "redirect-stub": "redirect",
        "sudy-error-page": "soft-404",
    }
    for family in ("ecms", None):
        with pytest.raises(NotAnArticle) as caught:
            read(row, family=family)
        assert caught.value.what == kinds[row["template"]]


def test_no_page_of_another_system_is_taken_for_one_of_this_site() -> None:
    for row in rows(news=False):
        with pytest.raises((NotAnArticle, UnknownLayout)):
            read(row)
