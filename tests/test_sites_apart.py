"""Sites stand alone: locks by site, files open at a site's turn only, hosts shared by all processes."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import yaml
from archiving import Archive, Clock, captures_in

from scraper import cli
from scraper.crawl.budget import BudgetSpent
from scraper.crawl.plan import Incremental
from scraper.crawler.pacer import Pacer
from scraper.crawler.stored_host_state import StoredHostState
from scraper.demo import beichen, campus_sites
from scraper.demo.server import serve
from scraper.demo.settings import config_text
from scraper.errors import Blocked, Locked, NoRoom
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.hosts import HostFiles
from scraper.stores.lock import Lock
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.model import Capture, CaptureRef
    from scraper.stores.captures import CaptureStore
    from scraper.stores.opening import SiteContext

FIRST = datetime(2026, 1, 6, 9, tzinfo=UTC)


def now() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Yield an archive of two sites."""
    news, campus = beichen.empty(), campus_sites.webplus()
    news.bulk("bcyw", 3, first=FIRST)
    with serve(news, campus) as server:
        yield Archive(tmp_path, server, news, campus)


def held(archive: Archive, number: int) -> Lock:
    site = archive.config.sites[number]
    return Lock(ArchiveFolder(archive.root).lock(site.name), now=now, what=site.name)


def test_a_site_that_another_run_holds_is_named_and_the_rest_is_done(archive: Archive) -> None:
    first, second = (site.name for site in archive.config.sites)
    with held(archive, 1):
        report = archive.run()
    assert report.sites[first].written == 3
    [problem] = report.sites[second].problems
    assert problem.kind == "Locked"
    assert f"another run holds {second}: process {os.getpid()} on " in problem.message
    assert report.exit_code != 4


class FullDisk:
    """A site's captures on a disk without room."""

    def __init__(self, captures: CaptureStore) -> None:
        self._captures = captures

    def __getattr__(self, name: str) -> object:
        """Be the site's captures in all else."""
        return getattr(self._captures, name)

    def append(self, capture: Capture, _same_as: CaptureRef | None = None) -> CaptureRef:
        """Find no room."""
        msg = f"no room for {capture.url}"
        raise NoRoom(msg)


def test_a_disk_that_is_full_for_one_site_ends_them_all(archive: Archive) -> None:
    first, second = archive.config.sites

    def stores(context: SiteContext) -> SiteContext:
        full = FullDisk(context.captures)
        return replace(context, captures=full) if context.site is first else context

    session = archive.session(stores=stores)
    session.at_once = 1
    report = session.go("run", (first, second), Incremental())
    assert report.exit_code == 10
    assert [problem.kind for problem in report.sites[first.name].problems] == ["NoRoom"]
    assert report.sites[second.name].listed == 0  # it ends before it takes in anything
    assert archive.run().sites[first.name].written == 3


def test_where_every_site_is_held_the_run_says_so(archive: Archive) -> None:
    with held(archive, 0), held(archive, 1), pytest.raises(Locked):
        archive.run()


def test_reextract_leaves_a_held_site_alone_too(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    archive.run()
    with held(archive, 1):
        config = str(archive.folder / "config.yaml")
        cli.main(["reextract", "--json", "--config", config])
    sites = json.loads(capsys.readouterr().out)["sites"]
    assert [bool(site["problems"]) for site in sites.values()] == [False, True]


def test_a_site_is_deleted_moved_and_put_back_by_its_two_folders(archive: Archive, tmp_path: Path) -> None:
    archive.run()
    documents = archive.documents()
    first = archive.config.sites[0].name
    folder = ArchiveFolder(archive.root)
    for place in (folder.site(first), folder.documents(first)):
        shutil.copytree(place, tmp_path / "saved" / place.parent.name / first)
        shutil.rmtree(place)
    assert {path.partition("/")[0] for path in archive.documents()} <= {archive.config.sites[1].name}
    for place in (folder.site(first), folder.documents(first)):
        shutil.copytree(tmp_path / "saved" / place.parent.name / first, place)
    assert archive.documents() == documents
    assert archive.run().sites[first].written == 0


def test_two_sites_that_list_one_article_have_a_document_of_it_each(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.yaml"
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    first = next(iter(config["sites"]))
    own = {"home": config["sites"][first]["home"] + "again/", "tags": ["again"]}
    config["sites"]["again"] = config["sites"][first] | own
    file.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    report = archive.run()
    assert report.sites["again"].written == report.sites[first].written == 3
    assert sum("again" in path for path in archive.documents()) == 3
    assert cli.main(["verify", "--config", str(file)]) == 0, capsys.readouterr().out


def test_no_more_sites_are_open_than_may_be(archive: Archive) -> None:
    open_now: set[str] = set()
    most = []
    session = archive.session()
    session.at_once = 1
    opening = session.open_site

    def watched(site: object) -> object:
        context = opening(site)  # type: ignore[arg-type]

        class Watched:
            def __enter__(self) -> object:
                opened = context.__enter__()
                open_now.add(opened.name)
                most.append(len(open_now))
                return opened

            def __exit__(self, *why: object) -> object:
                open_now.clear()
                return context.__exit__(*why)  # type: ignore[arg-type]

        return Watched()

    session.open_site = watched  # type: ignore[assignment]
    session.go("run", archive.config.sites, Incremental())
    assert most == [1, 1]


def test_many_sites_are_worked_with_few_open_files(tmp_path: Path) -> None:
    worlds = campus_sites.many(14)
    with serve(*worlds) as server:
        file = tmp_path / "config.yaml"
        file.write_text(config_text(*worlds, proxy=server.proxy, delay=0), encoding="utf-8")
        command = ["sh", "-c", f"ulimit -n 50; exec {sys.executable} -m scraper run --json --config {file}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    report = json.loads(done.stdout)
    assert (report["exit_code"], len(report["sites"])) == (0, 14), done.stderr[-2000:]
    assert all(site["written"] == site["listed"] > 0 for site in report["sites"].values())


def test_no_request_goes_out_once_none_may(archive: Archive) -> None:
    from scraper.app.wiring import new_session  # noqa: PLC0415
    from scraper.progress import Unwatched  # noqa: PLC0415

    class Never:
        def check(self) -> None:
            raise BudgetSpent

        async def admit(self, host: str) -> None:
            del host

    session = new_session(archive.config, progress=Unwatched(), machine=archive.machine, permit=Never())
    report = session.go("run", archive.config.sites, Incremental())
    assert report.exit_code == 6, report
    assert list(captures_in(archive.config).scan()) == []


# ── a backfill that works for hours ───────────────────────────────────────────────────────────────────────


def test_a_backfill_reads_the_newest_lists_every_hour(
    tmp_path: Path, world: EcmsWorld, server: Server
) -> None:
    world.bulk("bcyw", 120, first=datetime(2025, 1, 6, 9, tzinfo=UTC))
    archive = Archive(tmp_path, server, world, channel="bcyw", delay=120)
    begun = archive.clock.now
    published: list[str] = []

    def publish() -> None:
        published.append(world.publish("bcyw").number)

    world.after(60, publish)
    report = archive.backfill()
    hours = (archive.clock.now - begun) / timedelta(hours=1)
    asked = [one.path for one in server.log]
    reads = sum(path.endswith("/bcyw/index.shtml") for path in asked)
    assert hours > 4
    assert hours - 1 <= reads <= hours + 4
    [news] = [at for at, path in enumerate(asked) if f"{published[0]}.shtml" in path]
    assert 60 < news <= 60 + 30 + 3  # an hour of requests, and what was under way
    assert report.sites["beichen"].written == 121


# ── hosts ─────────────────────────────────────────────────────────────────────────────────────────────────


def pacer(folder: Path, clock: Clock) -> Pacer:
    return Pacer(
        host_state=StoredHostState(HostFiles(folder)),
        now=clock,
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        random=lambda: 0.5,
    )


def test_a_host_of_a_long_name_has_its_files_too(tmp_path: Path) -> None:
    name = "http://" + ".".join(["x" * 60] * 4) + ".example"
    HostFiles(tmp_path).put("robots", name, "said")
    assert HostFiles(tmp_path).get("robots", name) == "said"
    assert HostFiles(tmp_path).take(name)


def test_two_processes_keep_the_pace_of_one_host_together(tmp_path: Path) -> None:
    clock = Clock()
    turns: list[float] = []

    async def ask(one: Pacer) -> None:
        for _ in range(10):
            async with one.turn("news.example", 5.0):
                turns.append(clock.monotonic())

    async def both() -> None:
        await asyncio.gather(ask(pacer(tmp_path, clock)), ask(pacer(tmp_path, clock)))

    asyncio.run(both())
    gaps = [after - before for before, after in itertools.pairwise(turns)]
    assert len(turns) == 20
    assert min(gaps) >= 5.0 - 0.01


def test_a_pause_that_one_process_was_asked_for_is_kept_by_the_other(tmp_path: Path) -> None:
    clock = Clock()
    one, other = pacer(tmp_path, clock), pacer(tmp_path, clock)

    async def ask() -> None:
        async with other.turn("news.example", 0):
            pass
        async with one.turn("news.example", 0):
            one.trouble("news.example", delay=0, cause="429", retry_after=3_000)
        with pytest.raises(Blocked):
            async with other.turn("news.example", 0):
                pytest.fail("it was asked")

    asyncio.run(ask())


def test_a_clock_that_was_set_back_stops_nobody(tmp_path: Path) -> None:
    clock = Clock()

    async def ask(one: Pacer) -> None:
        async with one.turn("news.example", 5.0):
            pass

    asyncio.run(ask(pacer(tmp_path, clock)))
    clock.wait(days=-2)
    before = clock.slept
    asyncio.run(ask(pacer(tmp_path, clock)))
    assert clock.slept - before <= 5.01


def test_a_process_that_dies_gives_its_host_back(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0 if HostFiles(tmp_path).take("news.example") else 7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    files = HostFiles(tmp_path)
    assert files.take("news.example")
    assert not HostFiles(tmp_path).take("news.example")
    assert HostFiles(tmp_path).take("other.example")
