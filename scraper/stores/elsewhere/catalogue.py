"""What of a site lies where in the store: a SQLite file of its own, which travels as the site's state does.

It is an index over the objects and no truth. WARC files are kept as runs of bytes, one object for each
shipment; documents and pictures stand in packs, many in one object.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scraper.errors import StoreError
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Any, Self

_SCHEMA = """
    CREATE TABLE volume_part (      -- the bytes of WARC files, without gaps
        file    TEXT NOT NULL,      -- its name
        offset  INTEGER NOT NULL,   -- of the first byte, in the file
        length  INTEGER NOT NULL,
        digest  TEXT NOT NULL,      -- sha256 of these bytes
        object  TEXT NOT NULL,      -- its key in the store: the whole object
        PRIMARY KEY (file, offset)
    ) WITHOUT ROWID;
    CREATE TABLE stored_file (      -- documents and pictures as they stand now
        path    TEXT NOT NULL PRIMARY KEY,  -- relative to the archive's folder
        size    INTEGER NOT NULL,
        digest  TEXT NOT NULL,      -- sha256
        object  TEXT NOT NULL,      -- the pack that holds it
        offset  INTEGER NOT NULL    -- within the pack
    ) WITHOUT ROWID;
    CREATE INDEX stored_file_object ON stored_file (object);
"""
_VERSION = 1


class VolumePart(Value, frozen=True, kw_only=True):
    """Bytes of a WARC file that are one object."""

    file: str
    offset: int
    length: int
    digest: str
    object: str

    @property
    def end(self) -> int:
        """Return the offset behind the last byte."""
        return self.offset + self.length


class StoredFile(Value, frozen=True, kw_only=True):
    """A document or picture, and where in which pack it lies."""

    path: str
    size: int
    digest: str
    object: str
    offset: int


class Totals(Value, frozen=True, kw_only=True):
    """How much of a site lies in the store."""

    volumes: int = 0  # WARC files
    capture_bytes: int = 0
    files: int = 0  # documents and pictures
    file_bytes: int = 0


class Catalogue:
    """The catalogue of one site, open within a `with` block; all that is written there is one transaction."""

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        """Take the file. To write, it is made where there is none; for `reading` it must be there."""
        self._path = path
        self._reading = reading
        self._db: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open it. Raises StoreError."""
        with self._told():
            name = f"{self._path.absolute().as_uri()}?mode={'ro' if self._reading else 'rwc'}"
            self._db = sqlite3.connect(name, uri=True, isolation_level=None, check_same_thread=False)
            if self._reading:
                self._db.execute("BEGIN")
                return self
            self._db.execute("PRAGMA journal_mode = DELETE")  # one file, whole whenever it is closed
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("BEGIN IMMEDIATE")
            if self._db.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in _SCHEMA.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {_VERSION}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it; what was written stays only where nothing was raised."""
        db, self._db = self._open, None
        with self._told():
            try:
                db.execute("COMMIT" if kind is None else "ROLLBACK")
            finally:
                db.close()

    # ── WARC files ────────────────────────────────────────────────────────────────────────────────────────

    def volumes(self) -> dict[str, int]:
        """Return the WARC files by name, oldest first, and how many bytes of each are in the store."""
        rows = self._rows("SELECT file, sum(length) FROM volume_part GROUP BY file ORDER BY file")
        return {str(file): int(size) for file, size in rows}

    def parts(self, file: str) -> list[VolumePart]:
        """Return the parts of a WARC file in order; none where the store has nothing of it."""
        rows = self._rows(
            "SELECT file, offset, length, digest, object FROM volume_part WHERE file = ? ORDER BY offset",
            file,
        )
        return [
            VolumePart(file=name, offset=offset, length=length, digest=digest, object=key)
            for name, offset, length, digest, key in rows
        ]

    def add_part(self, part: VolumePart) -> None:
        """Remember a part that is in the store."""
        self._rows(
            "INSERT INTO volume_part (file, offset, length, digest, object) VALUES (?, ?, ?, ?, ?)",
            *(part.file, part.offset, part.length, part.digest, part.object),
        )

    def drop_volume(self, file: str) -> list[str]:
        """Forget a WARC file, and return the objects that held it."""
        objects = [part.object for part in self.parts(file)]
        self._rows("DELETE FROM volume_part WHERE file = ?", file)
        return objects

    # ── documents and pictures ────────────────────────────────────────────────────────────────────────────

    def file(self, path: str) -> StoredFile | None:
        """Return where a document lies; None: the store has none of this path."""
        found = self._files("WHERE path = ?", path)
        return found[0] if found else None

    def files(self) -> list[StoredFile]:
        """Return all documents and pictures, by pack and place: the order in which they are best read."""
        return self._files("ORDER BY object, offset")

    def put_file(self, file: StoredFile) -> None:
        """Remember where a document lies, in place of where an older one did."""
        self._rows(
            "INSERT OR REPLACE INTO stored_file (path, size, digest, object, offset) VALUES (?, ?, ?, ?, ?)",
            *(file.path, file.size, file.digest, file.object, file.offset),
        )

    def drop_files(self, paths: Iterable[str]) -> None:
        """Forget documents that the site has no more."""
        for path in paths:
            self._rows("DELETE FROM stored_file WHERE path = ?", path)

    def objects(self) -> set[str]:
        """Return the key of every object that the catalogue names."""
        rows = self._rows("SELECT object FROM volume_part UNION SELECT object FROM stored_file")
        return {str(key) for (key,) in rows}

    def totals(self) -> Totals:
        """Return how much of the site lies in the store."""
        ((volumes, capture_bytes),) = self._rows(
            "SELECT count(DISTINCT file), total(length) FROM volume_part"
        )
        ((files, file_bytes),) = self._rows("SELECT count(*), total(size) FROM stored_file")
        return Totals(
            volumes=int(volumes),
            capture_bytes=int(capture_bytes),
            files=int(files),
            file_bytes=int(file_bytes),
        )

    def _files(self, where: str, *values: str) -> list[StoredFile]:
        rows = self._rows(f"SELECT path, size, digest, object, offset FROM stored_file {where}", *values)  # noqa: S608 - our own words
        return [
            StoredFile(path=path, size=size, digest=digest, object=key, offset=offset)
            for path, size, digest, key, offset in rows
        ]

    def _rows(self, statement: str, *values: str | int) -> Sequence[tuple[Any, ...]]:
        with self._told():
            rows: list[tuple[Any, ...]] = self._open.execute(statement, values).fetchall()
            return rows

    @property
    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            msg = say("a catalogue is used within its `with` block")
            raise AssertionError(msg)
        return self._db

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            msg = say("{path}: the catalogue of the store: {error}", path=f"{self._path}", error=f"{error}")
            raise StoreError(msg) from error
