"""The story of one site: its lists, then the articles that they name.

    run        every channel's index; older pages only where the index had nothing known
               then every article that is wanted and due, newest first
               (where the last run came to no end in its time: the articles first, or the lists that wait
               longest, by turns)
    backfill   for every channel: the index, then page after page into the past;
               after each page its articles; again, until a pass over the list finds nothing new

A backfill takes a turn at the channels' indexes every hour: the site's `run` cannot work meanwhile, and news
is never older than that.

The walk decides nothing about an article (`policy` does) and reads no page (`Ingester` does); it asks,
in order, and stops when the budget is spent or the site no longer answers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from scraper import canary, policy, urls
from scraper.article_record import Skip, Visit
from scraper.crawl.asset_crawl import AssetCrawl
from scraper.crawl.budget import BudgetSpent
from scraper.crawl.feeds_and_sitemaps import FeedsAndSitemaps
from scraper.crawl.health_check import look_again
from scraper.crawl.list_trouble import ChannelLeft, Trouble
from scraper.crawl.pagination import Pagination
from scraper.crawl.plan import Backfill, Incremental, Refetch
from scraper.crawl.rescheduling import reschedule
from scraper.crawl.site_report import SiteLeft
from scraper.errors import (
    Blocked,
    ExtractError,
    FetchError,
    NotAListing,
    Paused,
    ProgramError,
    Refused,
    Unreachable,
)
from scraper.exit_codes import ExitCode
from scraper.ingest.ingester import EVERY_DAY
from scraper.messages import say
from scraper.model import Kind
from scraper.stores.state.clock import forget_the_future
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import date

    from scraper.article_record import ArticleRecord
    from scraper.crawl.date_range import DateRange
    from scraper.crawl.fetch_and_store import StoringFetcher
    from scraper.crawl.plan import Plan
    from scraper.crawl.site_report import SiteReporter
    from scraper.crawl.wayback_fallback import WaybackFallback
    from scraper.errors import ArchiveError
    from scraper.ingest.ingester import Days, Ingester, Reading, Want
    from scraper.model import Capture, CaptureRef, Channel, Request
    from scraper.progress import Progress
    from scraper.stores.opening import SiteContext
    from scraper.urls import Url


_TURN = "turn"  # who goes first where a run's time is too short: the topic of a note
KEEP_UP = timedelta(hours=1)  # a backfill's turn at the channels' indexes
PASSES = 10  # over one list, in one run; a list that is still not at rest then is gone on with by the next


class SiteCrawl:
    """Walks one site, once."""

    def __init__(
        self,
        context: SiteContext,
        *,
        ingester: Ingester,
        fetching: StoringFetcher,
        reporter: SiteReporter,
        progress: Progress,
        dry: bool = False,
        wayback: WaybackFallback | None = None,
    ) -> None:
        """Take the site and what stands left and right of a capture.

        `dry`: lists are read, articles are only counted. `wayback`: asks another archive for what a backfill
        finds gone; None: nobody does.
        """
        self._context = context
        self._site = context.site
        self._state = context.state
        self._ingester = ingester
        self._fetching = fetching
        self._progress = progress
        self._now = context.now
        self._run = context.run or 0
        self._dry = dry
        self.reporter = reporter
        self._pictures = AssetCrawl(context, ingester=ingester.assets, fetching=fetching, reporter=reporter)
        self._wayback = wayback
        self._indexes_read: datetime | None = (
            None  # of a backfill: when the indexes had their turn; None: no turns
        )
        self._silent: set[str] = set()  # origins that did not answer, where the home's scheme may

    # ── the two walks ─────────────────────────────────────────────────────────────────────────────────────

    async def carry_out(self, plan: Plan) -> None:
        """Do what a run is to do with the site. What ends it early stands in the report."""
        with self._state.transaction():
            ahead = forget_the_future(self._state.connection, self._site.name, self._now())
        if ahead:
            said = say("an earlier run's clock was ahead; what it put off is looked at again")
            self.reporter.remark(self._site.home, said)
        reschedule(self._context)
        self._tell_trust()
        match plan:
            case Incremental():
                await self.run()
            case Backfill():
                chosen = plan.channels
                channels = [one for one in self._site.channels if not chosen or one.name in chosen]
                await self.backfill(channels, plan.days)
                if self._wayback is not None and not self._dry:
                    await self._wayback.bring(chosen, plan.days.as_text())
            case Refetch():
                await self.refetch()
            case _:
                assert_never(plan)

    def _tell_trust(self) -> None:
        """Tell where the config takes less of TLS than is usual."""
        tls = self._site.tls
        if not tls.verify:
            self.reporter.remark(self._site.home, say("its certificate is not checked: tls.verify is false"))
        if tls.old_ciphers:
            self.reporter.remark(self._site.home, say("old ciphers are taken: tls.old_ciphers"))
        if tls.ca_file is not None:
            said = say("certificates of {file} are trusted: tls.ca_file", file=tls.ca_file)
            self.reporter.remark(self._site.home, said)

    async def refetch(self) -> None:
        """Ask for the articles whose captures are lost, then for pictures."""

        async def bring() -> None:
            lost = self._state.losses.waiting(self._site.name)
            await self._visit_each(tuple(dict.fromkeys(one.key for one in lost if one.key is not None)))

        await self._go(bring)

    async def run(self) -> None:
        """Bring what is new."""

        async def bring() -> None:
            channels = list(self._site.channels)
            if self._came_to_no_end():
                channels.sort(key=self._last_read)
                if self._take_turns():
                    await self._visit_due(self._due)
            for channel in channels:
                await self._run_channel(channel)
            await self._visit_due(self._due)

        await self._go(bring)

    def _came_to_no_end(self) -> bool:
        """Say whether the last run stopped with articles that wait: its time was too short for the pace."""
        last = next(iter(self._state.runs.of_site(self._site.name)), None)
        return (
            last is not None
            and last.exit_code == ExitCode.BUDGET
            and self._state.articles.waiting(self._site.name, self._now(), run=self._run) > 0
        )

    def _take_turns(self) -> bool:
        """Say whether it is the articles' turn to go first; the next time it is the lists'."""
        notes, name = self._state.notes, self._site.name
        articles = notes.text(_TURN, name) != "articles"
        with self._state.transaction():
            notes.put(_TURN, name, "articles" if articles else "lists")
        return articles

    def _last_read(self, channel: Channel) -> datetime:
        read_at = self._state.listings.channel(self._site.name, channel.name).read_at
        return read_at or datetime.min.replace(tzinfo=UTC)

    async def backfill(self, channels: Iterable[Channel], span: DateRange) -> None:
        """Bring the whole past of these channels, as far as the span goes."""

        async def bring() -> None:
            for channel in channels:
                self._progress.ahead(self._site.name, channel.name, None, 0)
            for channel in channels:
                await self._backfill_channel(channel, span)
                self._progress.ahead(self._site.name, channel.name, 0, 0)

        self._indexes_read = self._now()
        self._fetching.whole = True  # "not modified" is no answer to somebody who wants all
        await self._go(bring)

    async def _go(self, bring: Callable[[], Awaitable[None]]) -> None:
        """Bring articles, then the pictures that are left over, as far as the budget goes."""
        for steps in (bring, self._bring_pictures):
            try:
                await steps()
                self._indexes_read = None
            except SiteLeft:
                return  # why, the report says
            except BudgetSpent:
                self.reporter.code(ExitCode.BUDGET)

    async def _bring_pictures(self) -> None:
        if not self._dry:
            await self._pictures.rest()

    def finish(self) -> None:
        """Fill in the counts that only the state knows; a dry run names what would be asked."""
        if self._dry:
            self._name_due()
        name, report = self._site.name, self.reporter.report
        report.listed, left_alone = self._state.articles.listed_in(name, self._run)
        report.unchanged += left_alone
        report.waiting = self._state.articles.waiting(name, self._now(), run=self._run)
        report.aliased += self._ingester.aliased
        if self.reporter.declined and not (
            report.written or report.revised or report.unchanged or report.gone
        ):
            self.reporter.code(ExitCode.REFUSED)
        for url, slip in self._ingester.slips:
            self.reporter.broken_page(url, slip)
        report.skipped += self._state.articles.passed_over(name, self._run)
        self.reporter.tell_absent()
        report.written -= self._ingester.monitor.taken_back
        report.failed += self._ingester.monitor.taken_back
        for alarm in self._ingester.monitor.alarms():
            self.reporter.alarm(alarm)

    async def _keep_up(self) -> bool:
        """Give the channels' indexes their turn where the last was an hour ago; return whether they had it.

        What they name is visited at once.
        """
        if self._indexes_read is None or self._now() - self._indexes_read < KEEP_UP:
            return False
        self._indexes_read = None  # no turn within a turn
        for channel in self._site.channels:
            await self._run_channel(channel)
            await self._visit_page(channel, channel.index)
        self._indexes_read = self._now()
        return True

    # ── lists ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _run_channel(self, channel: Channel) -> None:
        """Read a channel's newest list; its older pages where they hide what is new."""
        trouble = Trouble(self.reporter)
        try:
            await self._read_newest(channel, trouble)
        except ChannelLeft:
            return  # why, the report says
        except FetchError as error:  # what is asked beside pages, such as the script that counts them
            self.reporter.broken_page(channel.index, error)

    async def _read_newest(self, channel: Channel, trouble: Trouble) -> None:
        index = await self._index(channel, "new" if channel.index_kind is Kind.SITEMAP else EVERY_DAY)
        async for found in self._feeds_and_sitemaps(channel, None, Trouble(self.reporter)).walk(index, "new"):
            self.reporter.page(channel, found.number, found.page.pages)
        gap = self._state.listings.channel(self._site.name, channel.name).gap
        if index is None or gap is None:
            return
        complete = True
        async for page in self._pagination(channel, None, trouble).walk(index):
            trouble.over()
            self.reporter.page(channel, page.number, page.pages)
            self._want(channel, page.url, EVERY_DAY)
            if self._state.listings.reaches(self._site.name, channel.name, page.url, gap):
                break
        else:
            complete = not trouble.met
        if complete:
            self._close_gap(channel)

    async def _backfill_channel(self, channel: Channel, span: DateRange) -> None:
        """Pass over the list until a pass finds nothing new: what moves while it is read is met then."""
        label, place = span.label, (self._site.name, channel.name)
        with self._state.transaction():
            now = self._now()
            begun = self._state.listings.begin_campaign(*place, label, now)
            if begun != now:  # what the run before found last, a kill may have left untold
                self._state.listings.found(*place, label, 1)
        for _ in range(PASSES):
            if not await self._pass(channel, span, begun):
                return
            with self._state.transaction():
                again = self._state.listings.begin_pass(*place, label, self._now())
                if again is None:
                    self._state.listings.end_campaign(*place, label)
                    self._state.listings.close_gap(*place)
                    return
            begun = again
        self.reporter.code(ExitCode.BUDGET)

    async def _pass(self, channel: Channel, span: DateRange, begun: datetime) -> bool:
        """Read the list once, newest page first, and visit what it names; return whether all was read."""
        trouble = Trouble(self.reporter)
        try:
            await self._read_all(channel, span, begun, trouble)
        except ChannelLeft:
            return False  # why, the report says
        except FetchError as error:  # what is asked beside pages, such as the script that counts them
            self.reporter.broken_page(channel.index, error)
            return False
        return not trouble.met

    async def _read_all(self, channel: Channel, span: DateRange, begun: datetime, trouble: Trouble) -> None:
        index = await self._index(channel, span.as_text())
        if index is not None:
            await self._visit_page(channel, index.url)
        async for found in self._feeds_and_sitemaps(channel, begun, trouble).walk(index, span.as_text()):
            trouble.over()
            self.reporter.page(channel, found.number, found.page.pages)
            self._found(channel, span, found)
            await self._visit_page(channel, found.url)
        if index is None:
            raise ChannelLeft
        async for page in self._pagination(channel, begun, trouble).walk(index):
            trouble.over()
            self.reporter.page(channel, page.number, page.pages)
            self._want(channel, page.url, span.as_text())
            self._found(channel, span, page.reading)
            rows = len(page.reading.page.links) if page.reading else 0
            pages = page.left if span.since is None else None  # where the span ends is not known
            self._progress.ahead(self._site.name, channel.name, pages, rows)
            await self._visit_page(channel, page.url)
            if span.since is not None and self._is_before(channel, page.url, span.since):
                break

    def _is_before(self, channel: Channel, page: Url, since: date) -> bool:
        """Say whether every row of a page is older than the span: then so is all that follows."""
        return self._state.articles.all_before(self._site.name, channel.name, page, since.isoformat())

    def _found(self, channel: Channel, span: DateRange, reading: Reading | None) -> None:
        if reading is not None and reading.fresh:
            with self._state.transaction():
                self._state.listings.found(self._site.name, channel.name, span.label, reading.fresh)

    async def _index(self, channel: Channel, want: Want) -> Reading | None:
        """Read the index. What it names is wanted in the same transaction: a kill would part the two."""
        try:
            reading = await self._fetching.index(channel, want)
        except (FetchError, ExtractError, ProgramError) as error:
            self._remember_list(channel, error)
            self.reporter.broken_index(channel, error)
            if isinstance(error, NotAListing) and not error.is_wall:
                self.reporter.alarm(canary.no_list(channel.index, str(error)))
            return None
        self._remember_list(channel, None)
        self._remark(reading)
        self.reporter.page(channel, None, reading.page.pages)
        return reading

    def _remember_list(self, channel: Channel, error: ArchiveError | None) -> None:
        """Remember whether a channel's index could be read, for those who watch it channel by channel."""
        place = self._site.name, channel.name
        if error is None and self._state.listings.broken(*place) is None:
            return
        with self._state.transaction():
            if error is None:
                self._state.listings.mend(*place)
            else:
                self._state.listings.put_broken(*place, f"{error.kind}: {error}", self._now())

    def _feeds_and_sitemaps(
        self, channel: Channel, since_read: datetime | None, trouble: Trouble
    ) -> FeedsAndSitemaps:
        return FeedsAndSitemaps(
            self._context,
            channel,
            fetching=self._fetching,
            since_read=since_read,
            trouble=trouble.hear,
            remark=self.reporter.remark,
        )

    def _pagination(self, channel: Channel, since_read: datetime | None, trouble: Trouble) -> Pagination:
        return Pagination(
            self._context,
            channel,
            fetching=self._fetching,
            since_read=since_read,
            trouble=trouble.hear,
            remark=self.reporter.remark,
        )

    def _remark(self, reading: Reading) -> None:
        if reading.page.fault is not None:
            said = say("read though it is not as it should be: {fault}", fault=reading.page.fault)
            self.reporter.remark(reading.url, said)

    def _want(self, channel: Channel, page: Url, days: Days) -> None:
        with self._state.transaction():
            self._state.articles.want(self._site.name, page, days, channel=channel.name)

    def _close_gap(self, channel: Channel) -> None:
        with self._state.transaction():
            self._state.listings.close_gap(self._site.name, channel.name)

    # ── articles ──────────────────────────────────────────────────────────────────────────────────────────

    def _due(self) -> tuple[str, ...]:
        return self._state.articles.due(self._site.name, self._now(), run=self._run)

    def _name_due(self) -> None:
        """Name what would be asked for, as far as the budget goes; of thousands the first thousand."""
        for key in self._due():
            known = self._state.articles.get(self._site.name, key)
            try:
                self._fetching.budget.spend()
            except BudgetSpent:
                return
            if known is not None:
                self.reporter.would_ask(known)

    async def _visit_page(self, channel: Channel, page: Url) -> None:
        """Visit what is wanted and due of what one page of a channel's list names."""
        place = self._site.name, channel.name, page
        await self._visit_due(lambda: self._state.articles.due_on(*place, self._now(), run=self._run))

    async def _visit_due(self, due: Callable[[], tuple[str, ...]]) -> None:
        """Visit what is wanted and due, until nothing is."""
        before: tuple[str, ...] = ()
        while not self._dry:
            keys = due()
            if not keys or keys == before:
                return
            await self._visit_each(keys)
            before = keys

    async def _visit_each(self, keys: Sequence[str]) -> None:
        waiting = self._state.articles.waiting(self._site.name, self._now(), run=self._run)
        for done, key in enumerate(keys):
            self._progress.waiting(self._site.name, max(waiting - done, 0), self._site.delay)
            known = self._state.articles.get(self._site.name, key)
            if known is None:
                continue
            match policy.decide_visit(known, self._now()):
                case Visit(request=request):
                    self._fetching.budget.spend()
                    await self._visit(known, request)
                    if await self._keep_up():
                        return  # what is due is another thing now
                case Skip():
                    continue

    async def _visit(self, known: ArticleRecord, request: Request) -> None:
        begun = self._now()
        try:
            capture, ref = await self._capture(known, request)
            outcome = await self._fetching.article(known, capture, ref)
        except Paused as error:
            self.reporter.host_left(known, error, ExitCode.SOME_FAILED)
        except Blocked as error:
            if not error.asked:
                self.reporter.host_left(known, error, ExitCode.REFUSED)
            outcome = self._ingester.failed(known, error, self._now())
        except Refused as error:
            if error.robots and error.whole:
                self.reporter.host_left(known, error, ExitCode.REFUSED)  # robots.txt forbids all of it
            outcome = self._ingester.failed(known, error, self._now())
        except (FetchError, ProgramError) as error:
            outcome = self._ingester.failed(known, error, self._now())
        self.reporter.article(known, outcome, begun)
        await look_again(self._context, self._fetching, self._ingester, self.reporter)
        await self._pictures.of_article(known.key)

    async def _capture(self, known: ArticleRecord, request: Request) -> tuple[Capture, CaptureRef]:
        """Ask under the address that the lists name; where that scheme does not answer, under the home's."""
        if urls.origin(request.url) in self._silent:
            request = replace(request, url=known.url)
        try:
            return await self._fetching.capture(request, key=known.key)
        except Unreachable:
            if request.url == known.url or urls.host(request.url) != urls.host(known.url):
                raise
            self._silent.add(urls.origin(request.url))
            return await self._fetching.capture(replace(request, url=known.url), key=known.key)
