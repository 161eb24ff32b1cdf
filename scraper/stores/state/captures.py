"""The index of captures: which of the records on the shelf were taken in."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from scraper.model import CaptureRef, Kind
from scraper.stores.state.columns import Columns, address, loaded_ref, number, set_moment, text
from scraper.stores.state.timestamps import MINUTE, required, stored
from scraper.stores.state.volumes import VOLUME
from scraper.values import Value

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from datetime import date, tzinfo

    from scraper.model import Capture
    from scraper.stores.state.volumes import Volumes
    from scraper.urls import Url


_BEFORE: Final = -(2**63)  # every offset, those that cannot be too


class CaptureEntry(Value, frozen=True, kw_only=True):
    """One capture, as the index has it."""

    ref: CaptureRef
    site: str
    kind: Kind
    url: Url
    status: int
    fetched_at: datetime
    key: str | None = None  # of the article; None: a capture of something else


_OF_ITS_ARTICLE = "(SELECT url FROM article WHERE site = {site} AND key = {key})"
_ROW = Columns(
    CaptureEntry,
    (
        *(text("site"), text("kind", Kind)),
        address("url")._replace(
            put=f"nullif(:url, {_OF_ITS_ARTICLE.format(site=':site', key=':key')})",
            get=f"coalesce({{row}}.url, {_OF_ITS_ARTICLE.format(site='{row}.site', key='{row}.key')})",
        ),
        *(text("key"), number("status"), set_moment("fetched_at")),
    ),
    ref="ref",
)
_UPSERT = (
    _ROW.upsert("capture", ("volume", "offset"), keep="fetched_at")
    + " WHERE fetched_at = excluded.fetched_at"
)
OF_CAPTURE: Final = f"SELECT {_ROW.selected('c')} FROM capture c JOIN volume v ON v.id = c.volume"  # noqa: S608 - constants
"""What `loaded_entry` takes, found by what a capture is."""

SELECT: Final = OF_CAPTURE.replace("capture c JOIN volume v", "volume v CROSS JOIN capture c")
"""Likewise, found by where it lies."""

_BY_ADDRESS: Final = OF_CAPTURE.replace("capture c JOIN", "capture c INDEXED BY capture_list CROSS JOIN")


def entry_of(site: str, capture: Capture, ref: CaptureRef, *, key: str | None = None) -> CaptureEntry:
    """Return how the index has a capture; `key`: of the article that was asked for, None: something else."""
    return CaptureEntry(
        ref=ref,
        site=site,
        kind=capture.kind,
        url=capture.url,
        status=capture.status,
        fetched_at=capture.fetched_at,
        key=key,
    )


class CaptureIndex:
    """Verbs over the table `capture`."""

    def __init__(self, connection: sqlite3.Connection, volumes: Volumes) -> None:
        """Share the state's connection."""
        self._connection = connection
        self._volumes = volumes
        self.damaged: dict[tuple[str, str], str] = {}  # rows met that say no capture, by file and offset: why

    def _sound(self, row: sqlite3.Row | None) -> CaptureEntry | None:
        """Return what a row says; None: there is none, or it holds what cannot be, which is noted."""
        if row is None:
            return None
        try:
            return loaded_entry(row)
        except (ValueError, TypeError, OverflowError) as error:
            self.damaged[str(row["file"]), str(row["offset"])] = str(error)
            return None

    def _all_sound(self, rows: Iterable[sqlite3.Row]) -> Iterator[CaptureEntry]:
        return (entry for row in rows if (entry := self._sound(row)) is not None)

    def put(self, entry: CaptureEntry) -> None:
        """Remember that a capture was taken in. A later answer that only repeats it leaves it as it is."""
        self._volumes.add(entry.site, entry.ref.file)
        self._connection.execute(_UPSERT, _ROW.values(entry))

    def has(self, site: str, ref: CaptureRef) -> bool:
        """Say whether the capture at a place was taken in."""
        return (
            self._connection.execute(
                f"SELECT 1 FROM capture WHERE volume = {VOLUME} AND offset = :offset",  # noqa: S608 - a constant
                {"site": site, "file": ref.file, "offset": ref.offset},
            ).fetchone()
            is not None
        )

    def last(self, site: str) -> CaptureRef | None:
        """Return the last capture of a site that was taken in; None: none was."""
        row = self._connection.execute(
            f"{SELECT} WHERE v.site = ? AND typeof(v.name) = 'text' AND typeof(offset) = 'integer' "
            "AND typeof(length) = 'integer' AND typeof(digest) IN ('blob', 'text') "
            "ORDER BY v.name DESC, offset DESC LIMIT 1",
            (site,),
        ).fetchone()
        return None if row is None else loaded_ref(row)

    def last_of_each_file(self, site: str) -> Iterator[CaptureRef]:
        """Yield the last capture of each file that the state knows, in the order of the files."""
        query = f"{SELECT} WHERE volume = ? ORDER BY offset DESC LIMIT 1"
        for volume, _ in self._volumes.all(site):
            entry = self._sound(self._connection.execute(query, (volume,)).fetchone())
            if entry is not None:
                yield entry.ref

    def behind(self, site: str, file: str, size: int) -> tuple[CaptureEntry, ...]:
        """Return the captures of a file that do not end within its first `size` bytes."""
        rows = self._connection.execute(
            f"{SELECT} WHERE volume = {VOLUME} AND offset + length > :size ORDER BY offset",
            {"site": site, "file": file, "size": size},
        )
        return tuple(self._all_sound(rows))

    def keys_since(self, site: str, file: str, offset: int) -> tuple[str, ...]:
        """Return of which articles there are captures from a place of the shelf on, in their order."""
        query = "SELECT key FROM capture WHERE volume = ? AND offset >= ? AND key IS NOT NULL ORDER BY offset"
        volumes = [one for one in self._volumes.all(site) if one[1] >= file]
        return tuple(
            str(row["key"])
            for volume, name in volumes
            for row in self._connection.execute(query, (volume, offset if name == file else _BEFORE))
        )

    def last_answer(self, site: str, url: Url) -> CaptureRef | None:
        """Return the last answer under an address that is no article's; None: it never gave one."""
        row = self._connection.execute(
            f"{_BY_ADDRESS} WHERE c.site = ? AND c.url = ? AND c.key IS NULL AND c.status = 200 "
            "ORDER BY v.name DESC, offset DESC LIMIT 1",
            (site, url),
        ).fetchone()
        entry = self._sound(row)
        return None if entry is None else entry.ref

    def of_article(self, site: str, key: str) -> tuple[CaptureEntry, ...]:
        """Return an article's captures, oldest first."""
        rows = self._connection.execute(
            f"{OF_CAPTURE} WHERE c.site = ? AND key = ? ORDER BY fetched_at, v.name, offset", (site, key)
        )
        return tuple(self._all_sound(rows))

    def every(self, site: str) -> Iterator[CaptureEntry]:
        """Yield a site's captures in the order in which they lie on the shelf."""
        query = f"{SELECT} WHERE volume = ? AND offset > ? ORDER BY offset LIMIT 1000"
        for volume, _ in self._volumes.all(site):
            offset = _BEFORE
            while rows := self._connection.execute(query, (volume, offset)).fetchall():
                yield from self._all_sound(rows)
                offset = rows[-1]["offset"]

    def days(self, site: str, zone: tzinfo) -> dict[str, int]:
        """Return how many captures each day has, in a time zone; days without any left out."""
        counts: dict[str, int] = {}
        query = (
            f"SELECT fetched_at / {MINUTE} * {MINUTE} AS minute, count(*) AS count FROM capture "  # noqa: S608 - a constant
            "WHERE site = ? GROUP BY minute ORDER BY minute"
        )
        for row in self._connection.execute(query, (site,)):
            try:
                day = required(row["minute"]).astimezone(zone).date().isoformat()
            except (TypeError, OverflowError):  # `verify` names the row
                continue
            counts[day] = counts.get(day, 0) + row["count"]
        return counts

    def of_day(
        self, site: str, day: date, zone: tzinfo, *, limit: int, skip: int = 0
    ) -> tuple[CaptureEntry, ...]:
        """Return the captures of a day of a time zone, oldest first."""
        start = datetime.combine(day, time(), zone)
        end = datetime.combine(day + timedelta(days=1), time(), zone)
        rows = self._connection.execute(
            f"{OF_CAPTURE} WHERE c.site = ? AND fetched_at >= ? AND fetched_at < ? "
            "ORDER BY fetched_at, v.name, offset LIMIT ? OFFSET ?",
            (site, stored(start), stored(end), limit, skip),
        )
        return tuple(self._all_sound(rows))

    def at(self, site: str, file: str, offset: int) -> CaptureEntry | None:
        """Return the capture at a place of the shelf; None: none was taken in there."""
        row = self._connection.execute(
            f"{SELECT} WHERE volume = {VOLUME} AND offset = :offset",
            {"site": site, "file": file, "offset": offset},
        ).fetchone()
        return self._sound(row)


def loaded_entry(row: sqlite3.Row) -> CaptureEntry:
    """Return what a row says. Raises ValueError, TypeError where it cannot be so."""
    return _ROW.checked(row)
