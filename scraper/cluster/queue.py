"""The queue of sites that are due: procrastinate's jobs, and the upkeep that keeps them coming.

A job is one site's run. Its lock and its queueing lock are the site's name: one is done and one waits, never
more. It waits first for the machine that has the site's files, then for any. A site that another machine
still holds, by its lease, is put off. Upkeep has a queue and a worker of its own: in the queue of the sites
it would wait behind the backlog that it is there to mend.

    upkeep, four times a minute and more often where leases are short, on one machine:
        put into the queue what is due
        give what waited long enough for its machine to any, and let what waits very long rise
        take back the jobs whose lease has run out (procrastinate leaves them `doing`)
"""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job

from scraper.cluster import tables
from scraper.cluster.schedule import PATIENCE, pause_between_upkeeps, queue_of, queue_priority
from scraper.errors import DatabaseAway
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from procrastinate.job_context import JobContext

    from scraper.cluster.database import Database

ANY: Final = queue_of(None)
UPKEEP: Final = "upkeep"
ARCHIVE_SITE: Final = "archive_site"

_EVERY = "* * * * * */{seconds}"  # the sixth field is the seconds
_ALIVE = 120.0  # seconds since a machine's last sign of life, after which nothing waits for it


class PutOff(Exception):  # noqa: N818 - no error: the job is to be done later
    """The site cannot be worked now; its job waits a while and is tried again, here or elsewhere."""

    def __init__(self, seconds: int) -> None:
        """Say for how long."""
        super().__init__(seconds)
        self.seconds = seconds


class _TryAgain(procrastinate.BaseRetryStrategy):
    """Puts a job off for as long as it asks; any other end is an end, and the schedule brings the next."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        """Say when a job is tried again; None: never."""
        del job
        if isinstance(exception, PutOff):
            return procrastinate.RetryDecision(retry_in={"seconds": exception.seconds}, queue=ANY)
        return None


class Queue:
    """The jobs of all sites, in the database."""

    def __init__(self, address: str, database: Database, *, ttl: float) -> None:
        """Take the database twice: procrastinate keeps connections of its own. Nothing is asked yet."""
        self._database = database
        self._ttl = ttl
        self._users = 0
        for name in ("procrastinate", "psycopg.pool"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what ends a job, we say
        connector = procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=4, timeout=10.0)
        self.app = procrastinate.App(
            connector=connector, worker_defaults={"delete_jobs": DeleteJobCondition.ALWAYS}
        )

    async def init(self) -> None:
        """Make procrastinate's tables, where they are not there yet."""
        try:
            async with self.app.open_async():
                if not await self.app.check_connection_async():
                    await self.app.schema_manager.apply_schema_async()
        except ConnectorException as error:
            raise _away(error) from error

    def serve(self, work: Callable[[str, int], Awaitable[None]]) -> None:
        """Say what is done with a site whose turn has come: called with its name and the job's number."""

        @self.app.task(name=ARCHIVE_SITE, queue=ANY, retry=_TryAgain(), pass_context=True)
        async def archive_site(context: JobContext, site: str) -> None:
            await work(site, context.job.id or 0)

        @self.app.periodic(cron=_EVERY.format(seconds=pause_between_upkeeps(self._ttl)))
        @self.app.task(name=UPKEEP, queue=UPKEEP, queueing_lock=UPKEEP)  # no lock: one stuck would stop all
        async def upkeep(timestamp: int) -> None:
            del timestamp
            await self.tend()

    async def tend(self) -> int:
        """Do the upkeep once; return how many sites were put into the queue."""
        ask = self._database.ask
        for (job,) in await ask(tables.STUCK, {"ttl": self._ttl}):
            await self._take_back(int(job))
        number = await self._enqueue()
        values = {"any": ANY, "patience": PATIENCE}
        await ask(tables.GIVE_UP_WAITING, values)
        for job, stands, priority, waited, every in await ask(tables.WAITING, {}):
            rises = queue_priority(priority, waited, every)
            if rises > stands:
                await ask(tables.SET_PRIORITY, {"job": job, "priority": rises})
        await ask(tables.DROP_OLD_UPKEEP, {"upkeep": UPKEEP})
        return number

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep procrastinate's connections open; several may at once, the last one closes them."""
        if self._users == 0:
            await self.app.open_async()
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if self._users == 0:
                await self.app.close_async()

    async def finish(self, job: int) -> bool:
        """Take a job out whose work is done; say whether the database heard it."""
        try:
            await self.app.job_manager.finish_job_by_id_async(
                job_id=job, status=procrastinate.jobs.Status.SUCCEEDED, delete_job=True
            )
        except ConnectorException as error:
            return "not found" in str(error.__cause__)  # taken back meanwhile: somebody else's now
        return True

    async def run_worker(self, *, machine: str, slots: int) -> None:
        """Do jobs until cancelled, or until the database breaks off: then it is to be called again."""
        await self.app.run_worker_async(
            queues=[queue_of(machine), ANY],
            name=machine,
            concurrency=slots,
            install_signal_handlers=False,
            shutdown_graceful_timeout=1.0,
            fetch_job_polling_interval=5.0,
        )

    async def run_upkeep(self, *, machine: str) -> None:
        """Do the upkeep now and when it is due, beside `run_worker`."""
        await self.tend()
        await self.app.run_worker_async(
            queues=[UPKEEP],
            name=f"{machine} upkeep",
            install_signal_handlers=False,
            shutdown_graceful_timeout=1.0,
        )

    async def _enqueue(self) -> int:
        rows = await self._database.ask(tables.DUE, {"alive": _ALIVE})
        jobs = [self._job(row) for row in rows]
        try:
            await self.app.job_manager.batch_defer_jobs_async(jobs)
        except AlreadyEnqueued:  # somebody else puts some of them in at this moment
            return sum([await self._enqueue_one(job) for job in jobs])
        return len(jobs)

    async def _enqueue_one(self, job: Job) -> bool:
        try:
            await self.app.job_manager.defer_job_async(job)
        except AlreadyEnqueued:
            return False
        return True

    @staticmethod
    def _job(row: Any) -> Job:  # noqa: ANN401 - a row of `tables.DUE`
        return Job(
            id=None,
            queue=queue_of(row.machine),
            task_name=ARCHIVE_SITE,
            task_kwargs={"site": row.name},
            priority=row.priority,
            lock=row.name,
            queueing_lock=row.name,
        )

    async def _take_back(self, job: int) -> None:
        try:
            await self.app.job_manager.retry_job_by_id_async(job, retry_at=procrastinate.utils.utcnow())
        except (ConnectorException, AlreadyEnqueued):
            return  # it has ended meanwhile, or the next one waits already


def _away(error: Exception) -> DatabaseAway:
    return DatabaseAway(say("the database does not answer: {why}", why=type(error).__name__))
