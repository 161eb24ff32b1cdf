"""Rows of the state that hold what cannot be, where many rows are gone through: the others go on."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scraper.article_record import ArticleRecord, Status
from scraper.stores.state import open_state, open_view
from scraper.stores.state.listings import PageState
from scraper.urls import Url

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.stores.state import State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = Url("http://news.example/list/index.shtml")
AT_ONCE = 1_000  # rows that a walk reads
BEYOND = 2**62  # microseconds: no year that there is


def an_article(key: str, *, path: str | None) -> ArticleRecord:
    url = Url(f"http://news.example/{key}")
    return ArticleRecord(
        site="s",
        key=key,
        url=url,
        ask=url,
        first_seen=NOON,
        status=Status.HELD if path else Status.WAITING,
        path=path,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "state.sqlite3"
    with open_state(file) as state, state.transaction():
        for number in range(AT_ONCE + 2):
            state.articles.put(an_article(f"h{number:04}", path=f"s/{number}.md"))
            state.articles.put(an_article(f"w{number:04}", path=None))
        for name in ("a", "b"):
            page = PageState(site="s", channel=name, url=PAGE, read_at=NOON, rows=1)
            state.listings.put_page(page, ["h0000"], run=None)
    return file


def spoil(file: Path, change: str, *values: object) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        assert connection.execute(change, values).rowcount == 1


def keys(state: State, walk: str) -> list[str]:
    if walk == "texts":
        return [known.key for known in state.holdings.texts("s")]
    return [known.key for known in getattr(state.articles, walk)("s")]


@pytest.mark.parametrize("kind", ["TEXT", "BLOB"])
@pytest.mark.parametrize("walk", ["texts", "held", "unheld", "every"])
def test_a_walk_goes_on_behind_a_key_that_cannot_be(path: Path, walk: str, kind: str) -> None:
    first = "w" if walk == "unheld" else "h"
    last_read = f"{first}{AT_ONCE - 1:04}"
    with open_view(path) as state:
        sound = keys(state, walk)
    assert last_read in sound
    change = f"UPDATE article SET key = CAST(? AS {kind}) WHERE key = ?"  # noqa: S608 - a test's own
    spoil(path, change, last_read.encode() + b"\xff", last_read)
    with open_view(path) as state:
        assert keys(state, walk) == [key for key in sound if key != last_read]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *itertools.product(("rows", "elsewhere", "number", "read_at"), (b"\xff", "x", BEYOND, -BEYOND)),
        *itertools.product(("channel", "url", "next_url", "unread"), (b"\xff",)),
    ],
)
def test_a_page_that_cannot_be_counts_for_none_to_who_only_looks(
    path: Path, column: str, value: object
) -> None:
    """It is passed over in the file itself: that is not copied into memory for it."""
    spoil(path, f"UPDATE page SET {column} = ? WHERE channel = 'a'", value)  # noqa: S608 - a test's own
    with open_view(path) as state:
        assert [page.channel for page in state.counts.pages("s")] == ["b"]
        assert [page.channel for page in state.counts.pages("s", counted=False)] == ["b"]
        assert state.connection.execute("PRAGMA database_list").fetchone()["file"] == str(path)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("url", b"\xff"),
        ("path", b"\xff"),
        ("title", b"\xff"),
        ("channel", b"\xff"),
        ("article_digest", 7),
        ("published", b"\xff"),
        ("published", BEYOND),
        ("listed_date", "yesterday"),
        ("first_seen", "yesterday"),
    ],
)
def test_an_article_whose_row_cannot_be_is_passed_over_by_the_search(
    path: Path, column: str, value: object
) -> None:
    spoil(path, f"UPDATE article SET {column} = ? WHERE key = 'h0003'", value)  # noqa: S608 - a test's own
    with open_view(path) as state:
        assert len(keys(state, "texts")) == AT_ONCE + 1
