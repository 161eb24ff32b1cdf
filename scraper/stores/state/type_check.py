"""Whether every column holds what the schema says: SQLite keeps any type in any column."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from scraper.stores.state.timestamps import EARLIEST, LATEST

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES: Final = {"TEXT": ("text",), "INTEGER": ("integer",), "BLOB": ("blob", "text")}
_KEPT: Final = {"article", "asset", "capture"}  # their rows are passed over one by one
_SMALLEST: Final = ("channel", "volume", "memory", "campaign", "broken_list")  # tens of rows
_SMALL: Final = frozenset([*_SMALLEST, "page", "run", "run_site", "lost", "accepted"])


class OddColumn(NamedTuple):
    """A column with values of another type than its own, or with texts that are no UTF-8."""

    table: str
    name: str
    rows: int  # how many such
    is_text: bool = False  # True: they are texts, and no UTF-8


def seems_odd(connection: sqlite3.Connection, *, pages: bool = True) -> bool:
    """Say whether a small table holds what cannot be: what every command reads. Reads no large one.

    `pages`: those of lists too, of which a site of a million articles has some ten thousands.
    """
    tables = (one for one in _quick_tables(connection) if pages or one[0] != "page")
    (found,) = connection.execute(_quick(*tables)).fetchone()
    return bool(found) or any(
        type(value) is bytes
        for table in _SMALLEST
        for row in connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - ours
        for value in row
    )


def _quick_tables(connection: sqlite3.Connection) -> tuple[tuple[str, str], ...]:
    """Return the small tables, each with the columns that it has here, one word."""
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'table'"
    return tuple((name, sql) for name, sql in connection.execute(query) if name in _SMALL)


@cache
def _quick(*tables: tuple[str, str]) -> str:
    """Return the question whether one of these tables has an odd row; put together once for all states."""
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.row_factory = sqlite3.Row
        for _, sql in tables:
            empty.execute(sql)
        asked = [
            f"EXISTS (SELECT 1 FROM {_quoted(table)} WHERE {' OR '.join(_is_odd(*one) for one in columns)})"  # noqa: S608 - quoted
            for table, columns in _tables(empty)
        ]
    return f"SELECT {' OR '.join(asked) or '0'}"


def odd_columns(connection: sqlite3.Connection) -> Iterator[OddColumn]:
    """Yield the columns that hold another type than the schema says, or texts that are no UTF-8.

    Each table is read twice: only whoever takes a text out of SQLite sees what it is.
    """
    for table, columns in _tables(connection):
        counts = ", ".join(f"coalesce(sum({_is_odd(name, types)}), 0)" for name, types in columns)
        found = connection.execute(f"SELECT {counts} FROM {_quoted(table)}").fetchone()  # noqa: S608 - quoted
        unread = _unread(connection, table, _texts(columns))
        for (name, _), odd in zip(columns, found, strict=True):
            if odd:
                yield OddColumn(table, name, odd)
            if unread[name]:
                yield OddColumn(table, name, unread[name], is_text=True)


def _unread(connection: sqlite3.Connection, table: str, columns: list[str]) -> Counter[str]:
    """Count the texts of columns that are no UTF-8: those come as bytes."""
    texts = ", ".join(f"CASE typeof({name}) WHEN 'text' THEN {name} END" for name in map(_quoted, columns))
    rows = connection.execute(f"SELECT {texts or 'NULL'} FROM {_quoted(table)}")  # noqa: S608 - quoted
    return Counter(
        name for row in rows for name, value in zip(columns, row, strict=False) if type(value) is bytes
    )


def remove_odd(connection: sqlite3.Connection) -> int:
    """Take out the rows that hold what cannot be, of the tables that a run learns again; return how many.

    Notes that are no JSON go too and do not count: older versions wrote some so.
    """
    removed = 0
    for table, columns in _tables(connection):
        if table in _KEPT:
            continue
        removed += _remove_unread(connection, table, _texts(columns))
        odd = " OR ".join(_is_odd(name, types) for name, types in columns)
        removed += connection.execute(f"DELETE FROM {_quoted(table)} WHERE {odd}").rowcount  # noqa: S608 - quoted
    connection.execute("DELETE FROM memory WHERE NOT json_valid(value)")
    return removed


def _remove_unread(connection: sqlite3.Connection, table: str, texts: list[str]) -> int:
    """Take out the rows of a table whose texts are no UTF-8 (those come as bytes); return how many."""
    found = connection.execute(f"SELECT * FROM {_quoted(table)}")  # noqa: S608 - quoted
    odd = [row for row in found if any(type(row[name]) is bytes for name in texts)]
    removed = 0
    for row in odd:
        same = " AND ".join(f"CAST({_quoted(name)} AS BLOB) IS CAST(? AS BLOB)" for name in row.keys())  # noqa: SIM118 - a row's names
        removed += connection.execute(f"DELETE FROM {_quoted(table)} WHERE {same}", tuple(row)).rowcount  # noqa: S608 - quoted
    return removed


def _texts(columns: list[tuple[str, tuple[str, ...]]]) -> list[str]:
    """Return the names of the columns of texts."""
    return [name for name, types in columns if types == _TYPES["TEXT"]]


def _tables(connection: sqlite3.Connection) -> Iterator[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    """Yield every table that has columns of a type, with those and the types of what they may hold."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    for (table,) in connection.execute(query).fetchall():
        info = connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
        columns = [(row["name"], _TYPES[row["type"]]) for row in info if row["type"] in _TYPES]
        if columns:
            yield table, columns


def _is_odd(column: str, types: tuple[str, ...]) -> str:
    """Return what SQL asks of a column; no whole number is beyond what a moment can be."""
    name, allowed = _quoted(column), ", ".join(f"'{each}'" for each in ("null", *types))
    odd = f"typeof({name}) NOT IN ({allowed})"
    if types != _TYPES["INTEGER"]:
        return odd
    return f"({odd} OR (typeof({name}) = 'integer' AND {name} NOT BETWEEN {EARLIEST} AND {LATEST}))"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
