"""The feeds and sitemaps of a channel, read besides its list or in its place; what they find is joined.

    run        every feed; of the sitemaps those that were never read, or say that they have changed, once
               a day the first and the last, once a week every one: a date that never moves says nothing
    backfill   every one, but for those that this backfill has read already

A sitemap may name sitemaps, which are read likewise. What any of them says twice is known by its key.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper import urls
from scraper.errors import ExtractError, FetchError, NotAListing, ProgramError
from scraper.messages import say
from scraper.model import Kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from scraper.crawl.fetch_and_store import StoringFetcher
    from scraper.errors import ArchiveError
    from scraper.ingest.ingester import Reading, Want
    from scraper.model import Channel, Link
    from scraper.stores.opening import SiteContext
    from scraper.urls import Url

MOST = 10_000  # sitemaps of one channel; the protocol allows 50,000 in one index
_A_DAY = timedelta(days=1)  # a sitemap's date may be a day without a time
_ENDS_EVERY = timedelta(hours=23)  # new articles go to one of the ends of an index
_ALL_EVERY = timedelta(days=7)


class FeedsAndSitemaps:
    """Walks one channel. `since_read`: what was read since then is known; None: a run."""

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
        """Take what the walk needs; `trouble` hears of what could not be read, `remark` of what is odd."""
        self._site = context.site
        self._channel = channel
        self._state = context.state
        self._fetching = fetching
        self._since_read = since_read
        self._trouble = trouble
        self._remark = remark
        self._now = context.now
        self._told: dict[Url, bool] = {}  # sitemaps of which an index says that they have not changed: False
        self._passed_over: list[Url] = []  # sitemaps that were not due
        self._liar = False  # True: an index whose dates do not move though its sitemaps do

    async def walk(self, index: Reading | None, want: Want) -> AsyncIterator[Reading]:
        """Yield what is read besides the index, which may name sitemaps; None: it was not read."""
        met = {self._channel.index}
        waiting = deque(url for url in self._channel.addresses if url not in met)
        waiting.extend(self._sitemaps(index))
        if index is not None:
            self._look_at(index, changed=None)
        while waiting:
            url = waiting.popleft()
            if url in met:
                continue
            if len(met) > MOST:
                self._trouble(url, NotAListing(f"sitemaps: {url}: more than {MOST} of one channel"))
                return
            met.add(url)
            was_told = self._told.get(url)
            reading = await self._read(url, want)
            if reading is not None:
                self._look_at(reading, changed=was_told)
                yield reading
                waiting.extend(self._sitemaps(reading))
            if not waiting and self._liar:
                waiting.extend(url for url in self._passed_over if url not in met)

    async def _read(self, url: Url, want: Want) -> Reading | None:
        kind = Kind.FEED if url in self._channel.feeds else Kind.SITEMAP
        try:
            return await self._fetching.listing(self._channel, url, kind, want)
        except (FetchError, ExtractError, ProgramError) as error:
            self._trouble(url, error)
            return None

    def _look_at(self, reading: Reading, *, changed: bool | None) -> None:
        """Tell what is odd of what was read. `changed`: as its index said; None: no index named it."""
        if reading.page.fault is not None:
            said = say("read though it is not as it should be: {fault}", fault=reading.page.fault)
            self._remark(reading.url, said)
        strangers = [link.url for link in reading.page.elsewhere if link.kind is Kind.SITEMAP]
        if strangers:
            hosts = ", ".join(sorted({urls.host(url) for url in strangers}))
            said = say(
                "{count} sitemaps are on hosts that the config does not name, and are not read: {hosts}",
                count=len(strangers),
                hosts=hosts,
            )
            self._remark(reading.url, said)
        if changed is False and reading.fresh:
            self._liar = True
            self._remark(reading.url, say("it has grown, though its index says that it has not changed"))

    def _sitemaps(self, reading: Reading | None) -> list[Url]:
        """Return the sitemaps that a sitemap names and that are to be read now."""
        named = [link for link in reading.page.links if link.kind is Kind.SITEMAP] if reading else []
        named = named[: MOST + 1]  # what is beyond is told by whoever comes to it
        due = {link.url: None for at, link in enumerate(named) if self._is_due(link, at, named)}
        self._passed_over.extend(link.url for link in named if link.url not in due)
        return list(due)

    def _is_due(self, link: Link, at: int, named: Sequence[Link]) -> bool:
        known = self._state.listings.page(self._site.name, self._channel.name, (link.url,))
        if known is None:
            return True
        if self._since_read is not None:
            return known.read_at < self._since_read
        is_end = at in {0, len(named) - 1}
        age = self._now() - known.read_at
        if link.date is None:
            return is_end or age >= _ALL_EVERY
        if link.date + _A_DAY >= known.read_at:
            return True
        self._told[link.url] = False
        return age >= (_ENDS_EVERY if is_end else _ALL_EVERY)
