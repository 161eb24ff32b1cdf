"""The tables of a cluster in PostgreSQL, and every statement on them. procrastinate's own stand beside them.

A lease is a row: whoever changes it holds it. `until` counts by the database's clock alone.
"""

from __future__ import annotations

from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS cluster_archive (
    one_row     boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    store       text NOT NULL          -- where its captures lie: a second archive gets a database of its own
);
CREATE TABLE IF NOT EXISTS cluster_machine (
    name        text PRIMARY KEY,
    seen        timestamptz NOT NULL,  -- its last sign of life
    slots       integer NOT NULL       -- how many sites it works at once
);
CREATE TABLE IF NOT EXISTS cluster_site (
    name        text PRIMARY KEY,
    every       interval NOT NULL,
    priority    integer NOT NULL,
    backfill    boolean NOT NULL DEFAULT false,  -- its whole past is walked too, until it is there
    due         timestamptz NOT NULL DEFAULT now(),
    retired     timestamptz,           -- NULL: it is worked
    epoch       bigint NOT NULL DEFAULT 0,
    holder      text,                  -- the worker that has, or had, the lease; NULL: never any
    until       timestamptz,           -- the end of the lease; NULL: it was handed back
    machine     text                   -- that has the site's files; NULL: none has
);
CREATE INDEX IF NOT EXISTS cluster_site_due ON cluster_site (due) WHERE retired IS NULL;
CREATE TABLE IF NOT EXISTS cluster_host (
    host        text PRIMARY KEY,
    site        text NOT NULL REFERENCES cluster_site ON DELETE CASCADE,
    epoch       bigint NOT NULL        -- of the site's lease with which the host goes
);
CREATE TABLE IF NOT EXISTS cluster_run (
    site        text NOT NULL,
    epoch       bigint NOT NULL,
    serial      bigint NOT NULL,       -- of the commit
    machine     text NOT NULL,
    command     text NOT NULL,
    started     timestamptz NOT NULL,
    finished    timestamptz NOT NULL,
    exit_code   integer NOT NULL,
    shipped     bigint NOT NULL,       -- bytes that went to the store
    report      jsonb NOT NULL,        -- the site's part of the report, as `run --json` prints it
    PRIMARY KEY (site, epoch, serial)
);
CREATE INDEX IF NOT EXISTS cluster_run_finished ON cluster_run (site, finished DESC);
"""

CLAIM: Final = """
UPDATE cluster_site
   SET epoch = epoch + 1, holder = %(holder)s, until = clock_timestamp() + %(ttl)s * interval '1 second',
       due = clock_timestamp() + every * %(stretch)s
 WHERE name = %(site)s AND retired IS NULL AND (until IS NULL OR until <= clock_timestamp())
RETURNING epoch, backfill, every
"""

# One row lock a host, in the order of their names: two claims at once cannot wait for each other in a circle.
CLAIM_HOSTS: Final = """
INSERT INTO cluster_host (host, site, epoch)
SELECT host, %(site)s, %(epoch)s FROM unnest(%(hosts)s::text[]) AS host ORDER BY host
ON CONFLICT (host) DO UPDATE SET site = excluded.site, epoch = excluded.epoch
 WHERE cluster_host.site = excluded.site OR NOT EXISTS (
       SELECT 1 FROM cluster_site AS other
        WHERE other.name = cluster_host.site AND other.epoch = cluster_host.epoch
          AND other.until > clock_timestamp())
"""

HELD_BY: Final = "SELECT holder, retired IS NOT NULL FROM cluster_site WHERE name = %(site)s"

HOST_HELD_BY: Final = """
SELECT h.host, h.site FROM cluster_host AS h JOIN cluster_site AS s ON s.name = h.site AND s.epoch = h.epoch
 WHERE h.host = ANY (%(hosts)s) AND h.site <> %(site)s AND s.until > clock_timestamp() LIMIT 1
"""

RENEW: Final = """
UPDATE cluster_site SET until = clock_timestamp() + %(ttl)s * interval '1 second'
  FROM unnest(%(sites)s::text[], %(epochs)s::bigint[]) AS mine (site, epoch)
 WHERE name = mine.site AND cluster_site.epoch = mine.epoch AND holder = %(holder)s AND until IS NOT NULL
RETURNING name
"""

HAND_BACK: Final = """
UPDATE cluster_site SET until = NULL, machine = COALESCE(%(machine)s, machine)
 WHERE name = %(site)s AND epoch = %(epoch)s AND holder = %(holder)s
"""

# The store remembers a higher number than a database that came back from a backup.
RAISE_EPOCH: Final = """
UPDATE cluster_site SET epoch = %(above)s + 1
 WHERE name = %(site)s AND epoch = %(epoch)s AND holder = %(holder)s
RETURNING epoch
"""

SEEN: Final = """
INSERT INTO cluster_machine (name, seen, slots) VALUES (%(machine)s, clock_timestamp(), %(slots)s)
ON CONFLICT (name) DO UPDATE SET seen = excluded.seen, slots = excluded.slots
"""

ADD_RUN: Final = """
INSERT INTO cluster_run (site, epoch, serial, machine, command, started, finished, exit_code, shipped, report)
VALUES (%(site)s, %(epoch)s, %(serial)s, %(machine)s, %(command)s, %(started)s, %(finished)s, %(exit_code)s,
        %(shipped)s, %(report)s)
ON CONFLICT DO NOTHING
"""

PUT_SITE: Final = """
INSERT INTO cluster_site (name, every, priority, backfill)
VALUES (%(site)s, %(every)s, %(priority)s, COALESCE(%(backfill)s, false))
ON CONFLICT (name) DO UPDATE
   SET every = excluded.every, priority = excluded.priority, retired = NULL,
       backfill = COALESCE(%(backfill)s, cluster_site.backfill),
       due = LEAST(cluster_site.due, clock_timestamp() + excluded.every)
"""

BACKFILLED: Final = """
UPDATE cluster_site SET backfill = false WHERE name = %(site)s AND epoch = %(epoch)s AND holder = %(holder)s
"""

RETIRE: Final = (
    "UPDATE cluster_site SET retired = clock_timestamp() WHERE name = ANY (%(sites)s) RETURNING name"
)

UNNAMED: Final = "SELECT name FROM cluster_site WHERE retired IS NULL AND NOT name = ANY (%(sites)s)"

# A site is put into the queue when it is due and has no job there, nor one that is being done.
DUE: Final = """
SELECT s.name, s.priority, m.name AS machine
  FROM cluster_site AS s
  LEFT JOIN cluster_machine AS m
    ON m.name = s.machine AND m.seen > clock_timestamp() - %(alive)s * interval '1 second'
 WHERE s.retired IS NULL AND s.due <= clock_timestamp()
   AND NOT EXISTS (
       SELECT 1 FROM procrastinate_jobs AS j WHERE j.lock = s.name AND j.status IN ('todo', 'doing'))
 ORDER BY s.due
"""

# Who waited long enough for the machine that has its files is given to any.
GIVE_UP_WAITING: Final = """
UPDATE procrastinate_jobs AS j SET queue_name = %(any)s
  FROM cluster_site AS s
 WHERE j.status = 'todo' AND j.lock = s.name AND j.queue_name <> %(any)s
   AND s.due < clock_timestamp() - %(patience)s * interval '1 second'
"""

WAITING: Final = """
SELECT j.id, j.priority AS stands, s.priority, clock_timestamp() - s.due AS waited, s.every
  FROM procrastinate_jobs AS j JOIN cluster_site AS s ON j.lock = s.name
 WHERE j.status = 'todo' AND s.due < clock_timestamp() - s.every
"""

SET_PRIORITY: Final = (
    "UPDATE procrastinate_jobs SET priority = %(priority)s WHERE id = %(job)s AND status = 'todo'"
)

# Jobs that nobody does any more, whatever procrastinate thinks of their worker: their lease has run out.
STUCK: Final = """
SELECT j.id FROM procrastinate_jobs AS j LEFT JOIN cluster_site AS s ON s.name = j.lock
 WHERE j.status = 'doing' AND j.lock IS NOT NULL AND (s.until IS NULL OR s.until < clock_timestamp())
   AND NOT EXISTS (
       SELECT 1 FROM procrastinate_events AS e
         WHERE e.job_id = j.id AND e.type = 'started'
           AND e.at > clock_timestamp() - %(ttl)s * interval '1 second')
"""

DROP_OLD_UPKEEP: Final = """
DELETE FROM procrastinate_jobs AS j
 WHERE j.queue_name = %(upkeep)s AND j.status <> 'todo' AND NOT EXISTS (
       SELECT 1 FROM procrastinate_events AS e
        WHERE e.job_id = j.id AND e.at > clock_timestamp() - interval '10 minutes')
"""

STATUS: Final = """
SELECT s.name, s.priority, s.every, s.backfill, s.due, s.retired, s.epoch, s.holder,
       s.until IS NOT NULL AND s.until > clock_timestamp() AS held, s.machine,
       EXISTS (SELECT 1 FROM procrastinate_jobs AS j WHERE j.lock = s.name AND j.status = 'todo') AS queued,
       r.finished, r.exit_code, r.shipped, r.report
  FROM cluster_site AS s
  LEFT JOIN LATERAL (
       SELECT finished, exit_code, shipped, report FROM cluster_run AS r
        WHERE r.site = s.name ORDER BY finished DESC LIMIT 1) AS r ON true
 ORDER BY s.name
"""

MACHINES: Final = """
SELECT m.name, m.seen, m.slots,
       (SELECT count(*) FROM cluster_site AS s
         WHERE s.until > clock_timestamp() AND split_part(s.holder, '#', 1) = m.name) AS held
  FROM cluster_machine AS m ORDER BY m.name
"""

PUT_ARCHIVE: Final = "INSERT INTO cluster_archive (store) VALUES (%(store)s) ON CONFLICT DO NOTHING"
ARCHIVE: Final = "SELECT store FROM cluster_archive"
