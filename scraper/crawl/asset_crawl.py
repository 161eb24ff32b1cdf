"""Asks for the pictures and files of articles: after each visit those of the article, at the end the rest.

A host that does not answer is left alone for this run, and one that refuses or fails some times in a row; the
site is not. Pictures are no articles: they are counted as requests, and those that could not be had are told
as problems. The budget counts them like articles.
"""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

from scraper import urls
from scraper.crawl.budget import BudgetSpent
from scraper.crawl.site_report import PATIENCE
from scraper.errors import ArchiveError, BadStatus, Blocked, FetchError, Paused, ProgramError, Unreachable
from scraper.messages import say
from scraper.model import Request

if TYPE_CHECKING:
    from scraper.article_record import Asset
    from scraper.crawl.fetch_and_store import StoringFetcher
    from scraper.crawl.site_report import SiteReporter
    from scraper.ingest.assets import AssetIngester
    from scraper.stores.opening import SiteContext
    from scraper.urls import Url


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
        for key in self._state.assets.articles_due(self._site.name, self._now(), run=self._run):
            await self.of_article(key)

    async def _ask(self, asset: Asset, shown_on: Url | None) -> None:
        host = urls.host(asset.url)
        if self._strikes[host] >= PATIENCE:
            return
        self._fetching.budget.spend()
        begun = self._now()
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
