"""The doors to the disk, joined: what a run, a rebuild and a proof are handed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.stores.captures import CaptureStore
    from scraper.stores.documents import DocumentStore
    from scraper.stores.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """One archive's state, captures and documents, opened together."""

    state: State
    captures: CaptureStore
    documents: DocumentStore
