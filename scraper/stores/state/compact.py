"""The state's tables from version 8 on, as small as what they say: how a file of version 7 gets them.

Moments are microseconds since 1970 in UTC and digests bytes (`as_moment`, `as_digest` make them of the texts
that older versions kept; what cannot be read stays as it is, and is named when it is met); the name of a file
of captures and the address of a page of a list stand once each; an address that is the article's own, too.
An article is found by its `id`, which every index of it ends in, and which nobody outside of this file knows.
"""

from __future__ import annotations

from typing import Final

COMPACT: Final = """
    DROP INDEX article_due; DROP INDEX article_listed; DROP INDEX article_body; DROP INDEX article_url;
    DROP INDEX article_ask; DROP INDEX article_gone; DROP INDEX article_layout; DROP INDEX article_waiting;
    DROP INDEX alias_key; DROP INDEX page_number; DROP INDEX listed_page; DROP INDEX asset_due;
    DROP INDEX asset_path; DROP INDEX capture_key; DROP INDEX capture_list;
    ALTER TABLE article RENAME TO old_article;
    ALTER TABLE alias RENAME TO old_alias;
    ALTER TABLE channel RENAME TO old_channel;
    ALTER TABLE page RENAME TO old_page;
    ALTER TABLE listed RENAME TO old_listed;
    ALTER TABLE named RENAME TO old_named;
    ALTER TABLE asset RENAME TO old_asset;
    ALTER TABLE capture RENAME TO old_capture;
    ALTER TABLE campaign RENAME TO old_campaign;
    ALTER TABLE event RENAME TO old_event;
    ALTER TABLE broken_list RENAME TO old_broken_list;
    ALTER TABLE lost RENAME TO old_lost;
    ALTER TABLE accepted RENAME TO old_accepted;
    ALTER TABLE run_site RENAME TO old_run_site;
    ALTER TABLE run RENAME TO old_run;

    CREATE TABLE volume (            -- the files in which captures lie
        id         INTEGER PRIMARY KEY,
        site       TEXT NOT NULL,
        name       TEXT NOT NULL,
        UNIQUE (site, name)
    );

    CREATE TABLE article (
        id           INTEGER PRIMARY KEY,
        site         TEXT NOT NULL,
        key          TEXT NOT NULL,  -- the article's number, or its identity URL where the system has none
        url          TEXT NOT NULL,  -- identity URL, as first found; never changes
        ask          TEXT,           -- the address to ask for, as a list last named it; NULL: `url`
        channel      TEXT,           -- the channel whose list first named it; NULL: no list did
        title        TEXT,           -- NULL: nobody named one
        listed_date  TEXT,           -- ISO 8601, as a list shows it, with its offset; NULL: it shows none
        first_seen   INTEGER NOT NULL,
        status       TEXT NOT NULL,  -- article_record.Status
        wanted       INTEGER NOT NULL,  -- 0: listed, but no run or backfill has asked for it yet
        due          INTEGER,        -- not to be asked for before; NULL: nothing will be asked of itself
        attempts     INTEGER NOT NULL,
        soft_misses  INTEGER NOT NULL,
        error        TEXT,           -- of the last failure; NULL: the last visit went well
        checked      INTEGER,        -- the last answer; NULL: none yet
        etag         TEXT,           -- NULL: the server gives none, or nothing will be asked of itself
        last_modified TEXT,          -- likewise
        captured     INTEGER,        -- first capture that gave the article; NULL: none did
        volume       INTEGER,        -- where the capture lies that the document is made of; NULL: no document
        offset       INTEGER,        -- likewise
        length       INTEGER,        -- likewise
        digest       BLOB,           -- likewise
        article_digest BLOB,         -- sha256 of what the article says; NULL: no document
        extractor    INTEGER,        -- version that read it; NULL: no document
        published    INTEGER,        -- NULL: no document
        path         TEXT,           -- the document's path; once set it stays; NULL: no document
        visited_in   INTEGER,        -- the last run that came to an outcome for it; NULL: none
        layout       TEXT,           -- that it wore; NULL: no document, or read before
        body_digest  BLOB,           -- of its title and body; NULL: likewise, or it is empty
        characters   INTEGER,        -- that its body shows; NULL: likewise
        origin       TEXT,           -- whose capture it was made of; NULL: the site's own
        document_digest BLOB,        -- of its file as written; NULL: nobody knows
        UNIQUE (site, key)
    );

    CREATE TABLE alias (             -- other addresses under which an article was met
        site       TEXT NOT NULL,
        url        TEXT NOT NULL,
        key        TEXT NOT NULL,
        first_seen INTEGER NOT NULL,
        PRIMARY KEY (site, url)
    ) WITHOUT ROWID;

    CREATE TABLE channel (
        site       TEXT NOT NULL,
        name       TEXT NOT NULL,
        read_at    INTEGER,          -- last time its index was read; NULL: never
        gap        INTEGER,          -- since then older pages are to be read, down to a known row; NULL: no
        pager      TEXT,             -- the script that knows the number of pages; NULL: none known
        pages      INTEGER,          -- how many pages it had when last asked; NULL: nobody said
        stated     INTEGER,          -- how many articles it says it has; NULL: it does not say
        PRIMARY KEY (site, name)
    ) WITHOUT ROWID;

    CREATE TABLE page (              -- pages of lists that were read
        id         INTEGER PRIMARY KEY,
        site       TEXT NOT NULL,
        channel    TEXT NOT NULL,
        url        TEXT NOT NULL,    -- the address that answered
        number     INTEGER,          -- NULL: the system does not number it
        next_url   TEXT,             -- the older page that it names; NULL: none
        rows       INTEGER NOT NULL,
        settled    INTEGER NOT NULL, -- 1: it will not change any more
        read_at    INTEGER NOT NULL,
        elsewhere  INTEGER NOT NULL, -- rows that lead off the site
        unread     TEXT,             -- what it leads to and nobody can follow: `pager`, one that is not
                                     -- understood, or the addresses of the lists that an overview shows,
                                     -- one a line; NULL: nothing
        UNIQUE (site, channel, url)
    );

    CREATE TABLE listed (            -- which page names which article today
        page       INTEGER NOT NULL REFERENCES page (id),
        key        TEXT NOT NULL,
        PRIMARY KEY (page, key)
    ) WITHOUT ROWID;

    CREATE TABLE named (             -- which channel ever named which article, wherever it stands today
        site       TEXT NOT NULL,
        channel    TEXT NOT NULL,
        key        TEXT NOT NULL,
        first_seen INTEGER NOT NULL,
        PRIMARY KEY (site, key, channel)
    ) WITHOUT ROWID;

    CREATE TABLE asset (             -- pictures and files that articles show, where they are to be kept
        site       TEXT NOT NULL,
        url        TEXT NOT NULL,
        kind       TEXT NOT NULL,    -- `image` or `file`, as it was first met
        first_seen INTEGER NOT NULL,
        status     TEXT NOT NULL,    -- article_record.AssetStatus
        due        INTEGER,          -- not to be asked for before; NULL: nothing will be asked of itself
        attempts   INTEGER NOT NULL,
        error      TEXT,             -- of the last failure; NULL: the last try went well, or none was
        path       TEXT,             -- of its file in the archive; NULL: it is not held
        asset_digest BLOB,           -- sha256 of that file; NULL: likewise
        volume     INTEGER,          -- where the capture lies that the file is made of; NULL: likewise
        offset     INTEGER,          -- likewise
        length     INTEGER,          -- likewise
        digest     BLOB,             -- likewise; of the body as it came, Content-Encoding kept
        visited_in INTEGER,          -- the last run that asked for it; NULL: none
        PRIMARY KEY (site, url)
    ) WITHOUT ROWID;

    CREATE TABLE capture (           -- those that were taken in; what the WARC has beyond them was missed
        volume     INTEGER NOT NULL REFERENCES volume (id),
        offset     INTEGER NOT NULL,
        length     INTEGER NOT NULL,
        digest     BLOB NOT NULL,
        site       TEXT NOT NULL,
        kind       TEXT NOT NULL,
        url        TEXT,             -- as asked; NULL: the `url` of the article
        key        TEXT,             -- of the article; NULL: a capture of something else
        status     INTEGER NOT NULL,
        fetched_at INTEGER NOT NULL,
        PRIMARY KEY (volume, offset)
    ) WITHOUT ROWID;

    CREATE TABLE campaign (          -- a backfill that was begun and not finished
        site       TEXT NOT NULL,
        channel    TEXT NOT NULL,
        span       TEXT NOT NULL,    -- its --since and --until, as text
        started    INTEGER NOT NULL,
        fresh      INTEGER NOT NULL, -- new rows that this pass found so far
        PRIMARY KEY (site, channel, span)
    ) WITHOUT ROWID;

    CREATE TABLE event (             -- what became of articles that were known
        site       TEXT NOT NULL,
        at         INTEGER NOT NULL, -- the capture's moment
        key        TEXT NOT NULL,
        what       TEXT NOT NULL,    -- `revised`, `vanished`, `returned`
        PRIMARY KEY (site, at, key, what)
    ) WITHOUT ROWID;

    CREATE TABLE broken_list (       -- channels whose index could not be read the last time
        site       TEXT NOT NULL,
        channel    TEXT NOT NULL,
        error      TEXT NOT NULL,    -- of the last try
        since      INTEGER NOT NULL, -- the first of the tries that failed in a row
        PRIMARY KEY (site, channel)
    ) WITHOUT ROWID;

    CREATE TABLE lost (              -- captures that the state knew and the shelf was seen to lack
        file       TEXT NOT NULL,    -- this and what follows: as `capture` had it
        offset     INTEGER NOT NULL,
        length     INTEGER NOT NULL,
        digest     BLOB NOT NULL,
        site       TEXT NOT NULL,
        kind       TEXT NOT NULL,
        url        TEXT NOT NULL,
        key        TEXT,
        status     INTEGER NOT NULL,
        fetched_at INTEGER NOT NULL,
        found      INTEGER NOT NULL, -- when it was seen to be lost
        fate       TEXT,             -- `had` (again), `gone` (for good); NULL: it is to be fetched again
        PRIMARY KEY (site, file, offset)
    ) WITHOUT ROWID;

    CREATE TABLE accepted (          -- damage that is known, and that `verify` does not tell again
        site       TEXT NOT NULL,
        file       TEXT NOT NULL,
        offset     INTEGER NOT NULL, -- -1: of the file as a whole
        what       TEXT NOT NULL,
        at         INTEGER NOT NULL,
        PRIMARY KEY (site, file, offset, what)
    ) WITHOUT ROWID;

    CREATE TABLE run (
        id         INTEGER PRIMARY KEY,
        command    TEXT NOT NULL,
        started    INTEGER NOT NULL,
        finished   INTEGER,          -- NULL: it runs, or was killed
        exit_code  INTEGER           -- NULL: likewise
    );

    CREATE TABLE run_site (          -- how a run ended for one site
        run        INTEGER NOT NULL REFERENCES run (id),
        site       TEXT NOT NULL,
        exit_code  INTEGER NOT NULL,
        report     TEXT NOT NULL,    -- JSON of report.SiteReport
        PRIMARY KEY (run, site)
    ) WITHOUT ROWID;

    INSERT INTO volume (site, name)
        SELECT site, file FROM old_capture
        UNION SELECT site, file FROM old_article WHERE file IS NOT NULL
        UNION SELECT site, file FROM old_asset WHERE file IS NOT NULL
        ORDER BY site, file;
    INSERT INTO article (
        site, key, url, ask, channel, title, listed_date, first_seen, status, wanted, due, attempts,
        soft_misses, error, checked, etag, last_modified, captured, volume, offset, length, digest,
        article_digest, extractor, published, path, visited_in, layout, body_digest, characters, origin,
        document_digest
    ) SELECT
        site, key, url, nullif(ask, url), channel, title, listed_date, as_moment(first_seen), status, wanted,
        as_moment(due), attempts, soft_misses, error, as_moment(checked),
        CASE WHEN due IS NOT NULL THEN etag END, CASE WHEN due IS NOT NULL THEN last_modified END,
        as_moment(captured), (SELECT id FROM volume v WHERE v.site = a.site AND v.name = a.file),
        offset, length, as_digest(digest), as_digest(article_digest), extractor, as_moment(published), path,
        visited_in, layout, as_digest(body_digest), characters, origin, as_digest(document_digest)
        FROM old_article a ORDER BY site, key;
    INSERT INTO alias SELECT site, url, key, as_moment(first_seen) FROM old_alias;
    INSERT INTO channel
        SELECT site, name, as_moment(read_at), as_moment(gap), pager, pages, stated FROM old_channel;
    INSERT INTO page (site, channel, url, number, next_url, rows, settled, read_at, elsewhere, unread)
        SELECT site, channel, url, number, next_url, rows, settled, as_moment(read_at), elsewhere, unread
        FROM old_page ORDER BY site, channel, url;
    INSERT INTO listed
        SELECT p.id, l.key FROM old_listed l
        JOIN page p ON p.site = l.site AND p.channel = l.channel AND p.url = l.page;
    INSERT INTO named SELECT site, channel, key, as_moment(first_seen) FROM old_named;
    INSERT INTO asset SELECT
        site, url, kind, as_moment(first_seen), status, as_moment(due), attempts, error, path,
        as_digest(asset_digest), (SELECT id FROM volume v WHERE v.site = a.site AND v.name = a.file), offset,
        length, as_digest(digest), visited_in
        FROM old_asset a;
    INSERT INTO capture SELECT
        (SELECT id FROM volume v WHERE v.site = c.site AND v.name = c.file), offset, length,
        as_digest(digest), site, kind,
        nullif(url, (SELECT url FROM article a WHERE a.site = c.site AND a.key = c.key)), key, status,
        as_moment(fetched_at)
        FROM old_capture c;
    INSERT INTO campaign SELECT site, channel, span, as_moment(started), fresh FROM old_campaign;
    INSERT INTO event SELECT site, as_moment(at), key, what FROM old_event;
    INSERT INTO broken_list SELECT site, channel, error, as_moment(since) FROM old_broken_list;
    INSERT INTO lost SELECT
        file, offset, length, as_digest(digest), site, kind, url, key, status, as_moment(fetched_at),
        as_moment(found), fate
        FROM old_lost;
    INSERT INTO accepted SELECT site, file, offset, what, as_moment(at) FROM old_accepted;
    INSERT INTO run SELECT id, command, as_moment(started), as_moment(finished), exit_code FROM old_run;
    INSERT INTO run_site SELECT run, site, exit_code, report FROM old_run_site;

    DROP TABLE old_article; DROP TABLE old_alias; DROP TABLE old_channel; DROP TABLE old_page;
    DROP TABLE old_listed; DROP TABLE old_named; DROP TABLE old_asset; DROP TABLE old_capture;
    DROP TABLE old_campaign; DROP TABLE old_event; DROP TABLE old_broken_list; DROP TABLE old_lost;
    DROP TABLE old_accepted; DROP TABLE old_run_site; DROP TABLE old_run;

    CREATE INDEX article_due ON article (site, due) WHERE wanted AND due IS NOT NULL;
    CREATE INDEX article_url ON article (site, url);
    CREATE INDEX article_ask ON article (site, ask) WHERE ask IS NOT NULL;
    CREATE INDEX article_body ON article (site, body_digest) WHERE body_digest IS NOT NULL;
    CREATE INDEX article_gone ON article (site) WHERE status = 'gone' AND path IS NULL;
    CREATE INDEX article_layout ON article (site, layout, channel, captured) WHERE characters IS NOT NULL;
    CREATE INDEX article_waiting ON article (
        site, coalesce(published, CAST(strftime('%s', listed_date) AS INTEGER) * 1000000, first_seen), key
    ) WHERE status = 'waiting' AND wanted;
    CREATE INDEX alias_key ON alias (site, key);
    CREATE INDEX page_number ON page (site, channel, number);
    CREATE INDEX listed_key ON listed (key);
    CREATE INDEX asset_due ON asset (site, due) WHERE due IS NOT NULL;
    CREATE INDEX asset_path ON asset (site, path) WHERE path IS NOT NULL;
    CREATE INDEX capture_key ON capture (site, key, fetched_at);
    CREATE INDEX capture_list ON capture (site, url) WHERE key IS NULL AND status = 200;
"""
