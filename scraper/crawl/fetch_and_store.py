"""Asks for one thing at a time, and puts each answer on the shelf before anybody looks at it.

    budget, room → source (robots, pace, fetch) → capture → shelf, synced

Between the answer and the shelf nothing waits: what was fetched is kept, also when the run is being ended.
A list that is as it was before is not kept once more: a year of idle runs costs next to nothing.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol, TypeVar

from scraper import urls
from scraper.article_record import Unfinished, key_of_further_pages
from scraper.crawl.budget import Budget, BudgetSpent
from scraper.crawl.off_loop import OffLoop
from scraper.errors import ArchiveError, BadStatus, NotAListing, ProgramError
from scraper.ingest.prior_captures import NOT_MODIFIED, PriorCaptures
from scraper.messages import say
from scraper.model import CaptureRef, Kind, Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scraper.article_record import ArticleRecord, Outcome
    from scraper.ingest.ingester import Ingester, Reading, Want
    from scraper.model import Capture, Channel, PageRef, Site
    from scraper.stores.opening import SiteContext
    from scraper.urls import Url

Result = TypeVar("Result")

_log = logging.getLogger(__name__)
_OK = frozenset({200, 203})  # 203: somebody on the way has changed it, as proxies of schools do
_LEADS_ON = 2  # pages in a row that lead on to another address of their host
_LISTS = frozenset({Kind.LISTING, Kind.SITEMAP, Kind.FEED})
_MISSING = frozenset({404, 410})


class Source(Protocol):
    """Where captures come from."""

    async def fetch(self, request: Request, site: Site) -> Capture:
        """Return the answer to a request. Raises FetchError."""


class Shelf(Protocol):
    """Where captures are kept."""

    def append(self, capture: Capture, same_as: CaptureRef | None = None) -> CaptureRef:
        """Keep a capture; once this returns it is on the disk. `same_as`: where its body may lie already."""


class Nowhere:
    """The shelf of a dry run: nothing is kept."""

    def append(self, capture: Capture, same_as: CaptureRef | None = None) -> CaptureRef:
        """Return a place that leads nowhere."""
        del same_as
        return CaptureRef(file="", offset=hash(capture.url), length=0, digest="")


class StoringFetcher:
    """One site's questions: each is one request, one capture on the shelf."""

    def __init__(
        self,
        context: SiteContext,
        *,
        source: Source,
        shelf: Shelf,
        ingester: Ingester,
        budget: Budget,
        check_room: Callable[[], None],
        off_loop: OffLoop | None = None,
    ) -> None:
        """Take the site, and what stands left and right of a capture. `check_room` raises NoRoom.

        `off_loop`: where the stores work; None: here.
        """
        self._site = context.site
        self._source = source
        self._shelf = shelf
        self._prior = PriorCaptures(context)
        self._check_room = check_room
        self._ingester = ingester
        self.budget = budget
        self.off_loop = off_loop or OffLoop(0)
        self.whole = False  # True: lists are asked for whole, whatever the server says has not changed

    async def capture(self, request: Request, *, key: str | None = None) -> tuple[Capture, CaptureRef]:
        """Return the answer and where it now lies; `key`: of the article that it is to be.

        Raises FetchError, ProgramError, StoreError, BudgetSpent.
        """
        self.budget.check()
        self._check_room()
        request = self._prior.of_all_pages(request, key)
        capture = await self._in_time(self._fetched(request))
        if capture.notes:
            fields = {"site": self._site.name, "url": capture.url, "said": "; ".join(capture.notes)}
            _log.warning("odd", extra={"fields": fields})
        same_as = self._prior.same_as(capture, request, key)
        if same_as is not None and await self._is_repeated(capture, same_as, key):
            if capture.status in _OK:
                self._prior.remember_whole(capture)
            return capture, same_as
        ref = await self.off_loop.do(self._shelf.append, capture, same_as)
        await self._prepare(capture, ref)
        return capture, ref

    async def _fetched(self, request: Request) -> Capture:
        """Return the answer. A slip of the program over one address is that address's own error."""
        try:
            return await self._source.fetch(request, self._site)
        except (ArchiveError, BudgetSpent, TimeoutError):
            raise
        except Exception as error:
            fields = {"site": self._site.name, "url": request.url}
            _log.critical("program-error", exc_info=True, extra={"fields": fields})
            msg = f"{request.kind}: {request.url}: {type(error).__name__}: {error}"
            raise ProgramError(msg) from error

    async def article(self, known: ArticleRecord, capture: Capture, ref: CaptureRef) -> Outcome:
        """Take an article in, and ask for its further pages, where it has some. Raises as `capture` does."""
        article = self._ingester.article
        outcome: Outcome | Unfinished | None = await self.off_loop.do(article, known, capture, ref)
        while isinstance(outcome, Unfinished):
            request = Request(
                url=outcome.next_page, kind=Kind.FURTHER, page_of=capture.url, referer=capture.final_url
            )
            page, place = await self.capture(request, key=key_of_further_pages(known.key))
            outcome = await self.off_loop.do(self._ingester.further_page, known, page, place)
        if outcome is None:
            msg = f"article: {known.url}: its first page is not known"
            raise ProgramError(msg)
        return outcome

    async def _is_repeated(self, capture: Capture, same_as: CaptureRef, key: str | None) -> bool:
        """Say whether an answer is the list of before: to the byte, or in all that it names."""
        if self._prior.is_repeated(capture, same_as, key):
            return True
        if key is not None or capture.status not in _OK or capture.hops or capture.kind not in _LISTS:
            return False
        await self._prepare(capture, same_as)
        return self._ingester.names_the_same(capture)

    async def _prepare(self, capture: Capture, ref: CaptureRef) -> None:
        """Have a page read within what is left of the time; where that ends, the next run takes it in."""
        await self._in_time(self._ingester.prepare(capture, ref))

    async def _in_time(self, work: Awaitable[Result]) -> Result:
        """Return what work comes to within what is left of the time. Raises BudgetSpent where that ends."""
        seconds = self.budget.seconds_left()
        if seconds is None:
            return await work
        try:
            async with asyncio.timeout(seconds) as limit:
                return await work
        except TimeoutError:
            if limit.expired():
                raise BudgetSpent from None
            raise

    async def _ask(self, request: Request) -> tuple[Capture, CaptureRef]:
        """Return the answer to a question about lists, which need not be sent again where it is the same."""
        if not self.whole:
            request = self._prior.conditional(request, self.budget.now())
        return await self.capture(request)

    async def index(self, channel: Channel, want: Want) -> Reading:
        """Read a channel's index, of which this is wanted. Raises what makes it no list."""
        return await self.listing(channel, channel.index, channel.index_kind, want)

    async def listing(self, channel: Channel, url: Url, kind: Kind, want: Want) -> Reading:
        """Read a channel's index, a feed or a sitemap, of which this is wanted. Raises what makes it none."""
        onward = url
        for _ in range(_LEADS_ON):
            try:
                return await self._at(channel, url, onward, kind, want)
            except NotAListing as error:
                if error.leads_to is None or urls.host(error.leads_to) != urls.host(url):
                    raise
                onward = error.leads_to
        return await self._at(channel, url, onward, kind, want)

    async def _at(self, channel: Channel, url: Url, onward: Url, kind: Kind, want: Want) -> Reading:
        """Read a list under the address to which its own page leads."""
        capture, ref = await self._ask(Request(url=onward, kind=kind, channel=channel.name))
        if capture.status not in {*_OK, NOT_MODIFIED}:
            self._ingester.note(capture, ref)
            name = "index" if url == channel.index else kind.value
            msg = say("{name}: {onward}: status {status}", name=name, onward=onward, status=capture.status)
            raise BadStatus(msg, status=capture.status)
        return self._ingester.listing(capture, ref, want=want, stands_for=url)

    async def page(self, channel: Channel, page: PageRef, *, settled: bool) -> Reading | None:
        """Read an older page under the first of its addresses that answers; None: none of them is there.

        Raises NotAListing where one is there and lists nothing.
        """
        no_list: NotAListing | None = None
        for url in page.urls:
            request = Request(url=url, kind=channel.index_kind, channel=channel.name, page=page.number)
            capture, ref = await self._ask(request)
            if capture.status in _MISSING:
                self._ingester.note(capture, ref)
                continue
            try:
                return self._ingester.listing(capture, ref, settled=settled)
            except NotAListing as error:
                no_list = error
        if no_list is not None:
            raise no_list
        return None

    async def number_of_pages(self, channel: Channel, script: Url) -> int:
        """Ask the pager's script how many pages there are. Raises ExtractError, FetchError, ProgramError."""
        request = Request(url=script, kind=Kind.PAGER, channel=channel.name)
        return self._ingester.pager(*await self._ask(request))
