"""Search: any piece of any text is found, nothing else is, newest first."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from scraper import urls
from scraper.errors import StoreError, UsageError
from scraper.search.article import IndexedArticle
from scraper.search.bigrams import expression, terms
from scraper.search.folding import cleaned, fold, occurrences
from scraper.search.matching import LENGTH, as_html, snippet_of
from scraper.search.query import Query, Term, parse
from scraper.stores.search_index import open_index, view_index
from scraper.stores.search_index.queries import CHECKED
from scraper.urls import Url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.stores.search_index import SearchIndex

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2019, 1, 1, 9, tzinfo=SHANGHAI)
LETTERS = "星桥书院夜读会讲海潮河流声音草木0123abXYＡ，。：？!-*\"'（）《》 é"


def an_article(
    number: int, *, site: str = "beichen", channel: str | None = "bcyw", **given: str
) -> IndexedArticle:
    url = Url(f"http://news.beichen.example/bcyw/system/2022/03/07/{number:09}.shtml")
    return IndexedArticle(
        site=site,
        key=f"{number:09}",
        url=url,
        urlname=urls.urlname(url),
        title=given.get("title", f"第{number}期"),
        published=START + timedelta(days=number),
        path=f"{site}/{number}.md",
        channel=channel,
        version=given.get("version", ""),
    )


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SearchIndex]:
    with open_index(tmp_path / "search.sqlite3") as opened:
        yield opened


def put(index: SearchIndex, *texts: str, **given: str) -> None:
    with index.transaction():
        for number, text in enumerate(texts):
            index.put(an_article(number, **given), text)


def numbers(index: SearchIndex, words: str, limit: int = 1000) -> list[int]:
    return [int(hit.article.key) for hit in index.search(parse(words), limit=limit).hits]


# ── the words ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("length", [1, 2, 3, 4, 8])
def test_what_is_found_is_what_a_plain_look_through_all_texts_finds(index: SearchIndex, length: int) -> None:
    """Recall and precision are 1.00 at every length, rare and common pieces alike, signs and Latin too."""
    dice = random.Random(length)  # noqa: S311 - the same texts every day
    weights = [1 / (place + 1) for place in range(len(LETTERS))]
    texts = ["".join(dice.choices(LETTERS, weights, k=120)) for _ in range(300)]
    put(index, *texts)
    folded = [fold(text) for text in texts]
    for _ in range(40):
        text = dice.choice(folded)
        start = dice.randrange(len(text) - length)
        piece = text[start : start + length].strip()
        if not piece or '"' in piece:
            continue
        wanted = [number for number, text in enumerate(folded) if piece in text or piece in f"第{number}期"]
        found = index.search(parse(f'"{piece}"'), limit=1000)
        assert [int(hit.article.key) for hit in found.hits] == wanted[::-1]
        assert (found.total, found.exact) == (len(wanted), True)


def test_several_words_must_all_be_there_and_a_minus_keeps_out(index: SearchIndex) -> None:
    put(index, "星桥书院的夜读会", "星桥书院的运动会", "海潮学院的夜读会")
    assert numbers(index, "星桥 读会") == [0]
    assert numbers(index, "书院 -夜读会") == [1]
    assert numbers(index, "书院 -运动") == [0]
    assert numbers(index, '-"星桥"') == [2]
    assert numbers(index, "") == [2, 1, 0]


def test_a_newer_one_that_only_seems_to_answer_takes_no_place(index: SearchIndex) -> None:
    put(index, "夜读会", "夜读，读会", "夜读，读会")
    assert numbers(index, "夜读会", limit=1) == [0]


def test_how_many_a_site_has_is_no_estimate(index: SearchIndex) -> None:
    """Nothing needs to be looked at for it, however many there are."""
    put(index, *["夜"] * (CHECKED + 10))
    found = index.search(parse("site:beichen"), limit=1)
    assert (found.total, found.exact) == (CHECKED + 10, True)


def test_width_and_case_do_not_matter(index: SearchIndex) -> None:
    put(index, "ＮＡＮＫＡＩ（１００）周年", "Nankai (100) 周年", "㈱ ﬁnal")
    assert numbers(index, "nankai") == [1, 0]
    assert numbers(index, "ｎａｎkai 100") == [1, 0]
    assert numbers(index, "(100)") == [1, 0]
    assert numbers(index, "final") == [2]


def test_a_phrase_keeps_its_blanks_and_words_do_not_cross_paragraphs_by_chance(index: SearchIndex) -> None:
    put(index, "Open day 开放日", "Openday", "Day open")
    assert numbers(index, '"open day"') == [0]
    assert numbers(index, "open day") == [2, 1, 0]
    assert numbers(index, "“open day”") == [0]


def test_fields_narrow_what_is_found(index: SearchIndex) -> None:
    with index.transaction():
        index.put(an_article(1, title="夜读会开讲"), "星桥书院")
        index.put(an_article(2, site="lib", channel="news"), "夜读会在星桥书院")
        index.put(an_article(400, channel=None), "夜读会")
    assert numbers(index, "title:夜读会") == [1]
    assert numbers(index, "夜读会 -title:开讲") == [400, 2]
    assert numbers(index, "夜读会 site:lib site:beichen channel:news") == [2]
    assert numbers(index, "夜读会 -site:lib -channel:bcyw") == [400]
    assert numbers(index, "夜读会 until:2019") == [2, 1]
    assert numbers(index, "夜读会 from:2019-01-03 until:2019-01-03") == [2]
    assert numbers(index, "from:2020-02") == [400]


def test_a_day_that_is_none_is_said_to_be_none() -> None:
    with pytest.raises(UsageError, match="until:2020-02-31"):
        parse("夜读会 until:2020-02-31")
    with pytest.raises(UsageError, match="from:gestern"):
        parse("from:gestern")


@pytest.mark.parametrize("text", ["x" * 20_000, "X" * 20_000, "Ｘ" * 20_000])
def test_a_word_that_stands_everywhere_is_found_some_thousand_times(text: str) -> None:
    places = occurrences(text, "x")
    assert places[:2] == [(0, 1), (1, 2)]
    assert len(places) < 10_000


@pytest.mark.parametrize("mark", ["", "-", "title:"])
def test_a_search_for_very_many_words_is_refused(mark: str) -> None:
    words = [f"{mark}词{number}" for number in range(65)]
    assert parse(" ".join(words[:64]))
    with pytest.raises(UsageError, match="more than 64 words"):
        parse(" ".join(words))
    assert parse(" ".join(words[:1] * 1_000)) == parse(words[0])


def test_what_only_looks_like_a_field_is_a_word() -> None:
    assert parse("http://a.example/ site: 12:30").wanted == (
        Term("http://a.example/"),
        Term("site:"),
        Term("12:30"),
    )
    assert parse("标题：夜读").wanted == (Term("标题:夜读"),)
    assert parse(" \u3000 ") == Query()


def test_texts_cannot_speak_to_the_index() -> None:
    """Signs that FTS5 would act on are letters of the index like all others."""
    assert not any(set('"*()^:+-') & set(term) for term in terms(fold('a"b* (c) NOT ^d +e: -f')))
    assert expression(fold('"')) != '""" *'


def test_a_common_word_is_walked_to_and_a_rare_one_sorted(index: SearchIndex) -> None:
    """Either way gives the same articles, in the same order, page by page."""
    put(index, *("夜读会" + ("星桥" if number % 97 == 3 else "海潮") for number in range(400)))
    for words in ("夜读会", "夜读会 星桥", "海潮", "读"):
        every = numbers(index, words)
        assert every == sorted(every, reverse=True)
        paged = [
            int(hit.article.key)
            for offset in range(0, len(every), 7)
            for hit in index.search(parse(words), limit=7, offset=offset).hits
        ]
        assert paged == every


def test_a_total_that_was_not_counted_is_an_estimate_and_says_so(index: SearchIndex) -> None:
    put(index, *("夜读会在星桥" if number % 2 else "夜读在读会读" for number in range(400)))
    found = index.search(parse("夜读会"), limit=5, checked=50)
    assert not found.exact
    assert 150 <= found.total <= 250
    assert all("夜读会" in as_html(hit.snippet).replace("<mark>", "") for hit in found.hits)
    assert index.search(parse("夜读会"), limit=5, checked=400).total == 200


def test_hits_are_counted_by_year(index: SearchIndex) -> None:
    put(index, *("夜读会" if number % 2 else "读会夜读" for number in range(730)))
    assert index.years(parse("夜读会"), checked=1000) == ({2019: 182, 2020: 183}, True)
    assert index.years(parse("读会")) == ({2019: 365, 2020: 365}, True)


# ── snippets ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_snippet_shows_the_words_in_their_sentence_and_marks_them() -> None:
    text = cleaned("开头。" * 50 + "沈砚秋说，夜读会将办满一个学期。" + "结尾。" * 50)
    shown = snippet_of(parse("夜读会 学期"), text)
    assert as_html(shown).startswith("…沈砚秋说，<mark>夜读会</mark>将办满一个<mark>学期</mark>。")
    assert sum(len(piece.text) for piece in shown) <= LENGTH + 2


def test_a_snippet_marks_what_was_written_otherwise() -> None:
    text = "天津ＮＡＮＫＡＩ大学"
    assert [text[first:last] for first, last in occurrences(text, "nankai")] == ["ＮＡＮＫＡＩ"]
    assert as_html(snippet_of(parse("nankai"), text)) == "天津<mark>ＮＡＮＫＡＩ</mark>大学"


def test_a_snippet_as_html_holds_no_markup_of_the_article() -> None:
    assert as_html(snippet_of(parse("alert"), "<script>alert(1)</script>")) == (
        "&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt;"
    )


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_indexed_again_takes_its_own_place(index: SearchIndex) -> None:
    put(index, "星桥书院", "海潮学院")
    with index.transaction():
        index.put(an_article(0), "草木学院")
    assert numbers(index, "星桥") == []
    assert numbers(index, "草木") == [0]
    assert index.count() == 2
    with index.transaction():
        assert index.remove("beichen", "000000001")
        assert not index.remove("beichen", "000000001")
    assert numbers(index, "学院") == [0]


def test_what_is_undone_leaves_nothing(index: SearchIndex) -> None:
    def fail() -> None:
        with index.transaction():
            index.put(an_article(1), "海潮")
            raise RuntimeError

    put(index, "星桥")
    with pytest.raises(RuntimeError):
        fail()
    assert numbers(index, "海潮") == []


def test_a_reader_reads_beside_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite3"
    with open_index(path) as index:
        put(index, "星桥")
        with view_index(path) as view:
            assert numbers(view, "星桥") == [0]
            with index.transaction():
                index.put(an_article(5), "星桥")
                assert numbers(view, "星桥") == [0]
            assert numbers(view, "星桥") == [5, 0]


def test_a_file_that_is_no_index_is_named_to_a_reader_and_begun_anew_by_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite3"
    with pytest.raises(StoreError, match=r"there is no index yet"):
        view_index(path)
    path.write_bytes(b"no index at all" * 1000)
    with pytest.raises(StoreError, match=r"search\.sqlite3.*--rebuild"):
        view_index(path)
    with open_index(path) as index:
        assert index.count() == 0


def test_an_index_of_before_an_addition_is_read_as_it_is_and_completed_by_who_writes(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite3"
    with open_index(path) as index:
        put(index, "一", "二")
    with closing(sqlite3.connect(path)) as before:
        new = set(before.execute("SELECT name, sql FROM sqlite_schema"))
        before.executescript(
            "DROP INDEX article_site; DROP TABLE mark; CREATE INDEX article_urlname ON article (urlname);"
        )
    with view_index(path) as index:
        assert numbers(index, "site:beichen") == [1, 0]
    with open_index(path) as index:
        assert index.marks() == {}
    with closing(sqlite3.connect(path)) as after:
        assert set(after.execute("SELECT name, sql FROM sqlite_schema")) == new
