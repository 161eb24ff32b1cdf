"""Takes captures in: what was just fetched, what a killed run left on the shelf, what a rebuild reads back.

Nothing here can tell which of the three it is. Knows no network; whatever goes wrong with one capture is that
capture's outcome and nobody else's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper import discovery, extractor, policy, robots, urls, writer
from scraper.errors import ArchiveError, BadStatus, NotAListing, NotAnArticle, Refused
from scraper.families import by_name, identity_key, recognise_url
from scraper.known import Aliased, Failed, Gone, Known, Revised, Skipped, Status, Unchanged, Written
from scraper.model import Kind
from scraper.stores.state.captures import CaptureEntry
from scraper.stores.state.listings import PageState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scraper.families.family import Family
    from scraper.known import Outcome
    from scraper.model import Article, Capture, CaptureRef, Channel, Document, Link, ListingPage, Site, Url
    from scraper.stores.documents import DocumentStore
    from scraper.stores.state import State

_NOT_MODIFIED = 304
_GONE = frozenset({404, 410})
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A page of a list, taken in."""

    page: ListingPage
    url: Url  # the address that answered
    number: int | None  # None: the system does not number it
    fresh: int  # rows that the channel had not named before


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a capture of an article comes to, before anything is written."""

    outcome: Outcome
    known: Known
    document: Document | None = None  # None: nothing is to be written


class Intake:
    """Takes the captures of one site in, one at a time."""

    def __init__(
        self,
        *,
        site: Site,
        state: State,
        documents: DocumentStore,
        shelf: Callable[[CaptureRef], Capture],
        run: int | None = None,
    ) -> None:
        """Take the stores. `run`: the run in whose name outcomes are remembered; None: in nobody's."""
        self._site = site
        self._state = state
        self._documents = documents
        self._shelf = shelf
        self._run = run
        self.aliased = 0  # new addresses of known articles, met in lists

    # ── lists ─────────────────────────────────────────────────────────────────────────────────────────────

    def listing(self, capture: Capture, ref: CaptureRef, *, settled: bool = False) -> Reading:
        """Take in a page of a list: its rows and the page itself, in one transaction.

        Raises NotAListing; the capture is then remembered all the same.
        """
        entry = self._entry(capture, ref)
        try:
            page = discovery.read_listing(capture, self._site, self._channel(capture.channel))
        except ArchiveError:
            self.note(capture, ref)
            raise
        with self._state.transaction():
            self._state.captures.put(entry)
            keys = [self._remember_link(link, capture) for link in page.links]
            fresh = self._put_page(capture, page, keys, settled=settled)
        return Reading(page=page, url=capture.url, number=capture.page, fresh=fresh)

    def pager(self, capture: Capture, ref: CaptureRef) -> int:
        """Take in the script that knows how many pages a list has. Raises NotAListing."""
        self.note(capture, ref)
        if capture.status != _OK:
            msg = f"pager: {capture.url}: status {capture.status}"
            raise NotAListing(msg)
        pages = discovery.read_pager(capture, self._site)
        if capture.channel is not None:
            with self._state.transaction():
                known = self._state.listings.channel(self._site.name, capture.channel)
                self._state.listings.put_channel(replace(known, pages=pages, pager=capture.url))
        return pages

    def note(self, capture: Capture, ref: CaptureRef) -> None:
        """Remember that a capture was seen, and nothing else of it."""
        with self._state.transaction():
            self._state.captures.put(self._entry(capture, ref))

    def _channel(self, name: str | None) -> Channel | None:
        return next((channel for channel in self._site.channels if channel.name == name), None)

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
        )
        fresh = listings.put_page(state, keys, run=self._run)
        if self._is_index(capture):
            torn = before.read_at is not None and fresh == len(keys) > 0
            listings.put_channel(
                replace(
                    before,
                    read_at=capture.fetched_at,
                    gap=before.gap or torn,
                    pager=page.pager or before.pager,
                    pages=page.pages or before.pages,
                    stated=page.stated if page.stated is not None else before.stated,
                )
            )
        return fresh

    def _is_index(self, capture: Capture) -> bool:
        channel = self._channel(capture.channel)
        return channel is not None and channel.index == capture.url

    def _remember_link(self, link: Link, capture: Capture) -> str:
        articles, site = self._state.articles, self._site
        key = identity_key(self._family(link.url), urls.identity(link.url, site.home))
        known = articles.get(site.name, key)
        if known is None:
            articles.put(self._first_met(key, link, capture))
        elif link.url not in {known.url, known.ask}:
            self.aliased += articles.add_alias(site.name, link.url, key, capture.fetched_at)
            if known.status is not Status.HELD:  # where the old address fails, the new one may not
                articles.put(replace(known, ask=link.url))
        return key

    def _first_met(self, key: str, link: Link, capture: Capture) -> Known:
        return Known(
            site=self._site.name,
            key=key,
            url=urls.identity(link.url, self._site.home),
            ask=link.url,
            first_seen=capture.fetched_at,
            channel=link.channel or capture.channel,
            title=link.title,
            listed_date=link.date,
            due=capture.fetched_at,
        )

    def _family(self, url: Url) -> Family | None:
        return by_name(self._site.family) if self._site.family else recognise_url(url)

    # ── articles ──────────────────────────────────────────────────────────────────────────────────────────

    def article(self, known: Known, capture: Capture, ref: CaptureRef) -> Outcome:
        """Take in what came of asking for an article: judge, write, remember; return the outcome."""
        judged = self._judge(known, capture, ref)
        if judged.document is not None:
            self._documents.save(judged.document)
        with self._state.transaction():
            self._state.captures.put(self._entry(capture, ref, key=known.key))
            self._state.articles.put(judged.known, run=self._run)
        return judged.outcome

    def failed(self, known: Known, error: ArchiveError, now: datetime) -> Outcome:
        """Remember a visit that brought no capture; return the outcome."""
        refused = isinstance(error, Refused)
        remember = policy.remember_refusal if refused else policy.remember_failure
        with self._state.transaction():
            self._state.articles.put(remember(known, error, now), run=self._run)
        return Skipped(error=error) if refused else Failed(error=error)

    def _judge(self, known: Known, capture: Capture, ref: CaptureRef) -> Judged:
        ages = self._site.revisit
        if capture.status == _NOT_MODIFIED and known.capture is not None:
            return Judged(outcome=Unchanged(), known=policy.remember_unchanged(known, capture, ages))
        if capture.status in _GONE:
            after = policy.remember_gone(known, capture.fetched_at, ages)
            return Judged(outcome=Gone(status=capture.status), known=after)
        try:
            return self._read(known, capture, ref)
        except NotAnArticle as error:
            return self._judge_other(known, capture, error)
        except ArchiveError as error:
            after = policy.remember_failure(known, error, capture.fetched_at)
            return Judged(outcome=Failed(error=error), known=after)

    def _judge_other(self, known: Known, capture: Capture, error: NotAnArticle) -> Judged:
        """Judge a page that is no article: a soft error page, seen twice in a row, is a 404."""
        if error.what == "soft-404" and policy.is_soft_gone(known):
            after = policy.remember_gone(known, capture.fetched_at, self._site.revisit)
            return Judged(outcome=Gone(status=capture.status), known=after)
        after = policy.remember_failure(known, error, capture.fetched_at)
        misses = known.soft_misses + 1 if error.what == "soft-404" else 0
        return Judged(outcome=Failed(error=error), known=replace(after, soft_misses=misses))

    def _read(self, known: Known, capture: Capture, ref: CaptureRef) -> Judged:
        if capture.status != _OK:
            msg = f"article: {capture.url}: status {capture.status}"
            raise BadStatus(msg, status=capture.status)
        moved_to = self._moved_to(known, capture)
        if moved_to is not None:
            return Judged(
                outcome=Aliased(to=moved_to),
                known=replace(known, status=Status.ALIASED, due=None, error=None),
            )
        article = extractor.extract(capture, self._site)
        if self._site.robots == "obey" and robots.forbids_archiving(article.robots, capture.headers):
            error = Refused(f"article: {capture.url}: the page asks not to be archived")
            after = policy.remember_refusal(known, error, capture.fetched_at)
            return Judged(outcome=Skipped(error=error), known=after)
        return self._write(known, capture, ref, article)

    def _moved_to(self, known: Known, capture: Capture) -> Url | None:
        """Return the identity of the other, known article that a redirect led to; None: it led to none."""
        if capture.final_url == capture.url:
            return None
        key = identity_key(self._family(capture.final_url), urls.identity(capture.final_url, self._site.home))
        other = None if key == known.key else self._state.articles.get(self._site.name, key)
        return None if other is None else other.url

    def _write(self, known: Known, capture: Capture, ref: CaptureRef, article: Article) -> Judged:
        captured = known.captured or capture.fetched_at
        article = dated(article, captured)
        digest = article_digest(article)
        if known.path is not None and digest == self._digest_before(known):
            after = policy.remember_answer(known, capture, self._site.revisit)
            return Judged(outcome=Unchanged(), known=after)
        document = writer.write(article, self._site, identity=known.url, captured=captured, path=known.path)
        after = replace(
            known,
            title=article.title,
            captured=captured,
            capture=ref,
            article_digest=digest,
            extractor=extractor.VERSION,
            published=article.published,
            path=document.path,
        )
        outcome = Written(path=document.path) if known.path is None else Revised(path=document.path)
        return Judged(
            outcome=outcome,
            known=policy.remember_answer(after, capture, self._site.revisit),
            document=document,
        )

    def _digest_before(self, known: Known) -> str | None:
        """Return the digest of what the article said before, as this version of the extractor reads it."""
        if known.extractor == extractor.VERSION or known.capture is None or known.captured is None:
            return known.article_digest
        try:
            before = extractor.extract(self._shelf(known.capture), self._site)
        except ArchiveError:  # this version reads the older capture as no article: then it did change
            return None
        return article_digest(dated(before, known.captured))

    # ── whatever lies on the shelf ────────────────────────────────────────────────────────────────────────

    def recover(self, capture: Capture, ref: CaptureRef) -> None:
        """Take in a capture that lies on the shelf and that the state does not know."""
        match capture.kind:
            case Kind.LISTING if capture.status == _OK:
                self._recover_listing(capture, ref)
            case Kind.ARTICLE:
                self.article(replace(self._recovered(capture), wanted=True), capture, ref)
            case _:
                self.note(capture, ref)

    def _recover_listing(self, capture: Capture, ref: CaptureRef) -> None:
        try:
            self.listing(capture, ref)
        except ArchiveError:  # remembered by `listing`; the walk reads the page again and reports it
            return

    def _recovered(self, capture: Capture) -> Known:
        url = urls.identity(capture.url, self._site.home)
        key = identity_key(self._family(url), url)
        known = self._state.articles.get(self._site.name, key)
        return known or Known(
            site=self._site.name,
            key=key,
            url=url,
            ask=capture.url,
            first_seen=capture.fetched_at,
            due=capture.fetched_at,
        )

    def _entry(self, capture: Capture, ref: CaptureRef, *, key: str | None = None) -> CaptureEntry:
        return CaptureEntry(
            ref=ref,
            site=self._site.name,
            kind=capture.kind,
            url=capture.url,
            status=capture.status,
            fetched_at=capture.fetched_at,
            key=key,
        )


def dated(article: Article, captured: datetime) -> Article:
    """Return the article, its moment that of its first capture where neither page nor address shows one."""
    return replace(article, published=captured) if article.published_from == "capture" else article


def article_digest(article: Article) -> str:
    """Return the sha256 (hex) of what an article says, not of its page: sidebars change at each fetch."""
    said = (
        article.title,
        article.published.isoformat(),
        article.source,
        article.editor,
        article.body,
        article.images,
        article.media,
        article.attachments,
    )
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()
