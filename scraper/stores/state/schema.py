"""The state's tables, column by column, and how an older file becomes a newer one.

The state is an index over the captures: it can be made again from them, all but the runs. Up to version 7
moments were ISO 8601 text in UTC; what the tables are today stands in `compact`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from functools import cache
from typing import TypeAlias

from scraper.stores.state.compact import COMPACT
from scraper.stores.state.digests import packed
from scraper.stores.state.timestamps import stored

Column: TypeAlias = str | bytes | int | float | None
"""What SQLite keeps in a column."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE article (
        site         TEXT NOT NULL,
        key          TEXT NOT NULL,  -- the article's number, or its identity URL where the system has none
        url          TEXT NOT NULL,  -- identity URL, as first found; never changes
        ask          TEXT NOT NULL,  -- the address to ask for, as a list last named it
        channel      TEXT,           -- the channel whose list first named it; NULL: no list did
        title        TEXT,           -- NULL: nobody named one
        listed_date  TEXT,           -- as a list shows it; NULL: it shows none
        first_seen   TEXT NOT NULL,
        status       TEXT NOT NULL,  -- known.Status
        wanted       INTEGER NOT NULL,  -- 0: listed, but no run or backfill has asked for it yet
        due          TEXT,           -- not to be asked for before; NULL: nothing will be asked of itself
        attempts     INTEGER NOT NULL,
        soft_misses  INTEGER NOT NULL,
        error        TEXT,           -- of the last failure; NULL: the last visit went well
        checked      TEXT,           -- the last answer; NULL: none yet
        etag         TEXT,           -- NULL: the server gives none
        last_modified TEXT,          -- NULL: the server gives none
        captured     TEXT,           -- first capture that gave the article; NULL: none did
        file         TEXT,           -- where the capture lies that the document is made of; NULL: no document
        offset       INTEGER,        -- likewise
        length       INTEGER,        -- likewise
        digest       TEXT,           -- likewise
        article_digest TEXT,         -- sha256 of what the article says; NULL: no document
        extractor    INTEGER,        -- version that read it; NULL: no document
        published    TEXT,           -- NULL: no document
        path         TEXT,           -- the document's path; once set it stays; NULL: no document
        listed_in    INTEGER,        -- the last run whose lists named it; NULL: none
        visited_in   INTEGER,        -- the last run that came to an outcome for it; NULL: none
        PRIMARY KEY (site, key)
    ) WITHOUT ROWID;
    CREATE INDEX article_due ON article (site, due) WHERE wanted AND due IS NOT NULL;
    CREATE INDEX article_listed ON article (site, listed_in);

    CREATE TABLE alias (             -- other addresses under which an article was met
        site       TEXT NOT NULL,
        url        TEXT NOT NULL,
        key        TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        PRIMARY KEY (site, url)
    ) WITHOUT ROWID;

    CREATE TABLE channel (
        site       TEXT NOT NULL,
        name       TEXT NOT NULL,
        read_at    TEXT,             -- last time its index was read; NULL: never
        gap        TEXT,             -- since then older pages are to be read, down to a known row; NULL: no
        pager      TEXT,             -- the script that knows the number of pages; NULL: none known
        pages      INTEGER,          -- how many pages it had when last asked; NULL: nobody said
        stated     INTEGER,          -- how many articles it says it has; NULL: it does not say
        PRIMARY KEY (site, name)
    ) WITHOUT ROWID;

    CREATE TABLE page (              -- pages of lists that were read
        site       TEXT NOT NULL,
        channel    TEXT NOT NULL,
        url        TEXT NOT NULL,    -- the address that answered
        number     INTEGER,          -- NULL: the system does not number it
        next_url   TEXT,             -- the older page that it names; NULL: none
        rows       INTEGER NOT NULL,
        settled    INTEGER NOT NULL, -- 1: it will not change any more
        read_at    TEXT NOT NULL,
        PRIMARY KEY (site, channel, url)
    ) WITHOUT ROWID;
    CREATE INDEX page_number ON page (site, channel, number);

    CREATE TABLE listed (            -- which page names which article
        site       TEXT NOT NULL,
        channel    TEXT NOT NULL,
        page       TEXT NOT NULL,    -- its address
        key        TEXT NOT NULL,
        PRIMARY KEY (site, channel, key, page)
    ) WITHOUT ROWID;
    CREATE INDEX listed_page ON listed (site, channel, page);

    CREATE TABLE asset (             -- pictures and files that articles show, where they are to be kept
        site       TEXT NOT NULL,
        url        TEXT NOT NULL,
        kind       TEXT NOT NULL,    -- `image` or `file`, as it was first met
        first_seen TEXT NOT NULL,
        status     TEXT NOT NULL,    -- known.AssetStatus
        due        TEXT,             -- not to be asked for before; NULL: nothing will be asked of itself
        attempts   INTEGER NOT NULL,
        error      TEXT,             -- of the last failure; NULL: the last try went well, or none was
        path       TEXT,             -- of its file in the archive; NULL: it is not held
        asset_digest TEXT,           -- sha256 of that file; NULL: likewise
        file       TEXT,             -- where the capture lies that the file is made of; NULL: likewise
        offset     INTEGER,          -- likewise
        length     INTEGER,          -- likewise
        digest     TEXT,             -- likewise; of the body as it came, Content-Encoding kept
        visited_in INTEGER,          -- the last run that asked for it; NULL: none
        PRIMARY KEY (site, url)
    ) WITHOUT ROWID;
    CREATE INDEX asset_due ON asset (site, due) WHERE due IS NOT NULL;
    CREATE INDEX asset_path ON asset (site, path) WHERE path IS NOT NULL;

    CREATE TABLE shown (             -- which article shows which asset
        site       TEXT NOT NULL,
        key        TEXT NOT NULL,
        url        TEXT NOT NULL,
        position   INTEGER NOT NULL, -- among what the article shows, from 0
        stale      INTEGER NOT NULL, -- 1: the document does not yet say what became of it
        PRIMARY KEY (site, key, url)
    ) WITHOUT ROWID;
    CREATE INDEX shown_url ON shown (site, url);
    CREATE INDEX shown_stale ON shown (site, key) WHERE stale;

    CREATE TABLE capture (           -- those that were taken in; what the WARC has beyond them was missed
        file       TEXT NOT NULL,
        offset     INTEGER NOT NULL,
        length     INTEGER NOT NULL,
        digest     TEXT NOT NULL,
        site       TEXT NOT NULL,
        kind       TEXT NOT NULL,
        url        TEXT NOT NULL,    -- as asked
        key        TEXT,             -- of the article; NULL: a capture of something else
        status     INTEGER NOT NULL,
        fetched_at TEXT NOT NULL,
        PRIMARY KEY (site, file, offset)
    ) WITHOUT ROWID;
    CREATE INDEX capture_key ON capture (site, key, fetched_at);
    CREATE INDEX capture_list ON capture (site, url) WHERE key IS NULL AND status = 200;

    CREATE TABLE campaign (          -- a backfill that was begun and not finished
        site       TEXT NOT NULL,
        channel    TEXT NOT NULL,
        span       TEXT NOT NULL,    -- its --since and --until, as text
        started    TEXT NOT NULL,
        PRIMARY KEY (site, channel, span)
    ) WITHOUT ROWID;

    CREATE TABLE memory (            -- what else is remembered across runs
        topic      TEXT NOT NULL,    -- `canary`: what is usual; `wayback`: when a copy was asked for;
                                     -- `revisit`: the ages by which articles are due; in the
                                     -- first format also `host` and `robots`, which `stores.hosts` keeps now
        name       TEXT NOT NULL,    -- of what, within the topic
        value      TEXT NOT NULL,    -- JSON
        PRIMARY KEY (topic, name)
    ) WITHOUT ROWID;

    CREATE TABLE run (
        id         INTEGER PRIMARY KEY,
        command    TEXT NOT NULL,
        started    TEXT NOT NULL,
        finished   TEXT,             -- NULL: it runs, or was killed
        exit_code  INTEGER           -- NULL: likewise
    );
    CREATE TABLE run_site (          -- how a run ended for one site
        run        INTEGER NOT NULL REFERENCES run (id),
        site       TEXT NOT NULL,
        exit_code  INTEGER NOT NULL,
        report     TEXT NOT NULL,    -- JSON of report.SiteReport
        PRIMARY KEY (run, site)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE article ADD COLUMN layout TEXT;         -- that it wore; NULL: no document, or read before
    ALTER TABLE article ADD COLUMN body_digest TEXT;    -- of its body; NULL: likewise, or it is empty
    ALTER TABLE article ADD COLUMN characters INTEGER;  -- that its body shows; NULL: likewise
    ALTER TABLE article ADD COLUMN origin TEXT;         -- whose capture it was made of; NULL: the site's own
    CREATE INDEX article_body ON article (site, body_digest) WHERE body_digest IS NOT NULL;

    ALTER TABLE page ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0;  -- rows that lead off the site
    ALTER TABLE campaign ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;  -- new rows that this pass found so far

    CREATE TABLE named (             -- which channel ever named which article, wherever it stands today
        site       TEXT NOT NULL,
        channel    TEXT NOT NULL,
        key        TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        last_seen  TEXT NOT NULL,
        PRIMARY KEY (site, key, channel)
    ) WITHOUT ROWID;
    INSERT INTO named
        SELECT site, channel, key, min(read_at), max(read_at)
        FROM listed JOIN (SELECT site, channel, url AS page, read_at FROM page) USING (site, channel, page)
        GROUP BY site, channel, key;

    CREATE TABLE event (             -- what became of articles that were known
        site       TEXT NOT NULL,
        at         TEXT NOT NULL,    -- the capture's moment
        key        TEXT NOT NULL,
        what       TEXT NOT NULL,    -- `revised`, `vanished`, `returned`
        PRIMARY KEY (site, at, key, what)
    ) WITHOUT ROWID;
    """,
    """
    -- what a page of a list leads to and nobody can follow: `pager`, one that is not understood, or the
    -- addresses of the lists that an overview shows, one a line; NULL: nothing
    ALTER TABLE page ADD COLUMN unread TEXT;
    """,
    """
    CREATE TABLE broken_list (       -- channels whose index could not be read the last time
        site       TEXT NOT NULL,
        channel    TEXT NOT NULL,
        error      TEXT NOT NULL,    -- of the last try
        since      TEXT NOT NULL,    -- the first of the tries that failed in a row
        PRIMARY KEY (site, channel)
    ) WITHOUT ROWID;
    """,
    """
    CREATE INDEX alias_key ON alias (site, key);
    CREATE INDEX article_url ON article (site, url);
    CREATE INDEX article_ask ON article (site, ask) WHERE ask != url;
    CREATE INDEX article_gone ON article (site) WHERE status = 'gone' AND path IS NULL;
    CREATE INDEX article_layout ON article (site, layout, channel, captured) WHERE characters IS NOT NULL;
    CREATE INDEX article_waiting ON article (site, coalesce(published, listed_date, first_seen), key)
        WHERE status = 'waiting' AND wanted;
    """,
    """
    CREATE TABLE lost (              -- captures that the state knew and the shelf was seen to lack
        file       TEXT NOT NULL,    -- this and what follows: as `capture` had it
        offset     INTEGER NOT NULL,
        length     INTEGER NOT NULL,
        digest     TEXT NOT NULL,
        site       TEXT NOT NULL,
        kind       TEXT NOT NULL,
        url        TEXT NOT NULL,
        key        TEXT,
        status     INTEGER NOT NULL,
        fetched_at TEXT NOT NULL,
        found      TEXT NOT NULL,    -- when it was seen to be lost
        fate       TEXT,             -- `had` (again), `gone` (for good); NULL: it is to be fetched again
        PRIMARY KEY (site, file, offset)
    ) WITHOUT ROWID;
    CREATE TABLE accepted (          -- damage that is known, and that `verify` does not tell again
        site       TEXT NOT NULL,
        file       TEXT NOT NULL,
        offset     INTEGER NOT NULL, -- -1: of the file as a whole
        what       TEXT NOT NULL,
        at         TEXT NOT NULL,
        PRIMARY KEY (site, file, offset, what)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE article ADD COLUMN document_digest TEXT;  -- of its file as written; NULL: nobody knows
    """,
    COMPACT,
    """
    -- of few rows each: what is counted of them need not be looked for among all
    CREATE INDEX article_unheld ON article (site, key) WHERE path IS NULL;
    CREATE INDEX article_failing ON article (site, key) WHERE wanted AND attempts > 0 AND due IS NOT NULL;
    CREATE INDEX article_thin ON article (site) WHERE path IS NOT NULL AND extractor IS NOT NULL
        AND layout IS NOT NULL AND body_digest IS NULL;
    """,
)
VERSION = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection, found: int) -> None:
    """Bring a file of version `found` (0: an empty one) up to date, version by version: whole or not.

    An empty file gets what all versions come to, which is put together once for all states of a process.
    """
    if found == 0:
        connection.executescript(f"BEGIN; {_newest()}; PRAGMA user_version = {VERSION}; COMMIT;")
        return
    _teach(connection)
    for number, script in enumerate(MIGRATIONS[found:], start=found + 1):
        connection.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")


@cache
def _newest() -> str:
    """Return the statements that make the tables and indexes of the newest version."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        _teach(empty)
        empty.executescript("".join(MIGRATIONS))
        made = empty.execute("SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY rowid").fetchall()
    return ";\n".join(sql for (sql,) in made)


def _teach(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that the migrations use."""
    connection.create_function("as_moment", 1, _as_moment, deterministic=True)
    connection.create_function("as_digest", 1, _as_digest, deterministic=True)


def _as_moment(value: Column) -> Column:
    """Return a moment of version 7 as version 8 keeps it; what is none stays as it is."""
    if isinstance(value, str):
        with suppress(ValueError, TypeError):  # a row that says what cannot be: whoever meets it names it
            return stored(datetime.fromisoformat(value))
    return value


def _as_digest(value: Column) -> Column:
    """Return a digest of version 7 as version 8 keeps it; what is none stays as it is."""
    return packed(value) if isinstance(value, str) else value
