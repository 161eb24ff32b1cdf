"""Many sites in one run: side by side, each at its own pace, none touched by another's troubles."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, Clock

import scraper
from scraper import cli, urls
from scraper.app import indexing
from scraper.app.indexing import index_path, refresh_sites
from scraper.app.post_run import HEARTBEAT, keep_up
from scraper.app.reading_room import ReadingRoom
from scraper.crawl.plan import Incremental
from scraper.demo import campus_sites, faults
from scraper.demo.server import serve
from scraper.demo.settings import config_text
from scraper.errors import StoreError
from scraper.exit_codes import ExitCode
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.search_index import view_index
from scraper.stores.search_index.rows import Connection
from scraper.stores.state import open_state
from scraper.urls import Url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.campus import CampusWorld
    from scraper.demo.server import Server
    from scraper.model import Site
    from scraper.report import Report
    from scraper.search.article import IndexedArticle
    from scraper.stores.opening import SiteContext
    from scraper.stores.state.holdings import HeldText

HOSTS = 12
OPENED = 4  # of them at once
DELAY = 60.0  # seconds that nobody waits
PATIENCE = 30.0  # seconds, after which a test fails instead of hanging


class SlowClock(Clock):
    """The clock of a machine that has too much to do: whoever sleeps is woken late."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds + 2)


class PatientClock(Clock):
    """The clock of a run in which nobody asks twice before all its sites are open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = threading.Event()

    async def sleep(self, seconds: float) -> None:
        await asyncio.to_thread(self.opened.wait, PATIENCE)
        await super().sleep(seconds)


def run(folder: Path, server: Server, worlds: list[CampusWorld]) -> Path:
    """Write a folder of config files, one a site, and return it."""
    whole = config_text(*worlds, proxy=server.proxy, delay=0, retries=0)
    head, _, sites = whole.partition("sites:\n")
    folder.mkdir()
    (folder / "config.yaml").write_text(head, encoding="utf-8")
    for number, block in enumerate(sites.split("\n  site")):
        text = block if number == 0 else f"  site{block}"
        (folder / f"{number:02}.yaml").write_text(f"sites:\n{text.rstrip()}\n", encoding="utf-8")
    return folder


def together(archive: Archive, sites: int, clock: PatientClock) -> Report:
    """Make a run: its sites are opened four at a time, and all are at their end before one is closed."""
    archive.clock = clock
    session = archive.session()
    inside: list[Site] = []
    opened: list[Site] = []
    open_site, closing = session.open_site, threading.Barrier(sites)
    opening = threading.Barrier(min(sites, OPENED))

    @contextmanager
    def waiting(site: Site) -> Iterator[SiteContext]:
        inside.append(site)
        assert len(inside) - len(opened) <= OPENED
        with open_site(site) as context:
            opening.wait(PATIENCE)
            opened.append(site)
            if len(opened) == sites:
                clock.opened.set()
            yield context
            closing.wait(PATIENCE)

    session.open_site = waiting
    return session.go("run", archive.config.sites, Incremental())


def test_a_dozen_hosts_are_worked_side_by_side_each_at_its_own_pace(tmp_path: Path) -> None:
    worlds = campus_sites.many(HOSTS)
    clock = PatientClock()
    with serve(*worlds, clock=clock.monotonic) as server:
        archive = Archive(tmp_path, server, *worlds, delay=DELAY)
        report = together(archive, HOSTS, clock)
        asked = [access.host for access in server.log]
        begins = [[one.started for one in server.requests(host=world.host)] for world in worlds]
    assert report.exit_code == ExitCode.DONE
    assert len(report.sites) == HOSTS
    assert all(site.written == site.listed > 10 for site in report.sites.values())
    gaps = [later - earlier for moments in begins for earlier, later in pairwise(moments)]
    assert min(gaps) >= DELAY * 0.99  # by the clock that moves only when somebody sleeps
    begun = [asked.index(world.host) for world in worlds]
    ended = [len(asked) - asked[::-1].index(world.host) for world in worlds]
    assert max(begun) < min(ended)  # the last one begins before the first one ends


def test_a_run_that_does_not_keep_up_with_its_pace_says_so_once(tmp_path: Path) -> None:
    worlds = campus_sites.many(2)
    with serve(*worlds) as server:
        archive = Archive(tmp_path, server, *worlds, delay=DELAY)
        archive.clock = SlowClock()
        report = archive.run()
    notes = [note.message for site in report.sites.values() for note in site.notes]
    assert len([note for note in notes if "does not keep up" in note]) == 1
    assert report.exit_code == ExitCode.DONE


def test_sites_wait_for_the_disk_side_by_side_when_they_are_opened_and_closed(tmp_path: Path) -> None:
    worlds = campus_sites.many(2)
    with serve(*worlds) as server:
        report = together(Archive(tmp_path, server, *worlds), len(worlds), PatientClock())
    assert report.exit_code == ExitCode.DONE


def test_what_several_sites_brought_is_taken_into_the_search_in_one_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = campus_sites.many(3)
    begun: list[str] = []
    with serve(*worlds) as server:
        archive = Archive(tmp_path, server, *worlds)
        report = archive.run()
    execute = Connection.execute

    def heard(self: Connection, sql: str, parameters: tuple[object, ...] = ()) -> sqlite3.Cursor:
        begun.append(sql)
        return execute(self, sql, parameters)

    monkeypatch.setattr(Connection, "execute", heard)
    assert refresh_sites(archive.config, report.sites).put == sum(
        site.written for site in report.sites.values()
    )
    assert begun.count("BEGIN IMMEDIATE") == 1


def test_a_state_that_cannot_be_read_keeps_no_other_site_out_of_the_search(tmp_path: Path) -> None:
    worlds = campus_sites.many(3)
    with serve(*worlds) as server:
        archive = Archive(tmp_path, server, *worlds)
        report = archive.run()
        names = list(report.sites)
        state = ArchiveFolder(archive.root).state(names[1])
        sound = state.read_bytes()
        state.write_bytes(b"this is no database" * 1000)
        (told,) = keep_up(archive.config, report)
        assert str(state) in told
        with view_index(index_path(archive.config)) as index:
            assert index.indexed_sites() == {names[0], names[2]}
        state.write_bytes(sound)
        assert list(keep_up(archive.config, report)) == []
        with view_index(index_path(archive.config)) as index:
            assert index.indexed_sites() == set(names)


def test_a_state_that_cannot_be_read_takes_the_report_of_no_other_site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worlds = campus_sites.many(2)
    config = ["--json", "--config", str(tmp_path / "config.yaml")]
    with serve(*worlds) as server:
        archive = Archive(tmp_path, server, *worlds)
        sound, damaged = (site.name for site in archive.config.sites)
        state = ArchiveFolder(archive.root).state(damaged)
        state.parent.mkdir(parents=True)
        state.write_bytes(b"this is no database" * 1000)
        for names, code in (([sound], 0), ([], 1)):
            assert cli.main(["run", *names, *config]) == code
            told = capsys.readouterr()
            assert json.loads(told.out)["sites"][sound]["failed"] == 0
            assert f"heartbeat: state: {state}" in told.err
            heartbeat = json.loads((archive.root / ".scraper" / HEARTBEAT).read_text("utf-8"))
            assert list(heartbeat["sites"]) == [sound]
    for name in ("status", "coverage"):
        assert cli.main([name, *config]) == 1
        told = capsys.readouterr()
        report = json.loads(told.out)
        assert (list(report["sites"]), report["error"]["kind"]) == ([sound], "StoreError")
        assert f"{damaged}: state: {state}" in told.err
        assert cli.main([name, damaged, *config]) == 1
        assert json.loads(capsys.readouterr().out)["sites"] == {}
    assert cli.main(["search", "--rebuild", *config]) == 1
    assert str(state) in capsys.readouterr().err
    with view_index(index_path(archive.config)) as index:
        assert index.indexed_sites() == {sound}


def test_a_state_that_cannot_be_read_ends_no_command_over_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worlds = campus_sites.many(2)
    with serve(*worlds) as server:
        archive = Archive(tmp_path, server, *worlds)
        archive.run()
    damaged, sound = (site.name for site in archive.config.sites)
    library = scraper.open_archive(archive.config)
    held = list(library.articles(sound))
    state = ArchiveFolder(archive.root).state(damaged)
    state.write_bytes(b"this is no database" * 1000)
    data, captures = tmp_path / "articles.jsonl", tmp_path / "captures.wacz"
    whole = ["export", "--format", "jsonl", "--out", str(data)]
    for command, code in (
        (["changed", "--since", "2000-01-01"], 1),
        (["history", held[0].url], 0),
        (["history", "http://elsewhere.example/1"], 2),
        (["forget", urls.urlname(Url("http://elsewhere.example/1")), "--reason", "asked"], 1),
        (whole, 3),
        ([*whole, damaged], 1),
        (["export", "--format", "wacz", "--out", str(captures)], 3),
        (["reextract"], 1),
    ):
        assert cli.main([*command, "--config", str(tmp_path / "config.yaml")]) == code, command
        told = capsys.readouterr()
        assert (str(state) in told.err) == (code in {1, 3}), command
    assert len(data.read_text("utf-8").splitlines()) == len(held)
    assert captures.exists()
    assert library.read(urls.urlname(held[-1].url)) is not None
    with pytest.raises(StoreError, match="not a database"):
        list(library.articles())
    forgotten = ["forget", urls.urlname(held[0].url), "--reason", "asked"]
    assert cli.main([*forgotten, "--config", str(tmp_path / "config.yaml")]) == 0
    assert [known.url for known in library.articles(sound)] == [known.url for known in held[1:]]


def test_what_was_gathered_before_an_error_is_in_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = campus_sites.many(2)
    with serve(*worlds) as server:
        archive = Archive(tmp_path, server, *worlds)
        report = archive.run()
    first, last = report.sites
    whole = indexing.indexed

    def slipping(site: Site, known: HeldText) -> IndexedArticle:
        if site.name == last:
            msg = "a slip of the program"
            raise TypeError(msg)
        return whole(site, known)

    monkeypatch.setattr(indexing, "indexed", slipping)
    with pytest.raises(TypeError):
        refresh_sites(archive.config, report.sites)
    with view_index(index_path(archive.config)) as index:
        assert index.count(first) == report.sites[first].written


def test_a_site_s_troubles_are_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    worlds = campus_sites.many(6)
    worlds[0].fail(".", faults.status(500))
    worlds[1].robots = "User-agent: *\nDisallow: /\n"
    worlds[2].fail(r"/\d+\.chtml", faults.reset())
    with serve(*worlds) as server:
        config = run(tmp_path / "sites", server, worlds)
        code = cli.main(["run", "--json", "--config", str(config)])
    sites = json.loads(capsys.readouterr().out)["sites"]
    assert code == ExitCode.REFUSED
    assert [sites[f"site0{at}"]["written"] for at in range(3)] == [0, 0, 0]
    assert all(sites[f"site0{at}"]["problems"] for at in range(3))
    for at in range(3, 6):
        assert sites[f"site0{at}"]["written"] == sites[f"site0{at}"]["listed"] > 10
        assert sites[f"site0{at}"]["problems"] == []


def test_only_the_sites_that_are_named_are_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    worlds = campus_sites.many(3)
    with serve(*worlds) as server:
        config = run(tmp_path / "sites", server, worlds)
        cli.main(["run", "site02", "--json", "--config", str(config)])
        assert {access.host for access in server.log} == {worlds[2].host}
    assert list(json.loads(capsys.readouterr().out)["sites"]) == ["site02"]


def test_readers_keep_what_they_know_of_the_sites_that_stayed_as_they_were(tmp_path: Path) -> None:
    worlds = campus_sites.many(3)
    with serve(*worlds) as server:
        archive = Archive(tmp_path, server, *worlds)
        archive.run()
    room = ReadingRoom(archive.config)
    assert room.refresh()
    before = room.catalogue
    held = before.sites()
    assert len(held) == 3
    changed = archive.config.sites[1].name
    with open_state(archive.root / ".scraper" / changed / "state.sqlite3") as state:
        key = next(iter(state.articles.held(changed))).key
        state.connection.execute("UPDATE article SET title = '另题' WHERE key = ?", (key,))
    assert room.refresh()
    assert room.catalogue.sites() == before.sites() == held
    entry = room.catalogue.of_key(changed, key)
    assert entry is not None
    assert entry.title == "另题"
    assert not room.refresh()
