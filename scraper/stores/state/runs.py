"""Runs: when each began and how it ended."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.stores.state.timestamps import required, stored
from scraper.values import Value, asdict

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from scraper.report import SiteReport


_KEPT = timedelta(days=30)  # every run that is no older
_NEWEST = 100  # runs that are kept however old they are


class SiteRun(Value, frozen=True, kw_only=True):
    """How one finished run ended for one site."""

    command: str
    started: datetime
    finished: datetime
    exit_code: int  # of this site
    listed: int  # articles that its lists named


class Runs:
    """Verbs over the tables `run` and `run_site`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Share the state's connection."""
        self._connection = connection

    def begin(self, command: str, now: datetime) -> int:
        """Remember that a run began; return its number. Old runs that changed nothing are forgotten."""
        self._forget_idle(now - _KEPT)
        cursor = self._connection.execute(
            "INSERT INTO run (command, started) VALUES (?, ?)", (command, stored(now))
        )
        return int(cursor.lastrowid or 0)

    def _forget_idle(self, before: datetime) -> None:
        """Forget the runs before a moment that went well and changed nothing, but for the newest ones."""
        idle = (
            "SELECT s.run FROM run_site s JOIN run r ON r.id = s.run "
            "WHERE r.finished < ? AND r.id <= (SELECT max(id) FROM run) - ? AND s.exit_code = 0 "
            "AND json_extract(s.report, '$.written') + json_extract(s.report, '$.revised') "
            "+ json_extract(s.report, '$.gone') = 0"
        )
        runs = [(row["run"],) for row in self._connection.execute(idle, (stored(before), _NEWEST))]
        self._connection.executemany("DELETE FROM run_site WHERE run = ?", runs)
        self._connection.executemany("DELETE FROM run WHERE id = ?", runs)

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

    def of_site(self, site: str) -> Iterator[SiteRun]:
        """Yield the finished runs of a site, newest first."""
        query = (
            "SELECT r.command, r.started, r.finished, s.exit_code, s.report FROM run_site s "
            "JOIN run r ON r.id = s.run WHERE s.site = ? AND r.finished IS NOT NULL ORDER BY r.id DESC"
        )
        for row in self._connection.execute(query, (site,)):
            yield SiteRun(
                command=row["command"],
                started=required(row["started"]),
                finished=required(row["finished"]),
                exit_code=row["exit_code"],
                listed=_listed(row["report"]),
            )


def _listed(report: str) -> int:
    """Return how many articles the lists named by a report; 0 where it says nothing."""
    try:
        found = json.loads(report)["listed"]
    except (ValueError, TypeError, KeyError):
        return 0
    return found if isinstance(found, int) else 0
