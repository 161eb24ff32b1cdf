"""Where the parts of a run are joined: the config's values, the machine, the stores, the network."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import shutil
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import __version__
from scraper.app.archive_door import enter
from scraper.crawl.budget import Budget
from scraper.crawl.off_loop import OffLoop
from scraper.crawl.session import Session, WaybackSource
from scraper.crawler.host_state import InMemoryHostState
from scraper.crawler.network import Network, user_agent
from scraper.crawler.stored_host_state import StoredHostState
from scraper.crawler.wayback import Wayback, place_of
from scraper.ingest.ingester import Ingester
from scraper.ingest.page_reader import PageReader
from scraper.ingest.prior_captures import PriorCaptures
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.disk import Usage, ensure_room
from scraper.stores.hosts import HostFiles
from scraper.stores.opening import open_site, try_site
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping

    from scraper.config import Config
    from scraper.crawler.dns import Resolve
    from scraper.crawler.host_state import HostState
    from scraper.crawler.permit import Permit
    from scraper.model import Capture, NetworkSettings, Site
    from scraper.progress import Progress
    from scraper.stores.opening import SiteContext
    from scraper.urls import Url

LEAST_ROOM = (
    128 * 2**20
)  # bytes free, below which nothing is begun: one largest body, its document, the state
_MOST_SITES = 64  # worked side by side
_OPEN_FILES_OF_A_SITE = 6  # lock, state and what SQLite has beside it, a capture, a connection
_OPEN_FILES_OF_ALL = 32  # what Python, the log and the terminal have open, and then some


class Machine(Value, frozen=True, kw_only=True):
    """What a run takes of the machine it runs on, each thing named so that another may be given."""

    now: Callable[[], datetime] | None = None  # None: the system's clock, in the first site's time zone
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    usage: Callable[[Path], Usage] = shutil.disk_usage
    resolve: Resolve | None = None  # None: the system's resolver
    hosts: Path | None = None  # where what is learnt of hosts is kept; None: in the archive


THIS_MACHINE = Machine()


def clock(config: Config, machine: Machine = THIS_MACHINE) -> Callable[[], datetime]:
    """Return the clock of a run: moments in the time zone of the first site."""
    return machine.now or partial(datetime.now, config.sites[0].timezone)


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
    network = sites.network(machine, wayback=wayback, permit=permit)
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
        reader=PageReader(at_once=len(os.sched_getaffinity(0))),
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


class Sites:
    """The sites of one run, each opened when its turn comes."""

    def __init__(self, config: Config, *, now: Callable[[], datetime], dry: bool) -> None:
        """Open nothing yet. `dry`: states are copies in memory, and no lock is held."""
        self._archive = Path(config.archive)
        self._config = config
        self._now = now
        self._dry = dry
        self._open: dict[str, SiteContext] = {}

    @contextmanager
    def open(self, site: Site) -> Iterator[SiteContext]:
        """Open a site. Raises Locked, StateTooNew, StoreError."""
        opening = (
            try_site(self._archive, site, now=self._now)
            if self._dry
            else open_site(self._archive, site, now=self._now, contact=self._config.contact)
        )
        with opening as context:
            self._open[site.name] = context
            try:
                yield context
            finally:
                del self._open[site.name]

    def network(
        self,
        machine: Machine,
        *,
        wayback: Url | None,
        permit: Permit | None,
    ) -> Network:
        """Join the network that these sites are asked over."""
        hosts = machine.hosts or ArchiveFolder(self._archive).hosts
        elsewhere = () if wayback is None else (place_of(wayback, "copies"),)
        return network_of(
            self._config.network,
            (*self._config.sites, *elsewhere),
            contact=self._config.contact,
            now=self._now,
            machine=machine,
            host_state=None if self._dry else StoredHostState(HostFiles(hosts)),
            keep_robots=None if self._dry else self.keep_robots,
            permit=permit,
            idle_origins=_sites_at_once(),
        )

    def keep_robots(self, site: Site, capture: Capture) -> None:
        """Put a robots.txt on its site's shelf, so that the archive shows why something was not asked for."""
        context = self._open[site.name]
        same_as = context.state.captures.last_answer(site.name, capture.url)
        if PriorCaptures(context).is_repeated(capture, same_as, None):
            return
        Ingester(context).note(capture, context.captures.append(capture, same_as))


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
