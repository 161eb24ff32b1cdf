"""The archive beside its runs: where whoever reads it, or adds to it without one, opens the sites' states.

An archive of the first format is brought over before. Who reads takes no lock: others may write meanwhile.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from scraper.app.archive_door import enter
from scraper.app.machine import clock
from scraper.app.open_sites import Sites
from scraper.errors import StoreError
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.opening import documents_of, view_state
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scraper.article_record import ArticleRecord
    from scraper.config import Config
    from scraper.model import CaptureRef, Site
    from scraper.stores.opening import SiteContext
    from scraper.stores.state import State

T = TypeVar("T")


@contextmanager
def view_of(config: Config, site: Site) -> Iterator[State]:
    """Open what is known of a site for reading alone, also while a run writes it. Raises StoreError."""
    enter(config, now=clock(config), new=False)
    with view_state(Path(config.archive), site.name) as state:
        yield state


def viewed(config: Config, sites: Iterable[Site]) -> Iterator[tuple[Site, State]]:
    """Yield each site with what is known of it; empty where nothing is yet. Raises StoreError.

    The archive is entered once: to look for renamed sites costs as much as there are sites.
    """
    for number, site in enumerate(sites):
        if number == 0:
            enter(config, now=clock(config), new=False)
        with view_state(Path(config.archive), site.name) as state:
            yield site, state


def each(
    config: Config, sites: Sequence[Site], read: Callable[[Site, State], T]
) -> tuple[list[T], dict[str, StoreError]]:
    """Return what is read of each site's state, and why one cannot be read, by the site's name.

    Raises StoreError where that is all of them.
    """
    enter(config, now=clock(config), new=False)
    found, unread = read_each(Path(config.archive), sites, read)
    if unread and not found:
        raise next(iter(unread.values()))
    return found, unread


def read_each(
    archive: Path, sites: Iterable[Site], read: Callable[[Site, State], T]
) -> tuple[list[T], dict[str, StoreError]]:
    """Return what `each` does, of an archive that was entered: maybe nothing."""
    found: list[T] = []
    unread: dict[str, StoreError] = {}
    for site in sites:
        try:
            with view_state(archive, site.name) as state:
                found.append(read(site, state))
        except StoreError as error:
            unread[site.name] = error
    return found, unread


def held(config: Config, site: Site) -> Iterator[ArticleRecord]:
    """Yield every article of a site that has a document."""
    with view_of(config, site) as state:
        yield from state.articles.held(site.name)


def count_held(config: Config, sites: Iterable[Site] | None = None) -> int:
    """Return how many documents the archive has, of these sites; None: of all."""
    chosen = config.sites if sites is None else sites
    return sum(state.counts.standing(site.name).articles for site, state in viewed(config, chosen))


@contextmanager
def writing(config: Config, site: Site, *, dry: bool) -> Iterator[SiteContext]:
    """Open a site's stores, and hold its lock, for one who writes many documents and syncs them together.

    For a dry run the state is a copy in memory. Raises Locked, StateTooNew, StoreError.
    """
    archive, now = Path(config.archive), clock(config)
    enter(config, now=now, new=True, dry=dry)
    with Sites(config, now=now, dry=dry).open(site) as context:
        yield replace(context, documents=documents_of(archive, site.name, sync=lambda _: None))


def captures_file(config: Config, site: Site, ref: CaptureRef) -> Path:
    """Return the WARC file that a capture lies in."""
    return ArchiveFolder(Path(config.archive)).captures(site.name) / ref.file
