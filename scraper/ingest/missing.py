"""Documents that the state knows and nobody finds: deleted by hand, it may be on purpose.

A run does not write them again: a document is on the disk before the state knows of it, so no kill explains
that one is missing, and what a power cut may take is known (`unsynced_names`). Whoever deleted it is asked
what was meant. A run looks once a day: of a hundred thousand documents it takes a second.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.messages import Message
    from scraper.stores.documents import DocumentStore
    from scraper.stores.opening import SiteContext
    from scraper.stores.state import State

_TOPIC: Final = "documents"  # by site: when its documents were looked for
_EVERY: Final = timedelta(hours=23)  # runs come a little early


def missing_today(context: SiteContext) -> tuple[str, ...]:
    """Return what `missing_documents` finds, once a day; nothing where they were looked for before that.

    A moment that is still to come, by a clock that was ahead, counts as never.
    """
    notes, name, now = context.state.notes, context.name, context.now()
    looked = notes.moment(_TOPIC, name)
    if looked is not None and timedelta(0) <= now - looked < _EVERY:
        return ()
    missing = missing_documents(context.state, name, context.documents)
    with context.state.transaction():
        notes.put(_TOPIC, name, now)
    return missing


def missing_documents(state: State, site: str, documents: DocumentStore) -> tuple[str, ...]:
    """Return the paths of a site's documents that are not there."""
    return tuple(documents.absent(state.articles.paths(site)))


def told_missing(site: str, paths: Sequence[str]) -> Message:
    """Return the question about documents that are missing, and what answers it."""
    return say(
        "{count} documents are missing, {path} first: `reextract {site}` writes them again, "
        "`forget URLNAME --reason TEXT` takes an article out for good",
        count=len(paths),
        path=paths[0],
        site=site,
    )
