"""Takes in the copies that another archive keeps of a site's pages. Knows no network.

The site's own answer stays what it was: the article is gone, and its record says whose copy its document was
made of.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scraper import mementos
from scraper.article_record import Failed, Gone
from scraper.errors import ArchiveError, ProgramError
from scraper.ingest.article_decision import ArticleDecider, ArticleResult
from scraper.stores.state.captures import CaptureEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.article_record import ArticleRecord, Outcome
    from scraper.model import Capture, CaptureRef, Site
    from scraper.stores.documents import DocumentStore
    from scraper.stores.state import State


class Copies:
    """Takes copies in. Knows no network."""

    def __init__(
        self,
        *,
        site: Site,
        state: State,
        documents: DocumentStore,
        shelf: Callable[[CaptureRef], Capture],
    ) -> None:
        """Take the stores."""
        self._site = site
        self._state = state
        self._documents = documents
        self._judge = ArticleDecider(
            site=site,
            known_under=partial(state.articles.get, site.name),
            shelf=shelf,
            addresses=partial(state.assets.addresses, site.name),
        )

    def take(
        self, known: ArticleRecord, capture: Capture, ref: CaptureRef, *, run: int | None = None
    ) -> Outcome:
        """Make the document of a copy; where it gives none, the article stays as it was."""
        judged = self._judged(known, capture, ref)
        if judged.document is not None:
            self._documents.save(judged.document)
        with self._state.transaction():
            self._state.captures.put(self.entry(capture, ref, key=mementos.key_of_copies(known.key)))
            if judged.document is not None:
                self._state.articles.put(judged.known, run=run)
        return judged.outcome

    def entry(self, capture: Capture, ref: CaptureRef, *, key: str | None = None) -> CaptureEntry:
        """Return how the index of captures has it: under the archive's address, apart from the site's."""
        return CaptureEntry(
            ref=ref,
            site=self._site.name,
            kind=capture.kind,
            url=capture.url,
            status=capture.status,
            fetched_at=capture.fetched_at,
            key=key,
        )

    def _judged(self, known: ArticleRecord, capture: Capture, ref: CaptureRef) -> ArticleResult:
        if known.path is not None:  # the site's own page, or another copy, is there already
            return ArticleResult(outcome=Gone(status=capture.status), known=known)
        try:
            judged = self._judge.read(known, mementos.as_of_site(capture), ref)
        except ArchiveError as error:
            return ArticleResult(outcome=Failed(error=error), known=known)
        except Exception as error:  # noqa: BLE001 - one page's error ends nothing else
            msg = f"copy: {capture.url}: {type(error).__name__}: {error}"
            return ArticleResult(outcome=Failed(error=ProgramError(msg)), known=known)
        after = replace(
            judged.known,
            status=known.status,
            due=known.due,
            checked=known.checked,
            attempts=known.attempts,
            error=known.error,
            etag=None,
            last_modified=None,
            origin=mementos.archive_of(capture.final_url),
        )
        return replace(judged, known=after)
