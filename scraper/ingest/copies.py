"""Takes in the copies that another archive keeps of a site's pages. Knows no network.

The site's own answer stays what it was: the article is gone, and its record says whose copy its document was
made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import mementos
from scraper.article_record import Failed, Gone
from scraper.errors import ArchiveError, ProgramError
from scraper.ingest.article_decision import ArticleResult, decider_of
from scraper.messages import say
from scraper.stores.state.captures import entry_of
from scraper.values import replace

if TYPE_CHECKING:
    from scraper.article_record import ArticleRecord, Outcome
    from scraper.ingest.page_reader import Reader
    from scraper.model import Capture, CaptureRef
    from scraper.stores.opening import SiteContext


class Copies:
    """Takes copies in. Knows no network."""

    def __init__(self, context: SiteContext, reader: Reader | None = None) -> None:
        """Take the site. `reader`: who reads pages; None: this process."""
        self._context = context
        self._state = context.state
        self._decider = decider_of(context, reader)

    def take(self, known: ArticleRecord, capture: Capture, ref: CaptureRef) -> Outcome:
        """Make the document of a copy; where it gives none, the article stays as it was."""
        judged = self._judged(known, capture, ref)
        if judged.document is not None:
            self._context.documents.save(judged.document)
        with self._state.transaction():
            key = mementos.key_of_copies(known.key)
            self._state.captures.put(entry_of(self._context.name, capture, ref, key=key))
            if judged.document is not None:
                self._state.articles.put(judged.known, run=self._context.run)
        return judged.outcome

    def _judged(self, known: ArticleRecord, capture: Capture, ref: CaptureRef) -> ArticleResult:
        if known.path is not None:  # the site's own page, or another copy, is there already
            return ArticleResult(outcome=Gone(status=capture.status), known=known)
        try:
            judged = self._decider.read(known, mementos.as_of_site(capture), ref)
        except ArchiveError as error:
            return ArticleResult(outcome=Failed(error=error), known=known)
        except Exception as error:  # noqa: BLE001 - one page's error ends nothing else
            msg = say("copy: {url}: {name}: {error}", url=capture.url, name=type(error).__name__, error=error)
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
