"""The second source: where a page is gone from its site, the copy that another archive keeps.

    for each article that is gone and has no document
        its index of copies, under each address of the article until one has some
        the newest copy that reads as the article → document

The site's own answer stays what it was: the article is gone, and its document says in the state whose copy it
was made of. Where the page comes back, the site's own takes the copy's place.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scraper import mementos
from scraper.article_record import Failed, Gone, Written
from scraper.charset import body_bytes
from scraper.crawl.budget import BudgetSpent
from scraper.crawl.site_report import SiteLeft, SiteReporter
from scraper.errors import FetchError, NotAListing, NotAnArticle, ProgramError
from scraper.exit_codes import ExitCode
from scraper.ingest.article_decision import OK
from scraper.ingest.copies import Copies
from scraper.messages import say
from scraper.model import Kind, Request
from scraper.stores.state.captures import entry_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.article_record import ArticleRecord, Outcome
    from scraper.crawl.fetch_and_store import StoringFetcher
    from scraper.ingest.ingester import Days
    from scraper.ingest.page_reader import Reader
    from scraper.mementos import Copy
    from scraper.stores.opening import SiteContext
    from scraper.urls import Url

_TRIES = 3  # copies of one article: where the newest cannot be read, an older one may
_AGAIN = timedelta(days=90)  # after which an archive that had no copy is asked once more
_LARGEST_INDEX = 2**20
_TOPIC = "wayback"


class WaybackFallback:
    """Asks another archive for what is gone from one site."""

    def __init__(
        self,
        context: SiteContext,
        *,
        home: Url,
        fetching: StoringFetcher,
        reporter: SiteReporter,
        reader: Reader | None = None,
    ) -> None:
        """Take the site, the archive's address, and what stands before its answers."""
        self._site = context.site
        self._home = home
        self._state = context.state
        self._copies = Copies(context, reader)
        self._fetching = fetching
        self._reporter = reporter
        self._now = context.now

    async def bring(self, channels: Sequence[str], days: Days) -> None:
        """Bring the copies of what is gone. `channels`: only what these name; empty: all."""
        try:
            await self._bring_all(channels, days)
        except SiteLeft:
            return  # why, the report says
        except BudgetSpent:
            self._reporter.code(ExitCode.BUDGET)

    async def _bring_all(self, channels: Sequence[str], days: Days) -> None:
        for key in self._state.articles.gone(self._site.name, channels, days):
            known = self._state.articles.get(self._site.name, key)
            if known is None or self._was_asked(known):
                continue
            self._fetching.budget.spend()
            await self._bring(known)

    async def _bring(self, known: ArticleRecord) -> None:
        begun = self._now()
        outcome: Outcome = Gone(status=404)
        try:
            for copy in (await self._index(known))[:_TRIES]:
                outcome = await self._copy(known, copy)
                if isinstance(outcome, Written):
                    break
        except (FetchError, NotAListing, ProgramError) as error:
            self._reporter.article(known, Failed(error=error), begun)
            return
        with self._state.transaction():
            self._state.notes.put(_TOPIC, self._name(known), begun)
        self._reporter.article(known, outcome, begun)

    async def _index(self, known: ArticleRecord) -> tuple[Copy, ...]:
        """Return the copies of an article, newest first, under the first of its addresses that has any."""
        aliases = self._state.articles.aliases(known.site, known.key)
        for url in dict.fromkeys((known.url, *aliases)):
            request = Request(url=mementos.query(self._home, url), kind=Kind.COPIES)
            capture, ref = await self._fetching.capture(request)
            with self._state.transaction():
                self._state.captures.put(entry_of(self._site.name, capture, ref))
            if capture.status in OK:
                text = body_bytes(capture, _LARGEST_INDEX).decode("utf-8", "replace")
                named = mementos.read_index(text, request.url)
                now = self._now()
                copies = tuple(copy for copy in named if mementos.is_believable(copy, url, now))
                if copies:
                    return copies
        return ()

    async def _copy(self, known: ArticleRecord, copy: Copy) -> Outcome:
        request = Request(url=mementos.address(self._home, copy), kind=Kind.COPY)
        capture, ref = await self._fetching.capture(request)
        if mementos.is_same_page(mementos.as_of_site(capture).url, copy.original):
            return await self._fetching.off_loop.do(self._copies.take, known, capture, ref)
        with self._state.transaction():
            self._state.captures.put(entry_of(self._site.name, capture, ref))
        msg = say(
            "copy: {url}: the archive gave another page: {final_url}",
            url=request.url,
            final_url=capture.final_url,
        )
        return Failed(error=NotAnArticle(msg))

    def _was_asked(self, known: ArticleRecord) -> bool:
        asked = self._state.notes.moment(_TOPIC, self._name(known))
        return asked is not None and self._now() - asked < _AGAIN

    def _name(self, known: ArticleRecord) -> str:
        return f"{known.site} {known.key}"
