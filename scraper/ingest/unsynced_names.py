"""Names of new documents that a power cut may take, and how they come back.

A document's bytes are on the disk before it gets its name; that the name lasts takes a sync of its folder,
which would be a third of all that a page waits for. So the folders are synced together: after so many
documents, and before a site's turn counts as over. Until then the state has a note, put down before the first
row whose document may lose its name: no later one outlasts a power cut without it. Where the next run finds
the note, a document that is missing, of which something was taken in since, is made again of its capture.
A kill takes no name.
"""

from __future__ import annotations

import logging
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from scraper.article_record import key_of_first_page
from scraper.ingest.reextract import make_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.article_record import ArticleRecord
    from scraper.model import Article, Capture, CaptureRef, Site
    from scraper.stores.opening import SiteContext
    from scraper.stores.state import State

_log = logging.getLogger(__name__)
_TOPIC: Final = "unsynced"  # by site: the capture since which names may be lost
_MOST: Final = 64  # documents
_LARGEST: Final = 2**63 - 1  # that SQLite counts to


class UnsyncedNames:
    """The names of one site's new documents."""

    def __init__(self, context: SiteContext) -> None:
        """Take the site, whose lock is held."""
        self._context = context
        self._name = context.name
        self._notes = context.state.notes

    def saved(self, ref: CaptureRef) -> None:
        """Take in that a document was saved of this capture, before the state hears of it."""
        unsynced = self._context.documents.unsynced
        if unsynced.count >= _MOST:
            self.settle()
        elif unsynced.count and not unsynced.is_noted:
            with self._context.state.transaction():
                if _since(self._context.state, self._name) is None:
                    self._notes.put(_TOPIC, self._name, [ref.file, ref.offset])
            unsynced.is_noted = True

    def settle(self) -> None:
        """Make all names durable; then nothing is to be looked for any more. Raises NoRoom, StoreError."""
        documents = self._context.documents
        is_noted = documents.unsynced.is_noted
        documents.sync_names()
        if is_noted:
            with self._context.state.transaction():
                self._notes.drop(_TOPIC, self._name)

    def restore(self, read: Callable[[Capture, Site], Article] | None = None) -> int:
        """Make the documents again whose names a power cut took; return how many those were.

        `read`: who reads their pages; None: this process. What cannot be made again stays missing.
        """
        if _since(self._context.state, self._name) is None:
            return 0
        documents, count = self._context.documents, 0
        for known, path in list(self._taken_in()):
            if documents.has(path):  # a kill left it, and no power cut: its name is to be synced yet
                documents.unsynced.add(path, map(str, PurePosixPath(path).parents))
            elif known.capture is not None:
                problem = make_again(known, known.capture, self._context, read)
                count += problem is None
                if problem is not None:
                    fields = {"site": self._name, "url": known.url, "error": str(problem)}
                    _log.warning("document", extra={"fields": fields})
        documents.unsynced.is_noted = True
        self.settle()
        return count

    def _taken_in(self) -> Iterator[tuple[ArticleRecord, str]]:
        """Yield the articles of which something was taken in since, each with the path of its document."""
        for key in keys_since_note(self._context.state, self._name):
            known = self._context.state.articles.get(self._name, key)
            if known is not None and known.path is not None:
                yield known, known.path


def keys_since_note(state: State, site: str) -> tuple[str, ...]:
    """Return of which articles something was taken in since the note; nothing, where there is none."""
    since = _since(state, site)
    keys = () if since is None else state.captures.keys_since(site, *since)
    return tuple(dict.fromkeys(map(key_of_first_page, keys)))


def _since(state: State, site: str) -> tuple[str, int] | None:
    """Return the place of the capture that the note names; None: there is no note."""
    match state.notes.get(_TOPIC, site):
        case None:
            return None
        case [str(file), int(offset)] if 0 <= offset <= _LARGEST:
            return file, offset
        case _:  # nobody knows which: since the first
            return "", 0
