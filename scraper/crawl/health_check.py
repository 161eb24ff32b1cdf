"""A second look, where many answers in a row gave no article: it may be the site, or what was asked for.

An old part of a site may wear a template that nobody knows, some articles may be for members only. While an
article that was read before still reads, the site is well, and the walk goes on past them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.article_record import Revised, Unchanged, Written
from scraper.errors import FetchError
from scraper.model import Kind, Request

if TYPE_CHECKING:
    from scraper.crawl.fetch_and_store import StoringFetcher
    from scraper.crawl.site_report import SiteReporter
    from scraper.ingest.ingester import Ingester
    from scraper.stores.opening import SiteContext


async def look_again(
    context: SiteContext, fetching: StoringFetcher, ingester: Ingester, reporter: SiteReporter
) -> None:
    """Leave the site where it is in doubt and gives nothing any more. Raises SiteLeft, BudgetSpent."""
    code = ingester.monitor.doubt
    if code is not None and not await _still_reads(context, fetching, ingester):
        reporter.leave(code)


async def _still_reads(context: SiteContext, fetching: StoringFetcher, ingester: Ingester) -> bool:
    """Ask once more for the article that was read last; where none ever was, nothing speaks for the site."""
    state, name = context.state, context.name
    key = state.counts.last_read(name)
    known = None if key is None else state.articles.get(name, key)
    if known is None:
        return False
    try:
        capture, ref = await fetching.capture(Request(url=known.ask, kind=Kind.ARTICLE), key=known.key)
    except FetchError:  # it does not answer at all: it is the site
        return False
    return isinstance(ingester.article(known, capture, ref), Written | Revised | Unchanged)
