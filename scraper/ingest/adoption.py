"""Older documents taken into one site's archive: which are new to it, where they lie, what is remembered.

Asks nobody and changes nothing old: a document is held as it is, at a path that no other has.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from scraper import urls
from scraper.adoption.reading import published, title_of
from scraper.article_record import ADOPTED, AT_ONCE, ArticleRecord, Status
from scraper.errors import StoreError, WriteError
from scraper.extractor.metadata import channel_of
from scraper.families import identity_key
from scraper.ingest.article_decision import family_of
from scraper.messages import Message, say
from scraper.values import Value, replace
from scraper.writer.paths import checked, path_for

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.adoption.reading import OldDocument
    from scraper.model import Site
    from scraper.stores.documents import DocumentStore
    from scraper.stores.state import State


class Candidate(Value, frozen=True, kw_only=True):
    """An older document that proved itself."""

    file: str  # as it is told to a person
    document: OldDocument
    path: str  # where it lies, relative to the archive, or would lie by its place in its own folder
    data: bytes  # as the archive is to hold it
    in_place: bool  # it lies within the archive already: its own file may be mended


class Adoption(Value, frozen=True, kw_only=True):
    """What became of a document."""

    outcome: Literal["adopted", "known", "rejected"]
    why: Message | None = None  # of `rejected`


class Adopter:
    """Takes documents into one site's archive, one at a time, within the caller's transaction."""

    def __init__(
        self,
        *,
        site: Site,
        state: State,
        documents: DocumentStore,
        now: datetime,
        by_pattern: bool = False,
        refetch: bool = False,
        dry: bool = False,
    ) -> None:
        """Take the stores.

        `by_pattern`: a document is filed under the site's path pattern, and not where it lies. `refetch`: the
        next run asks for the page of each.
        """
        self.site = site.name
        self._site = site
        self._state = state
        self._documents = documents
        self._now = now
        self._by_pattern = by_pattern
        self._refetch = refetch
        self._dry = dry
        self._taken: dict[str, str] = {}  # by key: the file that was taken
        self._paths: dict[str, str] = {}  # by path: likewise

    def take(self, candidate: Candidate) -> Adoption:
        """Hold a document, unless the archive has one of its article. Raises NoRoom."""
        key, known = self._known(candidate)
        if key in self._taken:
            return _rejected(
                say("a second document of one article: {file} is the first", file=self._taken[key])
            )
        if known is not None and known.is_forgotten:
            return _rejected(say("it was taken out of this archive: {error}", error=known.error or ""))
        if known is not None and known.path is not None:
            return Adoption(outcome="known")
        record = self._record(candidate, key, known)
        wrong = record if isinstance(record, Message) else self._save(record, candidate)
        if wrong is not None or isinstance(record, Message):
            return _rejected(wrong or say("it cannot be held"))
        self._taken[key] = candidate.file
        if not self._dry:
            self._state.articles.put(record)
        return Adoption(outcome="adopted")

    def is_new(self, candidate: Candidate) -> bool:
        """Say whether the archive has no document of its article yet."""
        key, known = self._known(candidate)
        return key not in self._taken and (known is None or known.path is None)

    def _known(self, candidate: Candidate) -> tuple[str, ArticleRecord | None]:
        """Return the key of a document's article, and what is known of it."""
        url = candidate.document.url
        identity = urls.identity(url, self._site.home)
        key = identity_key(family_of(self._site, identity), identity, self._site.home)
        articles, site = self._state.articles, self._site.name
        known = articles.get(site, key)
        if known is None:
            other = articles.key_of_alias(site, url) or articles.key_of_alias(site, identity)
            known = None if other is None else articles.get(site, other)
        return (key, None) if known is None else (known.key, known)

    def _record(self, candidate: Candidate, key: str, known: ArticleRecord | None) -> ArticleRecord | Message:
        """Return what is remembered of a document; why not, where it has no place."""
        document, site = candidate.document, self._site
        at = published(document, site.timezone)
        if at is None:
            return say("it has no date, and its address names none")
        channel = channel_of(document.url)
        if channel not in {configured.name for configured in site.channels}:
            channel = None
        try:
            path = checked(candidate.path)
            if self._by_pattern:
                path = path_for(site, identity=document.url, published=at, channel=channel)
        except WriteError as error:
            return say("it has no place in the archive: {error}", error=str(error))
        base = known or ArticleRecord(
            site=site.name, key=key, url=document.url, ask=document.url, first_seen=self._now, channel=channel
        )
        return replace(
            base,
            url=document.url,
            title=title_of(document, site),
            status=Status.HELD,
            wanted=True,
            due=AT_ONCE if self._refetch else None,
            attempts=0,
            soft_misses=0,
            error=None,
            published=at,
            path=path,
            article_digest=hashlib.sha256(candidate.data).hexdigest(),
            origin=ADOPTED,
        )

    def _save(self, record: ArticleRecord, candidate: Candidate) -> Message | None:
        """Write the document where it belongs; return why it cannot lie there."""
        path = record.path or ""
        if path in self._paths:
            return say("{path} is the place of {file} already", path=path, file=self._paths[path])
        try:
            there = self._documents.read_file(path)
            own = candidate.in_place and path == candidate.path
            if there is not None and there != candidate.data and not own:
                return say("another file lies at {path} already", path=path)
            if not self._dry and there != candidate.data:
                self._documents.save_file(path, candidate.data)
        except StoreError as error:
            if type(error) is not StoreError:  # a full disk ends the whole
                raise
            return say("{error}", error=str(error))
        self._paths[path] = candidate.file
        return None


def _rejected(why: Message) -> Adoption:
    return Adoption(outcome="rejected", why=why)
