"""Documents that the state knows and nobody finds: deleted by hand, it may be on purpose.

A run does not write them again: a document is on the disk before the state knows of it, so no kill explains
that one is missing. Whoever deleted it is asked what was meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.messages import Message
    from scraper.stores.documents import DocumentStore
    from scraper.stores.state import State


def missing_documents(state: State, site: str, documents: DocumentStore) -> tuple[str, ...]:
    """Return the paths of a site's documents that are not there."""
    return tuple(documents.absent((path, path) for _, path in state.articles.paths(site)))


def told_missing(site: str, paths: Sequence[str]) -> Message:
    """Return the question about documents that are missing, and what answers it."""
    return say(
        "{count} documents are missing, {path} first: `reextract {site}` writes them again, "
        "`forget URLNAME --reason TEXT` takes an article out for good",
        count=len(paths),
        path=paths[0],
        site=site,
    )
