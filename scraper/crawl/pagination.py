"""The older pages of a channel's list, from the newest into the past, however its system names them.

    numbered, oldest first (ECMS)    the pager's script says how many, else the pages are counted
    numbered, newest first           the index says how many
    chained                          each page names the next

What this pass has read already, and what will not change any more, is not asked for again; but of what will
not change, the newest page is looked at all the same, and where it did change, those below it, down to one
that did not: an article that was put in at an older day moves all that stands above it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scraper import discovery, policy
from scraper.errors import (
    ArchiveError,
    BadStatus,
    EmptyListing,
    ExtractError,
    FetchError,
    NotAListing,
    ProgramError,
)
from scraper.families import by_name
from scraper.messages import say
from scraper.model import PageRef
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from scraper.crawl.fetch_and_store import StoringFetcher
    from scraper.ingest.ingester import Reading
    from scraper.model import Channel
    from scraper.stores.opening import SiteContext
    from scraper.stores.state.listings import PageState
    from scraper.urls import Url

LAST_PAGE = 1 << 16  # a server that answers beyond this answers anything
NOTHING_NEW = 3  # pages in a row that name nothing but what this walk has met: the list has no end of its own


class ListPageRequest(Value, frozen=True, kw_only=True):
    """One older page: just read, or known from before."""

    url: Url
    number: int | None
    pages: int | None  # how many there are, where known
    reading: Reading | None  # None: known from before, and not asked for again
    next: PageRef | None = None  # the older page that it names
    left: int | None = None  # older pages than this one, where known


class Pagination:
    """Walks one channel. `since_read`: pages read since then are known; None: only settled ones are."""

    def __init__(
        self,
        context: SiteContext,
        channel: Channel,
        *,
        fetching: StoringFetcher,
        since_read: datetime | None,
        trouble: Callable[[Url, ArchiveError], None],
        remark: Callable[[str, str], None],
    ) -> None:
        """Take what the walk needs; `trouble` hears of pages that could not be read, `remark` of odd ones."""
        self._site = context.site
        self._channel = channel
        self._family = by_name(context.site.family) if context.site.family else None
        self._state = context.state
        self._fetching = fetching
        self._since_read = since_read
        self._trouble = trouble
        self._remark = remark
        self._future = context.now() + timedelta(days=1)  # what was read then was not: a clock was ahead
        self._met: set[str] = set()  # articles that this walk has met
        self._stale = 0  # pages in a row that named nothing else
        self._calm = since_read is None  # True: nothing was put in below the page that was looked at last
        self._peeked: dict[int | None, Reading] = {}  # pages read to count them, by their number
        self._form = 0  # which of the forms of a numbered page's address answered last

    async def walk(self, index: Reading) -> AsyncIterator[ListPageRequest]:
        """Yield the older pages, newest first."""
        known = self._state.listings.channel(self._site.name, self._channel.name)
        self._met = set(self._state.listings.keys_on(self._site.name, self._channel.name, index.url))
        script = index.page.pager or known.pager
        if script is not None:
            last = await self._number_of_pages(script)
            last = await self._beyond(script, index, last)
            pages = self._numbered(script, range(last, 0, -1), last, oldest_first=True)
        elif index.page.pages is not None and self._page(self._channel.index, 2) is not None:
            last = index.page.pages
            pages = self._numbered(self._channel.index, range(2, last + 1), last, oldest_first=False)
        else:
            pages = self._chained(index.page.next)
        async for page in pages:
            yield page

    async def _numbered(
        self, base: Url, numbers: range, last: int, *, oldest_first: bool
    ) -> AsyncIterator[ListPageRequest]:
        for number in numbers:
            ref = self._page(base, number)
            if ref is None:
                return
            settled = oldest_first and number <= last - policy.UNSETTLED_PAGES
            page = await self._read(ref, last, settled=settled)
            if page is not None:
                yield replace(page, left=number - 1 if oldest_first else last - number)
                if not oldest_first and self._is_at_the_end(page.url):
                    return

    async def _chained(self, ref: PageRef | None) -> AsyncIterator[ListPageRequest]:
        seen: set[Url] = set()
        while ref is not None and ref.urls[0] not in seen:
            seen.update(ref.urls)
            page = await self._read(ref, None, settled=False, may_end=True)
            if page is None:
                return
            yield replace(page, left=None if page.next else 0)
            if self._is_at_the_end(page.url):
                return
            ref = page.next

    def _is_at_the_end(self, url: Url) -> bool:
        """Say whether the list goes on for ever: past its end the server shows a page that was met."""
        keys = self._state.listings.keys_on(self._site.name, self._channel.name, url)
        if keys:  # a page of links to other hosts says nothing of the list's end
            self._stale = 0 if keys - self._met else self._stale + 1
        self._met |= keys
        if self._stale < NOTHING_NEW:
            return False
        said = say("{count} pages in a row name nothing new: taken for the list's end", count=self._stale)
        self._remark(url, said)
        return True

    def _page(self, base: Url, number: int) -> PageRef | None:
        """Return a numbered page, the form of its address first that answered the last time."""
        ref = None if self._family is None else discovery.numbered_page(self._family, base, number)
        if ref is None:
            return None
        at = self._form % len(ref.urls)
        return replace(ref, urls=(ref.urls[at], *ref.urls[:at], *ref.urls[at + 1 :]))

    async def _read(
        self, ref: PageRef, pages: int | None, *, settled: bool, may_end: bool = False
    ) -> ListPageRequest | None:
        """Read a page, or take it as known; None: it could not be read, or (`may_end`) is past the end."""
        listings, place = self._state.listings, (self._site.name, self._channel.name)
        known = listings.page(*place, ref.urls)
        before = frozenset() if known is None else listings.keys_on(*place, known.url)
        if known is not None and self._is_fresh(known):
            following = None if known.next_url is None else PageRef(urls=(known.next_url,))
            return ListPageRequest(
                url=known.url, number=ref.number, pages=pages, reading=None, next=following
            )
        try:
            reading = self._peeked.pop(ref.number, None) or await self._fetching.page(
                self._channel, ref, settled=settled
            )
        except (FetchError, ExtractError, ProgramError) as error:
            if may_end and known is None and isinstance(error, EmptyListing):
                self._remark(ref.urls[0], say("the list ends with a link to a page that lists nothing"))
            else:
                self._trouble(ref.urls[0], error)
            return None
        if reading is None and may_end and known is None:
            self._remark(ref.urls[0], say("the list ends with a link to a page that is not there"))
            return None
        if reading is None:
            self._trouble(ref.urls[0], BadStatus(f"list page: {ref.urls[0]}: not there", status=404))
            return None
        self._remember_form(ref, reading.url)
        if known is not None and known.settled:
            new = listings.keys_on(*place, reading.url) - before
            self._calm = reading.fresh == 0 and not listings.on_lower_page(*place, new, known.number or 0)
        return ListPageRequest(
            url=reading.url, number=ref.number, pages=pages, reading=reading, next=reading.page.next
        )

    def _is_fresh(self, page: PageState) -> bool:
        if self._since_read is not None and self._since_read <= page.read_at < self._future:
            return True
        return page.settled and self._calm

    def _remember_form(self, ref: PageRef, answered: Url) -> None:
        """Remember which form of the address answered, in the order in which the family names them."""
        if answered != ref.urls[0]:
            at = ref.urls.index(answered)
            self._form = at if at > self._form % len(ref.urls) else at - 1

    async def _number_of_pages(self, script: Url) -> int:
        """Return how many pages there are: from the script, else by asking for pages."""
        try:
            return await self._fetching.number_of_pages(self._channel, script)
        except (BadStatus, ExtractError, ProgramError) as error:
            if not isinstance(error, BadStatus | NotAListing):
                self._trouble(script, error)
            pages = await self._count(script)
            self._remember_count(script, pages)
            return pages

    def _remember_count(self, script: Url, pages: int) -> None:
        with self._state.transaction():
            known = self._state.listings.channel(self._site.name, self._channel.name)
            self._state.listings.put_channel(replace(known, pages=pages, pager=script))

    async def _beyond(self, script: Url, index: Reading, last: int) -> int:
        """Return how many pages there are, also where the script is behind.

        The index and the newest page share rows. Where they do not, there are pages that nobody counted.
        """
        ref = self._page(script, last)
        if ref is None or not index.page.links or not await self._is_there(script, last):
            return last
        if self._state.listings.share_a_row(self._site.name, self._channel.name, index.url, ref.urls):
            return last
        while last < LAST_PAGE and await self._is_there(script, last + 1):
            last += 1
        return last

    async def _count(self, script: Url) -> int:
        """Find the last page by asking: doubling, then halving the gap. What is read on the way is kept."""
        low = self._state.listings.last_number(self._site.name, self._channel.name) or 0
        high = low + 1
        while high < LAST_PAGE and await self._is_there(script, high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            if await self._is_there(script, middle):
                low = middle
            else:
                high = middle
        return low

    async def _is_there(self, script: Url, number: int) -> bool:
        ref = self._page(script, number)
        if ref is None:
            return False
        try:
            reading = await self._fetching.page(self._channel, ref, settled=False)
        except (BadStatus, ExtractError, ProgramError):
            return False
        if reading is None:
            return False
        self._remember_form(ref, reading.url)
        self._peeked[number] = reading
        return True
