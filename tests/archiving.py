"""An archive under test: the real program against a fake site, with clocks that never wait."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from scraper.app.config_file import load_config
from scraper.app.machine import Machine
from scraper.app.wiring import new_session
from scraper.crawl.date_range import DateRange
from scraper.crawl.plan import Backfill, Incremental
from scraper.demo.settings import config_text
from scraper.progress import Unwatched
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.opening import captures_of, open_site, prepare, view_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.config import Config
    from scraper.crawl.plan import Plan
    from scraper.crawl.session import Session
    from scraper.demo.server import Server
    from scraper.demo.world import World
    from scraper.model import Site
    from scraper.report import Report, SiteReport
    from scraper.stores.captures import CaptureStore
    from scraper.stores.disk import Usage
    from scraper.stores.opening import SiteContext
    from scraper.stores.state import State
    from scraper.urls import Url

START = datetime(2026, 3, 1, 4, tzinfo=UTC)


class Clock:
    """The time of an archive under test: it moves when somebody sleeps, or when told to."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now
        self.slept = 0.0

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += timedelta(seconds=seconds, microseconds=1)  # a datetime holds no less
        await asyncio.sleep(0)

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)


class Archive:
    """The folder of one archive, and the verbs of the command line over it. `channel`: only this one."""

    def __init__(
        self,
        folder: Path,
        server: Server,
        *worlds: World,
        channel: str | None = None,
        delay: float = 0,
        images: str = "link",
    ) -> None:
        self.folder = folder
        self.wayback: Url | None = None  # the archive that is asked for what is gone; None: none
        self.clock = Clock()
        self.usage: Callable[[Path], Usage] = shutil.disk_usage
        self._config_file = folder / "config.yaml"
        lines = config_text(*worlds, proxy=server.proxy, delay=delay, images=images).splitlines()
        if channel is not None:
            lines = [line for line in lines if "index:" not in line or line.strip().startswith(channel)]
        self._config_file.write_text("\n".join(lines), encoding="utf-8")

    @property
    def config(self) -> Config:
        return load_config(self._config_file)

    def configure(self, key: str, value: object, section: str = "defaults") -> None:
        """Set a key of a section of the config from now on."""
        config = yaml.safe_load(self._config_file.read_text(encoding="utf-8"))
        config.setdefault(section, {})[key] = value
        self._config_file.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")

    @property
    def root(self) -> Path:
        return Path(self.config.archive)

    @property
    def inside(self) -> Path:
        """Return the own folder of the first site."""
        return ArchiveFolder(self.root).site(self.config.sites[0].name)

    def run(self, *, limit: int | None = None, seconds: float | None = None, dry: bool = False) -> Report:
        return self.go("run", Incremental(), limit=limit, seconds=seconds, dry=dry)

    def backfill(
        self, *, channels: tuple[str, ...] = (), span: DateRange | None = None, limit: int | None = None
    ) -> Report:
        return self.go("backfill", Backfill(channels=channels, days=span or DateRange()), limit=limit)

    def go(
        self,
        command: str,
        plan: Plan,
        *,
        limit: int | None = None,
        seconds: float | None = None,
        dry: bool = False,
    ) -> Report:
        session = self.session(limit=limit, seconds=seconds, dry=dry)
        return session.go(command, self.config.sites, plan)

    def session(
        self,
        *,
        limit: int | None = None,
        seconds: float | None = None,
        dry: bool = False,
        stores: Callable[[SiteContext], SiteContext] = lambda context: context,
    ) -> Session:
        """Join a session as the program does, on a machine whose clocks never wait.

        `stores` may put others in the place of a site's own.
        """
        session = new_session(
            self.config,
            progress=Unwatched(),
            machine=self.machine,
            limit=limit,
            time_limit=None if seconds is None else timedelta(seconds=seconds),
            dry=dry,
            wayback=self.wayback,
        )
        open_site = session.open_site

        @contextmanager
        def opened_with(site: Site) -> Iterator[SiteContext]:
            with open_site(site) as context:
                yield stores(context)

        session.open_site = opened_with
        return session

    @property
    def machine(self) -> Machine:
        return Machine(
            now=self.clock,
            monotonic=self.clock.monotonic,
            sleep=self.clock.sleep,
            random=lambda: 0.5,
            environment={},
            usage=self.usage,
        )

    def documents(self) -> dict[str, str]:
        """Return every document: its path from the archive's folder, and its text."""
        root = self.root
        files = (file for file in root.rglob("*.md") if ".scraper" not in file.parts)
        return {str(file.relative_to(root)): file.read_text(encoding="utf-8") for file in sorted(files)}


def state_of(config: Config) -> State:
    """Open what is known of the config's first site, for reading alone."""
    return view_state(Path(config.archive), config.sites[0].name)


def captures_in(config: Config) -> CaptureStore:
    """Return the captures of the config's first site."""
    return captures_of(Path(config.archive), config.sites[0].name)


@contextmanager
def opened(config: Config) -> Iterator[SiteContext]:
    """Open the config's first site, as a run does."""
    now = partial(datetime.now, UTC)
    prepare(Path(config.archive), now=now, new=True)
    with open_site(Path(config.archive), config.sites[0], now=now) as context:
        yield context


def only(report: Report) -> SiteReport:
    """Return the report of the one site that was archived."""
    (site,) = report.sites.values()
    return site
