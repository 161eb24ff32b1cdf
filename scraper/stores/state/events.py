"""Events: what became of articles that were known before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.stores.state.timestamps import required, stored
from scraper.urls import Url
from scraper.values import Value

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from scraper.article_record import Became


class Event(Value, frozen=True, kw_only=True):
    """One thing that became of one article."""

    at: datetime  # of the capture that showed it
    what: Became
    key: str
    url: Url
    title: str | None
    path: str | None  # the document's; None: there is none


class Events:
    """Verbs over the table `event`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Share the state's connection."""
        self._connection = connection

    def put(self, site: str, key: str, what: Became, at: datetime) -> None:
        """Remember; what is remembered already stays as it is."""
        self._connection.execute(
            "INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?)", (site, stored(at), key, what)
        )

    def mark(self, site: str) -> str:
        """Return what is another one whenever something has become of a site's articles."""
        query = "SELECT count(*), max(at) FROM event WHERE site = ?"
        count, newest = self._connection.execute(query, (site,)).fetchone()
        return f"{count} {newest}"

    def since(self, site: str, moment: datetime) -> Iterator[Event]:
        """Yield what became of a site's articles from a moment on, oldest first."""
        query = (
            "SELECT e.at, e.what, a.key, a.url, a.title, a.path "
            "FROM event e JOIN article a USING (site, key) WHERE site = ? AND e.at >= ? ORDER BY e.at, a.key"
        )
        for row in self._connection.execute(query, (site, stored(moment))):
            yield Event(
                at=required(row["at"]),
                what=row["what"],
                key=row["key"],
                url=Url(row["url"]),
                title=row["title"],
                path=row["path"],
            )
