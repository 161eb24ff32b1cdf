"""A whole run: its sites side by side, each at its own pace, and one report of them all.

One site that fails does not touch the others; a full disk ends them all. A signal ends what waits: what was
begun is finished or undone, and the next run goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from scraper.crawl.fetch_and_store import Nowhere, StoringFetcher
from scraper.crawl.site_crawl import SiteCrawl
from scraper.crawl.wayback_fallback import WaybackFallback
from scraper.errors import ArchiveError, CaptureDamaged, NoRoom, ProgramError, StoreError
from scraper.exit_codes import ExitCode, of_error, worst
from scraper.ingest.copies import Copies
from scraper.ingest.ingester import Ingester
from scraper.ingest.prior_captures import PriorCaptures
from scraper.ingest.reextract import lost, remake, settle
from scraper.ingest.replay import Replay
from scraper.report import Report

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from datetime import datetime

    from scraper.crawl.budget import Budget
    from scraper.crawl.fetch_and_store import Source
    from scraper.crawler.network import Network
    from scraper.model import Site
    from scraper.progress import Progress
    from scraper.stores.opening import Stores
    from scraper.stores.warc_reader import Damaged
    from scraper.urls import Url

_log = logging.getLogger(__name__)

Plan: TypeAlias = "Callable[[SiteCrawl], Awaitable[None]]"
"""What a run does with each site: `SiteCrawl.run`, or a backfill."""

_SIGNALS = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}


@dataclass(frozen=True, slots=True, kw_only=True)
class WaybackSource:
    """Another archive, which keeps copies of what is gone from the sites."""

    home: Url
    place: Callable[[Site], Site]  # the archive, as it is asked on behalf of a site
    source: Callable[[Site], Source]  # likewise, what asks it


class Session:
    """One run over some sites."""

    def __init__(
        self,
        *,
        stores: Stores,
        network: Network,
        budget: Budget,
        progress: Progress,
        now: Callable[[], datetime],
        check_room: Callable[[], None],
        dry: bool = False,
        second: WaybackSource | None = None,
    ) -> None:
        """Take what was joined in `app`. `check_room` raises NoRoom; `dry`: nothing is written.

        `second`: where copies are of what is gone from the sites; None: nobody asks for any.
        """
        self._stores = stores
        self._network = network
        self._budget = budget
        self._progress = progress
        self._now = now
        self._check_room = check_room
        self._dry = dry
        self._second = second
        self._codes: set[int] = set()

    def go(self, command: str, sites: Sequence[Site], plan: Plan) -> Report:
        """Run to the end, or to a signal, and return the report."""
        begun = self._now()
        with self._stores.state.transaction():
            run = self._stores.state.runs.begin(command, begun)
        walks = [self._walk(site, run) for site in sites]
        asyncio.run(self._all(walks, plan))
        report = self._report(command, begun, walks)
        self._remember(run, report, walks)
        return report

    def _walk(self, site: Site, run: int) -> SiteCrawl:
        ingester = ingester_of(site, self._stores, run=run)
        walk = SiteCrawl(
            site=site,
            state=self._stores.state,
            ingester=ingester,
            fetching=self._fetching(site, ingester, self._network),
            progress=self._progress,
            now=self._now,
            run=run,
            dry=self._dry,
        )
        if self._second is not None and not self._dry:
            walk.second = WaybackFallback(
                site=site,
                home=self._second.home,
                state=self._stores.state,
                copies=copies_of(site, self._stores),
                fetching=self._fetching(site, ingester, self._second.source(site)),
                tally=walk.tally,
                now=self._now,
                run=run,
            )
        return walk

    def _fetching(self, site: Site, ingester: Ingester, source: Source) -> StoringFetcher:
        return StoringFetcher(
            site=site,
            source=source,
            shelf=Nowhere() if self._dry else self._stores.captures,
            earlier=prior_captures_of(site, self._stores),
            ingester=ingester,
            budget=self._budget,
            check_room=self._check_room,
        )

    async def _all(self, walks: Sequence[SiteCrawl], plan: Plan) -> None:
        async with self._network:
            tasks = [asyncio.create_task(self._one(walk, plan)) for walk in walks]

            def end(code: int) -> None:
                self._codes.add(code)
                for task in tasks:
                    task.cancel()

            with _signals(end):
                for ended in asyncio.as_completed(tasks):
                    try:
                        await ended
                    except NoRoom:
                        end(ExitCode.NO_ROOM)
                    except asyncio.CancelledError:
                        continue

    async def _one(self, walk: SiteCrawl, plan: Plan) -> None:
        """Walk one site; whatever it raises becomes its code and a line of the log, but for a full disk."""
        try:
            self._check_room()
            if not self._dry:
                await self._recover(walk)
            await plan(walk)
        except NoRoom as error:
            walk.tally.code(ExitCode.NO_ROOM)
            walk.tally.problem(walk.site.home, error)
            raise
        except ArchiveError as error:
            fields = {"site": walk.site.name, "error": f"{error.kind}: {error}"}
            _log.error("stopped", extra={"fields": fields})
            walk.tally.code(of_error(error))
            walk.tally.problem(walk.site.home, error)
        except Exception as error:  # noqa: BLE001 - one site's error must not end the others; it is logged whole
            _log.exception("program-error", extra={"fields": {"site": walk.site.name}})
            walk.tally.code(ExitCode.PROGRAM_ERROR)
            walk.tally.problem(walk.site.home, ProgramError(f"{type(error).__name__}: {error}"))

    async def _recover(self, walk: SiteCrawl) -> None:
        """Take in what a killed run left on the shelf, and write the documents that are missing again.

        A signal ends it between two of them.
        """

        def tell(damaged: Damaged) -> None:
            walk.tally.code(ExitCode.DAMAGED)
            walk.tally.problem(walk.site.home, CaptureDamaged(str(damaged)))

        for number in recovering(walk.site, self._stores, tell):
            self._progress.listing(walk.site.name, "recovered", number, None)
            await asyncio.sleep(0)
        for job in lost(walk.site, self._stores):
            change = settle(job, remake(job, walk.site, self._stores.captures.read), self._stores, dry=False)
            walk.tally.restored(change.known, change.error)
            await asyncio.sleep(0)

    def _report(self, command: str, begun: datetime, walks: Sequence[SiteCrawl]) -> Report:
        for walk in walks:
            walk.finish()
            places = [walk.site, *([self._second.place(walk.site)] if self._second else [])]
            traffic = [self._network.traffic(place) for place in places]
            walk.tally.report.requests = sum(part.requests for part in traffic)
            walk.tally.report.bytes = sum(part.bytes for part in traffic)
        return Report(
            command=command,
            started=begun,
            finished=self._now(),
            exit_code=worst({*self._codes, *(walk.tally.exit_code for walk in walks)}),
            sites={walk.site.name: walk.tally.report for walk in walks},
        )

    def _remember(self, run: int, report: Report, walks: Sequence[SiteCrawl]) -> None:
        """Remember how the run ended; on a full disk the report says it all the same."""
        runs = self._stores.state.runs
        try:
            with self._stores.state.transaction():
                for walk in walks:
                    runs.end_site(run, walk.site.name, walk.tally.exit_code, walk.tally.report)
                runs.end(run, report.finished, report.exit_code)
        except StoreError as error:
            _log.error("unremembered", extra={"fields": {"error": f"{error.kind}: {error}"}})
            report.exit_code = worst({report.exit_code, of_error(error)})


def prior_captures_of(site: Site, stores: Stores) -> PriorCaptures:
    """Join a site's earlier answers."""
    return PriorCaptures(site=site, captures=stores.state.captures, shelf=stores.captures.read)


def copies_of(site: Site, stores: Stores) -> Copies:
    """Join the intake of copies that another archive keeps of a site's pages."""
    return Copies(site=site, state=stores.state, documents=stores.documents, shelf=stores.captures.read)


def ingester_of(site: Site, stores: Stores, *, run: int | None = None) -> Ingester:
    """Join the intake of a site. `run`: the run in whose name outcomes are remembered."""
    return Ingester(
        site=site,
        state=stores.state,
        documents=stores.documents,
        shelf=stores.captures.read,
        earlier=prior_captures_of(site, stores),
        run=run,
    )


def recovering(site: Site, stores: Stores, tell: Callable[[Damaged], None]) -> Iterator[int]:
    """Take in what a killed run left on the shelf, a capture at each step, and yield how many there were.

    Documents that do not yet say what became of their pictures follow then, when all is taken in.
    What is damaged is stepped over: `tell` hears of it.
    """

    def damaged(found: Damaged) -> None:
        _log.error("damaged", extra={"fields": {"site": site.name, "error": str(found)}})
        tell(found)

    ingester = ingester_of(site, stores)
    copies = copies_of(site, stores)
    recovery = Replay(site=site, state=stores.state, ingester=ingester, copies=copies)
    stores.captures.recover(site.name)
    number = 0
    after = stores.state.captures.last(site.name)
    for ref, capture in stores.captures.scan(site.name, after=after, on_damage=damaged):
        recovery.take(capture, ref)
        number += 1
        yield number
    for known, error in ingester.assets.follow():
        _log.warning("document", extra={"fields": {"site": site.name, "url": known.url, "error": str(error)}})
    if number:
        _log.info("recovered", extra={"fields": {"site": site.name, "captures": number}})


def recover(site: Site, stores: Stores) -> int:
    """Take in all that a killed run left on the shelf; return how many captures that were."""
    return sum(1 for _ in recovering(site, stores, lambda _: None))


@contextmanager
def _signals(end: Callable[[int], None]) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into an orderly end, for as long as this lasts."""
    loop = asyncio.get_running_loop()
    for number, code in _SIGNALS.items():
        loop.add_signal_handler(number, end, code)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
