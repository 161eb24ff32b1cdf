"""Where a look at an archive is joined: its state, opened for reading while others may write it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.stores.state import open_view

if TYPE_CHECKING:
    from scraper.config import Config
    from scraper.stores.state import State


def state_of(config: Config) -> State:
    """Open the state of the config's archive for reading alone; empty where there is none yet.

    Takes no lock. Raises StateTooNew, StoreError.
    """
    return open_view(Path(config.archive) / ".scraper" / "state.sqlite3")
