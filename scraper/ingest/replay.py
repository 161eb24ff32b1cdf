"""Takes in what lies on the shelf unknown to the state: a killed run left it, or the state was lost.

As the run would have done it that asked, as far as a capture tells what that was.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from scraper import policy, urls
from scraper.article_record import AT_ONCE, ArticleRecord, key_of_further_pages
from scraper.errors import ExtractError, ProgramError
from scraper.families import identity_key
from scraper.ingest.article_decision import OK, family_of
from scraper.ingest.copies import Copies
from scraper.ingest.forgetting import Forgetting
from scraper.ingest.ingester import EVERY_DAY, Ingester
from scraper.ingest.page_reader import DirectReader
from scraper.ingest.prior_captures import NOT_MODIFIED
from scraper.ingest.reextract import hosts_of
from scraper.ingest.unsynced_names import UnsyncedNames
from scraper.mementos import as_of_site
from scraper.messages import say
from scraper.model import Kind
from scraper.stores.state.captures import entry_of
from scraper.stores.warc_reader import Damaged
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.ingest.ingester import Want
    from scraper.ingest.page_reader import Reader
    from scraper.model import Capture, CaptureRef
    from scraper.stores.opening import SiteContext

_log = logging.getLogger(__name__)


class LeftCapture(NamedTuple):
    """A capture that lies on the shelf unknown to the state."""

    number: int  # of those so far
    capture: Capture
    ref: CaptureRef


class Replay:
    """Takes the left captures of one site in, one at a time, in the order in which they were made."""

    def __init__(self, context: SiteContext, reader: Reader | None = None) -> None:
        """Take the site; outcomes are remembered as those of no run. `reader`: None: this process."""
        self._context = replace(context, run=None)
        self._site = context.site
        self._state = context.state
        self._copies = Copies(self._context, reader)
        self._reader = reader or DirectReader()
        self._ingester = Ingester(self._context, self._reader)
        self._names = UnsyncedNames(self._context)
        self._tell: Callable[[Damaged], None] = lambda _: None

    async def prepare(self, left: LeftCapture) -> None:
        """Have a capture read that `all` is about to take in."""
        await self._ingester.prepare(left.capture, left.ref)

    def all(self, damaged: Callable[[Damaged], None]) -> Iterator[LeftCapture]:
        """Take in all that the state does not know, a capture at each step; each is yielded right before.

        Documents that do not yet say what became of their pictures follow then, when all is taken in. What is
        damaged is stepped over: `damaged` hears of it.
        """

        def tell(found: Damaged) -> None:
            _log.error("damaged", extra={"fields": {"site": self._site.name, "error": str(found)}})
            damaged(found)

        self._tell = tell
        captures, forgetting = self._context.captures, Forgetting(self._context)
        tail = captures.recover()
        forgetting.finish()
        restored = self._names.restore(self._reader.extract)
        if restored:
            _log.info("restored", extra={"fields": {"site": self._site.name, "documents": restored}})
        number = 0
        after = self._state.captures.last(self._site.name)
        for ref, capture in captures.scan(after=after, on_damage=tell):
            number += 1
            if (ref.file, ref.offset + ref.length) == (tail.file, tail.size):
                self._ingester.left(ref)
            yield LeftCapture(number, capture, ref)
            self.take(capture, ref)
        forgetting.finish()  # of what came back with the captures of a backup
        for known, error in self._ingester.assets.follow():
            fields = {"site": self._site.name, "url": known.url, "error": str(error)}
            _log.warning("document", extra={"fields": fields})
        self._names.settle()
        if number:
            _log.info("recovered", extra={"fields": {"site": self._site.name, "captures": number}})

    def take(self, capture: Capture, ref: CaptureRef) -> None:
        """Take one capture in. What it lacks the run asks for again, and reports."""
        match capture.kind:
            case Kind.LISTING | Kind.FEED | Kind.SITEMAP if capture.status in {*OK, NOT_MODIFIED}:
                self._listing(capture, ref)
            case Kind.PAGER:
                with suppress(ExtractError, ProgramError):  # remembered by the intake
                    self._ingester.pager(capture, ref)
            case Kind.ARTICLE | Kind.COPY if self._is_strangers(capture):
                self._ingester.note(capture, ref)
                what = say("it is of a host that its article never had: {url}", url=capture.url)
                self._tell(Damaged(file=ref.file, offset=ref.offset, what=what))
            case Kind.ARTICLE | Kind.COPY if (known := self._known(as_of_site(capture))).is_forgotten:
                with self._state.transaction():
                    self._state.captures.put(entry_of(self._site.name, capture, ref, key=known.key))
            case Kind.FURTHER:
                self._further_page(capture, ref)
            case Kind.ARTICLE:
                self._ingester.article(replace(self._known(capture), wanted=True), capture, ref)
            case Kind.COPY:
                self._copies.take(self._known(as_of_site(capture)), capture, ref)
            case Kind.IMAGE | Kind.FILE:
                self._ingester.assets.take(capture, ref)
            case _:
                self._ingester.note(capture, ref)

    def _further_page(self, capture: Capture, ref: CaptureRef) -> None:
        known = self._known(replace(capture, url=capture.page_of or capture.url))
        if known.is_forgotten:
            entry = entry_of(self._site.name, capture, ref, key=key_of_further_pages(known.key))
            with self._state.transaction():
                self._state.captures.put(entry)
        else:
            self._ingester.further_page(replace(known, wanted=True), capture, ref)

    def _listing(self, capture: Capture, ref: CaptureRef) -> None:
        """Take a page of a list in. What an index names, any run wants; of other pages a backfill says it.

        So it is with feeds; of sitemaps a run wants what is new.
        """
        named_by_all = self._ingester.is_index(capture) or capture.kind is Kind.FEED
        want: Want | None = EVERY_DAY if named_by_all else None
        want = "new" if capture.kind is Kind.SITEMAP else want
        with suppress(ExtractError, ProgramError):  # remembered by the intake
            self._ingester.listing(capture, ref, settled=self._is_settled(capture), want=want)

    def _is_settled(self, capture: Capture) -> bool:
        """Say whether a page of a list will not change any more, by what was known when it was read."""
        known = self._state.listings.channel(self._site.name, capture.channel or "")
        if known.pager is None or known.pages is None or capture.page is None:
            return False
        return capture.page <= known.pages - policy.UNSETTLED_PAGES

    def _is_strangers(self, capture: Capture) -> bool:
        """Say whether a capture is of a host that its article, which has a document, was never met at."""
        capture = as_of_site(capture)
        known = self._known(capture)
        if known.path is None:
            return False
        return urls.host(capture.url) not in hosts_of(known, self._site, self._state)

    def _known(self, capture: Capture) -> ArticleRecord:
        url = urls.identity(capture.url, self._site.home)
        key = identity_key(family_of(self._site, url), url, self._site.home)
        known = self._state.articles.get(self._site.name, key)
        return known or ArticleRecord(
            site=self._site.name,
            key=key,
            url=url,
            ask=capture.url,
            first_seen=capture.fetched_at,
            due=AT_ONCE,
        )
