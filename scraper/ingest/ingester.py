"""Takes captures in: what was just fetched, what a killed run left on the shelf, what a rebuild reads back.

Nothing here can tell which of the three it is. Knows no network; whatever goes wrong with one capture is that
capture's outcome and nobody else's.
"""

from __future__ import annotations

import logging
import traceback
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from scraper import __version__, discovery, policy, urls
from scraper.article_record import (
    AT_ONCE,
    Aliased,
    ArticleRecord,
    Failed,
    Skipped,
    Status,
    Unfinished,
    key_of_further_pages,
)
from scraper.errors import (
    ArchiveError,
    BadStatus,
    NoRoom,
    NotAListing,
    ProgramError,
    Refused,
    RepeatedBody,
    TooCostly,
)
from scraper.extractor import VERSION
from scraper.families import identity_key
from scraper.ingest import further_pages
from scraper.ingest.article_decision import OK, ArticleResult, decider_of, family_of
from scraper.ingest.assets import AssetIngester
from scraper.ingest.begun import Begun
from scraper.ingest.canary_monitor import CanaryMonitor
from scraper.ingest.list_reader import channel_of, key_of, newest, program_error, read_list
from scraper.ingest.page_reader import DirectReader
from scraper.ingest.prior_captures import PriorCaptures
from scraper.ingest.reextract import save_embedded
from scraper.ingest.unsynced_names import UnsyncedNames
from scraper.messages import say
from scraper.model import Kind
from scraper.numbers import whole
from scraper.stores.state.captures import entry_of
from scraper.stores.state.listings import PageState
from scraper.values import Value, replace

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.article_record import Outcome
    from scraper.ingest.page_reader import Reader
    from scraper.model import Capture, CaptureRef, Link, ListingPage
    from scraper.stores.opening import SiteContext
    from scraper.stores.state.captures import CaptureEntry
    from scraper.urls import Url

_log = logging.getLogger(__name__)

Days: TypeAlias = tuple[str | None, str | None]
"""First and last day as ISO text, both included; None: open."""

Want: TypeAlias = Days | Literal["new"]
"""What of a list is wanted: the articles of some days; "new": those that nobody had named before."""

EVERY_DAY: Final[Days] = (None, None)

_MISSING: Final = frozenset({404, 410})
_NAMED: Final = "list"  # the topic under which it is remembered what a page of a list named
_READ_BY: Final = f"{__version__}/{VERSION}"  # who has read it: another version may read it otherwise
_SHORT: Final = 16  # bytes of a digest that is compared with nothing but its own kind


class Reading(Value, frozen=True, kw_only=True):
    """A page of a list, taken in."""

    page: ListingPage
    url: Url  # the address that answered
    number: int | None  # None: the system does not number it
    fresh: int  # rows that the channel had not named before


class Ingester:
    """Takes the captures of one site in, one at a time."""

    def __init__(self, context: SiteContext, reader: Reader | None = None) -> None:
        """Take the site; where the context has a run, outcomes are remembered in its name.

        `reader`: who reads pages; None: this process.
        """
        self._reader = reader or DirectReader()
        self._here = DirectReader()
        self._just_read: tuple[Capture, ListingPage] | None = None  # a list that names what it named before
        self._begun = Begun(context.state, context.name, is_run=context.run is not None)
        self._site = context.site
        self._state = context.state
        self._documents = context.documents
        self._names = UnsyncedNames(context)
        self._prior = PriorCaptures(context)
        self._decider = decider_of(context, self._reader)
        self._whole = partial(
            further_pages.whole, state=context.state, site=context.name, shelf=context.captures.read
        )
        self._run = context.run
        self.monitor = CanaryMonitor(context)
        self.assets = AssetIngester(context, self._reader.extract)
        self.aliased = 0  # new addresses of known articles, met in lists
        self.slips: list[tuple[Url, ProgramError]] = []  # of the program, at single rows of lists

    def left(self, ref: CaptureRef) -> None:
        """Take in that a run was ended with this capture as its last: it was begun once."""
        self._begun.left(ref)

    async def prepare(self, capture: Capture, ref: CaptureRef) -> None:
        """Have a page read while nothing else waits for it; where it is not to be read, do nothing."""
        if capture.status not in OK:
            return
        match capture.kind:
            case Kind.ARTICLE:
                job: tuple[str, Capture, *tuple[object, ...]] = ("extract", capture, self._site)
            case Kind.LISTING | Kind.FEED | Kind.SITEMAP:
                job = ("listing", capture, self._site, channel_of(capture, self._site))
            case Kind.PAGER:
                job = ("pager", capture, self._site)
            case _:
                return
        if self._begun.begin(ref):
            await self._reader.prepare(*job)

    # ── lists ─────────────────────────────────────────────────────────────────────────────────────────────

    def listing(
        self,
        capture: Capture,
        ref: CaptureRef,
        *,
        settled: bool = False,
        want: Want | None = None,
        stands_for: Url | None = None,
    ) -> Reading:
        """Take in a page of a list, a sitemap or a feed: its rows and the page itself, in one transaction.

        `want`: what of it is wanted from now on; None: nobody says so yet. Raises NotAListing; the capture is
        then remembered all the same. `stands_for`: the list whose own page led to this one; None: itself.
        """
        entry = entry_of(self._site.name, capture, ref)
        shown = self._prior.shown(capture)
        leads_here = stands_for is not None and stands_for != shown.url
        capture = replace(shown, url=stands_for) if leads_here else shown  # that which was read already
        try:
            self._refuse_killer(capture, ref)
            page = self._read(shown, capture)
            self._begun.was_read(ref)
        except ArchiveError:
            with self._state.transaction():
                self._state.captures.put(entry)
            raise
        named = self._named(page, capture)
        with self._state.transaction():
            self._state.captures.put(entry)
            wanted = self._new_on(capture, page) if want == "new" else frozenset()
            keys = [self._remember_link(*each, capture, wanted=each[0].url in wanted) for each in named]
            fresh = self._put_page(capture, page, keys, settled=settled)
            self._state.notes.put(_NAMED, capture.url, f"{_read_as(capture)} {_signature(page)}")
            if want is not None and want != "new" and capture.channel is not None:
                self._state.articles.want(self._site.name, capture.url, want, channel=capture.channel)
        return Reading(page=page, url=capture.url, number=capture.page, fresh=fresh)

    def names_the_same(self, capture: Capture) -> bool:
        """Say whether a page of a list names what it named before, word for word, in the same order."""
        try:
            page = self._read(capture, capture)
        except ArchiveError:
            return False
        self._just_read = (capture, page)
        _, _, named = self._state.notes.text(_NAMED, capture.url).rpartition(" ")
        return named == _signature(page)

    def _read(self, shown: Capture, capture: Capture) -> ListingPage:
        """Return what a list names. `capture`: it, under the address that it stands for. Raises as that does.

        What this version has read before, byte for byte, is no danger: it is read in this very process.
        """
        just, self._just_read = self._just_read, None
        if just is not None and just[0] is shown and capture.url == shown.url:
            return just[1]
        noted = self._state.notes.text(_NAMED, capture.url)
        reader = self._here if noted.startswith(f"{_read_as(capture)} ") else self._reader
        return read_list(capture, self._site, self._state, reader)

    def _new_on(self, capture: Capture, page: ListingPage) -> frozenset[Url]:
        """Return which articles count as new, should they be: all, of a sitemap that was read before."""
        place = (self._site.name, capture.channel or "")
        known = self._state.listings.page(*place, (capture.url,))
        return newest(page.links) if known is None else frozenset(link.url for link in page.links)

    def pager(self, capture: Capture, ref: CaptureRef) -> int:
        """Take in the script that knows how many pages a list has. Raises ExtractError, ProgramError."""
        self.note(capture, ref)
        capture = self._prior.shown(capture)
        if capture.status not in OK:
            msg = say("pager: {url}: status {status}", url=capture.url, status=capture.status)
            raise NotAListing(msg)
        pages = self._pages(capture)
        if capture.channel is not None:
            with self._state.transaction():
                known = self._state.listings.channel(self._site.name, capture.channel)
                self._state.listings.put_channel(replace(known, pages=pages, pager=capture.url))
        return pages

    def _pages(self, capture: Capture) -> int:
        """Read the script. Raises NotAListing and other ExtractErrors, ProgramError."""
        try:
            return self._reader.pager(capture, self._site)
        except ArchiveError:
            raise
        except Exception as error:
            fields = {"site": self._site.name, "url": capture.url}
            _log.critical("program-error", exc_info=True, extra={"fields": fields})
            raise program_error(capture, error) from error

    def note(self, capture: Capture, ref: CaptureRef) -> None:
        """Remember that a capture was seen, and nothing else of it."""
        with self._state.transaction():
            self._state.captures.put(entry_of(self._site.name, capture, ref))

    def _put_page(self, capture: Capture, page: ListingPage, keys: list[str], *, settled: bool) -> int:
        listings, site, channel = self._state.listings, self._site.name, capture.channel or ""
        before = listings.channel(site, channel)
        state = PageState(
            site=site,
            channel=channel,
            url=capture.url,
            read_at=capture.fetched_at,
            rows=len(keys),
            number=capture.page,
            next_url=page.next.urls[0] if page.next else None,
            settled=settled,
            elsewhere=len(page.elsewhere),
            unread_pager=page.unread_pager,
            sublists=page.sublists,
        )
        # A list may hold some rows on top for ever: whether it is torn, its oldest row shows.
        known = listings.page(site, channel, (capture.url,))
        ends_fresh = bool(keys) and not listings.is_named(site, channel, keys[-1])
        fresh = listings.put_page(state, keys, run=self._run)
        if self.is_index(capture):
            is_sorted = capture.kind is not Kind.SITEMAP
            torn = before.read_at is not None and ends_fresh and is_sorted
            self.monitor.saw_index(capture.url, len(keys), known.rows if known is not None else 0)
            listings.put_channel(
                replace(
                    before,
                    read_at=capture.fetched_at,
                    gap=before.gap or (capture.fetched_at if torn else None),
                    pager=page.pager or before.pager,
                    pages=page.pages or whole(str(before.pages), discovery.MOST_PAGES),
                    stated=page.stated if page.stated is not None else before.stated,
                )
            )
        return fresh

    def is_index(self, capture: Capture) -> bool:
        """Say whether a capture is of a channel's index."""
        channel = channel_of(capture, self._site)
        return channel is not None and channel.index == capture.url

    def _named(self, page: ListingPage, capture: Capture) -> list[tuple[Link, str]]:
        """Return what a list names beside sitemaps, each with its key; the program's slips are told."""
        named: list[tuple[Link, str]] = []
        for link in page.links:
            if link.kind is Kind.SITEMAP:
                continue
            try:
                named.append((link, key_of(link.url, self._site)))
            except Exception as error:  # noqa: BLE001 - one row's error must not end the list; it is logged whole
                self._slipped(capture, traceback.format_exc(), f"{type(error).__name__}: {error}")
        for trace in page.slips:
            self._slipped(capture, trace, trace.rstrip().rpartition("\n")[2])
        return named

    def _slipped(self, capture: Capture, trace: str, said: str) -> None:
        """Tell of a slip of the program at one row of a list."""
        fields = {"site": self._site.name, "url": capture.url, "traceback": trace}
        _log.critical("program-error", extra={"fields": fields})
        self.slips.append((capture.url, ProgramError(f"a row of {capture.url}: {said}")))

    def _remember_link(self, link: Link, key: str, capture: Capture, *, wanted: bool) -> str:
        articles, site = self._state.articles, self._site
        addresses = articles.addresses(site.name, key)
        if link.url in addresses:
            return key
        known = articles.get(site.name, key) if addresses else None
        if (site.name, key) in articles.damaged:
            return key  # `verify` names it
        if known is None:
            articles.put(replace(self._first_met(key, link, capture), wanted=wanted))
        elif link.url not in {known.url, known.ask}:
            if not _differ_in_session(link.url, known):
                self.aliased += articles.add_alias(site.name, link.url, key, capture.fetched_at)
            if known.status is not Status.HELD:  # where the old address fails, the new one may not
                articles.put(replace(known, ask=link.url))
        return key

    def _first_met(self, key: str, link: Link, capture: Capture) -> ArticleRecord:
        return ArticleRecord(
            site=self._site.name,
            key=key,
            url=urls.identity(link.url, self._site.home),
            ask=link.url,
            first_seen=capture.fetched_at,
            channel=link.channel or capture.channel,
            title=link.title,
            listed_date=link.date,
            due=AT_ONCE,
        )

    # ── articles ──────────────────────────────────────────────────────────────────────────────────────────

    def article(self, known: ArticleRecord, capture: Capture, ref: CaptureRef) -> Outcome | Unfinished:
        """Take in what came of asking for an article: judge, write, remember; return the outcome."""
        judged = self._judged(known, capture, ref)
        return self._remember(known, judged, capture, entry_of(self._site.name, capture, ref, key=known.key))

    def further_page(
        self, known: ArticleRecord, capture: Capture, ref: CaptureRef
    ) -> Outcome | Unfinished | None:
        """Take in a further page of an article: judge it by all of its pages that are at hand.

        None: the first page is not known.
        """
        entry = entry_of(self._site.name, capture, ref, key=key_of_further_pages(known.key))
        with self._state.transaction():
            self._state.captures.put(entry)
        first = further_pages.newest(self._state, self._site.name, known.key)
        if first is None:
            return None
        page = self._whole(first)
        if capture.status in OK or capture.status in _MISSING:
            judged = self._judged(known, page, first)
        else:
            msg = f"page of an article: {capture.url}: status {capture.status}"
            judged = self._failure(known, page, BadStatus(msg, status=capture.status))
        return self._remember(known, judged, page, entry)

    def _remember(
        self, known: ArticleRecord, judged: ArticleResult | Unfinished, capture: Capture, entry: CaptureEntry
    ) -> Outcome | Unfinished:
        """Remember what an article came to, and the capture that was taken in last."""
        if isinstance(judged, Unfinished):
            with self._state.transaction():
                self._state.captures.put(entry)
                self._state.articles.put(known)
            return judged
        with self._state.transaction():
            self._state.captures.put(entry)
            self._state.articles.put(judged.known, run=self._run)
            self._remember_shown(judged, capture.fetched_at)
            for what in policy.changes_of(known, judged.outcome):
                self._state.events.put(known.site, known.key, what, capture.fetched_at)
            if isinstance(judged.outcome, Aliased):
                self._remember_alias(known, judged.outcome.to, capture.fetched_at)
        self.monitor.saw(known, judged.known, judged.outcome)
        return judged.outcome

    def _judged(self, known: ArticleRecord, capture: Capture, ref: CaptureRef) -> ArticleResult | Unfinished:
        """Judge and write; what goes wrong with one article is its outcome, and it is tried again."""
        digest = None
        try:
            self._refuse_killer(capture, ref)
            judged = self._decider.judge(known, capture, ref)
            self._begun.was_read(ref)
            if isinstance(judged, Unfinished):
                return judged
            digest = judged.known.body_digest
            if judged.document is not None:
                self.monitor.check(known, judged.known)
                save_embedded(judged.embedded, self._documents)
                self._documents.save(judged.document, name_later=True)
                self._names.saved(ref)
        except RepeatedBody as error:
            failed = self._failure(known, capture, error)
            return replace(failed, known=replace(failed.known, body_digest=digest))
        except NoRoom:
            raise
        except TooCostly as error:
            failed = self._failure(known, capture, error)
            return replace(failed, known=replace(failed.known, due=None, extractor=VERSION))
        except ArchiveError as error:
            return self._failure(known, capture, error)
        except Exception as error:  # noqa: BLE001 - one page's error must not end the site; it is logged whole
            _log.critical(
                "program-error",
                exc_info=True,
                extra={"fields": {"site": self._site.name, "url": capture.url}},
            )
            return self._failure(known, capture, program_error(capture, error))
        return judged

    def _refuse_killer(self, capture: Capture, ref: CaptureRef) -> None:
        """Raise TooCostly for a capture that ended the program each time it was taken in."""
        if not self._begun.begin(ref):
            msg = say(
                "too costly: {url}: the program ended each time that this page was taken in", url=capture.url
            )
            raise TooCostly(msg)

    def _failure(self, known: ArticleRecord, capture: Capture, error: ArchiveError) -> ArticleResult:
        after = policy.remember_failure(known, error, capture.fetched_at)
        return ArticleResult(outcome=Failed(error=error), known=after)

    def _remember_shown(self, judged: ArticleResult, at: datetime) -> None:
        if judged.shown is not None:
            told = () if judged.document is None else [url for url, _ in judged.shown]
            self._state.assets.show(self._site.name, judged.known.key, judged.shown, at, told=told)
        if judged.left_at_source:
            self.assets.left_at_source[judged.known.key] = judged.left_at_source

    def _remember_alias(self, known: ArticleRecord, to: Url, at: datetime) -> None:
        """Remember whose other address this is, so that whoever counts articles counts it once."""
        key = identity_key(family_of(self._site, to), to, self._site.home)
        self._state.articles.add_alias(self._site.name, known.url, key, at)

    def failed(self, known: ArticleRecord, error: ArchiveError, now: datetime) -> Outcome:
        """Remember a visit that brought no capture; return the outcome."""
        refused = isinstance(error, Refused) and error.robots
        remember = policy.remember_refusal if refused else policy.remember_failure
        with self._state.transaction():
            self._state.articles.put(remember(known, error, now), run=self._run)
        return Skipped(error=error) if refused else Failed(error=error)


def _differ_in_session(url: Url, known: ArticleRecord) -> bool:
    """Say whether an address is a known one of another visit: no other name of the article."""
    bare = urls.without_session(url)
    return bare != url and bare in {urls.without_session(known.url), urls.without_session(known.ask)}


def _read_as(capture: Capture) -> str:
    """Return a short text that is the same for the same bytes and the same version, and for no others."""
    return f"{_READ_BY} {blake2b(capture.body, digest_size=_SHORT).hexdigest()}"


def _signature(page: ListingPage) -> str:
    """Return a short text that is the same for pages that name the same, and for no others."""
    return blake2b(repr(page).encode("utf-8", "surrogatepass"), digest_size=_SHORT).hexdigest()
