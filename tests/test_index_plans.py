"""The statements of what is no state: search index, the readers' catalogue, the store's catalogue.

Each finds what it is asked for by an index, however much else there is; and no room asks SQLite anything that
neither this file nor `test_state_plans` has tried.
"""

from __future__ import annotations

import ast
import inspect
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_search import an_article
from test_state_plans import RECORD, URL, scans
from test_state_plans import state as state  # noqa: PLC0414 - a fixture

import scraper
from scraper.search.query import parse
from scraper.stores.catalogue import Catalogue, Row, Span
from scraper.stores.elsewhere.catalogue import Catalogue as StoreCatalogue
from scraper.stores.elsewhere.catalogue import StoredFile, VolumePart
from scraper.stores.search_index import SearchIndex, open_index, prepare
from scraper.stores.state.takedown import belongings, erase

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from scraper.stores.state import State

ARTICLE = an_article(1)
ROW = Row("k", URL, "n", "t", "2026-03-01 12:00:00", "2026-03-01T12:00:00Z", "s/1.md", "a", ("a",), (URL,))
PART = VolumePart(file="f", offset=5, length=1, digest="d", object="o")
FILE = StoredFile(path="s/1.md", size=1, digest="d", object="o", offset=0)

KEYED: dict[str, dict[str, tuple[Any, ...]]] = {
    "search": {
        "put": (an_article(2), "南开大学"),
        "put_prepared": (prepare(an_article(3), "南开大学"),),
        "put_mark": ("beichen", "1"),
        "remove": ("beichen", ARTICLE.key),
    },
    "catalogue": {
        "named": ("n",),
        "at": (URL,),
        "of_key": ("s", "k"),
        "beside": ("ENTRY", "a"),
    },
    "store": {
        "parts": ("f",),
        "add_part": (PART,),
        "drop_volume": ("f",),
        "file": ("s/1.md",),
        "put_file": (FILE,),
        "drop_files": (["s/1.md"],),
    },
}
"""Verbs that are asked for something by name, with what they are asked for; ENTRY: of the catalogue."""

WHOLE: dict[str, set[str]] = {
    "search": {
        *("search", "years"),  # all that hold some words
        *("count", "versions", "marks", "indexed_sites", "optimize"),
        *("transaction", "close"),  # which ask nothing
    },
    "catalogue": {
        *("copy", "replace", "entries", "every", "count", "months", "days", "sites", "channels"),
        "channels_of",  # the months of a site's channels
    },
    "store": {"volumes", "files", "objects", "totals"},
}
"""Verbs that go through all there is of something."""

ASKING = {
    "stores/catalogue.py",
    "stores/elsewhere/catalogue.py",
    *(f"stores/search_index/{name}.py" for name in ("__init__", "queries", "rows")),
    *(
        f"stores/state/{name}.py"
        for name in (
            *("__init__", "articles", "assets", "captures", "connection", "events", "holdings", "listings"),
            *("losses", "notes", "parting", "queries", "renaming", "runs", "schema", "takedown"),
            *("type_check", "volumes", "clock"),
        )
    ),
}
"""The files that ask SQLite. Whole tables are gone through where an older state or archive is brought over
(`schema`, `parting`, `renaming`), after a
clock that was ahead (`clock`), and by `type_check`; `connection` and `rows` hand on what others ask."""


@contextmanager
def _opened(name: str, folder: Path) -> Iterator[tuple[Any, sqlite3.Connection]]:
    """Open what holds one of everything; yield it with its connection."""
    if name == "search":
        with open_index(folder / "search.sqlite3") as index:
            index.put(ARTICLE, "南开大学的校庆")
            yield index, index._connection  # noqa: SLF001 - to hear what it asks
    elif name == "catalogue":
        catalogue = Catalogue()
        catalogue.replace("s", [ROW])
        yield catalogue, catalogue._connection  # noqa: SLF001 - likewise
    else:
        with StoreCatalogue(folder / "store.sqlite3") as store:
            store.add_part(PART)
            store.put_file(FILE)
            yield store, store._open  # noqa: SLF001 - likewise


@pytest.mark.parametrize(("name", "verb"), [(name, verb) for name in KEYED for verb in KEYED[name]])
def test_what_is_asked_for_by_name_is_found_by_an_index(name: str, verb: str, tmp_path: Path) -> None:
    with _opened(name, tmp_path) as (opened, connection):
        if verb == "add_part":
            opened.drop_volume("f")
        given = [opened.named("n") if each == "ENTRY" else each for each in KEYED[name][verb]]
        heard: list[str] = []
        connection.set_trace_callback(heard.append)
        getattr(opened, verb)(*given)
        connection.set_trace_callback(None)
        asked = {statement for statement in heard if not statement.startswith("--")}
        assert asked
        found = scans(connection, asked)
        assert [
            step for step in found if not step.startswith("SCAN (subquery")
        ] == []  # its own steps are told


@pytest.mark.parametrize(
    ("name", "kind"), [("search", SearchIndex), ("catalogue", Catalogue), ("store", StoreCatalogue)]
)
def test_every_verb_is_tried_or_goes_through_all(name: str, kind: type) -> None:
    verbs = {verb for verb, _ in inspect.getmembers(kind, inspect.isfunction) if not verb.startswith("_")}
    assert verbs == set(KEYED[name]) | WHOLE[name]


def test_a_first_page_of_the_newest_reads_no_more_than_it_shows(tmp_path: Path) -> None:
    with _opened("catalogue", tmp_path) as (catalogue, connection):
        for span in (Span(), Span(site="s"), Span(site="s", channel="a"), Span(date="2026")):
            heard: list[str] = []
            connection.set_trace_callback(heard.append)
            assert catalogue.entries(span, limit=1)
            connection.set_trace_callback(None)
            steps = [row[3] for sql in heard for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
            assert not [step for step in steps if step == "SCAN article"]
            assert sum("TEMP B-TREE" in step for step in steps) <= 1  # of the few that were found


def test_what_is_taken_out_is_found_by_an_index(state: State) -> None:
    asked: list[str] = []
    state.connection.set_trace_callback(asked.append)
    found = belongings(state, "s", "k")
    erase(state, RECORD, found.keys, found.addresses)
    state.connection.set_trace_callback(None)
    work = [sql for sql in asked if sql.startswith(("SELECT", "DELETE", "UPDATE", "INSERT"))]
    assert any(sql.startswith("DELETE FROM shown") for sql in work)
    assert scans(state.connection, work) == []


def test_whoever_asks_sqlite_is_looked_at() -> None:
    root = Path(scraper.__file__).parent
    asking = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "cluster" not in path.relative_to(root).parts and _asks(path)
    }
    assert asking == ASKING


def _asks(path: Path) -> bool:
    """Say whether a file has a connection execute anything."""
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    verbs = {"execute", "executemany", "executescript"}
    return any(isinstance(node, ast.Attribute) and node.attr in verbs for node in calls)


@pytest.mark.parametrize("beside", ["", "site:beichen", "-site:other", "channel:bcyw", "from:2019", "-校庆"])
def test_a_search_begins_with_its_words(beside: str, tmp_path: Path) -> None:
    """A site's articles are never gone through to look for a word in each."""
    with _opened("search", tmp_path) as (index, connection):
        heard: list[str] = []
        connection.set_trace_callback(heard.append)
        index.search(parse(f"大学 {beside}"), limit=1)
        index.years(parse(f"大学 {beside}"))
        connection.set_trace_callback(None)
        asked = {sql for sql in heard if "MATCH" in sql and not sql.startswith("--")}
        first = [connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchone()[3] for sql in asked]
        assert len(first) >= 2
        assert [step for step in first if not step.startswith("SCAN bigram VIRTUAL TABLE")] == []


@pytest.mark.parametrize(
    ("words", "found_by"),
    [
        ("site:beichen", "article_site"),
        ("-校庆 site:beichen channel:bcyw from:2019", "article_site"),
        ("site:beichen site:other", "article_moment"),
        ("channel:bcyw", "article_moment"),
        ("from:2019-01-01", "article_moment"),
        ("-校庆", "article_moment"),
    ],
)
def test_the_newest_of_a_search_without_words_are_not_sorted(
    words: str, found_by: str, tmp_path: Path
) -> None:
    with _opened("search", tmp_path) as (index, connection):
        heard: list[str] = []
        connection.set_trace_callback(heard.append)
        index.search(parse(words), limit=1)
        connection.set_trace_callback(None)
        asked = {sql for sql in heard if "ORDER BY" in sql}
        steps = [row[3] for sql in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert any(found_by in step for step in steps)
        assert not [step for step in steps if "TEMP B-TREE" in step]


@pytest.mark.parametrize(
    "beside", ["", "site:beichen", "site:beichen site:other", "channel:bcyw", "from:2019"]
)
def test_articles_that_most_answer_are_looked_at_from_the_newest_on(beside: str, tmp_path: Path) -> None:
    """Neither those that have the words nor those of the sites are sorted first."""
    with _opened("search", tmp_path) as (index, connection):
        for number in range(2, 42):
            index.put(an_article(number), "南开大学")
        heard: list[str] = []
        connection.set_trace_callback(heard.append)
        assert index.search(parse(f"大学 {beside}"), limit=1).total == 41
        connection.set_trace_callback(None)
        (asked,) = {sql for sql in heard if "ORDER BY" in sql and not sql.startswith("--")}
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}")]
        assert not [step for step in steps if "bigram" in step or "TEMP B-TREE" in step]
