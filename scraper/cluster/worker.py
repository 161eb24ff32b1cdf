"""A worker: takes sites from the queue, as many at once as it has slots, until it is told to stop.

procrastinate's own worker ends when the database does, and would wait for its jobs first. So the sites' turns
are tasks of ours, which its jobs only wait for; it is started again until the database is back, and what
ended meanwhile is taken out of the queue then.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from scraper.cluster.metrics import metrics
from scraper.cluster.queue import PutOff
from scraper.errors import ArchiveError, DatabaseAway, Locked, NoRoom, ObjectStoreAway, SiteHeld

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scraper.cluster.queue import Queue
    from scraper.cluster.site_work import SiteWork, Workshop

_log = logging.getLogger(__name__)

_AGAIN = 2.0  # seconds before procrastinate's worker is started again
_SIGN = 30.0  # seconds between two signs of life
_HELD, _AWAY, _FULL = 20, 30, 300  # seconds by which a site is put off: held elsewhere, no store, no room


class Worker:
    """One worker of one machine."""

    def __init__(
        self,
        queue: Queue,
        shop: Workshop,
        *,
        slots: int,
        work_on: Callable[[str], SiteWork | None],
        note: Callable[[str], None],
    ) -> None:
        """Take the queue and what all turns share.

        `work_on` gives a site's turn, None for a site that this machine's config does not name; `note` keeps
        the figures where Prometheus finds them.
        """
        self._queue = queue
        self._shop = shop
        self._slots = slots
        self._work_on = work_on
        self._note = note
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._unfinished: set[int] = set()  # jobs whose end the database has not heard
        queue.serve(self._take)

    async def run(self) -> None:
        """Work until the shop's `stopping` is set; then end what was begun, ship it, and hand it back."""
        chores = [
            asyncio.create_task(chore)
            for chore in (
                self._shop.leases.keep(),
                self._give_signs(),
                self._supervise(
                    lambda: self._queue.run_worker(machine=self._shop.machine, slots=self._slots)
                ),
                self._supervise(lambda: self._queue.run_upkeep(machine=self._shop.machine)),
            )
        ]
        try:
            await self._shop.stopping.wait()
            for chore in chores[1:]:
                chore.cancel()
            await asyncio.gather(*chores[1:], return_exceptions=True)
            if self._turns:
                await asyncio.wait(tuple(self._turns.values()))
            await self._shop.leases.tell_again()
            await self._finish_last()
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            self._note(metrics(self._shop, self._slots))

    # ── jobs ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _take(self, site: str, job: int) -> None:
        """Do a job; when it is cancelled, the site's turn goes on without it. Raises PutOff."""
        if self._shop.stopping.is_set():
            raise PutOff(0)
        turn = self._turns.get(site)
        if turn is None:
            work = self._work_on(site)
            if work is None:
                raise PutOff(_FULL)
            turn = self._turns[site] = asyncio.create_task(self._turn(site, work))
        try:
            await asyncio.shield(turn)
        except asyncio.CancelledError:
            self._unfinished.add(job)
            raise

    async def _turn(self, site: str, work: SiteWork) -> None:
        try:
            await work.take_turn()
        except (SiteHeld, Locked) as error:
            _log.info("put-off", extra={"fields": {"site": site, "why": str(error)}})
            raise PutOff(max(int(min(_HELD, self._shop.leases.ttl / 2)), 1)) from error
        except (ObjectStoreAway, DatabaseAway) as error:
            _log.warning("put-off", extra={"fields": {"site": site, "why": str(error)}})
            raise PutOff(_AWAY) from error
        except NoRoom as error:
            _log.error("put-off", extra={"fields": {"site": site, "why": str(error)}})
            raise PutOff(_FULL) from error
        except ArchiveError as error:
            _log.error("stopped", extra={"fields": {"site": site, "error": f"{error.kind}: {error}"}})
        except Exception:  # noqa: BLE001 - one site's error must not end the others; it is logged whole
            _log.exception("program-error", extra={"fields": {"site": site}})
        finally:
            self._turns.pop(site, None)

    async def _finish_jobs(self) -> None:
        for job in tuple(self._unfinished):
            if await self._queue.finish(job):
                self._unfinished.discard(job)

    async def _finish_last(self) -> None:
        """Take out of the queue what ended without its job; else the upkeep of others does it."""
        if not self._unfinished:
            return
        try:
            async with self._queue.open():
                await self._finish_jobs()
        except Exception as error:  # noqa: BLE001 - procrastinate's, psycopg's: it is the end in any case
            _log.warning("queue-away", extra={"fields": {"error": f"{type(error).__name__}: {error}"}})

    # ── what goes on beside ───────────────────────────────────────────────────────────────────────────────

    async def _supervise(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do work that should never end, again and again: it ends whenever the database does."""
        while True:
            try:
                async with self._queue.open():
                    await self._finish_jobs()
                    await work()
            except Exception as error:  # noqa: BLE001 - procrastinate's, psycopg's: whatever ended it, it begins again
                fields = {"error": f"{type(error).__name__}: {' '.join(str(error).split())}"}
                _log.warning("queue-away", extra={"fields": fields})
            await self._shop.sleep(_AGAIN)

    async def _give_signs(self) -> None:
        """Say again and again that this machine lives, and keep its figures."""
        while True:
            with suppress(ArchiveError):  # a database away: the renewal of leases tells of it
                await self._shop.database.seen(self._shop.machine, self._slots)
            with suppress(ArchiveError):
                self._note(metrics(self._shop, self._slots))
            await self._shop.sleep(_SIGN)
