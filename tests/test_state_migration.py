"""A state of an older version becomes one of today's: all of it or nothing, whatever stands in its rows."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scraper.article_record import ArticleRecord, Asset, AssetStatus, Status
from scraper.model import CaptureRef, Kind
from scraper.report import SiteReport
from scraper.stores import state as states
from scraper.stores.state import open_state, open_view
from scraper.stores.state.captures import CaptureEntry
from scraper.stores.state.connection import Connection
from scraper.stores.state.events import Event
from scraper.stores.state.listings import BrokenList, ChannelState, PageState
from scraper.stores.state.losses import Loss
from scraper.stores.state.runs import SiteRun
from scraper.stores.state.schema import MIGRATIONS, VERSION
from scraper.urls import Url

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.stores.state import State

SEVEN = 7  # the last version whose moments are text
NOON = datetime(2026, 3, 1, 12, 30, 15, 250, tzinfo=UTC)
LISTED = datetime(2026, 3, 1, tzinfo=UTC).astimezone()
TEXT = "2026-03-01T12:30:15.000250+00:00"
URL = Url("http://news.example/a/1.shtml")
OTHER = Url("https://news.example/a/1.shtml")
PICTURE = Url("http://news.example/a/1.jpg")
PAGE = Url("http://news.example/a/index.shtml")
DIGEST, FILE = "0f" * 32, "s-20260301123015-00001-0a.warc.gz"
REF = CaptureRef(file=FILE, offset=5, length=6, digest=DIGEST)
MANY = 300
IN_FILES = 1  # as SQLite numbers it

HELD = ArticleRecord(
    site="s",
    key="1",
    url=URL,
    ask=OTHER,
    first_seen=NOON,
    channel="a",
    title="标题",
    listed_date=datetime.fromisoformat("2026-03-01T00:00:00+08:00"),
    status=Status.HELD,
    wanted=True,
    due=NOON,
    checked=NOON,
    etag='"e"',
    last_modified="m",
    captured=NOON,
    capture=REF,
    article_digest=DIGEST,
    extractor=3,
    published=NOON,
    path="s/2026/03/x.md",
    layout="l",
    body_digest=DIGEST,
    characters=9,
    document_digest=DIGEST,
    origin="http://copies.example/",
)
SETTLED = ArticleRecord(
    site="s", key="2", url=PAGE, ask=PAGE, first_seen=NOON, etag='"never asked again"', error="BadStatus: x"
)


def old_state(path: Path) -> None:
    """Write a state of version 7 that knows something of everything."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(" ".join(MIGRATIONS[:SEVEN]) + f" PRAGMA user_version = {SEVEN};")
        connection.execute("PRAGMA journal_mode = WAL")

        def put(table: str, *values: object) -> None:
            held = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO {table} VALUES ({held})", values)  # noqa: S608 - a test's own

        put(
            "article",
            *("s", "1", URL, OTHER, "a", "标题", "2026-03-01T00:00:00+08:00", TEXT, "held", 1, TEXT, 0, 0),
            *(None, TEXT, '"e"', "m", TEXT, FILE, 5, 6, DIGEST, DIGEST, 3, TEXT, "s/2026/03/x.md", 1, 1),
            *("l", DIGEST, 9, "http://copies.example/", DIGEST),
        )
        put(
            "article",
            *("s", "2", PAGE, PAGE, None, None, None, TEXT, "waiting", 0, None, 0, 0, "BadStatus: x"),
            *(None, '"never asked again"', *[None] * 10, None, None, *[None] * 5),
        )
        for number in range(MANY):
            key = f"m{number:04}"
            put(
                "article",
                *("s", key, f"{URL}?{number}", f"{URL}?{number}", "a", key, None, TEXT, "waiting", 1, TEXT),
                *(0, 0, *[None] * 13, 1, None, *[None] * 5),
            )
        put("alias", "s", OTHER, "1", TEXT)
        put("channel", "s", "a", TEXT, TEXT, PAGE, 3, 90)
        put("page", "s", "a", PAGE, 1, URL, 2, 1, TEXT, 4, "pager")
        put("listed", "s", "a", PAGE, "1")
        put("named", "s", "a", "1", TEXT, TEXT)
        put(
            "asset",
            "s",
            PICTURE,
            "image",
            TEXT,
            "held",
            None,
            0,
            None,
            "s/p.jpg",
            DIGEST,
            FILE,
            50,
            6,
            DIGEST,
            1,
        )
        put("shown", "s", "1", PICTURE, 0, 1)
        put("capture", FILE, 5, 6, DIGEST, "s", "article", URL, "1", 200, TEXT)
        put("capture", FILE, 20, 6, "d", "s", "listing", PAGE, None, 200, TEXT)
        put("campaign", "s", "a", " ", TEXT, 2)
        put("event", "s", TEXT, "1", "revised")
        put("broken_list", "s", "a", "BadStatus: x", TEXT)
        put("lost", FILE, 90, 6, DIGEST, "s", "article", OTHER, "1", 200, TEXT, TEXT, None)
        put("accepted", "s", "f", -1, "what", TEXT)
        put("run", 1, "run", TEXT, TEXT, 0)
        report = '{"listed": 7, "written": 1, "revised": 0, "gone": 0}'
        put("run_site", 1, "s", 0, report)
        put("memory", "canary", "s", "{}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    old_state(tmp_path / "state.sqlite3")
    return tmp_path / "state.sqlite3"


def check_worked(path: Path) -> None:
    """Assert that an older state says what it said, and takes up what is new."""
    with open_state(path) as state:
        assert told(state) == EXPECTED
        state.listings.put_page(
            PageState(site="s", channel="b", url=PAGE, read_at=NOON, rows=1), ["1"], run=9
        )
        assert state.articles.listed_in("s", 9)[0] == 1


def told(state: State) -> dict[str, object]:
    """Return what a state says of everything that `old_state` wrote."""
    return {
        "held": state.articles.get("s", "1"),
        "settled": state.articles.get("s", "2"),
        "articles": len(list(state.articles.every("s"))),
        "by address": [state.articles.find("s", url) for url in (URL, OTHER)],
        "by body": state.articles.with_body("s", DIGEST),
        "alias": state.articles.aliases("s", "1"),
        "channel": state.listings.channel("s", "a"),
        "page": state.listings.page("s", "a", (PAGE,)),
        "listed": state.listings.keys_on("s", "a", PAGE),
        "named": state.listings.reaches("s", "a", PAGE, NOON + timedelta(microseconds=1)),
        "not before": state.listings.reaches("s", "a", PAGE, NOON),
        "picture": state.assets.get("s", PICTURE),
        "stale": state.assets.stale("s"),
        "captures": list(state.captures.every("s")),
        "of the article": [entry.ref for entry in state.captures.of_article("s", "1")],
        "events": list(state.events.since("s", NOON)),
        "broken": state.listings.broken("s", "a"),
        "lost": list(state.losses.all("s")),
        "accepted": state.losses.accepted("s"),
        "runs": list(state.runs.of_site("s")),
        "note": state.notes.get("canary", "s"),
        "holdings": [
            (row.key, row.moment, row.updated, row.addresses) for row in state.holdings.rows("s", UTC)
        ],
    }


EXPECTED: dict[str, object] = {
    "held": HELD,
    "settled": ArticleRecord(site="s", key="2", url=PAGE, ask=PAGE, first_seen=NOON, error="BadStatus: x"),
    "articles": MANY + 2,
    "by address": [HELD, HELD],
    "by body": (HELD,),
    "alias": (OTHER,),
    "channel": ChannelState(site="s", name="a", read_at=NOON, gap=NOON, pager=PAGE, pages=3, stated=90),
    "page": PageState(
        site="s",
        channel="a",
        url=PAGE,
        read_at=NOON,
        rows=2,
        number=1,
        next_url=URL,
        settled=True,
        elsewhere=4,
        unread_pager=True,
    ),
    "listed": frozenset({"1"}),
    "named": True,
    "not before": False,
    "picture": Asset(
        site="s",
        url=PICTURE,
        kind=Kind.IMAGE,
        first_seen=NOON,
        status=AssetStatus.HELD,
        path="s/p.jpg",
        digest=DIGEST,
        capture=CaptureRef(file=FILE, offset=50, length=6, digest=DIGEST),
    ),
    "stale": ("1",),
    "captures": [
        CaptureEntry(ref=REF, site="s", kind=Kind.ARTICLE, url=URL, status=200, fetched_at=NOON, key="1"),
        CaptureEntry(
            ref=CaptureRef(file=FILE, offset=20, length=6, digest="d"),
            site="s",
            kind=Kind.LISTING,
            url=PAGE,
            status=200,
            fetched_at=NOON,
        ),
    ],
    "of the article": [REF],
    "events": [Event(at=NOON, what="revised", key="1", url=URL, title="标题", path="s/2026/03/x.md")],
    "broken": BrokenList(error="BadStatus: x", since=NOON),
    "lost": [
        Loss(
            entry=CaptureEntry(
                ref=CaptureRef(file=FILE, offset=90, length=6, digest=DIGEST),
                site="s",
                kind=Kind.ARTICLE,
                url=OTHER,
                status=200,
                fetched_at=NOON,
                key="1",
            ),
            found=NOON,
            fate=None,
        )
    ],
    "accepted": frozenset({("f", None, "what")}),
    "runs": [SiteRun(command="run", started=NOON, finished=NOON, exit_code=0, listed=7)],
    "note": {},
    "holdings": [("1", "2026-03-01 12:30:15", "2026-03-01T12:30:15Z", (OTHER, OTHER))],
}


def test_a_state_of_version_7_says_the_same_afterwards(path: Path) -> None:
    with open_state(path) as state:
        assert told(state) == EXPECTED
        (pages,) = state.connection.execute("PRAGMA freelist_count").fetchone()
        assert pages == 0
        assert state.articles.due("s", NOON, run=2)[:2] == ("m0299", "m0298")
        assert state.runs.begin("run", NOON) == 2
    with open_state(path) as state:
        assert told(state) == EXPECTED | {"runs": EXPECTED["runs"]}


def test_one_that_is_only_looked_at_stays_as_it_is(path: Path) -> None:
    before = path.read_bytes()
    with open_view(path) as state:
        assert told(state) == EXPECTED
    assert path.read_bytes() == before


def test_what_a_run_then_writes_lies_beside_what_was_there(path: Path) -> None:
    later = CaptureRef(file=FILE, offset=200, length=6, digest=DIGEST)
    with open_state(path) as state:
        with state.transaction():
            run = state.runs.begin("run", NOON)
            for entry in list(state.captures.every("s")):
                state.captures.put(entry)
            state.captures.put(
                CaptureEntry(ref=later, site="s", kind=Kind.FILE, url=PAGE, status=200, fetched_at=NOON)
            )
            state.articles.put(HELD, run=run)
            state.runs.end_site(run, "s", 0, SiteReport(listed=7))
            state.runs.end(run, NOON, 0)
        assert [entry.ref.offset for entry in state.captures.every("s")] == [5, 20, 200]
        assert state.captures.last("s") == later
        assert list(state.captures.last_of_each_file("s")) == [later]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("article", "first_seen", "yesterday"),
        ("article", "due", b"\x00"),
        ("article", "published", "9999-99-99"),
        ("article", "digest", b"\x00\xff"),
        ("article", "file", b"\xff"),
        ("article", "listed_date", "0000-00-00"),
        ("capture", "fetched_at", "2026"),
        ("capture", "digest", "x"),
        ("page", "read_at", ""),
        ("named", "first_seen", 7),
        ("run", "started", "now"),
    ],
)
def test_rows_that_say_what_cannot_be_hinder_nobody(
    path: Path, table: str, column: str, value: object
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608 - a test's own
    with open_state(path) as state:
        (version,) = state.connection.execute("PRAGMA user_version").fetchone()
        (left,) = state.connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - likewise
    assert (version, left > 0) == (VERSION, table not in {"page", "run"})  # of these a run learns again


KILLER = """
import os, signal, sys
from pathlib import Path
from scraper.stores.state import open_state, schema

calls, kept = 0, schema.packed


def fatal(digest):
    global calls
    calls += 1
    if calls == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return kept(digest)


schema.packed = fatal
open_state(Path(sys.argv[1])).close()
"""


@pytest.mark.parametrize("call", [1, 4, 5, 8])
def test_killed_meanwhile_it_is_what_it_was(path: Path, call: int) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLER, str(path), str(call)], check=False)  # noqa: S603 - ourselves
    assert killed.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SEVEN,)
        assert connection.execute("SELECT count(*) FROM article").fetchone() == (MANY + 2,)
    with open_state(path) as state:
        assert told(state) == EXPECTED


def test_a_new_state_is_what_all_versions_come_to(tmp_path: Path) -> None:
    def tables(connection: sqlite3.Connection) -> list[tuple[str, str | None]]:
        return connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()

    with closing(sqlite3.connect(tmp_path / "old.sqlite3", isolation_level=None)) as old:
        old.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1")
    for name in ("old", "new"):
        open_state(tmp_path / f"{name}.sqlite3").close()
    with (
        closing(sqlite3.connect(tmp_path / "old.sqlite3")) as old,
        closing(sqlite3.connect(tmp_path / "new.sqlite3")) as new,
    ):
        assert tables(new) == tables(old)


def test_what_is_brought_over_is_never_whole_in_memory(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite copies the file to make it small; where temporary things lie in memory, the copy would too."""
    stores: list[int] = []

    class Heard(Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as SQLite has it
            if sql == "VACUUM":
                stores.append(*super().execute("PRAGMA temp_store").fetchone())
            return super().execute(sql, parameters)

    monkeypatch.setattr(states, "Connection", Heard)
    check_worked(path)
    assert stores == [IN_FILES]


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL])
def test_one_whose_room_cannot_be_given_back_opens_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A container may have no folder for temporary files, and a disk room for one state but not for two."""

    class Poor(Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as SQLite has it
            if sql == "VACUUM":
                error = sqlite3.OperationalError("no room")
                error.sqlite_errorcode = code
                raise self._told(error)
            return super().execute(sql, parameters)

    monkeypatch.setattr(states, "Connection", Poor)
    check_worked(path)
