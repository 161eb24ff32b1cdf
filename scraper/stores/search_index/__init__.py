"""The search index: every article's text by its bigrams, in one SQLite file of its own.

FTS5 without positions and without the text (`detail=none`, contentless): it names candidates, and what two
characters cannot decide is checked against the text itself, which lies beside it, packed. So no article is
missed and none is named wrongly. May be deleted: it is made again of the documents. A rollback journal and no
WAL: a reader needs nothing but the file, on a read-only disk too.
"""

from __future__ import annotations

import sqlite3
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from scraper.errors import StoreError
from scraper.messages import say
from scraper.stores.disk import keep_for_owner, make_folder, store_error
from scraper.stores.search_index.queries import SearchQueries
from scraper.stores.search_index.rows import (
    Connection,
    Prepared,
    index_error,
    moment,
    prepare,
    terms_of,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.search.article import IndexedArticle

__all__ = ["NAME", "Prepared", "SearchIndex", "open_index", "prepare", "view_index"]

NAME: Final = "search.sqlite3"
VERSION: Final = 1  # of this file's form; a file of another one is made anew
_PAGE: Final = 16_384  # bytes: three texts and the waste of a fourth would fill one of the usual 4,096
_WAIT: Final = 30_000  # milliseconds for another process to finish its transaction
SCHEMA: Final = f"""
    CREATE TABLE article (
        id         INTEGER PRIMARY KEY,
        site       TEXT NOT NULL,
        key        TEXT NOT NULL,
        urlname    TEXT NOT NULL,
        url        TEXT NOT NULL,
        channel    TEXT,             -- NULL: no list named it
        title      TEXT NOT NULL,
        published  TEXT NOT NULL,    -- ISO 8601, with the offset of the site's time zone
        moment     INTEGER NOT NULL, -- as the site's clock showed it, YYYYMMDDhhmmss: sorted by
        path       TEXT NOT NULL,
        version    TEXT NOT NULL,    -- of the text that was indexed
        UNIQUE (site, key)
    );
    CREATE INDEX article_moment ON article (moment, id, site, channel);
    CREATE TABLE body (
        id         INTEGER PRIMARY KEY,
        text       BLOB NOT NULL     -- zlib of the plain text in GB18030, two bytes for most of its letters
    );
    CREATE VIRTUAL TABLE bigram USING fts5 (
        terms, content='', detail='none', columnsize=0, tokenize='ascii'
    );
    PRAGMA user_version = {VERSION};
"""
_LATER: Final = """
    CREATE TABLE IF NOT EXISTS mark ( -- it and what follows came later: nobody who reads needs them
        site       TEXT PRIMARY KEY,
        mark       TEXT NOT NULL     -- of the events that were taken in
    );
    CREATE INDEX IF NOT EXISTS article_site ON article (site, moment, id, channel);
    DROP INDEX IF EXISTS article_urlname; -- which nobody asked
"""


class SearchIndex(SearchQueries):
    """The open index: what `SearchQueries` asks, and writing."""

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what happens within one thing. Raises StoreError."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._undo()
            raise

    def put(self, article: IndexedArticle, text: str) -> None:
        """Index an article's plain text, in place of what was known of it."""
        self.put_prepared(prepare(article, text))

    def put_prepared(self, prepared: Prepared) -> None:
        """Index an article that was prepared, in place of what was known of it."""
        article = prepared.article
        self.remove(article.site, article.key)
        cursor = self._connection.execute(
            "INSERT INTO article (site, key, urlname, url, channel, title, published, moment, path, version) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(article.site, article.key, article.urlname, article.url, article.channel),
                prepared.title,
                *(article.published.isoformat(), moment(article.published), article.path, article.version),
            ),
        )
        self._connection.execute("INSERT INTO body VALUES (?, ?)", (cursor.lastrowid, prepared.text))
        self._connection.execute(
            "INSERT INTO bigram (rowid, terms) VALUES (?, ?)", (cursor.lastrowid, prepared.terms)
        )

    def remove(self, site: str, key: str) -> bool:
        """Take an article out; return whether it was there."""
        row = self._connection.execute(
            "SELECT id, title, text FROM article JOIN body USING (id) WHERE site = ? AND key = ?", (site, key)
        ).fetchone()
        if row is None:
            return False
        self._connection.execute(
            "INSERT INTO bigram (bigram, rowid, terms) VALUES ('delete', ?, ?)",
            (row["id"], terms_of(row["title"], unpacked(row["text"]))),
        )
        self._connection.execute("DELETE FROM body WHERE id = ?", (row["id"],))
        self._connection.execute("DELETE FROM article WHERE id = ?", (row["id"],))
        return True

    def versions(self, site: str) -> Iterator[tuple[str, str]]:
        """Yield what of a site is indexed, key and version of each article, by key: others may be put."""
        query = "SELECT key, version FROM article WHERE site = ? AND key > ? ORDER BY key LIMIT 1000"
        last = ""
        while rows := self._connection.execute(query, (site, last)).fetchall():
            yield from ((row["key"], row["version"]) for row in rows)
            last = rows[-1]["key"]

    def marks(self) -> dict[str, str]:
        """Return up to which event, as its state has it, each site was taken in whole."""
        return {row["site"]: row["mark"] for row in self._connection.execute("SELECT site, mark FROM mark")}

    def put_mark(self, site: str, mark: str) -> None:
        """Remember that a site was taken in whole up to an event."""
        self._connection.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (site, mark))

    def indexed_sites(self) -> set[str]:
        """Return the sites of which anything is indexed."""
        return {row["site"] for row in self._connection.execute("SELECT DISTINCT site FROM article")}

    def optimize(self) -> None:
        """Join what many writes left in pieces, and give back what is not used. Not within a transaction."""
        self._connection.execute("INSERT INTO bigram (bigram) VALUES ('optimize')")
        self._connection.execute("VACUUM")

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Return itself: for `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def open_index(path: Path) -> SearchIndex:
    """Open the index for writing; one that is damaged, or of another form, is begun anew, empty.

    Raises StoreError where the file cannot be written.
    """
    make_folder(path.parent)
    try:
        connection = _writable(path)
    except _Unfit:
        path.unlink(missing_ok=True)
        connection = _writable(path)
    connection.path = path
    return SearchIndex(connection)


def view_index(path: Path) -> SearchIndex:
    """Open the index for reading alone, beside whoever writes it.

    Raises StoreError where there is none yet, or none that can be read: `search --rebuild` makes it.
    """
    if not path.exists():
        message = say("search: {path}: there is no index yet: `search --rebuild` makes it", path=path)
        raise StoreError(message)
    try:
        connection = _connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.DatabaseError as error:
        raise index_error(path, error) from error
    try:
        _check(connection)
    except (sqlite3.DatabaseError, _Unfit) as error:
        connection.close()
        raise index_error(path, error) from error
    connection.path = path
    return SearchIndex(connection)


class _Unfit(StoreError):  # noqa: N818 - named as those of scraper.errors are
    """The file is no index of this form."""


def _writable(path: Path) -> Connection:
    try:
        path.touch(0o666)  # SQLite itself would make it with 0644, or with nothing under a strange umask
        keep_for_owner(path, stat.S_IRUSR | stat.S_IWUSR)
        connection = _connect(str(path), uri=False)
    except sqlite3.OperationalError as error:
        raise index_error(path, error) from error
    except OSError as error:
        raise store_error(error, "open", path) from error
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if version == 0 and tables == 0:
            connection.execute(f"PRAGMA page_size = {_PAGE}")
            connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
        _check(connection)
        connection.executescript(_LATER)
    except sqlite3.OperationalError as error:
        connection.close()
        raise index_error(path, error) from error
    except (sqlite3.DatabaseError, _Unfit) as error:
        connection.close()
        raise _Unfit(str(error)) from error
    return connection


def _check(connection: Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        msg = say(
            "it is of form {version}, and this program knows {version2}", version=version, version2=VERSION
        )
        raise _Unfit(msg)
    connection.execute("SELECT 1 FROM article, body, bigram LIMIT 0")


def _connect(name: str, *, uri: bool) -> Connection:
    connection = sqlite3.connect(
        name, uri=uri, isolation_level=None, check_same_thread=False, factory=Connection
    )
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {_WAIT}")
    return connection
