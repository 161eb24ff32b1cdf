"""The stores of an archive, opened: what a run, a rebuild and a proof are handed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from scraper import __version__
from scraper.stores.captures import CaptureStore
from scraper.stores.state import open_view

if TYPE_CHECKING:
    from scraper.config import Config
    from scraper.stores.documents import DocumentStore
    from scraper.stores.state import State


SOFTWARE = f"nankai-archive/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """One archive's state, captures and documents, opened together."""

    state: State
    captures: CaptureStore
    documents: DocumentStore


def shelf_of(archive: Path, *, contact: str | None = None) -> CaptureStore:
    """Return the captures of an archive. Touches nothing yet."""
    return CaptureStore(
        archive / ".scraper" / "captures",
        software=SOFTWARE,
        now=partial(datetime.now, UTC),
        new_id=uuid4,
        contact=contact,
    )


def state_of(config: Config) -> State:
    """Open the state of the config's archive for reading alone; empty where there is none yet.

    Takes no lock. Raises StateTooNew, StoreError.
    """
    return open_view(Path(config.archive) / ".scraper" / "state.sqlite3")
