"""A site's stores, opened when its turn comes and closed after: to work on it, to try, to look.

A context is all that work on one site needs. Whoever opens one to work holds the site's lock.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING
from uuid import uuid4

from scraper import __version__
from scraper.stores.archive_folder import ArchiveFolder, read_about, write_about
from scraper.stores.captures import CaptureStore
from scraper.stores.disk import store_error, sync_folder
from scraper.stores.documents import DocumentStore
from scraper.stores.elsewhere import elsewhere_of
from scraper.stores.first_format import bring_over, is_first_format
from scraper.stores.lock import Lock
from scraper.stores.site_card import write_card
from scraper.stores.state import open_copy, open_state, open_view
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.model import Site
    from scraper.stores.disk import Sync
    from scraper.stores.state import State

SOFTWARE = f"nankai-archive/{__version__}"


class SiteContext(Value, frozen=True, kw_only=True):
    """All that work on one site needs: the site, its stores, the clock, the run in whose name it is done."""

    site: Site
    state: State
    captures: CaptureStore
    documents: DocumentStore
    now: Callable[[], datetime]
    run: int | None = None  # in whose name outcomes are remembered; None: no run's

    @property
    def name(self) -> str:
        """Return the site's name."""
        return self.site.name


def prepare(archive: Path, *, now: Callable[[], datetime], new: bool) -> None:
    """Make an archive ready to be opened: one of the first format is brought over, unless a run holds it.

    `new`: one that is not there yet is begun. Raises Locked, StateTooNew, StoreError.
    """
    folder = ArchiveFolder(archive)
    about = read_about(folder)
    if is_first_format(folder):
        bring_over(folder, now=now, new_id=uuid4)
    elif about is None and new:
        write_about(folder, now=now, new_id=uuid4)


@contextmanager
def open_site(
    archive: Path, site: Site, *, now: Callable[[], datetime], contact: str | None = None
) -> Iterator[SiteContext]:
    """Open a site to work on it, and hold its lock until the end.

    `contact`: who stands in the captures' files as the operator; None: nobody. What a run that was killed
    left unfinished is removed. Raises Locked, which says who holds it, StateTooNew, StoreError.
    """
    folder = ArchiveFolder(archive)
    documents = documents_of(archive, site.name)
    captures = captures_of(archive, site.name, now=now, contact=contact)
    with (
        Lock(folder.lock(site.name), now=now, what=site.name) as lock,
        open_state(folder.state(site.name)) as state,
    ):
        if lock.found_dead is not None:
            for name in filter(None, (site.name, site.former)):  # its older documents lie where they were
                documents.clear_leftovers(name)
            captures.sync_newest()
        if lock.found_dead is not None or captures.is_empty():
            _sync_way_to(folder.captures(site.name), folder)
        lock.mended()
        write_card(folder, site)
        yield SiteContext(
            site=site,
            state=state,
            captures=captures,
            documents=documents,
            now=now,
        )


def _sync_way_to(place: Path, folder: ArchiveFolder) -> None:
    """Make the names durable that lead to a place in an archive: whoever gave them may have been killed."""
    for step in (place, *place.parents):
        if step.is_relative_to(folder.root):
            try:
                sync_folder(step)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise store_error(error, "write", step) from error


@contextmanager
def try_site(archive: Path, site: Site, *, now: Callable[[], datetime]) -> Iterator[SiteContext]:
    """Open a site for a dry run: its state is a copy in memory, and no lock is held. Raises StoreError."""
    with open_copy(ArchiveFolder(archive).state(site.name)) as state:
        yield SiteContext(
            site=site,
            state=state,
            captures=captures_of(archive, site.name, now=now),
            documents=documents_of(archive, site.name),
            now=now,
        )


def view_state(archive: Path, name: str) -> State:
    """Open what is known of a site for reading alone, also while a run works; empty where nothing is.

    Takes no lock. Raises StateTooNew, StoreError.
    """
    return open_view(ArchiveFolder(archive).state(name))


class OfSite:
    """What of a site many pieces of work read, opened where it is first asked for: once in each process."""

    def __init__(self, archive: Path, name: str) -> None:
        """Take the archive and the site's name; nothing is opened yet, so that it can be sent."""
        self._archive, self._name = archive, name

    @cached_property
    def captures(self) -> CaptureStore:
        """Its captures. Raises StoreError."""
        return captures_of(self._archive, self._name)

    @cached_property
    def documents(self) -> DocumentStore:
        """Its documents. Raises StoreError."""
        return documents_of(self._archive, self._name)


def captures_of(
    archive: Path, name: str, *, now: Callable[[], datetime] | None = None, contact: str | None = None
) -> CaptureStore:
    """Return the captures of a site. Touches nothing yet. `now`: None: the system's clock."""
    return CaptureStore(
        ArchiveFolder(archive).captures(name),
        name,
        software=SOFTWARE,
        now=now or partial(datetime.now, UTC),
        new_id=uuid4,
        contact=contact,
        elsewhere=elsewhere_of(archive, name),
    )


def documents_of(archive: Path, name: str, *, sync: Sync = os.fsync) -> DocumentStore:
    """Return the documents of a site. Touches nothing yet. `sync`: how they are made durable."""
    return DocumentStore(
        archive,
        elsewhere=elsewhere_of(archive, name),
        others=lambda: {*ArchiveFolder(archive).sites()} - {name},
        sync=sync,
    )
