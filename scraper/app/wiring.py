"""Where the parts of a run are joined: the config's values, the machine, the stores, the network."""

from __future__ import annotations

import resource
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import __version__, parallel
from scraper.app.archive_door import enter
from scraper.app.machine import THIS_MACHINE, Machine, clock
from scraper.app.open_sites import Sites
from scraper.crawl.budget import Budget
from scraper.crawl.off_loop import OffLoop
from scraper.crawl.session import Session, WaybackSource
from scraper.crawler.host_state import InMemoryHostState
from scraper.crawler.network import Network, user_agent
from scraper.crawler.stored_host_state import StoredHostState
from scraper.crawler.wayback import Wayback, place_of
from scraper.ingest.page_reader import PageReader
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.disk import ensure_room
from scraper.stores.hosts import HostFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, timedelta

    from scraper.config import Config
    from scraper.crawler.host_state import HostState
    from scraper.crawler.permit import Permit
    from scraper.model import Capture, NetworkSettings, Site
    from scraper.progress import Progress
    from scraper.urls import Url

LEAST_ROOM = (
    128 * 2**20
)  # bytes free, below which nothing is begun: one largest body, its document, the state
_MOST_SITES = 64  # worked side by side
_OPEN_FILES_OF_A_SITE = 6  # lock, state and what SQLite has beside it, a capture, a connection
_OPEN_FILES_OF_ALL = 32  # what Python, the log and the terminal have open, and then some


def new_session(
    config: Config,
    *,
    progress: Progress,
    machine: Machine = THIS_MACHINE,
    limit: int | None = None,
    time_limit: timedelta | None = None,
    dry: bool = False,
    wayback: Url | None = None,
    signals: bool = True,
    permit: Permit | None = None,
) -> Session:
    """Join a session over the config's archive, which is begun, or brought over, before.

    `wayback`: asked for what is gone. `permit` may keep requests back. Raises Locked, StoreError.
    """
    now, archive = clock(config, machine), Path(config.archive)
    enter(config, now=now, new=True, dry=dry)
    sites = Sites(config, now=now, dry=dry)
    network = _network_for(sites, config, machine, wayback=wayback, permit=permit, dry=dry)
    return Session(
        open_site=sites.open,
        network=network,
        budget=Budget.of(now, limit=limit, time_limit=time_limit),
        progress=progress,
        now=now,
        check_room=partial(ensure_room, archive, LEAST_ROOM, machine.usage),
        at_once=_sites_at_once(),
        dry=dry,
        signals=signals,
        second=None if wayback is None else second_of(wayback, network),
        reader=PageReader(at_once=machine.cores or parallel.cores()),
        off_loop=OffLoop(_sites_at_once()),
    )


def network_of(
    settings: NetworkSettings,
    sites: Iterable[Site],
    *,
    contact: str | None,
    now: Callable[[], datetime],
    machine: Machine = THIS_MACHINE,
    host_state: HostState | None = None,
    keep_robots: Callable[[Site, Capture], None] | None = None,
    permit: Permit | None = None,
    idle_origins: int | None = None,
) -> Network:
    """Join the network. `host_state`: what is known of hosts; None: nothing is, and nothing is kept."""
    return Network(
        settings=settings,
        sites=sites,
        user_agent=user_agent(__version__, contact),
        host_state=host_state or InMemoryHostState(),
        now=now,
        monotonic=machine.monotonic,
        sleep=machine.sleep,
        random=machine.random,
        environment=machine.environment,
        keep_robots=keep_robots,
        resolve=machine.resolve,
        permit=permit,
        idle_origins=idle_origins,
    )


def _network_for(
    sites: Sites, config: Config, machine: Machine, *, wayback: Url | None, permit: Permit | None, dry: bool
) -> Network:
    """Join the network that the config's sites are asked over; without `dry` what is learnt is kept."""
    hosts = machine.hosts or ArchiveFolder(Path(config.archive)).hosts
    elsewhere = () if wayback is None else (place_of(wayback, "copies"),)
    return network_of(
        config.network,
        (*config.sites, *elsewhere),
        contact=config.contact,
        now=clock(config, machine),
        machine=machine,
        host_state=None if dry else StoredHostState(HostFiles(hosts)),
        keep_robots=None if dry else sites.keep_robots,
        permit=permit,
        idle_origins=_sites_at_once(),
    )


def second_of(home: Url, network: Network) -> WaybackSource:
    """Join the archive at `home` as a second source; the network must know its host."""

    def place(site: Site) -> Site:
        return place_of(home, site.name)

    return WaybackSource(home=home, place=place, source=lambda site: Wayback(network, place(site)))


def _sites_at_once() -> int:
    """Return how many sites may have their files open, as far as the system lets this process open files."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        return _MOST_SITES
    return max(min((most - _OPEN_FILES_OF_ALL) // _OPEN_FILES_OF_A_SITE, _MOST_SITES), 1)
