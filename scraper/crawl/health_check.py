"""A second look, where many answers in a row gave no article: it may be the site, or what was asked for.

An old part of a site may wear a template that nobody knows, some articles may be for members only. While an
article that was read before still reads, the site is well, and the walk goes on past them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.article_record import Revised, Unchanged, Written
from scraper.errors import FetchError, ProgramError
from scraper.exit_codes import ExitCode
from scraper.model import Kind, Request

if TYPE_CHECKING:
    from scraper.article_record import ArticleRecord, Outcome
    from scraper.crawl.fetch_and_store import StoringFetcher
    from scraper.crawl.site_report import SiteReporter
    from scraper.ingest.ingester import Ingester
    from scraper.stores.opening import SiteContext


PROBES = 2  # articles that wait and are asked for out of turn, where none was ever held


async def look_again(
    context: SiteContext, fetching: StoringFetcher, ingester: Ingester, reporter: SiteReporter
) -> None:
    """Leave the site where it is in doubt and gives nothing any more. Raises SiteLeft, BudgetSpent."""
    code = ExitCode.REFUSED if reporter.in_doubt else ingester.monitor.doubt
    if code is None:
        return
    if not await _still_reads(context, fetching, ingester, reporter):
        reporter.leave(code)
    reporter.is_well()


async def _still_reads(
    context: SiteContext, fetching: StoringFetcher, ingester: Ingester, reporter: SiteReporter
) -> bool:
    """Ask once more for the article that was read last; where none ever was, for some that wait, the oldest.

    The newest are refused; it may be that they are for members only.
    """
    state, name = context.state, context.name
    key = state.counts.last_read(name)
    waiting: tuple[str, ...] = ()
    if key is None and reporter.in_doubt:
        waiting = state.articles.due(name, context.now(), run=context.run or 0)
    for each in (key,) if key is not None else waiting[: -PROBES - 1 : -1]:
        known = state.articles.get(name, each)
        if known is None:
            continue
        begun = context.now()
        outcome = await _ask(known, fetching, ingester)
        if known.path is None and outcome is not None:
            reporter.article(known, outcome, begun)
        if isinstance(outcome, Written | Revised | Unchanged):
            return True
    return False


async def _ask(known: ArticleRecord, fetching: StoringFetcher, ingester: Ingester) -> Outcome | None:
    """Return what came of one more question; None: it was not answered at all, and the site is meant."""
    try:
        capture, ref = await fetching.capture(Request(url=known.ask, kind=Kind.ARTICLE), key=known.key)
        return await fetching.article(known, capture, ref)
    except (FetchError, ProgramError) as error:
        return None if known.path is not None else ingester.failed(known, error, fetching.budget.now())
