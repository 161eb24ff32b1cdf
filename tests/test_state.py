"""The state: what is put in comes out, and what belongs together is together or not at all."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.article_record import ArticleRecord, Status
from scraper.errors import StateTooNew, StoreError
from scraper.model import CaptureRef, Kind
from scraper.report import SiteReport
from scraper.stores.state import open_copy, open_state
from scraper.stores.state.captures import CaptureEntry
from scraper.stores.state.listings import ChannelState, PageState
from scraper.stores.state.queries import Standing
from scraper.stores.state.schema import VERSION
from scraper.urls import Url
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scraper.stores.state import State

NOW = datetime(2026, 3, 1, 12, 30, 15, 250, tzinfo=UTC)
INDEX = Url("http://news.example/a/index.shtml")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path / "deep" / "state.sqlite3") as opened:
        yield opened


def article(number: int, **changes: object) -> ArticleRecord:
    url = Url(f"http://news.example/a/{number:09}.shtml")
    base: dict[str, object] = {"site": "s", "key": f"{number:09}", "url": url, "ask": url, "first_seen": NOW}
    return ArticleRecord(**(base | {"due": NOW, "wanted": True} | changes))  # type: ignore[arg-type] # Known's own keys


def put_page(state: State, number: int, *articles: int, run: int | None = None) -> int:
    url = Url(f"http://news.example/a/{number}.shtml")
    page = PageState(site="s", channel="a", url=url, read_at=NOW, rows=len(articles), number=number)
    return state.listings.put_page(page, [f"{a:09}" for a in articles], run=run)


def test_an_article_comes_back_as_it_was_put(state: State) -> None:
    full = article(
        1,
        channel="a",
        title="标题",
        listed_date=NOW,
        status=Status.HELD,
        attempts=2,
        soft_misses=1,
        error="BadStatus: x",
        checked=NOW,
        etag='"e"',
        last_modified="m",
        captured=NOW,
        capture=CaptureRef(file="s/a.warc.gz", offset=5, length=6, digest="d"),
        article_digest="f" * 64,
        extractor=3,
        published=NOW,
        path="s/2026/03/x.md",
    )
    state.articles.put(full)
    assert state.articles.get("s", "000000001") == full
    assert state.articles.get("t", "000000001") is None


def test_a_power_cut_leaves_a_whole_state_and_a_lock_is_waited_for(state: State) -> None:
    def said(pragma: str) -> object:
        (value,) = state.connection.execute(f"PRAGMA {pragma}").fetchone()
        return value

    assert said("journal_mode") == "wal"
    assert said("synchronous") == 1  # NORMAL: in WAL nothing can be torn, the last commits may be lost
    assert said("busy_timeout") == 10_000  # ms: twice of what the driver waits by itself


def test_what_an_article_writes_to_the_disk_is_a_few_small_pages(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    with open_state(path) as state:
        with state.transaction():
            for number in range(300):
                state.articles.put(article(number))
        state.checkpoint()
        with state.transaction():
            state.articles.put(article(300))
        assert 0 < path.with_name("state.sqlite3-wal").stat().st_size < 15_000


def test_a_transaction_that_fails_leaves_nothing(state: State) -> None:
    def fail() -> None:
        with state.transaction():
            state.articles.put(article(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert state.articles.get("s", "000000001") is None


def test_a_file_that_was_named_in_what_failed_is_named_again(state: State) -> None:
    ref = CaptureRef(file="new.warc.gz", offset=5, length=6, digest="d")
    entry = CaptureEntry(ref=ref, site="s", kind=Kind.LISTING, url=INDEX, status=200, fetched_at=NOW)

    def fail() -> None:
        with state.transaction():
            state.captures.put(entry)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with state.transaction():
        state.captures.put(entry)
        state.articles.put(article(1, capture=ref))
    assert list(state.captures.every("s")) == [entry]
    known = state.articles.get("s", "000000001")
    assert known is not None
    assert known.capture == ref


def test_waiting_articles_come_before_others_and_newest_first(state: State) -> None:
    state.articles.put(article(1, listed_date=NOW - timedelta(days=2)))
    state.articles.put(article(2, listed_date=NOW))
    state.articles.put(article(3, status=Status.HELD, listed_date=NOW + timedelta(days=1)))
    state.articles.put(article(4, due=NOW + timedelta(seconds=1)))
    state.articles.put(article(5, wanted=False))
    assert state.articles.due("s", NOW, run=1) == ("000000002", "000000001", "000000003")


def test_an_article_does_not_come_twice_in_one_run(state: State) -> None:
    state.articles.put(article(1), run=7)
    assert state.articles.due("s", NOW, run=7) == ()
    assert state.articles.due("s", NOW, run=8) == ("000000001",)


def test_only_what_a_page_names_is_wanted_and_only_within_the_span(state: State) -> None:
    for number, days in ((1, 0), (2, 10), (3, 20)):
        state.articles.put(article(number, wanted=False, listed_date=NOW - timedelta(days=days)))
    put_page(state, 1, 1, 2, 3)
    page = Url("http://news.example/a/1.shtml")
    state.articles.want("s", page, ("2026-02-15", "2026-02-25"), channel="a")
    assert state.articles.due_on("s", "a", page, NOW, run=1) == ("000000002",)
    state.articles.want("s", page, (None, None), channel="a")
    assert len(state.articles.due_on("s", "a", page, NOW, run=1)) == 3


def test_a_page_says_how_many_of_its_rows_the_channel_had_not_named(state: State) -> None:
    assert put_page(state, 1, 1, 2, 3) == 3
    assert put_page(state, 2, 3, 4) == 1
    assert put_page(state, 1, 1, 2, 3) == 0


def test_a_run_counts_what_it_listed_and_what_of_it_it_left_alone(state: State) -> None:
    state.articles.put(article(1, status=Status.HELD))
    state.articles.put(article(2, status=Status.HELD), run=9)
    state.articles.put(article(3))
    put_page(state, 1, 1, 2, 3, run=9)
    assert state.articles.listed_in("s", 9) == (3, 1)


def test_what_is_counted_of_a_channel_is_what_its_articles_say(state: State) -> None:
    kinds: list[dict[str, object]] = [
        {"status": Status.HELD, "path": "s/x.md", "due": None},
        {"status": Status.HELD, "path": "s/x.md", "attempts": 2},
        {"status": Status.HELD, "path": "s/x.md", "attempts": 2, "due": None},
        {},
        {"wanted": False},
        {"status": Status.FAILED, "attempts": 1},
        {"status": Status.FAILED, "attempts": 1, "wanted": False},
        {"status": Status.GONE, "due": None},
    ]
    known = [article(number, **kind) for number, kind in enumerate(kinds)]
    for one in known:
        state.articles.put(one)
    put_page(state, 1, *range(5))
    put_page(state, 2, *range(4, 8))

    def counted(some: Sequence[ArticleRecord]) -> Standing:
        return Standing(
            articles=sum(one.path is not None for one in some),
            waiting=sum(one.wanted and one.status is Status.WAITING for one in some),
            failures=sum(one.wanted and one.attempts > 0 and one.due is not None for one in some),
        )

    state.articles.put(article(8))  # that no list names
    assert state.counts.standings("s") == {"a": counted(known)}
    assert state.counts.standing("s") == counted([*known, article(8)])
    pages = [(page.listed, page.held) for page in state.counts.pages("s")]
    assert pages == [(5, counted(known[:5]).articles), (4, 0)]


def test_an_address_that_led_to_another_article_counts_as_that_one_once_a_channel(state: State) -> None:
    for number in (1, 2, 3, 4):
        state.articles.put(article(number, status=Status.ALIASED if number in {1, 4} else Status.WAITING))
    for number in (1, 4):
        state.articles.add_alias("s", article(number).url, "000000003", NOW)
    put_page(state, 1, 1, 2, 3, 4)
    state.listings.put_page(
        PageState(site="s", channel="b", url=INDEX, read_at=NOW, rows=1), ["000000004"], run=1
    )
    named = [(one.key, one.channel, one.url) for one in state.counts.named("s")]
    two, three = article(2), article(3)
    assert named == [(two.key, "a", two.url), (three.key, "a", three.url), (three.key, "b", three.url)]


def test_an_alias_is_new_only_once(state: State) -> None:
    other = Url("http://news.example/b/000000001.shtml")
    assert state.articles.add_alias("s", other, "000000001", NOW)
    assert not state.articles.add_alias("s", other, "000000001", NOW)
    assert state.articles.aliases("s", "000000001") == (other,)


def test_a_channel_that_was_never_met_was_never_read(state: State) -> None:
    assert state.listings.channel("s", "a") == ChannelState(site="s", name="a")
    known = ChannelState(site="s", name="a", read_at=NOW, gap=NOW, pager=INDEX, pages=3, stated=90)
    state.listings.put_channel(known)
    assert state.listings.channel("s", "a") == known
    state.listings.close_gap("s", "a")
    assert state.listings.channel("s", "a") == replace(known, gap=None)


def test_a_page_is_found_under_any_of_its_addresses(state: State) -> None:
    put_page(state, 7, 1)
    found = state.listings.page("s", "a", (INDEX, Url("http://news.example/a/7.shtml")))
    assert found is not None
    assert (found.number, found.rows, found.settled) == (7, 1, False)
    assert state.listings.last_number("s", "a") == 7
    assert state.listings.last_number("s", "b") is None


def test_a_campaign_keeps_its_first_moment_until_it_ends(state: State) -> None:
    assert state.listings.begin_campaign("s", "a", "", NOW) == NOW
    assert state.listings.begin_campaign("s", "a", "", NOW + timedelta(days=1)) == NOW
    state.listings.end_campaign("s", "a", "")
    assert state.listings.begin_campaign("s", "a", "", NOW + timedelta(days=2)) == NOW + timedelta(days=2)


def test_the_last_capture_is_the_one_that_lies_furthest_on_the_shelf(state: State) -> None:
    for file, offset in (("s/1.warc.gz", 900), ("s/2.warc.gz", 10), ("t/3.warc.gz", 5)):
        ref = CaptureRef(file=file, offset=offset, length=1, digest="d")
        state.captures.put(
            CaptureEntry(
                ref=ref, site=file[0], kind=Kind.ARTICLE, url=INDEX, status=200, fetched_at=NOW, key="k"
            )
        )
    last = state.captures.last("s")
    assert last is not None
    assert (last.file, last.offset) == ("s/2.warc.gz", 10)
    assert [entry.ref.offset for entry in state.captures.every("s")] == [900, 10]
    assert len(state.captures.of_article("s", "k")) == 2
    assert state.captures.last("u") is None


def test_a_copy_in_memory_does_not_touch_the_file(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    with open_state(path) as state, state.transaction():
        state.articles.put(article(1))
    with open_copy(path) as copy:
        assert copy.articles.get("s", "000000001") is not None
        copy.articles.put(article(2))
    with open_state(path) as state:
        assert state.articles.get("s", "000000002") is None


def test_a_copy_of_a_state_that_is_not_there_is_empty_and_makes_no_file(tmp_path: Path) -> None:
    with open_copy(tmp_path / "none.sqlite3") as copy:
        assert copy.articles.due("s", NOW, run=1) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_state_of_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(StateTooNew, match=r"state\.sqlite3"):
        open_state(path)


def test_a_file_that_is_no_database_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    path.write_bytes(b"this is no database, and long enough not to be an empty one" * 20)
    with pytest.raises(StoreError, match=r"state\.sqlite3"):
        open_state(path)


def test_how_a_run_ended_is_remembered(state: State) -> None:
    run = state.runs.begin("run", NOW)
    state.runs.end_site(run, "s", 3, SiteReport(written=2))
    state.runs.end(run, NOW, 3)
    assert state.runs.begin("run", NOW) == run + 1


def test_what_else_is_remembered_is_kept_by_topic_and_name(state: State) -> None:
    state.notes.put("canary", "s", {})
    assert state.notes.get("canary", "s") == {}
    assert state.notes.get("wayback", "s") is None
    state.notes.put("wayback", "s", NOW)
    assert state.notes.moment("wayback", "s") == NOW


@pytest.mark.parametrize(
    "value", ["", "x", "2026-01-01T00:00:00", '"x"', '"2026-01-01T00:00:00"', "[1]", "{", b"\xff"]
)
def test_what_cannot_be_read_of_what_is_remembered_is_nothing(state: State, value: str | bytes) -> None:
    with state.transaction():
        state.connection.execute("INSERT INTO memory VALUES ('wayback', 's', ?)", (value,))
    assert state.notes.moment("wayback", "s") is None
    assert state.notes.text("wayback", "s") == (json.loads(value) if str(value).startswith('"') else "")
