"""What the archive holds, for whoever reads it: the one place here that opens the sites' states."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from scraper.stores.opening import state_of

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
