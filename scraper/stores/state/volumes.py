"""The files in which captures lie, each named once: rows say its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

VOLUME: Final = "(SELECT id FROM volume WHERE site = :site AND name = :file)"
"""The number of the file `:file`, within a statement; NULL where `:file` is."""

VOLUME_OF: Final = "LEFT JOIN volume v ON v.id = {row}.volume"
"""The file in which the capture of a row lies, `{row}` for the row's name."""


class Volumes:
    """Verbs over the table `volume`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Share the state's connection."""
        self._connection = connection
        self._there: set[tuple[str, str]] = set()  # those that were seen to have a number

    def add(self, site: str, file: str) -> None:
        """Give a file a number, unless it has one."""
        if (site, file) in self._there:
            return
        values = {"site": site, "file": file}
        if self._connection.execute(f"SELECT {VOLUME}", values).fetchone()[0] is None:
            self._connection.execute("INSERT INTO volume (site, name) VALUES (:site, :file)", values)
        self._there.add((site, file))

    def forget(self) -> None:
        """Look again: what was done last was undone."""
        self._there.clear()

    def all(self, site: str) -> tuple[tuple[int, str], ...]:
        """Return the number and the name of each file of a site, by name."""
        rows = self._connection.execute("SELECT id, name FROM volume WHERE site = ? ORDER BY name", (site,))
        return tuple((row["id"], row["name"]) for row in rows)
