"""What a run with the clock ahead left in the state, put right: a moment in the future counts as never.

A machine that starts before it knows the time writes "read in ten years" and "look again in eleven". Nothing
of that may bind later runs; what was fetched is as good as ever.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scraper.article_record import AT_ONCE
from scraper.stores.state.timestamps import stored

if TYPE_CHECKING:
    import sqlite3

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_SLACK = timedelta(minutes=5)  # clocks are put right by seconds all the time

_STATEMENTS = (
    (
        "UPDATE article SET due = :at_once, etag = NULL, last_modified = NULL WHERE site = :site "
        "AND due IS NOT NULL AND visited_in IN (SELECT id FROM run WHERE started > :ahead)"
    ),
    (
        "UPDATE article SET due = :at_once, checked = :never, etag = NULL, last_modified = NULL "
        "WHERE site = :site AND checked > :ahead"
    ),
    "UPDATE article SET first_seen = :now WHERE site = :site AND first_seen > :ahead",
    (
        "UPDATE asset SET due = :at_once WHERE site = :site AND status <> 'held' "
        "AND visited_in IN (SELECT id FROM run WHERE started > :ahead)"
    ),
    "UPDATE asset SET first_seen = :now WHERE site = :site AND first_seen > :ahead",
    "UPDATE channel SET read_at = :never WHERE site = :site AND read_at > :ahead",
    "UPDATE channel SET gap = :now WHERE site = :site AND gap > :ahead",
    "UPDATE page SET read_at = :never WHERE site = :site AND read_at > :ahead",
    "UPDATE named SET first_seen = :now WHERE site = :site AND first_seen > :ahead",
    "UPDATE campaign SET started = :now WHERE site = :site AND started > :ahead",
    (
        "UPDATE run SET started = :never, finished = CASE WHEN finished IS NULL THEN NULL ELSE :never END "
        "WHERE started > :ahead OR finished > :ahead"
    ),
)


def forget_the_future(connection: sqlite3.Connection, site: str, now: datetime) -> bool:
    """Put right what a run with the clock ahead wrote; return whether there was one. Within a transaction."""
    values = {
        "site": site,
        "now": stored(now),
        "ahead": stored(now + _SLACK),
        "never": stored(NEVER),
        "at_once": stored(AT_ONCE),
    }
    found = connection.execute(
        "SELECT 1 FROM run WHERE started > :ahead OR finished > :ahead LIMIT 1", values
    ).fetchone()
    if found is None:
        return False
    for statement in _STATEMENTS:
        connection.execute(statement, values)
    return True
