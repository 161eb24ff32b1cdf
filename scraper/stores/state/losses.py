"""Captures that the state knew and the shelf lacks, and the damage that is known and not told again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from scraper.stores.state.captures import SELECT, loaded_entry
from scraper.stores.state.timestamps import required, stored
from scraper.stores.state.volumes import VOLUME
from scraper.values import Value

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from scraper.stores.state.captures import CaptureEntry

Fate: TypeAlias = Literal["had", "gone"]
"""`had`: what it held was fetched again, or is here all the same. `gone`: nobody has it any more."""


class Loss(Value, frozen=True, kw_only=True):
    """A capture that is lost."""

    entry: CaptureEntry
    found: datetime
    fate: Fate | None  # None: it is to be fetched again


class Losses:
    """Verbs over the tables `lost` and `accepted`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Share the state's connection."""
        self._connection = connection

    def put(self, entry: CaptureEntry, now: datetime) -> None:
        """Move a capture from those that are on the shelf to those that are lost."""
        place = {"site": entry.site, "file": entry.ref.file, "offset": entry.ref.offset}
        self._connection.execute(
            "INSERT OR REPLACE INTO lost "  # noqa: S608 - a constant
            "SELECT file, offset, length, digest, site, kind, url, key, status, fetched_at, :now, NULL "
            f"FROM ({SELECT} WHERE volume = {VOLUME} AND offset = :offset)",
            place | {"now": stored(now)},
        )
        self._connection.execute(
            f"DELETE FROM capture WHERE volume = {VOLUME} AND offset = :offset",  # noqa: S608 - a constant
            place,
        )

    def settle(self, entry: CaptureEntry, fate: Fate) -> None:
        """Remember what became of a loss."""
        self._connection.execute(
            "UPDATE lost SET fate = ? WHERE site = ? AND file = ? AND offset = ?",
            (fate, entry.site, entry.ref.file, entry.ref.offset),
        )

    def all(self, site: str) -> Iterator[Loss]:
        """Yield every loss that is not made good, in the order of the shelf."""
        rows = self._connection.execute(
            "SELECT * FROM lost WHERE site = ? AND fate IS NOT 'had' ORDER BY file, offset", (site,)
        ).fetchall()
        for row in rows:
            yield Loss(entry=loaded_entry(row), found=required(row["found"]), fate=row["fate"])

    def waiting(self, site: str) -> tuple[CaptureEntry, ...]:
        """Return the captures that are to be fetched again."""
        return tuple(loss.entry for loss in self.all(site) if loss.fate is None)

    def accept(self, site: str, file: str, offset: int | None, what: str, now: datetime) -> None:
        """Remember a damage as known: it is not told again."""
        self._connection.execute(
            "INSERT OR IGNORE INTO accepted VALUES (?, ?, ?, ?, ?)",
            (site, file, -1 if offset is None else offset, what, stored(now)),
        )

    def accepted(self, site: str) -> frozenset[tuple[str, int | None, str]]:
        """Return the damage that is known: file, offset, what is wrong."""
        rows = self._connection.execute("SELECT file, offset, what FROM accepted WHERE site = ?", (site,))
        return frozenset(
            (row["file"], None if row["offset"] < 0 else row["offset"], row["what"]) for row in rows
        )
