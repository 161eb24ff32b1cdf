"""Asks for the pictures and files of articles: after each visit those of the article, at the end the rest.

A host that does not answer is left alone for this run, and one that refuses or fails some times in a row; the
site is not. Nor do articles wait for another host that is slow, by its Crawl-delay or its answers: what it
takes beyond the site's own pace is bounded while articles are visited, and once more after them; the rest of
its pictures is the next run's, and told. Pictures are no articles: they are counted as requests, and those
that could not be had are told as problems. The budget counts them like articles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from scraper import urls
from scraper.crawl.budget import BudgetSpent
from scraper.crawl.site_report import PATIENCE
from scraper.errors import ArchiveError, BadStatus, Blocked, FetchError, Paused, ProgramError, Unreachable
from scraper.messages import say
from scraper.model import Request

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.article_record import Asset
    from scraper.crawl.fetch_and_store import StoringFetcher
    from scraper.crawl.site_report import SiteReporter
    from scraper.ingest.assets import AssetIngester
    from scraper.stores.opening import SiteContext
    from scraper.urls import Url


_PACE: Final = 2.0  # seconds a picture that count for nothing, beside the site's own delay
_IN_PASSING: Final = 30.0  # seconds beyond the pace that articles wait for one other host, in one run
_IN_ALL: Final = 120.0  # seconds that they wait for all of them
_AFTER: Final = 300.0  # seconds beyond the pace, of one other host after all articles, in one run
_AFTER_ALL: Final = 1_200.0  # of all of them


class AssetCrawl:
    """Fetches what one site's articles show. Does nothing where pictures stay where they are."""

    def __init__(
        self,
        context: SiteContext,
        *,
        ingester: AssetIngester,
        fetching: StoringFetcher,
        reporter: SiteReporter,
    ) -> None:
        """Take the site, and what stands left and right of a capture."""
        self._site = context.site
        self._state = context.state
        self._ingester = ingester
        self._fetching = fetching
        self._reporter = reporter
        self._now = context.now
        self._run = context.run or 0
        self._strikes: Counter[str] = Counter()  # by host, in a row
        self._own = frozenset(
            urls.host(url) for url in (self._site.home, *(each.index for each in self._site.channels))
        )
        self._is_passing = True  # articles may still wait
        self._slow: defaultdict[str, float] = defaultdict(
            float
        )  # by other host: seconds beyond the pace, now and then after all
        self._left: Counter[str] = Counter()  # by other host: what is left for the next run

    async def of_article(self, key: str) -> None:
        """Ask for what is due of what an article shows, then let its document follow. Raises BudgetSpent."""
        if self._site.images == "link":
            return
        left = self._ingester.left_at_source.pop(key, 0)
        due = self._state.assets.due(self._site.name, key, self._now(), run=self._run)
        known = self._state.articles.get(self._site.name, key) if due or left else None
        if left and known is not None:
            said = say(
                "{count} of its pictures and files stay at their source: network.max_assets", count=left
            )
            self._reporter.remark(known.url, said)
        try:
            for asset in due:
                await self._ask(asset, None if known is None else known.ask)
        except BudgetSpent:
            await self._follow()
            raise
        await self._follow()

    async def rest(self) -> None:
        """Ask for what earlier runs left over, article by article. Raises BudgetSpent."""
        if self._site.images == "link":
            return
        await self._follow()
        self._is_passing = False
        self._slow.clear()
        try:
            await self._ask_the_rest()
        finally:
            self._tell_left()

    def _tell_left(self) -> None:
        for host, count in sorted(self._left.items()):
            said = say(
                "{count} pictures and files of {host} are left for the next run: it is slow",
                count=count,
                host=host,
            )
            self._reporter.remark(self._site.home, said)

    async def _ask_the_rest(self) -> None:
        for key in self._state.assets.articles_due(self._site.name, self._now(), run=self._run):
            await self.of_article(key)

    async def _ask(self, asset: Asset, shown_on: Url | None) -> None:
        host = urls.host(asset.url)
        if self._strikes[host] >= PATIENCE:
            return
        if self._is_too_slow(host):
            self._left[host] += not self._is_passing
            return
        self._fetching.budget.spend()
        begun = self._now()
        try:
            await self._ask_now(asset, host, shown_on, begun)
        finally:
            if host not in self._own:
                took = (self._now() - begun).total_seconds()
                self._slow[host] += max(took - self._site.delay - _PACE, 0.0)

    def _is_too_slow(self, host: str) -> bool:
        """Say whether this run has waited for another host as long as it will, for now."""
        one, every = (_IN_PASSING, _IN_ALL) if self._is_passing else (_AFTER, _AFTER_ALL)
        if host in self._own:
            return False
        return self._slow[host] >= one or sum(self._slow.values()) >= every

    async def _ask_now(self, asset: Asset, host: str, shown_on: Url | None, begun: datetime) -> None:
        try:
            wanted = Request(url=asset.url, kind=asset.kind, referer=shown_on)
            capture, ref = await self._fetching.capture(wanted)
        except Paused as error:  # nothing was asked: no fault of the picture
            self._strikes[host] = PATIENCE
            self._reporter.asset(asset, error, begun)
            return
        except (FetchError, ProgramError) as error:
            self._ingester.failed(asset, error, self._now())
            problem: ArchiveError | None = error
        else:
            problem = await self._fetching.off_loop.do(self._ingester.take, capture, ref)
        if isinstance(problem, Unreachable):  # tried again and again already: it costs no second picture
            self._strikes[host] = PATIENCE
        else:
            self._strikes[host] = self._strikes[host] + 1 if _is_of_the_host(problem) else 0
        self._reporter.asset(asset, problem, begun)

    async def _follow(self) -> None:
        for known, error in await self._fetching.off_loop.do(lambda: list(self._ingester.follow())):
            self._reporter.unmade(known, error)


def _is_of_the_host(problem: ArchiveError | None) -> bool:
    """Say whether a failure is likely the host's, and no matter of this one picture."""
    if isinstance(problem, BadStatus):
        return problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR  # after all retries
    return isinstance(problem, Blocked)
