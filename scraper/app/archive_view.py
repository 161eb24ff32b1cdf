"""The archive beside its runs: where whoever reads it, or adds to it without one, opens the sites' states."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.app.wiring import open_stores
from scraper.stores.documents import DocumentStore
from scraper.stores.opening import Stores, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.article_record import ArticleRecord
    from scraper.config import Config
    from scraper.model import Site
    from scraper.stores.state import State


@contextmanager
def view_of(config: Config, site: Site) -> Iterator[State]:
    """Open what is known of a site for reading alone, also while a run writes it. Raises StoreError."""
    _ = site
    with state_of(config) as state:
        yield state


def held(config: Config, site: Site) -> Iterator[ArticleRecord]:
    """Yield every article of a site that has a document."""
    with view_of(config, site) as state:
        yield from state.articles.held(site.name)


def count_held(config: Config) -> int:
    """Return how many documents the archive has, of all its sites."""
    number = 0
    for site in config.sites:
        with view_of(config, site) as state:
            number += state.counts.standing(site.name).articles
    return number


@contextmanager
def writing(config: Config, site: Site, *, dry: bool) -> Iterator[Stores]:
    """Open a site's stores, and hold its lock, for one who writes many documents and syncs them together.

    For a dry run the state is a copy in memory. Raises Locked, StateTooNew, StoreError.
    """
    _ = site
    with open_stores(config, dry=dry) as stores:
        documents = DocumentStore(Path(config.archive), sync=lambda _: None)
        yield Stores(state=stores.state, captures=stores.captures, documents=documents)
