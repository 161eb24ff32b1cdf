"""Where a cluster is joined: the config's database and store, this machine's clocks, the sites' turns."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import socket
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from scraper.app.followed_config import FollowedConfig
from scraper.app.machine import clock
from scraper.app.site_process import pickled
from scraper.cluster.claiming import read
from scraper.cluster.clock import monotonic
from scraper.cluster.database import Database
from scraper.cluster.holding import Holding
from scraper.cluster.leases import Leases
from scraper.cluster.pulling import Wanted, pull
from scraper.cluster.queue import Queue
from scraper.cluster.site_work import Figures, SiteWork, Workshop
from scraper.cluster.status import ClusterStatus
from scraper.cluster.worker import Worker
from scraper.crawler.network import hosts_of
from scraper.errors import ArchiveError, SiteHeld, UsageError
from scraper.exit_codes import ExitCode, of_error, worst
from scraper.messages import say
from scraper.report import Problem, Report, SiteReport
from scraper.stores.archive_folder import ArchiveFolder, read_about, write_about
from scraper.stores.elsewhere.object_store import ObjectStore, check_conditions
from scraper.stores.opening import prepare
from scraper.stores.status_files import StatusFiles
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from scraper.config import Config
    from scraper.config.read import ClusterSettings
    from scraper.model import Site

METRICS = "metrics.prom"
_SLICE = timedelta(minutes=10)
_LOOK = 15.0  # seconds between two looks at the config's files
_GRACE = 300.0  # seconds beyond its slice, after which a site's process is taken for hung


class _Parts(Value):
    """A cluster's doors, open."""

    settings: ClusterSettings
    database: Database
    store: ObjectStore


@asynccontextmanager
async def _parts(config: Config) -> AsyncIterator[_Parts]:
    """Join the doors to the database and the store; nothing is asked yet."""
    settings = _settings(config)
    database = Database(settings.database)
    try:
        yield _Parts(settings, database, store_of(config))
    finally:
        await database.close()


def _settings(config: Config) -> ClusterSettings:
    if config.cluster is None:
        raise UsageError(say("the config has no `cluster`: where the database and the store are"))
    return config.cluster


def store_of(config: Config) -> ObjectStore:
    """Return the store of the config's cluster; nothing is asked yet."""
    settings = _settings(config)
    return ObjectStore(settings.store, settings.prefix, os.environ)


# ── once ──────────────────────────────────────────────────────────────────────────────────────────────────


def init(config: Config, machine: str | None) -> dict[str, int]:
    """Make database and store ready, and ship what this archive holds; return the bytes of each such site."""
    return asyncio.run(_init(config, machine))


async def _init(config: Config, machine: str | None) -> dict[str, int]:
    async with _parts(config) as parts:
        marks = tuple(secrets.token_bytes(8) for _ in range(3))
        check_conditions(parts.store, f"conditions-{secrets.token_hex(8)}", marks)
        await Queue(parts.settings.database, parts.database, ttl=0).init()
        await parts.database.init(parts.store.name)
        known = {row.name for row in await parts.database.sites()}
        shipped = {}
        for site in config.sites:
            holding = Holding(Path(config.archive), site.name)
            nothing_there = holding.state.is_file() and read(parts.store, site.name)[0].state is None
            if nothing_there:
                if site.name not in known:
                    await parts.database.put_sites([(site.name, site.every, site.priority)])
                shop = _shop(config, parts, machine, options=[], slice_=None)
                await SiteWork(site, hosts_of(site), holding, shop).ship_alone()
                shipped[site.name] = shop.figures.bytes_shipped
        return shipped


def schedule(config: Config, sites: Sequence[Site], *, whole: bool, backfill: bool | None) -> list[str]:
    """Take sites into the schedule; return those that were taken out, where the schedule is to be `whole`."""
    return asyncio.run(_schedule(config, sites, whole=whole, backfill=backfill))


async def _schedule(
    config: Config, sites: Sequence[Site], *, whole: bool, backfill: bool | None
) -> list[str]:
    async with _parts(config) as parts:
        rows = [(site.name, site.every, site.priority) for site in sites]
        beyond = await parts.database.put_sites(rows, backfill=backfill)
        return await parts.database.retire(beyond) if whole and beyond else []


def retire(config: Config, names: Sequence[str], into: str | None) -> list[str]:
    """Take sites out of the schedule; `into`: where they are brought whole, None: nowhere."""
    return asyncio.run(_retire(config, names, into))


async def _retire(config: Config, names: Sequence[str], into: str | None) -> list[str]:
    async with _parts(config) as parts:
        known = {row.name for row in await parts.database.sites()}
        for name in names:
            if name not in known:
                raise UsageError(say("{site}: the schedule has no such site", site=name))
        retired = await parts.database.retire(names)
        if into is not None:
            prepare(Path(into), now=clock(config), new=True)
        for name in names if into is not None else ():
            held = next(row for row in await parts.database.sites() if row.name == name)
            if held.held:
                msg = say(
                    "{site}: is still worked by {holder}: try again later", site=name, holder=held.holder
                )
                raise SiteHeld(msg)
            pull(Path(into or ""), name, parts.store, Wanted(documents=True, captures=True))
        return retired


def status(config: Config, names: set[str] | None) -> ClusterStatus:
    """Return where the cluster stands, of these sites or of all."""
    return asyncio.run(_status(config, names))


async def _status(config: Config, names: set[str] | None) -> ClusterStatus:
    async with _parts(config) as parts:
        sites = await parts.database.sites()
        chosen = [row for row in sites if names is None or row.name in names]
        return ClusterStatus(await parts.database.machines(), chosen)


# ── turns ─────────────────────────────────────────────────────────────────────────────────────────────────


def _shop(
    config: Config, parts: _Parts, machine: str | None, *, options: Sequence[str], slice_: timedelta | None
) -> Workshop:
    """Join what the turns of all sites share."""
    _begin(config)
    name = machine or socket.gethostname()
    length = slice_ or _SLICE
    own = pickled(config)
    leases = Leases(
        parts.database,
        f"{name}#{secrets.token_hex(6)}",
        ttl=parts.settings.ttl.total_seconds(),
        clock=monotonic,
        random=random.random,
    )
    return Workshop(
        machine=name,
        database=parts.database,
        store=parts.store,
        leases=leases,
        figures=Figures(),
        now=clock(config),
        now_ns=time.time_ns,
        clock=monotonic,
        new_mark=partial(secrets.token_hex, 4),
        command=partial(_command, options, length),
        config=lambda: own,
        longest=length.total_seconds() + _GRACE,
        stopping=asyncio.Event(),
    )


def _begin(config: Config) -> None:
    """Begin this machine's archive, under the id that the config says all machines have; None: any."""
    folder, wanted = ArchiveFolder(Path(config.archive)), config.archive_id
    if wanted is not None and read_about(folder) is None:
        write_about(folder, now=clock(config), new_id=lambda: UUID(wanted))


def _command(options: Sequence[str], length: timedelta, site: str, backfill: bool) -> list[str]:  # noqa: FBT001 - called by the turn
    past = ["--backfill"] if backfill else []
    return [
        sys.executable,
        "-m",
        "scraper",
        "cluster",
        "site",
        site,
        "--slice",
        f"{length.total_seconds():.3f}s",
        *past,
        *options,
    ]


def work(
    config: Config,
    *,
    path: Path,
    machine: str | None,
    slots: int,
    options: Sequence[str],
    slice_: timedelta | None,
) -> int:
    """Work sites from the queue until SIGTERM or SIGINT; return the exit code. `path`: of the config."""
    followed = FollowedConfig(path, config)
    return asyncio.run(_work(config, followed, machine, slots, options=options, slice_=slice_))


async def _work(
    config: Config,
    followed: FollowedConfig,
    machine: str | None,
    slots: int,
    *,
    options: Sequence[str],
    slice_: timedelta | None,
) -> int:
    async with _parts(config) as parts:
        shop = replace(_shop(config, parts, machine, options=options, slice_=slice_), config=followed.line)
        notes = StatusFiles(Path(config.archive) / ".scraper")

        def work_on(name: str) -> SiteWork | None:
            site = followed.site(name)
            if site is None:
                return None
            return SiteWork(site, hosts_of(site), Holding(Path(config.archive), name), shop)

        queue = Queue(parts.settings.database, parts.database, ttl=parts.settings.ttl.total_seconds())
        worker = Worker(queue, shop, slots=slots, work_on=work_on, note=partial(notes.put, METRICS))
        following = asyncio.create_task(_follow(followed))
        try:
            with _signals(shop) as codes:
                await worker.run()
        finally:
            following.cancel()
        return worst(codes)


async def _follow(followed: FollowedConfig) -> None:
    """Look again and again whether the config has changed."""
    while True:
        await asyncio.sleep(_LOOK)
        await asyncio.to_thread(followed.look)


def run_now(
    config: Config,
    sites: Sequence[Site],
    *,
    machine: str | None,
    options: Sequence[str],
    slice_: timedelta | None,
) -> Report:
    """Work sites here and now, side by side; return what their runs came to."""
    return asyncio.run(_run_now(config, sites, machine=machine, options=options, slice_=slice_))


async def _run_now(
    config: Config,
    sites: Sequence[Site],
    *,
    machine: str | None,
    options: Sequence[str],
    slice_: timedelta | None,
) -> Report:
    async with _parts(config) as parts:
        shop = _shop(config, parts, machine, options=options, slice_=slice_)
        begun, free = shop.now(), asyncio.Semaphore(os.cpu_count() or 1)
        keeping = asyncio.create_task(shop.leases.keep())

        async def turn(site: Site) -> tuple[SiteReport, int]:
            work = SiteWork(site, hosts_of(site), Holding(Path(config.archive), site.name), shop)
            async with free:
                return await _told(site, work)

        try:
            with _signals(shop) as codes:
                done = await asyncio.gather(*map(turn, sites))
        finally:
            keeping.cancel()
        reports = {site.name: report for site, (report, _) in zip(sites, done, strict=True)}
        codes |= {code for _, code in done}
        held = all(code == ExitCode.LOCKED for _, code in done)
        return Report(
            command="cluster run",
            started=begun,
            finished=shop.now(),
            exit_code=ExitCode.LOCKED if held else worst(codes - {ExitCode.LOCKED}),
            sites=reports,
        )


async def _told(site: Site, work: SiteWork) -> tuple[SiteReport, int]:
    """Take a turn; return its report, in which whatever ended it is a problem, and its exit code."""
    report = SiteReport()
    try:
        await work.take_turn()
    except ArchiveError as error:
        report.problems.append(Problem(url=site.home, kind=error.kind, message=error.said))
        return report, of_error(error)
    if work.report is None:
        return report, ExitCode.PROGRAM_ERROR
    counts: dict[str, Any] = dict(work.report["sites"].get(site.name, {}))
    problems = [Problem(**problem) for problem in counts.pop("problems", [])]
    return SiteReport(**counts, problems=problems), work.report["exit_code"]


@contextmanager
def _signals(shop: Workshop) -> Iterator[set[int]]:
    """Turn SIGINT and SIGTERM into an orderly end; yield the exit codes that they stand for, as they come."""
    loop, codes = asyncio.get_running_loop(), set[int]()

    def end(code: int) -> None:
        codes.add(code)
        shop.stopping.set()
        shop.leases.terminate()

    stops = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}
    for number, code in stops.items():
        loop.add_signal_handler(number, end, code)
    try:
        yield codes
    finally:
        for number in stops:
            loop.remove_signal_handler(number)
