"""SQLite's connection, whose errors are those of the house: they name the file; a full disk is `NoRoom`."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from scraper.errors import NoRoom, StoreError
from scraper.messages import say

if TYPE_CHECKING:
    from pathlib import Path

_SLIPS = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}


# For each NULL and digest `sqlite3` looks for an adapter, through errors where there is none: here is one.
# They are the whole process's: one of a program that we are a part of stays.
_NULL: dict[None, None] = {}
sqlite3.adapters.setdefault((type(None), sqlite3.PrepareProtocol), _NULL.get)  # None for None
sqlite3.adapters.setdefault((bytes, sqlite3.PrepareProtocol), bytes)


class Connection(sqlite3.Connection):
    """A connection to the state's file."""

    name: str | None = None  # None: it is being made ready, and errors are SQLite's own

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as SQLite has it
        """Open as `sqlite3.connect` does. A text that is no UTF-8 comes as bytes: its row is then damaged."""
        super().__init__(*given, **named)
        self.text_factory = _text

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as SQLite has it
        """Execute one statement. Raises NoRoom, StoreError."""
        try:
            return super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise self._told(error) from error

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:  # noqa: ANN401 - as SQLite has it
        """Execute one statement for each of many. Raises NoRoom, StoreError."""
        try:
            return super().executemany(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise self._told(error) from error

    def _told(self, error: sqlite3.DatabaseError) -> Exception:
        """Return the error of the house; a slip of ours, such as wrong SQL, stays as it is."""
        slip = _code(error) & 0xFF in _SLIPS
        return error if self.name is None or slip else state_error(error, self.name)


def _text(data: bytes) -> str | bytes:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def state_error(error: sqlite3.DatabaseError | OSError, path: Path | str) -> StoreError:
    """Return the error of the house for what SQLite said of a file."""
    message = say("state: {path}: {error}", path=path, error=str(error))
    if isinstance(error, OSError):
        return StoreError(message)
    if _code(error) & 0xFF in _DAMAGED:
        message = say(
            "{said}; it is an index over the captures: moved away, it is made again by the next run",
            said=message,
        )
    return NoRoom(message) if _code(error) in _NO_ROOM else StoreError(message)


def _code(error: sqlite3.DatabaseError) -> int:
    """Return SQLite's extended code; what Python itself says of a connection has none."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE))
