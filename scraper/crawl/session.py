"""A whole run: its sites side by side, each at its own pace, and one report of them all.

A site's files are opened when its turn comes and closed after it. One site that fails does not touch the
others, one that another run holds is named and left alone; a full disk ends them all. A signal ends what
waits: what was begun is finished or undone, and the next run goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

from scraper.crawl.fetch_and_store import Nowhere, StoringFetcher
from scraper.crawl.off_loop import OffLoop
from scraper.crawl.outcome import Outcome, report_of
from scraper.crawl.site_crawl import SiteCrawl
from scraper.crawl.site_report import SiteReporter
from scraper.crawl.wayback_fallback import WaybackFallback
from scraper.errors import ArchiveError, CaptureDamaged, NoRoom, ProgramError, StoreError
from scraper.exit_codes import ExitCode, of_error
from scraper.ingest.ingester import Ingester
from scraper.ingest.losses import ShelfLosses
from scraper.ingest.missing import missing_today, told_missing
from scraper.ingest.page_reader import DirectReader
from scraper.ingest.replay import Replay
from scraper.ingest.unsynced_names import UnsyncedNames
from scraper.messages import say
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from datetime import datetime

    from scraper.crawl.budget import Budget
    from scraper.crawl.fetch_and_store import Source
    from scraper.crawl.plan import Plan
    from scraper.crawler.network import Network
    from scraper.ingest.page_reader import Reader
    from scraper.model import Site
    from scraper.progress import Progress
    from scraper.report import Report
    from scraper.stores.opening import SiteContext
    from scraper.stores.warc_reader import Damaged
    from scraper.urls import Url

_log = logging.getLogger(__name__)

_OPENING = 4  # sites at once: the first have asked when the last is open, and not all ask at one moment
SIGNALS = {
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
    signal.SIGHUP: ExitCode.TERMINATED,  # the terminal was closed
}


class OpenSite(Protocol):
    """Opens a site when its turn comes."""

    def __call__(self, site: Site) -> AbstractContextManager[SiteContext]:
        """Return the site's context, for `with`. Raises Locked, StoreError."""


class WaybackSource(Value, frozen=True, kw_only=True):
    """Another archive, which keeps copies of what is gone from the sites."""

    home: Url
    place: Callable[[Site], Site]  # the archive, as it is asked on behalf of a site
    source: Callable[[Site], Source]  # likewise, what asks it


class _Turn(Value, kw_only=True):
    """What became of one site in this run."""

    reporter: SiteReporter
    unopened: ArchiveError | None = None  # why there was none: another run has the site; None: there was one


class Session:
    """One run over some sites."""

    def __init__(  # noqa: PLR0913 - what was joined, each part named
        self,
        *,
        open_site: OpenSite,
        network: Network,
        budget: Budget,
        progress: Progress,
        now: Callable[[], datetime],
        check_room: Callable[[], None],
        at_once: int = 64,
        dry: bool = False,
        signals: bool = True,
        second: WaybackSource | None = None,
        reader: Reader | None = None,
        off_loop: OffLoop | None = None,
    ) -> None:
        """Take what was joined in `app`. `check_room` raises NoRoom; `dry`: nothing is written.

        `at_once`: sites that are worked side by side, and so have their files open. `signals`: SIGINT and
        SIGTERM end the run in order; without it, whoever called sees to that. `second`: where copies are of
        what is gone from the sites; None: nobody asks for any. `reader`: who reads pages; None: this process.
        `off_loop`: where the stores work; None: on the loop.
        """
        self._reader = reader or DirectReader()
        self._off_loop = off_loop or OffLoop(0)
        self.open_site = open_site
        self._network = network
        self._budget = budget
        self._progress = progress
        self._now = now
        self._check_room = check_room
        self.at_once = at_once
        self._opening = asyncio.Semaphore(_OPENING)
        self._dry = dry
        self._signals = signals
        self._second = second
        self._codes: set[ExitCode] = set()
        self._ends: list[ExitCode] = []  # that were asked for and not heeded yet
        self._heed: Callable[[], object] | None = None  # None: nothing works
        network.watch_pauses(progress.paused)

    def go(self, command: str, sites: Sequence[Site], plan: Plan) -> Report:
        """Run to the end, or to a signal, and return the report. Raises Locked where every site is held."""
        started = self._now()
        outcome = self.work(command, sites, plan)
        return report_of(command, sites, [outcome], started=started, finished=self._now())

    def work(self, command: str, sites: Sequence[Site], plan: Plan) -> Outcome:
        """Do as `go` does, and return what it came to: whoever asked for it makes the report."""
        turns = {
            site: _Turn(reporter=SiteReporter(site=site, progress=self._progress, now=self._now))
            for site in sites
        }
        if len(turns) == 1:
            self._off_loop = OffLoop(0)  # there is nobody whom this site's disk could hold up
        try:
            self._reader.open()
            asyncio.run(self._all(command, turns, plan))
        finally:
            self._off_loop.close()
            self._reader.close()
        lateness = self._network.lateness
        return Outcome(
            reports={site.name: turn.reporter.report for site, turn in turns.items()},
            codes=self._codes | {turn.reporter.exit_code for turn in turns.values()},
            unopened={site.name: turn.unopened for site, turn in turns.items() if turn.unopened is not None},
            turns=lateness.turns,
            late=lateness.late if lateness.is_behind else 0,
        )

    def end(self, code: ExitCode) -> None:
        """End in order what works or is about to, as a signal does. May be called at any moment."""
        self._ends.append(code)
        if self._heed is not None:
            self._heed()

    async def _all(self, command: str, turns: dict[Site, _Turn], plan: Plan) -> None:
        places = asyncio.Semaphore(self.at_once)
        async with self._network:
            tasks = [
                asyncio.create_task(self._one(command, site, turn, plan, places))
                for site, turn in turns.items()
            ]

            def heed() -> None:
                while self._ends:
                    self._codes.add(self._ends.pop())
                    for task in tasks:
                        task.cancel()

            self._heed = partial(asyncio.get_running_loop().call_soon_threadsafe, heed)
            heed()
            try:
                with _ending(self.end) if self._signals else _unended():
                    for ended in asyncio.as_completed(tasks):
                        try:
                            await ended
                        except NoRoom:
                            self.end(ExitCode.NO_ROOM)
                        except asyncio.CancelledError:
                            continue
            finally:
                self._heed = None

    async def _one(
        self, command: str, site: Site, turn: _Turn, plan: Plan, places: asyncio.Semaphore
    ) -> None:
        """Give one site its turn; what it raises becomes its code and a line of the log."""
        async with places:
            opened = False
            try:
                async with self._opened(site) as context:
                    opened = True
                    try:
                        await self._work(command, context, turn, plan)
                    except ArchiveError:
                        raise
                    except Exception as error:  # noqa: BLE001 - what ends one site must not end the others
                        self._slipped(context, turn, error)
            except NoRoom as error:
                turn.reporter.code(ExitCode.NO_ROOM)
                turn.reporter.problem(site.home, error)
                raise
            except ArchiveError as error:
                if opened:
                    self._stopped(site, turn, error)
                else:
                    turn.unopened = error

    @asynccontextmanager
    async def _opened(self, site: Site) -> AsyncIterator[SiteContext]:
        """Open a site, and close it in the end, beside the loop: both wait for the disk again and again."""
        with ExitStack() as stack:
            async with self._opening:
                context = await self._off_loop.do(stack.enter_context, self.open_site(site))
            yield context
            await self._off_loop.do(stack.close)

    async def _work(self, command: str, context: SiteContext, turn: _Turn, plan: Plan) -> None:
        """Work an open site, and remember how that ended, whatever ended it."""
        runs = context.state.runs
        with context.state.transaction():
            run = runs.begin(command, self._now())
        context = replace(context, run=run)
        crawl = self._crawl(context, turn.reporter)
        try:
            await self._carry_out(context, crawl, turn, plan)
        except asyncio.CancelledError:
            for code in self._codes:  # what ended the whole run ended this site's
                turn.reporter.code(code)
            raise
        finally:
            await self._settle(context, turn)
            self._finish(context, crawl)
            try:
                with context.state.transaction():
                    runs.end_site(run, context.name, turn.reporter.exit_code, turn.reporter.report)
                    runs.end(run, self._now(), turn.reporter.exit_code)
            except StoreError as error:  # on a full disk the report says it all the same
                self._stopped(context.site, turn, error)

    async def _settle(self, context: SiteContext, turn: _Turn) -> None:
        """Make durable what is not yet: the turn is not over before."""
        try:
            await self._off_loop.do(UnsyncedNames(context).settle)
        except StoreError as error:  # the next run looks for what may be lost
            self._stopped(context.site, turn, error)

    async def _carry_out(self, context: SiteContext, crawl: SiteCrawl, turn: _Turn, plan: Plan) -> None:
        try:
            self._check_room()
            if not self._dry:
                await self._recover(context, turn)
            await crawl.carry_out(plan)
            if not self._dry:
                ShelfLosses(context).settle()
        except NoRoom:
            turn.reporter.code(ExitCode.NO_ROOM)
            raise
        except ArchiveError as error:
            self._stopped(context.site, turn, error)
        except Exception as error:  # noqa: BLE001 - one site's error must not end the others; it is logged whole
            self._slipped(context, turn, error)

    def _slipped(self, context: SiteContext, turn: _Turn, error: Exception) -> None:
        """Take in what nobody foresaw: an error of the program, or a state that holds what cannot be."""
        _log.critical("program-error", exc_info=error, extra={"fields": {"site": context.name}})
        turn.reporter.code(ExitCode.PROGRAM_ERROR)
        turn.reporter.problem(context.site.home, ProgramError(f"{type(error).__name__}: {error}"))
        removed = 0 if self._dry else context.state.mend()
        if removed:
            turn.reporter.code(ExitCode.DAMAGED)
            said = say(
                "state: {count} rows that held what cannot be were taken out: the next run goes on",
                count=removed,
            )
            turn.reporter.problem(context.site.home, StoreError(said))

    def _stopped(self, site: Site, turn: _Turn, error: ArchiveError) -> None:
        fields = {"site": site.name, "error": f"{error.kind}: {error}"}
        _log.error("stopped", extra={"fields": fields})
        turn.reporter.code(of_error(error))
        turn.reporter.problem(site.home, error)

    def _crawl(self, context: SiteContext, reporter: SiteReporter) -> SiteCrawl:
        ingester = Ingester(context, self._reader)
        wayback = None
        if self._second is not None:
            wayback = WaybackFallback(
                context,
                home=self._second.home,
                fetching=self._fetching(context, ingester, self._second.source(context.site)),
                reporter=reporter,
                reader=self._reader,
            )
        return SiteCrawl(
            context,
            ingester=ingester,
            fetching=self._fetching(context, ingester, self._network),
            reporter=reporter,
            progress=self._progress,
            dry=self._dry,
            wayback=wayback,
        )

    def _fetching(self, context: SiteContext, ingester: Ingester, source: Source) -> StoringFetcher:
        return StoringFetcher(
            context,
            source=source,
            shelf=Nowhere() if self._dry else context.captures,
            ingester=ingester,
            budget=self._budget,
            check_room=self._check_room,
            off_loop=self._off_loop,
        )

    async def _recover(self, context: SiteContext, turn: _Turn) -> None:
        """Take in what a killed run left on the shelf, and ask about documents that are missing.

        A signal ends it between two of them.
        """

        def tell(damaged: Damaged) -> None:
            turn.reporter.code(ExitCode.DAMAGED)
            turn.reporter.problem(context.site.home, CaptureDamaged(str(damaged)))

        self._strike(context, turn)
        replay = Replay(context, self._reader)
        for left in replay.all(tell):
            self._progress.listing(context.name, "recovered", left.number, None)
            await asyncio.sleep(0)
            await replay.prepare(left)
        missing = missing_today(context)
        if missing:
            turn.reporter.remark(context.site.home, told_missing(context.name, missing))

    def _strike(self, context: SiteContext, turn: _Turn) -> None:
        """Make due what captures held that the state knows and the shelf lacks, and say so."""
        if context.captures.is_empty() and context.state.captures.last(context.name) is not None:
            turn.reporter.code(ExitCode.DAMAGED)
            said = say(
                "there are no captures, and the state knows some: where they are lost, `repair` this site"
            )
            turn.reporter.problem(context.site.home, CaptureDamaged(said))
            return
        lost = ShelfLosses(context).strike_missing()
        if lost:
            said = say(
                "{count} captures that the state knows are not here (restored from an older backup?): "
                "what they held is fetched again",
                count=lost,
            )
            turn.reporter.remark(context.site.home, said)

    def _finish(self, context: SiteContext, crawl: SiteCrawl) -> None:
        """Fill in what is known only when a site's turn is over."""
        crawl.finish()
        site = context.site
        for (_, key), why in context.state.articles.damaged.items():
            crawl.reporter.code(ExitCode.DAMAGED)
            said = say("state: the article {key} is passed over: {why}", key=key, why=why)
            crawl.reporter.problem(site.home, StoreError(said))
        places = [site, *([self._second.place(site)] if self._second else [])]
        traffic = [self._network.traffic(place) for place in places]
        crawl.reporter.report.requests = sum(part.requests for part in traffic)
        crawl.reporter.report.bytes = sum(part.bytes for part in traffic)
        if traffic[0].requests and not traffic[0].answers:
            crawl.reporter.unanswered()


def tell_stopping(code: ExitCode) -> None:
    """Say to whoever pressed Ctrl-C that it was heard."""
    if code is ExitCode.INTERRUPTED:
        _log.warning("stopping", extra={"fields": {"why": "what was begun is finished first"}})


@contextmanager
def _ending(end: Callable[[ExitCode], None]) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into an orderly end, for as long as this lasts."""
    loop = asyncio.get_running_loop()

    def signalled(code: ExitCode) -> None:
        tell_stopping(code)
        end(code)

    for number, code in SIGNALS.items():
        loop.add_signal_handler(number, signalled, code)
    try:
        yield
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


@contextmanager
def _unended() -> Iterator[None]:
    """Leave signals to whoever called."""
    yield
