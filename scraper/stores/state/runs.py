"""Runs: when each began and how it ended."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from scraper.stores.state.moments import stored

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from scraper.report import SiteReport


class Runs:
    """Verbs over the tables `run` and `run_site`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Share the state's connection."""
        self._connection = connection

    def begin(self, command: str, now: datetime) -> int:
        """Remember that a run began; return its number."""
        cursor = self._connection.execute(
            "INSERT INTO run (command, started) VALUES (?, ?)", (command, stored(now))
        )
        return int(cursor.lastrowid or 0)

    def end(self, run: int, now: datetime, exit_code: int) -> None:
        """Remember how a run ended."""
        self._connection.execute(
            "UPDATE run SET finished = ?, exit_code = ? WHERE id = ?", (stored(now), exit_code, run)
        )

    def end_site(self, run: int, site: str, exit_code: int, report: SiteReport) -> None:
        """Remember how a run ended for one site."""
        self._connection.execute(
            "INSERT OR REPLACE INTO run_site VALUES (?, ?, ?, ?)",
            (run, site, exit_code, json.dumps(asdict(report), ensure_ascii=False)),
        )
