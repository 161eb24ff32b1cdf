"""What the state adds up to: read by whoever proves or shows what is there. Writes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scraper.article_record import Status
from scraper.messages import say
from scraper.stores.state.listings import UNREAD_PAGER, loaded_sublists
from scraper.stores.state.timestamps import EARLIEST, LATEST, loaded, required, stored
from scraper.urls import Url
from scraper.values import Value

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


class NamedArticle(Value, frozen=True, kw_only=True):
    """An article, as one channel names it or once named it."""

    channel: str  # "": a list of no channel, such as a sitemap
    key: str
    url: Url
    status: Status
    is_held: bool
    day: datetime | None  # of its publication; else as a list shows it; None: nobody knows
    error: str | None


class PageCount(Value, frozen=True, kw_only=True):
    """A page of a list, and how much of what it names today is held."""

    channel: str
    url: Url
    number: int | None
    next_url: Url | None
    rows: int
    elsewhere: int
    read_at: datetime
    listed: int  # 0 too where nobody counted
    held: int  # likewise
    unread_pager: bool
    sublists: tuple[Url, ...]


class Standing(Value, frozen=True, kw_only=True):
    """How the articles of a channel stand."""

    articles: int = 0  # whose document is in the archive
    waiting: int = 0  # wanted, and not yet asked for
    failures: int = 0  # wanted, failed the last time, to be tried again


_STATUSES = {status.value: status for status in Status}
_PERHAPS = (str, type(None))
_PAGE_COLUMNS: tuple[type | tuple[type, ...], ...] = (  # those of `page`, and what was counted
    *(int, str, str, str, (int, type(None)), _PERHAPS, int, int, int, int, _PERHAPS),
    *(int, int),
)
_FIRST = datetime.min.replace(tzinfo=UTC)
_NAMED = """
    SELECT n.key, n.channel, a.url, a.status, a.path, a.published, a.listed_date, a.error
    FROM named n CROSS JOIN article a ON a.site = n.site AND a.key = n.key
    WHERE n.site = :site AND a.status != 'aliased'
    UNION ALL
    SELECT DISTINCT a.key, n.channel, a.url, a.status, a.path, a.published, a.listed_date, a.error
    FROM alias l
    CROSS JOIN article m ON m.site = l.site AND m.url = l.url AND m.status = 'aliased'
    CROSS JOIN named n ON n.site = m.site AND n.key = m.key
    CROSS JOIN article a ON a.site = l.site AND a.key = l.key
    WHERE l.site = :site AND a.status != 'aliased' AND NOT EXISTS (
        SELECT 1 FROM named o WHERE o.site = a.site AND o.key = a.key AND o.channel = n.channel
    )
    ORDER BY 1, 2
"""  # an address that led to another article counts as that one; most did not: only they are sorted

_UNHELD = "article a INDEXED BY article_unheld"
_WAITING = "article a INDEXED BY article_waiting"
_FAILING = "article a INDEXED BY article_failing"
_IS_UNHELD = "a.site = :site AND a.path IS NULL"
_IS_WAITING = "a.site = :site AND a.status = 'waiting' AND a.wanted"
_IS_FAILING = "a.site = :site AND a.wanted AND a.attempts > 0 AND a.due IS NOT NULL"
_NAMES = "CROSS JOIN named n ON n.site = a.site AND n.key = a.key"
_STANDING = f"""
    SELECT (SELECT count(*) FROM article WHERE site = :site)
           - (SELECT count(*) FROM {_UNHELD} WHERE {_IS_UNHELD}) AS articles,
           (SELECT count(*) FROM {_WAITING} WHERE {_IS_WAITING}) AS waiting,
           (SELECT count(*) FROM {_FAILING} WHERE {_IS_FAILING}) AS failures
"""  # noqa: S608 - constants. Most articles are held: those that are not are counted
_STANDINGS = f"""
    SELECT channel, total(articles) AS articles, total(waiting) AS waiting, total(failures) AS failures
    FROM (
        SELECT channel, count(*) AS articles, 0 AS waiting, 0 AS failures
        FROM named WHERE site = :site GROUP BY channel
        UNION ALL
        SELECT n.channel, -count(*), 0, 0 FROM {_UNHELD} {_NAMES} WHERE {_IS_UNHELD} GROUP BY n.channel
        UNION ALL
        SELECT n.channel, 0, count(*), 0 FROM {_WAITING} {_NAMES} WHERE {_IS_WAITING} GROUP BY n.channel
        UNION ALL
        SELECT n.channel, 0, 0, count(*) FROM {_FAILING} {_NAMES} WHERE {_IS_FAILING} GROUP BY n.channel
    ) GROUP BY channel
"""  # noqa: S608 - likewise
_PAGES = f"""
    WITH
    counted AS (SELECT page, count(*) AS articles FROM listed GROUP BY page),
    unheld AS (
        SELECT l.page, count(*) AS articles FROM {_UNHELD}
        CROSS JOIN listed l ON l.key = a.key JOIN page q ON q.id = l.page AND q.site = a.site
        WHERE {_IS_UNHELD} GROUP BY l.page
    )
    SELECT p.*, coalesce(c.articles, 0) AS listed,
           coalesce(c.articles, 0) - coalesce(u.articles, 0) AS held
    FROM page p LEFT JOIN counted c ON c.page = p.id LEFT JOIN unheld u ON u.page = p.id
    WHERE p.site = :site ORDER BY p.channel, p.number, p.url
"""  # noqa: S608 - likewise
_BARE_PAGES = (
    "SELECT *, 0 AS listed, 0 AS held FROM page INDEXED BY page_number "
    "WHERE site = :site ORDER BY channel, number, url"
)


class Queries:
    """Verbs that add up."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Share the state's connection."""
        self._connection = connection

    def named(self, site: str) -> Iterator[NamedArticle]:
        """Yield every article that a list ever named, sorted by key: once for each channel that did.

        One whose row holds what cannot be counts as failed: nobody can say that it is held.
        """
        for row in self._connection.execute(_NAMED, {"site": site}):
            key, channel, url, named, path, published, listed_date, error = row
            status = _STATUSES.get(named)
            is_sound = (
                type(channel) is type(key) is type(url) is str
                and type(path) in _PERHAPS
                and type(error) in _PERHAPS
            )
            if status is None or not is_sound:
                yield _unread(row)
                continue
            yield NamedArticle(
                channel=channel,
                key=key,
                url=Url(url),
                status=status,
                is_held=path is not None,
                day=_day(published, listed_date),
                error=error,
            )

    def thin(self, site: str) -> tuple[Url, ...]:
        """Return the articles whose page was read and tells nothing, though it is held; newest first."""
        rows = self._connection.execute(
            "SELECT url FROM article INDEXED BY article_thin "
            "WHERE site = ? AND path IS NOT NULL AND extractor IS NOT NULL "
            "AND layout IS NOT NULL AND body_digest IS NULL ORDER BY published DESC, key",
            (site,),
        )
        return tuple(Url(row["url"]) for row in rows)

    def keys(self, site: str) -> Iterator[str]:
        """Yield the key of every article that is known, listed or not."""
        for row in self._connection.execute("SELECT key FROM article WHERE site = ?", (site,)):
            yield row["key"]

    def last_read(self, site: str) -> str | None:
        """Return the key of the held article whose page last gave it; None: none ever did."""
        row = self._connection.execute(
            "SELECT key FROM article WHERE site = ? AND status = 'held' AND attempts = 0 "
            "AND path IS NOT NULL ORDER BY checked DESC LIMIT 1",
            (site,),
        ).fetchone()
        return None if row is None else str(row["key"])

    def newest(self, site: str, now: datetime) -> datetime | None:
        """Return when the newest article that is held was published; days that are to come count for none."""
        row = self._connection.execute(
            "SELECT max(published) AS newest FROM article WHERE site = ? AND published BETWEEN ? AND ?",
            (site, stored(_FIRST), stored(now)),
        ).fetchone()
        return loaded(row["newest"])

    def pages(self, site: str, *, counted: bool = True) -> Iterator[PageCount]:
        """Yield every page of a list that was read; `counted`: with the articles that it names.

        One whose row holds what cannot be is passed over: the next run reads it again.
        """
        rows = self._connection.execute(_PAGES if counted else _BARE_PAGES, {"site": site})
        yield from filter(None, map(_page, rows))

    def standings(self, site: str) -> dict[str, Standing]:
        """Return how the articles stand that each channel names, by the channel's name."""
        rows = self._connection.execute(_STANDINGS, {"site": site})
        return {row["channel"]: _standing(row) for row in rows}

    def standing(self, site: str) -> Standing:
        """Return how all articles of a site stand, each once, listed or not."""
        return _standing(self._connection.execute(_STANDING, {"site": site}).fetchone())


def _page(row: sqlite3.Row) -> PageCount | None:
    """Return what a row tells of a page; None: it holds what cannot be."""
    if not all(map(isinstance, row, _PAGE_COLUMNS)):
        return None
    if not all(EARLIEST <= number <= LATEST for number in row if type(number) is int):
        return None
    return PageCount(
        channel=row["channel"],
        url=Url(row["url"]),
        number=row["number"],
        next_url=None if row["next_url"] is None else Url(row["next_url"]),
        rows=row["rows"],
        elsewhere=row["elsewhere"],
        read_at=required(row["read_at"]),
        listed=row["listed"],
        held=row["held"],
        unread_pager=row["unread"] == UNREAD_PAGER,
        sublists=loaded_sublists(row["unread"]),
    )


def _unread(row: sqlite3.Row) -> NamedArticle:
    """Return an article of which only its key is sure."""
    key = _text(row["key"])
    return NamedArticle(
        channel=_text(row["channel"]),
        key=key,
        url=Url(row["url"] if type(row["url"]) is str else key),
        status=Status.FAILED,
        is_held=False,
        day=_day(row["published"], row["listed_date"]),
        error=say("its row in the state holds what cannot be"),
    )


def _text(said: object) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _day(published: object, listed_date: Any) -> datetime | None:  # noqa: ANN401 - whatever the row holds
    """Return the day of publication, else as a list shows it; None: nobody knows, or it is none."""
    try:
        if published is None and listed_date is not None:
            return datetime.fromisoformat(listed_date)
        return loaded(published)
    except (ValueError, TypeError, OverflowError):  # `verify` names the row
        return None


def _standing(row: sqlite3.Row) -> Standing:
    return Standing(articles=int(row["articles"]), waiting=int(row["waiting"]), failures=int(row["failures"]))
