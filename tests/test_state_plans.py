"""The state's statements: each finds what it is asked for by an index, however much else is known."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from scraper.article_record import ArticleRecord, Asset, AssetStatus
from scraper.model import CaptureRef, Kind
from scraper.report import SiteReport
from scraper.stores.state import open_copy
from scraper.stores.state.captures import CaptureEntry
from scraper.stores.state.listings import ChannelState, PageState
from scraper.urls import Url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scraper.stores.state import State

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
URL = Url("http://news.example/a/1.shtml")
REF = CaptureRef(file="s.warc.gz", offset=5, length=6, digest="d")
RECORD = ArticleRecord(site="s", key="k", url=URL, ask=URL, first_seen=NOW, due=NOW, wanted=True)
ASSET = Asset(site="s", url=URL, kind=Kind.IMAGE, first_seen=NOW, status=AssetStatus.WAITING, due=NOW)
PAGE = PageState(site="s", channel="a", url=URL, read_at=NOW, rows=1, number=1)
ENTRY = CaptureEntry(ref=REF, site="s", kind=Kind.ARTICLE, url=URL, status=200, fetched_at=NOW, key="k")
SPAN = ("2026-01-01", None)

KEYED: dict[str, dict[str, tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "articles": {
        "get": (("s", "k"), {}),
        "addresses": (("s", "k"), {}),
        "put": ((RECORD,), {"run": 1}),
        "add_alias": (("s", URL, "k", NOW), {}),
        "aliases": (("s", "k"), {}),
        "key_of_alias": (("s", URL), {}),
        "find": (("s", URL), {}),
        "due": (("s", NOW), {"run": 1}),
        "due_on": (("s", "a", URL, NOW), {"run": 1}),
        "put_off": (("s", "k", NOW), {}),
        "want": (("s", URL, SPAN), {"channel": "a"}),
        "all_before": (("s", "a", URL, "2026-01-01"), {}),
        "gone": (("s", ["a"], SPAN), {}),
        "with_body": (("s", "d"), {}),
        "written_in": (("s", "d", 1), {}),
        "lengths": (("s", "l", "a"), {"not_in": 1, "most": 9}),
        "waiting": (("s", NOW), {"run": 1}),
        "passed_over": (("s", 1), {}),
        "listed_in": (("s", 1), {}),
    },
    "assets": {
        "get": (("s", URL), {}),
        "put": ((ASSET,), {"run": 1}),
        "show": (("s", "k", [(URL, Kind.IMAGE)], NOW), {"told": [URL]}),
        "addresses": (("s", [URL]), {}),
        "addresses_of": (("s", "k"), {}),
        "stale": (("s",), {}),
        "due": (("s", "k", NOW), {"run": 1}),
        "articles_due": (("s", NOW), {"run": 1}),
    },
    "captures": {
        "put": ((ENTRY,), {}),
        "last_answer": (("s", URL), {}),
        "of_article": (("s", "k"), {}),
        "at": (("s", "f", 5), {}),
        "behind": (("s", "f", 5), {}),
        "has": (("s", REF), {}),
    },
    "listings": {
        "channel": (("s", "a"), {}),
        "put_channel": ((ChannelState(site="s", name="a"),), {}),
        "broken": (("s", "a"), {}),
        "put_broken": (("s", "a", "x", NOW), {}),
        "mend": (("s", "a"), {}),
        "close_gap": (("s", "a"), {}),
        "unsettle": (("s", URL), {}),
        "page": (("s", "a", [URL]), {}),
        "pages": (("s", "a"), {}),
        "last_number": (("s", "a"), {}),
        "put_page": ((PAGE, ["k"]), {"run": 1}),
        "is_named": (("s", "a", "k"), {}),
        "reaches": (("s", "a", URL, NOW), {}),
        "share_a_row": (("s", "a", URL, [URL]), {}),
        "has_rows": (("s", "a"), {}),
        "begin_campaign": (("s", "a", "", NOW), {}),
        "found": (("s", "a", "", 1), {}),
        "begin_pass": (("s", "a", "", NOW), {}),
        "keys_on": (("s", "a", URL), {}),
        "on_lower_page": (("s", "a", ["k"], 1), {}),
        "end_campaign": (("s", "a", ""), {}),
    },
    "notes": {
        **{verb: (("t", "n"), {}) for verb in ("get", "moment", "text", "drop")},
        "put": (("t", "n", {}), {}),
    },
    "runs": {
        "begin": (("run", NOW), {}),
        "end": ((1, NOW, 0), {}),
        "end_site": ((1, "s", 0, SiteReport()), {}),
    },
    "losses": {
        "put": ((ENTRY, NOW), {}),
        "settle": ((ENTRY, "had"), {}),
        "accept": (("s", "f", None, "x", NOW), {}),
    },
    "events": {"put": (("s", "k", "revised", NOW), {}), "since": (("s", NOW), {})},
}
"""Verbs that are asked for something by name, with what they are asked for."""

WHOLE: dict[str, set[str]] = {
    "articles": {"held", "unheld", "mend", "every", "count", "paths"},
    "assets": {"held", "files"},
    "captures": {
        "every",
        "days",
        "of_day",
        "last",
        "last_of_each_file",
        "keys_since",
    },  # the last is the first row of a walk
    "runs": {"of_site"},  # one row a run
    "counts": {"named", "keys", "last_read", "pages", "standings", "standing", "newest", "thin"},
    "holdings": {"rows", "texts"},
    "losses": {"all", "waiting", "accepted"},  # of what is lost
    "events": {"mark"},  # how many there are
}
"""Verbs that go through all there is."""

_GROUPS = (
    *(
        "articles",
        "assets",
        "captures",
        "listings",
        "notes",
        "runs",
        "counts",
        "holdings",
        "losses",
        "events",
    ),
)
_FEW = re.compile(r"CONSTANT ROW|json_each|VIRTUAL TABLE|(article_waiting|article_gone|shown_stale) \(site")
"""What holds few rows, or those alone that are asked for: partial indexes among them."""
_ALL_OF_A_SITE = re.compile(r"^SEARCH (?!page|channel|broken_list|run|lost)\w+.*\((?:site=\?)?\)$")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """Return a state that knows something of everything, so that no statement is left out."""
    with open_copy(tmp_path / "none") as opened:
        opened.articles.put(RECORD, run=1)
        opened.assets.put(ASSET)
        opened.assets.show("s", "k", [(URL, Kind.IMAGE)], NOW, told=[])
        opened.captures.put(ENTRY)
        opened.runs.begin("run", NOW)
        yield opened


def statements(state: State, group: str, verb: str) -> set[str]:
    """Return what a verb asks of SQLite."""
    heard: list[str] = []
    args, named = KEYED[group][verb]
    state.connection.set_trace_callback(heard.append)
    found = getattr(getattr(state, group), verb)(*args, **named)
    if inspect.isgenerator(found):
        list(found)
    state.connection.set_trace_callback(None)
    return {statement for statement in heard if not statement.startswith("--")}


def scans(connection: sqlite3.Connection, asked: Iterable[str]) -> list[str]:
    """Return the steps of plans that go through a whole table, or through all of a site."""
    steps = [row[3] for sql in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    return [
        step
        for step in steps
        if (step.startswith("SCAN") or _ALL_OF_A_SITE.match(step)) and not _FEW.search(step)
    ]


@pytest.mark.parametrize(("group", "verb"), [(group, verb) for group in KEYED for verb in KEYED[group]])
def test_what_is_asked_for_by_name_is_found_by_an_index(state: State, group: str, verb: str) -> None:
    asked = statements(state, group, verb)
    assert asked
    assert scans(state.connection, asked) == []


@pytest.mark.parametrize("group", _GROUPS)
def test_every_verb_of_the_state_is_tried_or_goes_through_all(state: State, group: str) -> None:
    verbs = {
        name
        for name, _ in inspect.getmembers(type(getattr(state, group)), inspect.isfunction)
        if not name.startswith("_")
    }
    assert verbs == set(KEYED.get(group, {})) | WHOLE.get(group, set())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM article WHERE site = 's' AND status = 'held'",
        "SELECT * FROM alias WHERE site = 's' AND first_seen > ''",
        "SELECT * FROM capture WHERE url = 'u'",
    ],
)
def test_a_statement_without_an_index_is_seen(state: State, sql: str) -> None:
    assert scans(state.connection, [sql])
