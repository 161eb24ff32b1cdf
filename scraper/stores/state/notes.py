"""What else is remembered of a site across runs: JSON by topic and name."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3


class Notes:
    """Verbs over the table `memory`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Share the state's connection."""
        self._connection = connection

    def get(self, topic: str, name: str) -> Any:  # noqa: ANN401 - whatever JSON can say
        """Return what was remembered; None: nothing, or nothing that can be read."""
        row = self._connection.execute(
            "SELECT value FROM memory WHERE topic = ? AND name = ?", (topic, name)
        ).fetchone()
        try:
            return None if row is None else json.loads(row["value"])
        except (ValueError, TypeError):
            return None

    def moment(self, topic: str, name: str) -> datetime | None:
        """Return the moment that was remembered; None: none, or what is no moment."""
        try:
            moment = datetime.fromisoformat(self.get(topic, name))
        except (ValueError, TypeError):
            return None
        return moment if moment.tzinfo else None

    def text(self, topic: str, name: str) -> str:
        """Return the text that was remembered; empty: none."""
        found = self.get(topic, name)
        return found if isinstance(found, str) else ""

    def put(self, topic: str, name: str, value: object) -> None:
        """Remember what JSON can say, or a moment."""
        value = value.isoformat() if isinstance(value, datetime) else value
        said = json.dumps(value, ensure_ascii=False)
        self._connection.execute("INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", (topic, name, said))

    def drop(self, topic: str, name: str) -> None:
        """Remember nothing of it any more."""
        self._connection.execute("DELETE FROM memory WHERE topic = ? AND name = ?", (topic, name))
