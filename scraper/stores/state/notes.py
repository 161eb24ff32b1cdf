"""What else is remembered of a site across runs: JSON text by topic and name. Nothing here reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


class Notes:
    """Verbs over the table `memory`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Share the state's connection."""
        self._connection = connection

    def get(self, topic: str, name: str) -> str | None:
        """Return what was remembered; None: nothing."""
        row = self._connection.execute(
            "SELECT value FROM memory WHERE topic = ? AND name = ?", (topic, name)
        ).fetchone()
        return None if row is None else str(row["value"])

    def put(self, topic: str, name: str, value: str) -> None:
        """Remember."""
        self._connection.execute("INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", (topic, name, value))
