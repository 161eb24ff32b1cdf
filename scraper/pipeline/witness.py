"""A second look, where many answers in a row gave no article: it may be the site, or what was asked for.

An old part of a site may wear a template that nobody knows, some articles may be for members only. While an
article that was read before still reads, the site is well, and the walk goes on past them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import FetchError
from scraper.known import Revised, Unchanged, Written
from scraper.model import Kind, Request

if TYPE_CHECKING:
    from scraper.model import Site
    from scraper.pipeline.asking import Asking
    from scraper.pipeline.intake import Intake
    from scraper.pipeline.tally import Tally
    from scraper.stores.state import State


async def look_again(site: Site, state: State, asking: Asking, intake: Intake, tally: Tally) -> None:
    """Leave the site where it is in doubt and gives nothing any more. Raises SiteLeft, BudgetSpent."""
    code = intake.lookout.doubt
    if code is not None and not await _still_reads(site, state, asking, intake):
        tally.leave(code)


async def _still_reads(site: Site, state: State, asking: Asking, intake: Intake) -> bool:
    """Ask once more for the article that was read last; where none ever was, nothing speaks for the site."""
    key = state.counts.last_read(site.name)
    known = None if key is None else state.articles.get(site.name, key)
    if known is None:
        return False
    try:
        capture, ref = await asking.capture(Request(url=known.ask, kind=Kind.ARTICLE), key=known.key)
    except FetchError:  # it does not answer at all: it is the site
        return False
    return isinstance(intake.article(known, capture, ref), Written | Revised | Unchanged)
