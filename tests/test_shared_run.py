"""A run in several processes: it brings, tells and leaves what one process would, whatever ends it."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import select
import signal
import sys
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive
from zygote import Life, Zygote, wait_for

from scraper import cli, parallel
from scraper.app import share_process, shares
from scraper.app.share_process import Share, work_share
from scraper.app.shares import SharedRun, shares_of
from scraper.app.wiring import new_session
from scraper.crawl.outcome import Outcome, report_of
from scraper.crawl.plan import Incremental
from scraper.demo import campus_sites, faults
from scraper.demo.server import Server, serve
from scraper.errors import Locked, StateTooNew, StoreError
from scraper.exit_codes import ExitCode
from scraper.progress import Unwatched
from scraper.report import SiteReport
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.opening import open_site, prepare
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.config import Config
    from scraper.demo.world import World
    from scraper.model import Site

SITES = 4
PATIENCE = 60.0  # seconds after which nobody waits any longer


@pytest.fixture
def worlds() -> list[Any]:
    return list(campus_sites.many(SITES))


@pytest.fixture
def campus(worlds: list[World]) -> Iterator[Server]:
    with serve(*worlds) as server:
        yield server


@pytest.fixture
def archive(tmp_path: Path, campus: Server, worlds: list[World]) -> Archive:
    return Archive(tmp_path, campus, *worlds)


@pytest.fixture
def zygote(tmp_path: Path) -> Iterator[Zygote]:
    with Zygote(tmp_path) as ready:
        yield ready


def command(archive: Archive, *more: str, processes: int = 2) -> tuple[str, ...]:
    config = str(archive.folder / "config.yaml")
    return ("run", "--json", "--processes", str(processes), *more, "--config", config)


@contextmanager
def stalled(worlds: Iterable[World]) -> Iterator[None]:
    """Let sites answer nothing for as long as this lasts."""
    never = threading.Event()
    for world in worlds:
        world.fail(r"", faults.stall(never))
    yield
    never.set()
    for world in worlds:
        world.heal()


def report_in(life: Life) -> dict[str, Any]:
    said = life.said()
    found: dict[str, Any] = json.loads(said[said.index("\n{") if "\n{" in said else 0 :])
    return found


def processes_of(life: Life) -> list[int]:
    """Return those that a run has begun: they run sites, and what reads for them is below them."""
    found = Path(f"/proc/{life.pid}/task/{life.pid}/children").read_text(encoding="ascii")
    return [int(pid) for pid in found.split()]


def counts(report: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {
        name: (site["listed"], site["written"], site["requests"]) for name, site in report["sites"].items()
    }


# ── how sites are parted ──────────────────────────────────────────────────────────────────────────────────


def named(shares: tuple[tuple[Site, ...], ...]) -> list[list[str]]:
    return [[site.name for site in share] for share in shares]


def test_sites_are_dealt_out_in_their_order(archive: Archive) -> None:
    shares = shares_of(archive.config.sites, processes=2, cores=8)
    assert named(shares) == [["site00", "site02"], ["site01", "site03"]]


def test_sites_with_a_host_in_common_are_worked_by_one_process(archive: Archive) -> None:
    one, two, three, four = archive.config.sites
    shares = shares_of((one, two, _with_host_of(four, one), three), processes=3, cores=8)
    assert named(shares) == [["site00", "site03"], ["site01"], ["site02"]]


def test_sites_that_a_third_one_joins_are_worked_by_one_process(archive: Archive) -> None:
    one, two, three, four = archive.config.sites
    sites = (_with_host_of(one, four), _with_host_of(two, one), three, four)
    shares = shares_of(sites, processes=3, cores=8)
    assert named(shares) == [["site00", "site01", "site03"], ["site02"]]


def test_sites_of_one_host_are_as_much_work_as_the_quickest_of_them(archive: Archive) -> None:
    one, two, three, four = archive.config.sites
    sites = (
        one,
        replace(_with_host_of(two, one), delay=10.0),
        *(replace(s, delay=0.1) for s in (three, four)),
    )
    assert named(shares_of(sites, processes=2, cores=8)) == [["site00", "site01"], ["site02", "site03"]]


def _with_host_of(site: Site, other: Site) -> Site:
    return replace(site, channels=(*site.channels, *other.channels))


@pytest.mark.parametrize(
    ("delay", "cores", "processes"),
    [
        (0.0, 1, 1),  # one core does no more for two processes
        (0.0, 2, 2),  # four sites that are asked without a pause
        (0.0, 64, 4),  # a site is never parted
        (1.0, 8, 1),  # four requests a second
        (0.05, 8, 2),  # eighty
    ],
)
def test_as_many_processes_work_as_the_delays_ask_for_and_cores_are_there(
    archive: Archive, delay: float, cores: int, processes: int
) -> None:
    archive.configure("delay", delay)
    assert len(shares_of(archive.config.sites, processes=None, cores=cores)) == processes


# ── what it comes to ──────────────────────────────────────────────────────────────────────────────────────


def test_two_processes_bring_what_one_brings(
    tmp_path: Path, campus: Server, worlds: list[World], zygote: Zygote
) -> None:
    found: list[tuple[dict[str, str], dict[str, tuple[int, int, int]]]] = []
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        folder.mkdir()
        archive = Archive(folder, campus, *worlds)
        life = zygote.start(*command(archive, processes=processes))
        assert life.code() == 0, life.said()
        bodies = {path: text.rpartition("\n---\n")[2] for path, text in archive.documents().items()}
        found.append((bodies, counts(report_in(life))))
        assert cli.main(["verify", "-q", "--config", str(folder / "config.yaml")]) == 0
    assert found[0] == found[1]
    assert list(found[1][1]) == ["site00", "site01", "site02", "site03"]


def test_how_far_all_processes_are_behind_is_told_once(archive: Archive) -> None:
    sites, now = archive.config.sites[:2], archive.clock()
    outcomes = [
        Outcome(reports={site.name: SiteReport()}, turns=100 * number, late=10 * number)
        for number, site in enumerate(sites, 1)
    ]
    report = report_of("run", sites, outcomes, started=now, finished=now)
    [note] = report.sites["site00"].notes
    assert "30 of 300 requests" in note.message
    assert not report.sites["site01"].notes


def test_each_process_logs_whole_lines_in_the_form_that_was_asked_for(
    archive: Archive, zygote: Zygote
) -> None:
    prepare(archive.root, now=archive.clock, new=True)
    life = zygote.start(*command(archive, "-v", "--log-format", "json"))
    assert life.code() == 0
    said = life.said()
    lines = [json.loads(line) for line in said[: said.index("\n{\n")].splitlines()]
    assert {line["site"] for line in lines if line["event"] == "written"} == {
        f"site{number:02}" for number in range(SITES)
    }


def test_a_budget_over_all_sites_takes_one_process(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*command(archive, "--limit", "3")]) == 2
    assert "--limit is for all sites together: it takes one process" in capsys.readouterr().out
    assert not archive.root.exists()
    assert cli.main([*command(archive, "--limit", "3", processes=1)]) == 6


def test_a_site_that_another_run_holds_is_named_and_the_others_are_worked(
    archive: Archive, zygote: Zygote
) -> None:
    assert zygote.start(*command(archive)).code() == 0
    site = archive.config.sites[1]
    with open_site(archive.root, site, now=archive.clock):
        life = zygote.start(*command(archive))
        assert life.code() == 0
    [problem] = report_in(life)["sites"]["site01"]["problems"]
    assert problem["kind"] == "Locked"


def test_a_run_of_which_every_site_is_held_ends_with_4(archive: Archive, zygote: Zygote) -> None:
    assert zygote.start(*command(archive)).code() == 0
    one, two = archive.config.sites[:2]
    with open_site(archive.root, one, now=archive.clock), open_site(archive.root, two, now=archive.clock):
        assert zygote.start(*command(archive, one.name, two.name)).code() == 4


def test_a_run_of_which_no_site_can_be_opened_says_what_a_person_can_mend(archive: Archive) -> None:
    """And not that another run has one of them, wherever it stands."""
    one, two = archive.config.sites[:2]
    outcomes = [
        Outcome(unopened={one.name: Locked("held")}),
        Outcome(unopened={two.name: StateTooNew("new")}),
    ]
    with pytest.raises(StateTooNew):
        report_of("run", (one, two), outcomes, started=archive.clock(), finished=archive.clock())


def test_what_is_to_end_a_session_when_its_sites_have_just_ended_is_in_its_report(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_session(archive.config, progress=Unwatched())
    as_completed = asyncio.as_completed

    def then_signalled(tasks: list[asyncio.Task[None]]) -> Iterator[Any]:
        yield from as_completed(tasks)
        session.end(ExitCode.TERMINATED)

    monkeypatch.setattr(asyncio, "as_completed", then_signalled)
    assert session.go("run", archive.config.sites[:1], Incremental()).exit_code == 143


# ── what ends it ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_run_ends_all_its_processes_in_order(
    archive: Archive, zygote: Zygote, campus: Server, worlds: list[World], number: signal.Signals
) -> None:
    with stalled(worlds):
        life = zygote.start(*command(archive))
        wait_for(campus, 2, life)
        begun = processes_of(life)
        life.send(number)
        code = life.code()
    assert len(begun) == 2
    assert code == (130 if number is signal.SIGINT else 143)
    assert not any(Path(f"/proc/{pid}").exists() for pid in begun)
    assert report_in(life)["exit_code"] == code
    assert zygote.start(*command(archive)).code() == 0


def test_a_terminal_s_ctrl_c_which_each_process_hears_is_told_once(
    archive: Archive, zygote: Zygote, campus: Server, worlds: list[World]
) -> None:
    with stalled(worlds):
        life = zygote.start(*command(archive))
        wait_for(campus, 2, life)
        for process in (*processes_of(life), life.pid):
            os.kill(process, signal.SIGINT)
        code = life.code()
    assert (code, life.said().count("stopping ")) == (130, 1)


def test_a_process_that_is_killed_costs_this_run_its_own_sites_alone(
    archive: Archive, zygote: Zygote, campus: Server, worlds: list[World]
) -> None:
    with stalled(worlds[:1]):
        life = zygote.start(*command(archive, "site00", "site01"))
        wait_for(campus, 2, life)
        while len(processes_of(life)) == 2:  # the second has no more to do, the first waits
            assert not life.has_ended(0.01)
        [first] = processes_of(life)
        os.kill(first, signal.SIGKILL)
        assert life.code() == 1
    report = report_in(life)
    [problem] = report["sites"]["site00"]["problems"]
    assert (problem["kind"], problem["message"]) == (
        "ProgramError",
        "the process that worked this site ended with -9",
    )
    assert report["sites"]["site01"]["written"] > 0
    assert zygote.start(*command(archive)).code() == 0


def test_a_run_that_is_killed_leaves_no_process_behind(
    archive: Archive, zygote: Zygote, campus: Server, worlds: list[World]
) -> None:
    with stalled(worlds):
        life = zygote.start(*command(archive))
        wait_for(campus, 2, life)
        begun = [os.pidfd_open(pid) for pid in processes_of(life)]
        life.send(signal.SIGKILL)
        assert life.code() == -signal.SIGKILL
        for handle in begun:
            assert select.select([handle], [], [], PATIENCE)[0], "it goes on without its run"
            os.close(handle)
    assert zygote.start(*command(archive)).code() == 0


@pytest.fixture
def begun_anew(monkeypatch: pytest.MonkeyPatch, archive: Archive) -> None:
    """Let processes be begun anew, as where they cannot be copied: this one has threads and more."""
    monkeypatch.setattr(parallel, "can_be_copied", lambda: False)
    prepare(archive.root, now=archive.clock, new=True)


@pytest.mark.usefixtures("begun_anew")
def test_a_signal_while_processes_begin_ends_them_all_in_order(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(parallel.Companion):
        def __init__(self, *begun: Callable[..., None] | Share) -> None:
            super().__init__(*begun)  # type: ignore[arg-type] # as it is there
            signal.raise_signal(signal.SIGINT)
            self.signal(signal.SIGINT)

    monkeypatch.setattr(shares, "Companion", Interrupted)
    before = signal.getsignal(signal.SIGINT)
    sites = archive.config.sites
    with SharedRun([share(archive, *sites[:2]), share(archive, *sites[2:])]) as run:
        report = run.go("run", sites, Unwatched())
    assert report.exit_code == 130
    assert not any(site.requests for site in report.sites.values())
    assert not any(site.problems for site in report.sites.values())
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.usefixtures("begun_anew")
def test_a_signal_counts_where_all_was_done_before_a_process_heard_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Signalling(Ears):
        def article(self, site: str, outcome: str) -> None:
            super().article(site, outcome)
            if len(self.heard) == 1:
                signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(parallel.Companion, "signal", lambda *_: None)
    sites = archive.config.sites[:2]
    with SharedRun([share(archive, site) for site in sites]) as run:
        report = run.go("run", sites, Signalling())
    assert report.exit_code == 143
    assert all(site.written == site.listed for site in report.sites.values())


@pytest.mark.usefixtures("begun_anew")
def test_a_log_that_cannot_be_written_ends_no_run(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = archive.config.sites[:2]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stderr", full)
        with SharedRun([replace(share(archive, site), verbosity=1) for site in sites]) as run:
            report = run.go("run", sites, Unwatched())
        monkeypatch.undo()
        with suppress(OSError):
            full.close()
    assert report.exit_code == 0
    assert all(site.written for site in report.sites.values())


@pytest.mark.usefixtures("begun_anew")
def test_where_the_reader_of_the_log_is_gone_the_processes_are_ended_in_order(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, worlds: list[World]
) -> None:
    class Gone(StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    never = threading.Event()
    worlds[1].fail(r"", faults.stall(never))
    sites = archive.config.sites[:2]
    run = SharedRun([replace(share(archive, site), verbosity=1) for site in sites])
    monkeypatch.setattr(sys, "stderr", Gone())
    with pytest.raises(BrokenPipeError), run:
        run.go("run", sites, Unwatched())
    never.set()
    worlds[1].heal()
    assert not multiprocessing.active_children()
    for site in sites:
        lock = ArchiveFolder(archive.root).lock(site.name)
        assert not (lock.exists() and lock.read_bytes()), "whoever held it died"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_what_was_opened_for_a_run_is_closed_with_it() -> None:
    before = open_files()
    with SharedRun([]):
        assert open_files() > before
    assert open_files() == before


def go_on(tell: Callable[[object], None], mark: Path) -> None:
    try:
        while True:
            tell("here")
    finally:
        mark.touch()


def test_a_process_that_nobody_hears_any_more_does_not_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "can_be_copied", lambda: False)
    companion = parallel.Companion(go_on, mark := tmp_path / "mark")
    assert companion.heard() == "here"
    companion.pipe.close()
    for process in multiprocessing.active_children():
        process.join(PATIENCE)
    assert not multiprocessing.active_children()
    assert not mark.exists()


# ── what is told meanwhile ────────────────────────────────────────────────────────────────────────────────


class Ears(Unwatched):
    """Hears of articles."""

    def __init__(self) -> None:
        self.heard: Counter[tuple[str, str]] = Counter()

    def article(self, site: str, outcome: str) -> None:
        self.heard[site, outcome] += 1


def share(archive: Archive, *sites: Site) -> Share:
    return Share(
        config=archive.config,
        sites=sites,
        command="run",
        plan=Incremental(),
        time_limit=None,
        cores=1,
        watched=True,
        log_format="text",
        verbosity=0,
    )


@pytest.mark.usefixtures("begun_anew")
def test_whoever_watches_hears_of_the_articles_of_all_processes(archive: Archive) -> None:
    sites, ears = archive.config.sites, Ears()
    with SharedRun([share(archive, *sites[:2]), share(archive, *sites[2:])]) as run:
        report = run.go("run", sites, ears)
    assert {name: ears.heard[name, "written"] for name in report.sites} == {
        name: site.written for name, site in report.sites.items()
    }
    assert all(ears.heard.values())


def test_an_error_that_no_site_raised_is_that_of_each_site_of_the_process(archive: Archive) -> None:
    """Here: there is no archive, and nobody may make one."""
    archive.root.touch()
    told: list[Any] = []
    sites = archive.config.sites[:2]
    work_share(told.append, share(archive, *sites))
    [(kind, outcome)] = told
    assert kind == "outcome"
    assert {name: type(error) for name, error in outcome.unopened.items()} == dict.fromkeys(
        ("site00", "site01"), StoreError
    )


def test_a_process_has_its_part_of_the_cores_and_all_of_the_time(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: dict[str, Any] = {}

    def new_session(_: Config, **parts: Any) -> None:  # noqa: ANN401 - whatever a session is joined of
        taken.update(parts)
        raise StoreError

    monkeypatch.setattr(share_process, "new_session", new_session)
    hour = timedelta(hours=1)
    work_share(lambda _: None, replace(share(archive), cores=3, time_limit=hour, watched=False))
    assert (taken["machine"].cores, taken["time_limit"]) == (3, hour)
    assert isinstance(taken["progress"], Unwatched)


@pytest.mark.parametrize(("cores", "each"), [(7, 3), (1, 1)])
def test_the_cores_are_shared_out_among_the_processes(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, cores: int, each: int
) -> None:
    given: list[Share] = []

    def begin(parts: list[Share]) -> None:
        given.extend(parts)
        raise StoreError

    monkeypatch.setattr(shares, "SharedRun", begin)
    monkeypatch.setattr(shares, "shares_of", lambda sites, **_: (sites[:1], sites[1:]))
    monkeypatch.setattr(parallel, "cores", lambda: cores)
    assert cli.main(command(archive)) == 1
    assert [part.cores for part in given] == [each, each]
