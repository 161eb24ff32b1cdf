"""What the index's tables hold, as values and back; and its connection, whose errors name the file."""

from __future__ import annotations

import sqlite3
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from scraper.errors import NoRoom, StoreError
from scraper.messages import say
from scraper.search.article import IndexedArticle
from scraper.search.bigrams import terms
from scraper.search.folding import cleaned, fold
from scraper.urls import Url
from scraper.values import Value

if TYPE_CHECKING:
    from pathlib import Path

_LEVEL: Final = 6  # of zlib
_SLIPS: Final = {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE}


class Connection(sqlite3.Connection):
    """A connection to the index's file."""

    path: Path | None = None  # None: it is being made ready, and errors are SQLite's own

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as SQLite has it
        """Execute one statement. Raises NoRoom, StoreError."""
        try:
            return super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE)
            if self.path is None or code & 0xFF in _SLIPS:
                raise
            raise index_error(self.path, error) from error


def index_error(path: Path, error: Exception) -> StoreError:
    """Return the error of the house for what is wrong with the index."""
    kind = NoRoom if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL else StoreError
    return kind(
        say("search: {path}: {error}; `search --rebuild` makes it again", path=path, error=str(error))
    )


class Prepared(Value, frozen=True, kw_only=True):
    """An article as the index stores it: the dear part of indexing it is done, in whatever process."""

    article: IndexedArticle
    title: str
    text: bytes  # packed
    terms: str


def prepare(article: IndexedArticle, text: str) -> Prepared:
    """Return an article, and its plain text, as the index stores them."""
    kept = cleaned(text)
    title = cleaned(article.title).replace("\n", " ")
    return Prepared(article=article, title=title, text=packed(kept), terms=terms_of(title, kept))


def packed(text: str) -> bytes:
    """Return a cleaned text as it is stored."""
    return zlib.compress(text.encode("gb18030"), _LEVEL)


def unpacked(data: bytes) -> str:
    """Return the text that `packed` made."""
    return zlib.decompress(data).decode("gb18030")


def terms_of(title: str, text: str) -> str:
    """Return what FTS5 is given of an article, in whatever order: it keeps none."""
    return " ".join(terms(fold(f"{title}\n{text}")))


def moment(published: datetime) -> int:
    """Return a moment as the site's clock shows it, as a number that sorts: YYYYMMDDhhmmss."""
    return int(published.strftime("%Y%m%d%H%M%S"))


def article_of(row: sqlite3.Row) -> IndexedArticle:
    """Return a row of the table `article`."""
    return IndexedArticle(
        site=row["site"],
        key=row["key"],
        url=Url(row["url"]),
        urlname=row["urlname"],
        title=row["title"],
        published=datetime.fromisoformat(row["published"]),
        path=row["path"],
        channel=row["channel"],
        version=row["version"],
    )
