"""Lists: which pages were read, and which articles each of them names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.stores.state.columns import Column, Columns, moment, number, set_moment, text
from scraper.stores.state.timestamps import required, stored
from scraper.urls import Url
from scraper.values import Value

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime


_PAGE_ID = "SELECT id FROM page WHERE site = :site AND channel = :channel AND url = :page"

UNREAD_PAGER = "pager"
"""How the state says that a page's pager is not understood."""


class ChannelState(Value, frozen=True, kw_only=True):
    """What is known of a channel's list as a whole."""

    site: str
    name: str
    read_at: datetime | None = None  # None: its index was never read
    gap: datetime | None = None  # since then older pages are to be read, down to a known row; None: no
    pager: Url | None = None  # None: no script that knows the number of pages is known
    pages: int | None = None  # None: nobody said
    stated: int | None = None  # None: the list does not say how many articles it has


class BrokenList(Value, frozen=True, kw_only=True):
    """A channel whose index could not be read the last time."""

    error: str
    since: datetime  # the first of the tries that failed in a row


class PageState(Value, frozen=True, kw_only=True):
    """One page of a list that was read."""

    site: str
    channel: str
    url: Url
    read_at: datetime
    rows: int
    number: int | None = None  # None: the system does not number it
    next_url: Url | None = None  # None: it names no older page
    settled: bool = False  # True: it will not change any more
    elsewhere: int = 0  # further rows, that lead to no article of the site
    unread_pager: bool = False  # True: it has a pager that is not understood
    sublists: tuple[Url, ...] = ()  # of an overview: the lists whose newest rows it shows


def remember_this_run(connection: sqlite3.Connection) -> None:
    """Make room, in memory and for this connection alone, for what the lists of a run name."""
    connection.executescript(
        "PRAGMA temp_store = MEMORY; CREATE TEMP TABLE listed_now "
        "(run INTEGER NOT NULL, site TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (run, site, key)) "
        "WITHOUT ROWID"
    )


def stored_unread(state: PageState) -> str | None:
    """Return what a page leads to and nobody can follow, as the state keeps it."""
    return UNREAD_PAGER if state.unread_pager else "\n".join(state.sublists) or None


def loaded_sublists(unread: str | None) -> tuple[Url, ...]:
    """Return the lists that an overview shows, as the state kept them."""
    return () if unread in {None, UNREAD_PAGER} else tuple(map(Url, (unread or "").split("\n")))


def _is_unread(unread: str | None) -> bool:
    return unread == UNREAD_PAGER


_CHANNEL = Columns(
    ChannelState,
    (
        *(text("site"), text("name"), moment("read_at"), moment("gap"), text("pager")),
        *(number("pages"), number("stated")),
    ),
)
_PAGE = Columns(
    PageState,
    (
        *(text("site"), text("channel"), text("url"), number("number"), text("next_url"), number("rows")),
        *(number("settled", bool), set_moment("read_at"), number("elsewhere")),
        Column(
            "unread", (str,), None, stored_unread, {"unread_pager": _is_unread, "sublists": loaded_sublists}
        ),
    ),
)
_PUT_CHANNEL = _CHANNEL.insert("channel", verb="INSERT OR REPLACE")
_PUT_PAGE = _PAGE.upsert("page", ("site", "channel", "url"))


class Listings:
    """Verbs over the tables `channel`, `page`, `listed` and `campaign`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Share the state's connection."""
        self._connection = connection

    def channel(self, site: str, name: str) -> ChannelState:
        """Return what is known of a channel; of one never met: that it was never read."""
        row = self._connection.execute(
            "SELECT * FROM channel WHERE site = ? AND name = ?", (site, name)
        ).fetchone()
        if row is None:
            return ChannelState(site=site, name=name)
        return _CHANNEL.load(row)

    def put_channel(self, state: ChannelState) -> None:
        """Remember a channel."""
        self._connection.execute(_PUT_CHANNEL, _CHANNEL.values(state))

    def broken(self, site: str, name: str) -> BrokenList | None:
        """Return why a channel's index could not be read the last time; None: it could, or nobody asked."""
        row = self._connection.execute(
            "SELECT error, since FROM broken_list WHERE site = ? AND channel = ?", (site, name)
        ).fetchone()
        return None if row is None else BrokenList(error=row["error"], since=required(row["since"]))

    def put_broken(self, site: str, name: str, error: str, now: datetime) -> None:
        """Remember that a channel's index could not be read; since when stays from the first try on."""
        self._connection.execute(
            "INSERT INTO broken_list VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET error = excluded.error, "
            "since = min(since, excluded.since)",
            (site, name, error, stored(now)),
        )

    def mend(self, site: str, name: str) -> None:
        """Remember that a channel's index could be read."""
        self._connection.execute("DELETE FROM broken_list WHERE site = ? AND channel = ?", (site, name))

    def close_gap(self, site: str, name: str) -> None:
        """Remember that a channel's older pages were read down to a known row."""
        self._connection.execute("UPDATE channel SET gap = NULL WHERE site = ? AND name = ?", (site, name))

    def page(self, site: str, channel: str, urls: Iterable[Url]) -> PageState | None:
        """Return the page that was read under one of these addresses; None: it was not."""
        for url in urls:
            row = self._connection.execute(
                "SELECT * FROM page WHERE site = ? AND channel = ? AND url = ?", (site, channel, url)
            ).fetchone()
            if row is not None:
                return _PAGE.load(row)
        return None

    def pages(self, site: str, channel: str) -> Iterator[PageState]:
        """Yield the pages of a channel that were read, by number and address."""
        rows = self._connection.execute(
            "SELECT * FROM page WHERE site = ? AND channel = ? ORDER BY number, url", (site, channel)
        )
        yield from map(_PAGE.load, rows.fetchall())

    def last_number(self, site: str, channel: str) -> int | None:
        """Return the highest number of a page that was read; None: no numbered page was."""
        (number,) = self._connection.execute(
            "SELECT max(number) FROM page WHERE site = ? AND channel = ?", (site, channel)
        ).fetchone()
        return None if number is None else int(number)

    def unsettle(self, site: str, url: Url) -> None:
        """Let a page of a list be read again by the next backfill: its capture is lost."""
        self._connection.execute("UPDATE page SET settled = 0 WHERE site = ? AND url = ?", (site, url))

    def put_page(self, state: PageState, keys: Sequence[str], *, run: int | None) -> int:
        """Remember a page and what it names; return how many of these the channel had not named before."""
        self._connection.execute(_PUT_PAGE, _PAGE.values(state))
        fresh = [key for key in keys if not self.is_named(state.site, state.channel, key)]
        self._list(state, keys)
        moment = stored(state.read_at)
        self._connection.executemany(
            "INSERT INTO named VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
            "SET first_seen = excluded.first_seen WHERE excluded.first_seen < first_seen",
            ((state.site, state.channel, key, moment) for key in keys),
        )
        if run is not None:
            self._connection.executemany(
                "INSERT OR IGNORE INTO listed_now VALUES (?, ?, ?)", ((run, state.site, key) for key in keys)
            )
        return len(fresh)

    def _list(self, state: PageState, keys: Iterable[str]) -> None:
        """Remember what a page names, in place of what it named; what it names still is not touched."""
        place = {"site": state.site, "channel": state.channel, "page": state.url}
        (page,) = self._connection.execute(_PAGE_ID, place).fetchone()
        before = {
            row["key"] for row in self._connection.execute("SELECT key FROM listed WHERE page = ?", (page,))
        }
        after = set(keys)
        for statement, changed in (
            ("DELETE FROM listed WHERE page = ? AND key = ?", before - after),
            ("INSERT INTO listed VALUES (?, ?)", after - before),
        ):
            self._connection.executemany(statement, ((page, key) for key in sorted(changed)))

    def is_named(self, site: str, channel: str, key: str) -> bool:
        """Say whether a channel ever named an article."""
        found = self._connection.execute(
            "SELECT 1 FROM named WHERE site = ? AND channel = ? AND key = ?", (site, channel, key)
        )
        return found.fetchone() is not None

    def reaches(self, site: str, channel: str, page: Url, moment: datetime) -> bool:
        """Say whether a page names an article that the channel had named before a moment."""
        found = self._connection.execute(
            "SELECT 1 FROM listed l CROSS JOIN named n "  # noqa: S608 - a constant
            "ON n.site = :site AND n.channel = :channel AND n.key = l.key "
            f"WHERE l.page = ({_PAGE_ID}) AND n.first_seen < :moment LIMIT 1",
            {"site": site, "channel": channel, "page": page, "moment": stored(moment)},
        )
        return found.fetchone() is not None

    def share_a_row(self, site: str, channel: str, page: Url, others: Iterable[Url]) -> bool:
        """Say whether two pages of a channel's list name one article; `others`: the second's addresses."""
        rows = self.keys_on(site, channel, page)
        return any(rows & self.keys_on(site, channel, other) for other in others)

    def has_rows(self, site: str, channel: str) -> bool:
        """Say whether a channel's list ever named an article."""
        query = (
            "SELECT 1 FROM page p CROSS JOIN listed l ON l.page = p.id "
            "WHERE p.site = ? AND p.channel = ? LIMIT 1"
        )
        return self._connection.execute(query, (site, channel)).fetchone() is not None

    def begin_campaign(self, site: str, channel: str, span: str, now: datetime) -> datetime:
        """Return when the unfinished backfill of this channel and span was begun; else begin it now."""
        self._connection.execute(
            "INSERT INTO campaign VALUES (?, ?, ?, ?, 0) "
            "ON CONFLICT DO UPDATE SET started = min(started, excluded.started)",  # a clock may go back
            (site, channel, span, stored(now)),
        )
        (started,) = self._connection.execute(
            "SELECT started FROM campaign WHERE site = ? AND channel = ? AND span = ?", (site, channel, span)
        ).fetchone()
        return required(started)

    def found(self, site: str, channel: str, span: str, fresh: int) -> None:
        """Remember that a backfill's pass found so many rows that the channel had not named before."""
        self._connection.execute(
            "UPDATE campaign SET fresh = fresh + ? WHERE site = ? AND channel = ? AND span = ?",
            (fresh, site, channel, span),
        )

    def begin_pass(self, site: str, channel: str, span: str, now: datetime) -> datetime | None:
        """Begin another pass of a backfill where the last one found something new; None: it did not."""
        cursor = self._connection.execute(
            "UPDATE campaign SET started = ?, fresh = 0 "
            "WHERE site = ? AND channel = ? AND span = ? AND fresh > 0",
            (stored(now), site, channel, span),
        )
        return now if cursor.rowcount else None

    def keys_on(self, site: str, channel: str, page: Url) -> frozenset[str]:
        """Return the articles that a page names, as it was read last."""
        rows = self._connection.execute(
            f"SELECT key FROM listed WHERE page = ({_PAGE_ID})",  # noqa: S608 - a constant
            {"site": site, "channel": channel, "page": page},
        )
        return frozenset(row["key"] for row in rows)

    def on_lower_page(self, site: str, channel: str, keys: Iterable[str], number: int) -> bool:
        """Say whether a page of a lower number names one of these articles, as it was read last."""
        query = (
            "SELECT 1 FROM listed l JOIN page p ON p.id = l.page "
            "WHERE p.site = ? AND p.channel = ? AND l.key = ? AND p.number < ? LIMIT 1"
        )
        return any(
            self._connection.execute(query, (site, channel, key, number)).fetchone() is not None
            for key in keys
        )

    def end_campaign(self, site: str, channel: str, span: str) -> None:
        """Forget a backfill: it came to its end."""
        self._connection.execute(
            "DELETE FROM campaign WHERE site = ? AND channel = ? AND span = ?", (site, channel, span)
        )
