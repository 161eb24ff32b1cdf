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


def stream(
    config: Config,
    sites: Iterable[Site],
    read: Callable[[Site, State], Iterable[T]],
    unread: Callable[[Site, StoreError], None],
) -> Iterator[tuple[Site, T]]:
    """Yield what is read of each site's state, as it is read; tell of a state that cannot be read (on).

    The archive is entered once: to look for renamed sites costs as much as there are sites.
    """
    enter(config, now=clock(config), new=False)
    for site in sites:
        try:
            with view_state(Path(config.archive), site.name) as state:
                yield from ((site, each) for each in read(site, state))
        except StoreError as error:
            unread(site, error)


def first(
    config: Config, sites: Iterable[Site], read: Callable[[Site, State], T | None]
) -> tuple[Site, T] | None:
    """Return what is read of the first site that has it; None: of none.

    Raises StoreError where none has, and one cannot be read.
    """
    wrong: dict[str, StoreError] = {}

    def found(site: Site, state: State) -> Iterator[T]:
        one = read(site, state)
        if one is not None:
            yield one

    for one in stream(config, sites, found, lambda site, error: wrong.update({site.name: error})):
        return one
    for error in wrong.values():
        raise error
    return None


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


def held(
    config: Config, sites: Iterable[Site], unread: Callable[[Site, StoreError], None]
) -> Iterator[tuple[Site, ArticleRecord]]:
    """Yield every article that has a document, site by site; tell of a state that cannot be read (on)."""
    return stream(config, sites, lambda site, state: state.articles.held(site.name), unread)


def count_held(config: Config, sites: Iterable[Site]) -> int:
    """Return how many documents the archive has of these sites, as far as their states can be read."""
    enter(config, now=clock(config), new=False)
    counts, _ = read_each(
        Path(config.archive), sites, lambda site, state: state.counts.standing(site.name).articles
    )
    return sum(counts)


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
