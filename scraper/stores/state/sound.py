"""Whether a row holds what its columns may hold: SQLite keeps any type in any column."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


def require(row: sqlite3.Row, names: Iterable[str], kind: type) -> None:
    """Raise TypeError where a column holds another type; NULL is left to whoever reads the column."""
    for name in names:
        value = row[name]
        if value is not None and type(value) is not kind:
            msg = f"{name} is no {_NAMES[kind]} but {_NAMES.get(type(value), type(value).__name__)}"
            raise TypeError(msg)


_NAMES: dict[type, str] = {str: "text", int: "whole number", bytes: "bytes", float: "fraction"}
