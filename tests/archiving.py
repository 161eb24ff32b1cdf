"""An archive under test: the real program against a fake site, with clocks that never wait."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.app.config_file import load_config
from scraper.app.wiring import open_stores, second_of
from scraper.crawl.budget import Budget
from scraper.crawl.date_range import DateRange
from scraper.crawl.session import Session
from scraper.crawl.site_crawl import SiteCrawl
from scraper.crawler.network import Network
from scraper.crawler.stored_host_state import StoredHostState
from scraper.crawler.wayback import place_of
from scraper.demo.settings import config_text
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.config import Config
    from scraper.crawl.session import Plan
    from scraper.demo.server import Server
    from scraper.demo.world import World
    from scraper.report import Report, SiteReport
    from scraper.stores.opening import Stores
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
        self.check_room: Callable[[], None] = lambda: None
        self._config_file = folder / "config.yaml"
        lines = config_text(*worlds, proxy=server.proxy, delay=delay, images=images).splitlines()
        if channel is not None:
            lines = [line for line in lines if "index:" not in line or line.strip().startswith(channel)]
        self._config_file.write_text("\n".join(lines), encoding="utf-8")

    @property
    def config(self) -> Config:
        return load_config(self._config_file)

    @property
    def root(self) -> Path:
        return Path(self.config.archive)

    def run(self, *, limit: int | None = None, seconds: float | None = None, dry: bool = False) -> Report:
        return self.go("run", SiteCrawl.run, limit=limit, seconds=seconds, dry=dry)

    def backfill(
        self, *, channels: tuple[str, ...] = (), span: DateRange | None = None, limit: int | None = None
    ) -> Report:
        async def plan(walk: SiteCrawl) -> None:
            chosen = [c for c in walk.site.channels if not channels or c.name in channels]
            await walk.backfill(chosen, span or DateRange())

        return self.go("backfill", plan, limit=limit)

    def go(
        self,
        command: str,
        plan: Plan,
        *,
        limit: int | None = None,
        seconds: float | None = None,
        dry: bool = False,
    ) -> Report:
        config = self.config
        with open_stores(config, dry=dry) as stores:
            session = self.session(stores, limit=limit, seconds=seconds, dry=dry)
            return session.go(command, config.sites, plan)

    def session(
        self, stores: Stores, *, limit: int | None = None, seconds: float | None = None, dry: bool = False
    ) -> Session:
        """Join a session over open stores."""
        config, home = self.config, self.wayback
        network = Network(
            settings=config.network,
            sites=(*config.sites, *([] if home is None else [place_of(home, "copies")])),
            user_agent="nankai-archive/test",
            memory=StoredHostState(stores.state.memory),
            now=self.clock,
            monotonic=self.clock.monotonic,
            sleep=self.clock.sleep,
            random=lambda: 0.5,
            environment={},
        )
        deadline = None if seconds is None else self.clock() + timedelta(seconds=seconds)
        return Session(
            stores=stores,
            network=network,
            budget=Budget(now=self.clock, limit=limit, deadline=deadline),
            progress=Unwatched(),
            now=self.clock,
            check_room=self.check_room,
            dry=dry,
            second=None if home is None else second_of(home, network),
        )

    def documents(self) -> dict[str, str]:
        """Return every document: its path from the archive's folder, and its text."""
        files = (file for file in self.root.rglob("*.md") if ".scraper" not in file.parts)
        return {str(file.relative_to(self.root)): file.read_text(encoding="utf-8") for file in sorted(files)}


def only(report: Report) -> SiteReport:
    """Return the report of the one site that was archived."""
    (site,) = report.sites.values()
    return site
