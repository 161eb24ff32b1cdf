"""The database of leases: each question one transaction, bounded in time.

A database that does not answer is `DatabaseAway`, and the next question connects anew. Credentials come from
the environment, as libpq has it (PGUSER, PGPASSWORD, PGPASSFILE, PGSSLMODE …), and stand in no message.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb

from scraper.cluster import tables
from scraper.errors import ClusterError, DatabaseAway, LeaseLost, SiteHeld, UsageError
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from scraper.cluster.lease import Lease

_PATIENCE = 10.0  # seconds for one question
_CONNECT = 5  # seconds to connect


class RunRow(Value, frozen=True, kw_only=True):
    """One run of one site, as it is remembered in the database."""

    site: str
    epoch: int
    serial: int  # of the commit
    machine: str
    command: str
    started: datetime
    finished: datetime
    exit_code: int
    shipped: int  # bytes
    report: Mapping[str, Any]


class Turn(Value, frozen=True, kw_only=True):
    """What a claim gives, and what is to be done with it."""

    epoch: int
    backfill: bool  # the site's whole past is to be walked too
    every: timedelta  # from one run to the next


class Database:
    """One connection, opened when it is needed and again when it broke; one question at a time."""

    def __init__(self, address: str, *, patience: float = _PATIENCE) -> None:
        """Take the address (`postgresql://host/name`); nothing is asked yet."""
        self._address = address
        self._patience = patience
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    # ── the cluster ───────────────────────────────────────────────────────────────────────────────────────

    async def init(self, store: str) -> None:
        """Make the tables, and remember where the archive's captures lie.

        Raises UsageError where the database already is another archive's.
        """
        async with self._asked() as cursor:
            await cursor.execute(tables.SCHEMA)
            await cursor.execute(tables.PUT_ARCHIVE, {"store": store})
            await cursor.execute(tables.ARCHIVE)
            known = (await _rows(cursor))[0].store
        if known != store:
            msg = say(
                "the database belongs to the archive in {known}, not to that in {store}",
                known=known,
                store=store,
            )
            raise UsageError(msg)

    async def put_sites(
        self, sites: Iterable[tuple[str, timedelta, int]], *, backfill: bool | None = None
    ) -> list[str]:
        """Take sites into the schedule, each with its `every` and priority.

        `backfill`: whether their past is walked too; None: as before. Returns those that the schedule has
        beyond them.
        """
        rows = [
            {"site": site, "every": every, "priority": priority, "backfill": backfill}
            for site, every, priority in sites
        ]
        async with self._asked() as cursor:
            await cursor.executemany(tables.PUT_SITE, rows)
            await cursor.execute(tables.UNNAMED, {"sites": [row["site"] for row in rows]})
            return [row.name for row in await _rows(cursor)]

    async def retire(self, sites: Sequence[str]) -> list[str]:
        """Take sites out of the schedule; return those that were in it. Who holds one works it to its end."""
        async with self._asked() as cursor:
            await cursor.execute(tables.RETIRE, {"sites": list(sites)})
            return [row.name for row in await _rows(cursor)]

    async def sites(self) -> list[Any]:
        """Return a row for each site: schedule, lease, last run."""
        async with self._asked() as cursor:
            await cursor.execute(tables.STATUS)
            return await _rows(cursor)

    async def machines(self) -> list[Any]:
        """Return a row for each machine that ever worked."""
        async with self._asked() as cursor:
            await cursor.execute(tables.MACHINES)
            return await _rows(cursor)

    async def seen(self, machine: str, slots: int) -> None:
        """Give a sign of life."""
        async with self._asked() as cursor:
            await cursor.execute(tables.SEEN, {"machine": machine, "slots": slots})

    async def add_run(self, run: RunRow) -> None:
        """Remember how a run ended; told twice, it is remembered once."""
        values = {name: getattr(run, name) for name in RunRow.__struct_fields__} | {
            "report": Jsonb(run.report)
        }
        async with self._asked() as cursor:
            await cursor.execute(tables.ADD_RUN, values)

    # ── leases ────────────────────────────────────────────────────────────────────────────────────────────

    async def claim(
        self, site: str, hosts: Iterable[str], holder: str, *, ttl: float, stretch: float
    ) -> Turn:
        """Take the lease of a site and of its hosts.

        The next run is due after `every` × `stretch`.
        Raises SiteHeld, where somebody else holds the site or a host; nothing is taken then.
        """
        named = sorted(set(hosts))
        async with self._asked() as cursor:
            values = {"site": site, "holder": holder, "ttl": ttl, "stretch": stretch}
            await cursor.execute(tables.CLAIM, values)
            rows = await _rows(cursor)
            if not rows:
                await cursor.execute(tables.HELD_BY, {"site": site})
                raise _held(site, await _rows(cursor))
            turn = Turn(epoch=rows[0].epoch, backfill=rows[0].backfill, every=rows[0].every)
            await self._claim_hosts(cursor, site, turn.epoch, named)
        return turn

    async def backfilled(self, lease: Lease) -> None:
        """Remember that a site's whole past is there."""
        await self.ask(tables.BACKFILLED, {"site": lease.site, "epoch": lease.epoch, "holder": lease.holder})

    async def claim_host(self, lease: Lease, host: str) -> bool:
        """Take one more host for a lease that is held; say whether it was free."""
        try:
            async with self._asked() as cursor:
                await self._claim_hosts(cursor, lease.site, lease.epoch, [host])
        except SiteHeld:
            return False
        return True

    async def renew(self, leases: Sequence[Lease], holder: str, *, ttl: float) -> set[str]:
        """Make leases last on; return the sites that still are the holder's, though they may have run out."""
        values = {
            "sites": [lease.site for lease in leases],
            "epochs": [lease.epoch for lease in leases],
            "holder": holder,
            "ttl": ttl,
        }
        async with self._asked() as cursor:
            await cursor.execute(tables.RENEW, values)
            return {row.name for row in await _rows(cursor)}

    async def raise_epoch(self, lease: Lease, above: int) -> int:
        """Give a lease a number above one that the store knows; return it. Raises LeaseLost."""
        values = {"site": lease.site, "epoch": lease.epoch, "holder": lease.holder, "above": above}
        async with self._asked() as cursor:
            await cursor.execute(tables.RAISE_EPOCH, values)
            rows = await _rows(cursor)
        if not rows:
            raise LeaseLost(say("{site}: the lease was lost while it was claimed", site=lease.site))
        return int(rows[0].epoch)

    async def hand_back(self, lease: Lease, machine: str | None) -> None:
        """End a lease; whoever has lost it changes nothing.

        `machine`: where the site's files lie now; None: as before.
        """
        values = {"site": lease.site, "epoch": lease.epoch, "holder": lease.holder, "machine": machine}
        async with self._asked() as cursor:
            await cursor.execute(tables.HAND_BACK, values)

    @staticmethod
    async def _claim_hosts(cursor: psycopg.AsyncCursor[Any], site: str, epoch: int, hosts: list[str]) -> None:
        await cursor.execute(tables.CLAIM_HOSTS, {"site": site, "epoch": epoch, "hosts": hosts})
        if cursor.rowcount == len(hosts):
            return
        await cursor.execute(tables.HOST_HELD_BY, {"site": site, "hosts": hosts})
        host, by = next(((row.host, row.site) for row in await _rows(cursor)), ("?", "?"))
        msg = say("{site}: waits for {host}, which {by} asks", site=site, host=host, by=by)
        raise SiteHeld(msg)

    # ── the queue's rows ──────────────────────────────────────────────────────────────────────────────────

    async def ask(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        """Ask one of the statements of `tables`; return its rows, none where it has none."""
        async with self._asked() as cursor:
            await cursor.execute(statement, values)
            return await _rows(cursor) if cursor.description else []

    # ── the connection ────────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[psycopg.AsyncCursor[Any]]:
        """Give a cursor within a transaction; whatever breaks leaves nothing of it, and no connection."""
        async with self._turn:
            try:
                async with asyncio.timeout(self._patience):
                    connection = await self._connected()
                    async with (
                        connection.transaction(),
                        connection.cursor(row_factory=namedtuple_row) as cursor,
                    ):
                        yield cursor
            except ClusterError:
                raise
            except (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError, OSError) as error:
                await self._drop()
                msg = say("the database does not answer: {why}", why=_reason(error))
                raise DatabaseAway(msg) from None
            except psycopg.errors.UndefinedTable as error:
                msg = say("the database has no tables of a cluster yet: `cluster init` makes them")
                raise UsageError(msg) from error
            except asyncio.CancelledError:
                await self._drop()
                raise

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = await psycopg.AsyncConnection.connect(
                self._address, autocommit=True, connect_timeout=_CONNECT
            )
        return self._connection

    async def _drop(self) -> None:
        """Close what may be in the middle of an answer, without a word to a server that may not be there."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.pgconn.finish()


async def _rows(cursor: psycopg.AsyncCursor[Any]) -> list[Any]:
    rows: list[Any] = await cursor.fetchall()
    return rows


def _held(site: str, rows: Sequence[Any]) -> ClusterError:
    if not rows:
        return SiteHeld(say("{site}: is not in the schedule: `cluster schedule` takes it in", site=site))
    if rows[0][1]:
        return SiteHeld(say("{site}: is retired", site=site))
    return SiteHeld(say("{site}: is worked by {holder}", site=site, holder=rows[0][0]))


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
