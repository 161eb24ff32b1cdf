"""What a state holds, article by article, as a catalogue takes it in. Writes nothing."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scraper.article_record import AT_ONCE
from scraper.stores.catalogue import Row
from scraper.stores.state.digests import unpacked
from scraper.stores.state.timestamps import required
from scraper.urls import Url, is_whole, urlname
from scraper.values import Value

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from datetime import tzinfo

_HELD = """
    SELECT a.key, url, coalesce(ask, url) AS ask, channel, title, path, published, listed_date,
           coalesce(captured, first_seen) AS met,
           strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(e.revised, captured, first_seen) / 1000000, 'unixepoch')
               AS updated
    FROM article a
    LEFT JOIN (
        SELECT key, max(at) AS revised FROM event WHERE site = :site AND what = 'revised' GROUP BY key
    ) e ON e.key = a.key
    WHERE a.site = :site AND path IS NOT NULL
"""
_FURTHER = """
    SELECT n.key, n.channel FROM named n CROSS JOIN article a ON a.site = n.site AND a.key = n.key
    WHERE n.site = ? AND n.channel != '' AND n.channel IS NOT a.channel
"""  # channels that name an article beside its own: of most articles none does
_CAPTURED = """
    SELECT url FROM capture WHERE site = ? AND key = ? AND status = 200 ORDER BY fetched_at DESC LIMIT 1
"""
_TEXTS = """
    SELECT key, url, title, channel, article_digest, path, published, listed_date, first_seen AS met
    FROM article
    WHERE site = ? AND path IS NOT NULL AND key > CAST(? AS TEXT) AND typeof(key) = 'text'
    ORDER BY key LIMIT 1000
"""  # a text that is no UTF-8 comes as bytes, which would stand behind all texts
_URLNAME = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_TEXT = {str, type(None)}
_SECONDS = len("YYYY-MM-DD HH:MM:SS")


class HeldText(Value, frozen=True, kw_only=True):
    """An article that has a document, by what of it the search depends on."""

    key: str
    url: Url
    title: str | None  # None: nobody named one
    channel: str | None  # None: no list named it
    article_digest: str | None  # of what it says
    path: str
    published: datetime  # else as a list shows it, else when it was first met


class Holdings:
    """Verbs that list what is held."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Share the state's connection."""
        self._connection = connection
        self.damaged: list[str] = []  # keys of the articles that `rows` met whose rows hold what cannot be

    def rows(self, site: str, zone: tzinfo) -> Iterator[Row]:
        """Yield every article that has a document, its moment in the given time zone.

        Of a row that holds what cannot be (see `damaged`), something else stands for what cannot be read; it
        is passed over where nobody can say which document it has.
        """
        channels = self._pairs(_FURTHER, site)
        aliases = self._pairs("SELECT key, url FROM alias WHERE site = ?", site)
        for row in self._connection.execute(_HELD, {"site": site}):
            moment = _told(row, zone)
            if moment is None:
                self.damaged.append(str(row["key"]))
                mended = self._mended(site, row, zone)
                if mended is not None:
                    yield mended
                continue
            own = () if row["channel"] is None else (row["channel"],)
            yield Row(
                key=row["key"],
                url=row["url"],
                urlname=urlname(Url(row["url"])),
                title=row["title"] or row["url"],
                moment=moment,
                updated=row["updated"],
                path=row["path"],
                channel=row["channel"],
                channels=tuple(dict.fromkeys((*own, *channels.get(row["key"], ())))),
                addresses=(row["ask"], *aliases.get(row["key"], ())),
            )

    def texts(self, site: str) -> Iterator[HeldText]:
        """Yield every article that has a document, by key; not those whose rows hold what cannot be.

        Read a thousand at a time: no cursor stays open.
        """
        last = ""
        while rows := self._connection.execute(_TEXTS, (site, last)).fetchall():
            last = rows[-1]["key"]
            yield from filter(None, map(_text, rows))

    def _mended(self, site: str, row: sqlite3.Row, zone: tzinfo) -> Row | None:
        """Return an article whose row cannot be read whole; None: nobody can say which document it has."""
        key, path = row["key"], row["path"]
        captured = self._connection.execute(_CAPTURED, (site, key)).fetchone()
        said = (row["url"], row["ask"], key, *(captured or ()))
        url = next((Url(text) for text in said if type(text) is str and is_whole(text)), Url(""))
        if type(key) is not str or type(path) is not str:
            return None
        name = _URLNAME.search(path)  # as files are called unless the config says otherwise
        moment = next(_moments(row), AT_ONCE)
        channel = row["channel"] if type(row["channel"]) is str else None
        return Row(
            key=key,
            url=url,
            urlname=urlname(url) if name is None else name[0],
            title=row["title"] if type(row["title"]) is str else url or key,
            moment=moment.astimezone(zone).isoformat(" ", "seconds")[:_SECONDS],
            updated=row["updated"] if type(row["updated"]) is str else f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            path=path,
            channel=channel,
            channels=() if channel is None else (channel,),
            addresses=(url,),
        )

    def _pairs(self, query: str, site: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, value in self._connection.execute(query, (site,)):
            if type(value) is str:
                found.setdefault(key, []).append(value)
        return found


def _text(row: sqlite3.Row) -> HeldText | None:
    key, url, title, channel, digest, path, *_ = row
    if not type(key) is type(url) is type(path) is str or {type(title), type(channel)} - _TEXT:
        return None
    try:
        return HeldText(
            key=key,
            url=Url(url),
            title=title,
            channel=channel,
            article_digest=unpacked(digest),
            path=path,
            published=_moment(row),
        )
    except (ValueError, TypeError, OverflowError):
        return None


def _told(row: sqlite3.Row, zone: tzinfo) -> str | None:
    """Return an article's moment as catalogues have it; None: its row holds what cannot be."""
    texts = (row[name] for name in ("key", "url", "ask", "path", "updated"))
    perhaps = (row[name] for name in ("title", "channel"))
    if any(type(text) is not str for text in texts) or any(type(text) not in _TEXT for text in perhaps):
        return None
    try:
        return _moment(row).astimezone(zone).isoformat(" ", "seconds")[:_SECONDS]
    except (ValueError, TypeError, OverflowError):
        return None


def _moment(row: sqlite3.Row) -> datetime:
    """Return when an article was published, as far as anybody knows."""
    if row["published"] is None and row["listed_date"] is not None:
        return datetime.fromisoformat(row["listed_date"])
    return required(row["met"] if row["published"] is None else row["published"])


def _moments(row: sqlite3.Row) -> Iterator[datetime]:
    """Yield what can be read of when an article was published, the nearest first, in UTC."""
    readers: tuple[tuple[str, Callable[[Any], datetime]], ...] = (
        ("published", required),
        ("listed_date", datetime.fromisoformat),
        ("met", required),
    )
    for name, read in readers:
        with suppress(ValueError, TypeError, OverflowError):
            yield read(row[name]).astimezone(UTC)
