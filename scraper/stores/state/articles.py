"""Articles: what is known of each, one row a key."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scraper.article_record import AT_ONCE, FORGOTTEN, ArticleRecord, Status
from scraper.stores.state import digests
from scraper.stores.state.columns import (
    Column,
    Columns,
    address,
    digest,
    moment,
    number,
    set_moment,
    text,
)
from scraper.stores.state.timestamps import stored
from scraper.stores.state.volumes import VOLUME_OF
from scraper.urls import Url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from scraper.stores.state.volumes import Volumes


def _date(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)


def _if_due(name: str) -> Column:
    """Return a column of what is only kept of an article that is asked for again."""
    return text(name)._replace(put=f"CASE WHEN :due IS NOT NULL THEN :{name} END")


_ROW = Columns(
    ArticleRecord,
    (
        *(text("site"), text("key"), address("url")),
        address("ask")._replace(put="nullif(:ask, :url)", get="coalesce({row}.ask, {row}.url)"),
        *(text("channel"), text("title")),
        text("listed_date", _date, lambda date: None if date is None else date.isoformat()),
        *(set_moment("first_seen"), text("status", Status), number("wanted", bool), moment("due")),
        *(number("attempts"), number("soft_misses"), text("error"), moment("checked")),
        *(_if_due("etag"), _if_due("last_modified"), moment("captured"), digest("article_digest")),
        *(number("extractor"), moment("published"), text("path"), text("layout"), digest("body_digest")),
        *(number("characters"), text("origin"), digest("document_digest")),
    ),
    ref="capture",
)
_UPSERT = (
    _ROW.upsert("article", ("site", "key"), more=["visited_in"])
    + ", visited_in = coalesce(excluded.visited_in, visited_in)"
)
_SELECT = f"SELECT {_ROW.selected('a')} FROM article a {VOLUME_OF.format(row='a')}"  # noqa: S608 - constants
_ADDRESSES = "SELECT url, coalesce(ask, url) FROM article WHERE site = ? AND key = ?"
_KEY_OF_ADDRESS = (
    "coalesce((SELECT key FROM article INDEXED BY article_url WHERE site = :site AND url = :url), "
    "(SELECT key FROM article INDEXED BY article_ask WHERE site = :site AND ask = :url), "
    "(SELECT key FROM alias WHERE site = :site AND url = :url))"
)
_SELECT_BY_BODY = (
    _SELECT.replace("FROM article a", "FROM article a INDEXED BY article_body")
    + " WHERE a.site = ? AND a.body_digest = ?"
)
_BEHIND = "AND a.site = ? AND a.key > CAST(? AS TEXT) AND typeof(a.key) = 'text'"
"""Of a walk by key. A text that is no UTF-8 comes as bytes, which as such would stand behind all texts."""
_SELECT_UNHELD = _SELECT.replace("FROM article a", "FROM article a INDEXED BY article_unheld")
_AT_ONCE = 1000
_TO_VISIT = "wanted AND due <= :now AND visited_in IS NOT :run"
_SHOWN = "coalesce(published, CAST(strftime('%s', listed_date) AS INTEGER) * 1000000, first_seen)"
_NEWEST_FIRST = f"{_SHOWN} DESC, key DESC LIMIT :most"
_WAITING = (  # in the order of its index: of a long list only the newest are read
    "SELECT key FROM article INDEXED BY article_waiting "  # noqa: S608 - constants
    f"WHERE site = :site AND status = 'waiting' AND {_TO_VISIT} ORDER BY {_NEWEST_FIRST}"
)
_KNOWN_DUE = (
    "SELECT key FROM article INDEXED BY article_due "  # noqa: S608 - constants
    f"WHERE site = :site AND status != 'waiting' AND {_TO_VISIT} ORDER BY {_NEWEST_FIRST}"
)
_ON_PAGE = "SELECT id FROM page WHERE site = :site AND channel = :channel AND url = :page"
_LISTED_IN = (
    "FROM listed_now n CROSS JOIN article a ON a.site = n.site AND a.key = n.key "
    "WHERE n.run = :run AND n.site = :site"
)
_DUE_ON_PAGE = (
    "SELECT a.key FROM listed l CROSS JOIN article a ON a.site = :site AND a.key = l.key "  # noqa: S608 - constants
    f"WHERE l.page = ({_ON_PAGE}) AND {_TO_VISIT} "
    f"ORDER BY status != 'waiting', {_SHOWN} DESC, a.key DESC LIMIT :most"
)


class Articles:
    """Verbs over the tables `article` and `alias`."""

    def __init__(self, connection: sqlite3.Connection, volumes: Volumes) -> None:
        """Share the state's connection."""
        self._connection = connection
        self._volumes = volumes
        self.damaged: dict[tuple[str, str], str] = {}  # rows met that say no article, by site and key: why

    def get(self, site: str, key: str) -> ArticleRecord | None:
        """Return what is known of an article; None: nothing, or what cannot be read (see `damaged`)."""
        row = self._connection.execute(f"{_SELECT} WHERE a.site = ? AND a.key = ?", (site, key)).fetchone()
        return None if row is None else self._sound(row)

    def addresses(self, site: str, key: str) -> tuple[Url, ...]:
        """Return an article's own address and that which is asked for; nothing: it is not known."""
        row = self._connection.execute(_ADDRESSES, (site, key)).fetchone()
        return () if row is None else tuple(row)

    def _sound(self, row: sqlite3.Row) -> ArticleRecord | None:
        """Return what a row says; None: its columns hold what cannot be, which is noted."""
        try:
            return _ROW.checked(row)
        except (ValueError, TypeError, OverflowError) as error:
            self.damaged[str(row["site"]), str(row["key"])] = str(error)
            return None

    def _all_sound(self, rows: Iterable[sqlite3.Row]) -> Iterator[ArticleRecord]:
        return (known for row in rows if (known := self._sound(row)) is not None)

    def mend(self, site: str, now: datetime) -> int:
        """Make rows anew that hold what cannot be, of what of them can be read; return how many.

        The articles are asked for again, unless they are not to be. One whose address nobody can read stays.
        """
        rows = self._connection.execute(f"{_SELECT} WHERE a.site = ?", (site,))
        odd = [row for row in rows if self._sound(row) is None]
        mended = 0
        for row in odd:
            known = _renewed(site, row, now)
            if known is not None:
                self._connection.execute("DELETE FROM article WHERE site = ? AND key = ?", (site, known.key))
                self.put(known)
                del self.damaged[site, known.key]
                mended += 1
        return mended

    def put(self, known: ArticleRecord, *, run: int | None = None) -> None:
        """Remember; with `run`, that this run came to an outcome for it."""
        if known.capture is not None:
            self._volumes.add(known.site, known.capture.file)
        self._connection.execute(_UPSERT, _ROW.values(known) | {"visited_in": run})

    def add_alias(self, site: str, url: Url, key: str, now: datetime) -> bool:
        """Remember another address of an article; return whether it is a new one."""
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO alias VALUES (?, ?, ?, ?)", (site, url, key, stored(now))
        )
        return cursor.rowcount > 0

    def aliases(self, site: str, key: str) -> tuple[Url, ...]:
        """Return the other addresses of an article, first met first."""
        rows = self._connection.execute(
            "SELECT url FROM alias INDEXED BY alias_key WHERE site = ? AND key = ? ORDER BY first_seen, url",
            (site, key),
        )
        return tuple(Url(row["url"]) for row in rows)

    def key_of_alias(self, site: str, url: Url) -> str | None:
        """Return the key of the article of which this is another address; None: of none."""
        row = self._connection.execute(
            "SELECT key FROM alias WHERE site = ? AND url = ?", (site, url)
        ).fetchone()
        return None if row is None else str(row["key"])

    def find(self, site: str, url: Url) -> ArticleRecord | None:
        """Return what is known of the article that has or had this address; None: no article has."""
        row = self._connection.execute(
            f"{_SELECT} WHERE a.site = :site AND a.key = {_KEY_OF_ADDRESS}",
            {"site": site, "url": url},
        ).fetchone()
        return None if row is None else self._sound(row)

    def due(self, site: str, now: datetime, *, run: int) -> tuple[str, ...]:
        """Return the keys of the next thousand articles to be visited: new ones, then known, newest first.

        An article to which this run has already come does not come again.
        """
        values = {"site": site, "now": stored(now), "run": run, "most": _AT_ONCE}
        keys = self._keys(_WAITING, values)
        if len(keys) < _AT_ONCE:
            keys += self._keys(_KNOWN_DUE, values | {"most": _AT_ONCE - len(keys)})
        return keys

    def due_on(self, site: str, channel: str, page: Url, now: datetime, *, run: int) -> tuple[str, ...]:
        """Return likewise those that a page of a channel's list names."""
        values = {"site": site, "channel": channel, "page": page, "now": stored(now), "run": run}
        return self._keys(_DUE_ON_PAGE, values | {"most": _AT_ONCE})

    def _keys(self, query: str, values: dict[str, Any]) -> tuple[str, ...]:
        return tuple(row["key"] for row in self._connection.execute(query, values))

    def put_off(self, site: str, key: str, until: datetime | None) -> None:
        """Remember when an article is due, and nothing else of it."""
        values = (stored(until), site, key)
        self._connection.execute("UPDATE article SET due = ? WHERE site = ? AND key = ?", values)

    def want(self, site: str, page: Url, span: tuple[str | None, str | None], *, channel: str) -> None:
        """Mark the articles that a page of a list names as wanted, where their date lies within the span.

        `span`: first and last day as ISO text, None: open. The day is the one the list shows; where it shows
        none, every article is within.
        """
        since, until = span
        self._connection.execute(
            "UPDATE article SET wanted = 1 WHERE site = :site AND NOT wanted "  # noqa: S608 - a constant
            f"AND key IN (SELECT key FROM listed WHERE page = ({_ON_PAGE})) "
            "AND (:since IS NULL OR listed_date IS NULL OR substr(listed_date, 1, 10) >= :since) "
            "AND (:until IS NULL OR listed_date IS NULL OR substr(listed_date, 1, 10) <= :until)",
            {"site": site, "channel": channel, "page": page, "since": since, "until": until},
        )

    def all_before(self, site: str, channel: str, page: Url, day: str) -> bool:
        """Say whether a page of a list names articles, and all of them with dates before a day (ISO text)."""
        row = self._connection.execute(
            "SELECT count(*) AS listed, "  # noqa: S608 - a constant
            "total(a.listed_date IS NOT NULL AND substr(a.listed_date, 1, 10) < :day) AS before "
            "FROM listed l JOIN article a ON a.site = :site AND a.key = l.key "
            f"WHERE l.page = ({_ON_PAGE})",
            {"site": site, "channel": channel, "page": page, "day": day},
        ).fetchone()
        return bool(0 < row["listed"] == row["before"])

    def gone(
        self, site: str, channels: Sequence[str], span: tuple[str | None, str | None]
    ) -> tuple[str, ...]:
        """Return the keys of the articles that are gone and have no document, newest first.

        `channels`: only those that one of these ever named; empty: all. `span`: as in `want`.
        """
        since, until = span
        rows = self._connection.execute(
            "SELECT key FROM article a INDEXED BY article_gone "  # noqa: S608 - a constant
            "WHERE site = :site AND status = 'gone' AND path IS NULL "
            "AND (:channels = '[]' OR EXISTS (SELECT 1 FROM named n WHERE n.site = a.site AND n.key = a.key "
            "AND n.channel IN (SELECT value FROM json_each(:channels)))) "
            "AND (:since IS NULL OR listed_date IS NULL OR substr(listed_date, 1, 10) >= :since) "
            "AND (:until IS NULL OR listed_date IS NULL OR substr(listed_date, 1, 10) <= :until) "
            f"ORDER BY {_SHOWN} DESC, key DESC",
            {"site": site, "channels": json.dumps(list(channels)), "since": since, "until": until},
        )
        return tuple(row["key"] for row in rows)

    def with_body(self, site: str, digest: str) -> tuple[ArticleRecord, ...]:
        """Return the articles whose page showed this title and body, refused ones too."""
        rows = self._connection.execute(
            f"{_SELECT_BY_BODY} ORDER BY a.key",
            (site, digests.packed(digest)),
        )
        return tuple(self._all_sound(rows))

    def written_in(self, site: str, digest: str, run: int) -> tuple[ArticleRecord, ...]:
        """Return those of them whose document a run wrote for the first time."""
        rows = self._connection.execute(
            f"{_SELECT_BY_BODY} AND visited_in = ? AND captured = checked AND path IS NOT NULL",
            (site, digests.packed(digest), run),
        )
        return tuple(self._all_sound(rows))

    def lengths(
        self, site: str, layout: str, channel: str, *, not_in: int | None, most: int
    ) -> tuple[int, ...]:
        """Return the lengths of the bodies last captured in a layout and a channel, a run's own left out."""
        rows = self._connection.execute(
            "SELECT characters FROM article INDEXED BY article_layout "
            "WHERE site = ? AND layout = ? AND channel IS ? "
            "AND characters IS NOT NULL AND visited_in IS NOT ? ORDER BY captured DESC LIMIT ?",
            (site, layout, None if channel == "None" else channel, not_in, most),
        )
        return tuple(row["characters"] for row in rows)

    def held(self, site: str) -> Iterator[ArticleRecord]:
        """Yield every article that has a document, by key."""
        yield from self._walk(f"{_SELECT} WHERE path IS NOT NULL", site)

    def unheld(self, site: str) -> Iterator[ArticleRecord]:
        """Yield every article that has no document, by key."""
        yield from self._walk(f"{_SELECT_UNHELD} WHERE path IS NULL", site)

    def every(self, site: str) -> Iterator[ArticleRecord]:
        """Yield every article, by key."""
        yield from self._walk(f"{_SELECT} WHERE 1", site)

    def _walk(self, query: str, site: str) -> Iterator[ArticleRecord]:
        """Read a thousand at a time: no cursor stays open while the caller writes."""
        last, query = "", f"{query} {_BEHIND} ORDER BY a.key LIMIT 1000"
        while rows := self._connection.execute(query, (site, last)).fetchall():
            yield from self._all_sound(rows)
            last = rows[-1]["key"]

    def count(self, site: str, status: Status) -> int:
        """Return how many articles stand so."""
        (number,) = self._connection.execute(
            "SELECT count(*) FROM article WHERE site = ? AND status = ?", (site, status)
        ).fetchone()
        return int(number)

    def waiting(self, site: str, now: datetime, *, run: int) -> int:
        """Return how many articles are to be visited now and were not yet, in this run."""
        (number,) = self._connection.execute(
            "SELECT count(*) FROM article INDEXED BY article_due "
            "WHERE site = ? AND wanted AND due <= ? AND visited_in IS NOT ?",
            (site, stored(now), run),
        ).fetchone()
        return int(number)

    def paths(self, site: str) -> Iterator[str]:
        """Yield the path of every document, as the articles were found: those of a month mostly together."""
        last = 0
        query = (
            "SELECT id, path FROM article NOT INDEXED "
            "WHERE id > ? AND site = ? AND typeof(path) = 'text' ORDER BY id LIMIT 1000"
        )
        while rows := self._connection.execute(query, (last, site)).fetchall():
            yield from (path for _, path in rows if type(path) is str)
            last = rows[-1]["id"]

    def passed_over(self, site: str, run: int) -> int:
        """Return how many articles this run's lists named that lie outside of what was asked for."""
        query = f"SELECT count(*) {_LISTED_IN} AND NOT wanted AND status = 'waiting'"
        (number,) = self._connection.execute(query, {"site": site, "run": run}).fetchone()
        return int(number)

    def listed_in(self, site: str, run: int) -> tuple[int, int]:
        """Return how many articles this run's lists named, and how many of them it left as they were held."""
        row = self._connection.execute(
            "SELECT count(*) AS listed, total(status = 'held' AND visited_in IS NOT :run) AS left_alone "
            f"{_LISTED_IN}",
            {"site": site, "run": run},
        ).fetchone()
        return int(row["listed"]), int(row["left_alone"])


def _renewed(site: str, row: sqlite3.Row, now: datetime) -> ArticleRecord | None:
    """Return an article of what can be read of its row; None: too little can.

    That is its key, its address, which is its name for ever, and whether it was forgotten: then it must never
    come again.
    """
    found = _ROW.readable(row)
    url, path, status = found.get("url"), found.get("path"), found.get("status")
    if type(row["key"]) is not str or url is None or (status is None and "error" not in found):
        return None
    if status is None and str(found["error"]).startswith(f"{FORGOTTEN}:"):
        status = Status.REFUSED
    elif status is None or (status is Status.HELD and path is None):
        status = Status.WAITING if path is None else Status.HELD
    found |= {"site": site, "url": url, "ask": found.get("ask") or url, "status": status}
    found |= {"first_seen": found.get("first_seen", now), "wanted": found.get("wanted", True)}
    if path is None:
        found["capture"] = None
    if status in {Status.WAITING, Status.HELD, Status.FAILED}:
        found |= {"due": AT_ONCE, "etag": None, "last_modified": None}
    return ArticleRecord(**found)
