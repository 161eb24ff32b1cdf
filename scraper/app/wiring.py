"""Where the parts of a run are joined: the config's values, the clock, the stores, the network."""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import __version__
from scraper.crawl.budget import Budget
from scraper.crawl.session import Session, WaybackSource, ingester_of
from scraper.crawler.network import Network, user_agent
from scraper.crawler.stored_host_state import StoredHostState
from scraper.crawler.wayback import Wayback, place_of
from scraper.stores.disk import ensure_room
from scraper.stores.documents import DocumentStore
from scraper.stores.lock import Lock
from scraper.stores.opening import Stores, shelf_of
from scraper.stores.state import open_copy, open_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.config import Config
    from scraper.model import Capture, Site
    from scraper.progress import Progress
    from scraper.urls import Url

LEAST_ROOM = (
    128 * 2**20
)  # bytes free, below which nothing is begun: one largest body, its document, the state


def clock(config: Config) -> Callable[[], datetime]:
    """Return the clock of a run: moments in the time zone of the first site."""
    return partial(datetime.now, config.sites[0].timezone)


@contextmanager
def open_stores(config: Config, *, dry: bool = False) -> Iterator[Stores]:
    """Open the archive for one run and hold its lock; for a dry run open a copy of the state, in memory.

    Raises Locked, StateTooNew, StoreError.
    """
    root = Path(config.archive)
    inside = root / ".scraper"
    captures = shelf_of(root, contact=config.contact)
    documents = DocumentStore(root)
    if dry:
        with open_copy(inside / "state.sqlite3") as state:
            yield Stores(state=state, captures=captures, documents=documents)
        return
    with Lock(inside / "lock", now=clock(config)) as lock, open_state(inside / "state.sqlite3") as state:
        if lock.found_dead is not None:
            documents.clear_leftovers()
        yield Stores(state=state, captures=captures, documents=documents)


def new_session(
    config: Config,
    stores: Stores,
    *,
    progress: Progress,
    limit: int | None = None,
    time_limit: timedelta | None = None,
    dry: bool = False,
    wayback: Url | None = None,
) -> Session:
    """Join a session over the open stores. `wayback`: the archive asked for what is gone; None: none is."""
    now = clock(config)
    elsewhere = () if wayback is None else (place_of(wayback, "copies"),)
    network = Network(
        settings=config.network,
        sites=(*config.sites, *elsewhere),
        user_agent=user_agent(__version__, config.contact),
        memory=StoredHostState(stores.state.memory),
        now=now,
        monotonic=time.monotonic,
        sleep=asyncio.sleep,
        random=random.random,
        environment=os.environ,
        keep_robots=None if dry else partial(_keep_robots, stores),
    )
    return Session(
        stores=stores,
        network=network,
        budget=Budget(now=now, limit=limit, deadline=None if time_limit is None else now() + time_limit),
        progress=progress,
        now=now,
        check_room=partial(ensure_room, Path(config.archive), LEAST_ROOM),
        dry=dry,
        second=None if wayback is None else second_of(wayback, network),
    )


def second_of(home: Url, network: Network) -> WaybackSource:
    """Join the archive at `home` as a second source; the network must know its host."""

    def place(site: Site) -> Site:
        return place_of(home, site.name)

    return WaybackSource(home=home, place=place, source=lambda site: Wayback(network, place(site)))


def _keep_robots(stores: Stores, site: Site, capture: Capture) -> None:
    """Put a robots.txt on its site's shelf, so that the archive shows why something was not asked for."""
    same_as = stores.state.captures.last_answer(site.name, capture.url)
    ingester_of(site, stores).note(capture, stores.captures.append(site.name, capture, same_as))
