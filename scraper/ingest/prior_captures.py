"""Earlier answers to the same question: what a request may refer to, and what an answer may be the same as.

Reads the state and the shelf. Decides nothing: the shelf itself makes sure that bodies are equal.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scraper.article_record import key_of_further_pages
from scraper.errors import StoreError
from scraper.model import Kind
from scraper.values import replace

if TYPE_CHECKING:
    from scraper.model import Capture, CaptureRef, Request
    from scraper.stores.opening import SiteContext
    from scraper.urls import Url

WHOLE_EVERY = timedelta(hours=23)  # a list is read whole so often at least; runs come a little early
_OK = 200
_WHOLE = "whole"  # the topic under which it is remembered when a list was last sent whole
_LISTS = frozenset({Kind.LISTING, Kind.SITEMAP, Kind.FEED, Kind.PAGER, Kind.ROBOTS})
NOT_MODIFIED = 304


class PriorCaptures:
    """The earlier answers of one site."""

    def __init__(self, context: SiteContext) -> None:
        """Take the site."""
        self._site = context.name
        self._state = context.state
        self._captures = context.state.captures
        self._notes = context.state.notes
        self._shelf = context.captures.read

    def conditional(self, request: Request, now: datetime) -> Request:
        """Return the request for a page of a list so that the server need not send what we have.

        Once a day it is asked for whole all the same: a server may say "not modified" for ever. What a clock
        that was ahead has fetched counts as never.
        """
        before = self._last(request)
        if before is None or not timedelta(0) <= now - self._read_whole(request.url, before) < WHOLE_EVERY:
            return request
        return replace(request, etag=before.header("etag"), last_modified=before.header("last-modified"))

    def of_all_pages(self, request: Request, key: str | None) -> Request:
        """Return the request for an article of several pages so that its first page is sent whole.

        That the first page is as it was says nothing of those behind it. `key`: of the article; None: the
        request is for something else.
        """
        asks_if_changed = request.etag is not None or request.last_modified is not None
        if key is None or request.kind is not Kind.ARTICLE or not asks_if_changed:
            return request
        if not self._captures.of_article(self._site, key_of_further_pages(key)):
            return request
        return replace(request, etag=None, last_modified=None)

    def _read_whole(self, url: Url, before: Capture) -> datetime:
        """Return when a list was last sent whole, though it may have been the same as before."""
        return self._notes.moment(_WHOLE, url) or before.fetched_at

    def is_repeated(self, capture: Capture, same_as: CaptureRef | None, key: str | None) -> bool:
        """Say whether an answer is the list of before and nothing else: then there is nothing to keep of it.

        `same_as`: its answer before; `key`: of the article that was asked for, None: it was something else.
        """
        if key is not None or same_as is None or capture.kind not in _LISTS or len(capture.hops) > 0:
            return False
        if capture.status == NOT_MODIFIED:
            return True
        return capture.status == _OK and hashlib.sha256(capture.body).hexdigest() == same_as.digest

    def remember_whole(self, capture: Capture) -> None:
        """Remember that a list was sent whole, and was as before."""
        with self._state.transaction():
            self._notes.put(_WHOLE, capture.url, capture.fetched_at)

    def shown(self, capture: Capture) -> Capture:
        """Return what a capture of a list shows: where it says "not modified", the page of before, today."""
        if capture.status != NOT_MODIFIED:
            return capture
        before = self._last(capture)
        if before is None:
            return capture
        moment = capture.fetched_at
        return replace(
            before, fetched_at=moment, kind=capture.kind, channel=capture.channel, page=capture.page
        )

    def same_as(self, capture: Capture, request: Request, key: str | None) -> CaptureRef | None:
        """Return the earlier capture that this one may be a revisit of; None: there is none.

        `key`: of the article that was asked for; None: it was something else.
        """
        if key is None:
            return self._captures.last_answer(self._site, capture.url)
        entries = self._captures.of_article(self._site, key)
        if not entries:
            return None
        answers = (entry.ref for entry in reversed(entries) if entry.status == _OK)
        if capture.status == NOT_MODIFIED:
            return next((ref for ref in answers if self._was_named(ref, request)), None)
        digest = hashlib.sha256(capture.body).hexdigest()
        return next((ref for ref in answers if ref.digest == digest), None)

    def _was_named(self, ref: CaptureRef, request: Request) -> bool:
        """Say whether a capture has the validators that a request named: then a 304 speaks of it."""
        before = self._read(ref)
        named = (request.etag, request.last_modified)
        return before is not None and named == (before.header("etag"), before.header("last-modified"))

    def _last(self, asked: Request | Capture) -> Capture | None:
        ref = self._captures.last_answer(self._site, asked.url)
        return None if ref is None else self._read(ref)

    def _read(self, ref: CaptureRef) -> Capture | None:
        try:
            return self._shelf(ref)
        except StoreError:  # what cannot be read is not relied on; `verify` names it
            return None
