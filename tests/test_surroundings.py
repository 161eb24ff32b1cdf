"""The program where it is not at home: full and read-only disks, odd masks and locales, clocks gone wrong."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, only

from scraper import cli
from scraper.app.wiring import LEAST_ROOM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

ROOT = Path(__file__).parents[1]
CHANNEL = "bcyw"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
NOBODY = 65_534
READERS = ("verify", "coverage", "status")


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    """Return an archive of a site of ten articles; nothing is in it yet."""
    world.bulk(CHANNEL, 10, first=FIRST)
    return Archive(tmp_path, server, world, channel=CHANNEL)


def command(archive: Archive, name: str) -> list[str]:
    return [name, "--json", "--config", str(archive.folder / "config.yaml")]


def verified(archive: Archive) -> int:
    return cli.main(command(archive, "verify"))


def articles_asked(server: Server) -> list[str]:
    return [access.path for access in server.log if "/system/2" in access.path]


def by_cron(
    archive: Archive, *, size: int | None = None, umask: int = 0o022
) -> subprocess.CompletedProcess[str]:
    """Run a backfill as cron would: no terminal, no locale, no home. `size`: of the largest file allowed."""

    def limit() -> None:
        if size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "scraper", *command(archive, "backfill")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={"LANG": "C", "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        preexec_fn=limit,
        umask=umask,
        encoding="utf-8",
        check=False,
        cwd="/",
    )


# ── full disks ────────────────────────────────────────────────────────────────────────────────────────────


def heavy(world: EcmsWorld) -> None:
    """Give every article a long body that does not compress: captures then grow faster than the state."""
    letters = random.Random(4)  # noqa: S311 - invented text, no secret
    for number in list(world.stories):
        world.revise(number, add="".join(chr(letters.randrange(0x4E00, 0x9FA5)) for _ in range(120_000)))


@pytest.mark.parametrize(("bodies", "size"), [("light", 40_000), ("light", 200_000), ("heavy", 1_000_000)])
def test_where_files_can_grow_no_more_the_run_ends_with_10_and_the_next_goes_on(
    archive: Archive, world: EcmsWorld, server: Server, bodies: str, size: int
) -> None:
    """The first two stop at the state, at its start and in its midst; the last at the captures."""
    if bodies == "heavy":
        heavy(world)
    done = by_cron(archive, size=size)
    assert done.returncode == 10, done.stderr
    written = len(archive.documents())
    assert (written > 0) == (size > 40_000)
    assert written < 10
    assert verified(archive) == 0
    assert by_cron(archive).returncode == 0
    assert verified(archive) == 0
    articles = articles_asked(server)
    assert len(archive.documents()) == len(set(articles)) == 10
    assert len(articles) <= 11


def test_room_is_looked_for_before_each_request_and_its_lack_is_told(
    archive: Archive, server: Server
) -> None:
    left = iter(range(6))

    def usage(path: Path) -> shutil._ntuple_diskusage:
        return shutil.disk_usage(path)._replace(free=LEAST_ROOM - (next(left, None) is None))

    archive.usage = usage
    report = archive.run()
    assert (report.exit_code, only(report).problems[-1].kind) == (10, "NoRoom")
    assert len(server.log) == 6  # robots.txt comes without being counted, the first look before any request
    archive.usage = shutil.disk_usage
    assert archive.run().exit_code == 0
    assert len(archive.documents()) == len(articles_asked(server)) == 10


# ── disks that nobody may write ───────────────────────────────────────────────────────────────────────────


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user who owns nothing here, if root runs the tests; whoever else does, is none anyway."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only(server: Server, world: EcmsWorld) -> Iterator[Archive]:
    """Return a full archive that may be read and not written."""
    world.bulk(CHANNEL, 10, first=FIRST)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = Archive(folder, server, world, channel=CHANNEL)
        for each in ("backfill", "run", *READERS):  # they import what they need while they may
            cli.main(command(archive, each))
        paths = [folder, *folder.rglob("*")]
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        with nobody():
            yield archive
        for path in paths:
            path.chmod(0o755)


def test_a_read_only_archive_is_read_by_all_that_only_read(read_only: Archive) -> None:
    for name in READERS:
        assert cli.main(command(read_only, name)) == 0


def test_a_run_over_a_read_only_archive_says_in_one_line_what_it_may_not(
    read_only: Archive, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = len(server.log)
    capsys.readouterr()
    assert cli.main(command(read_only, "run")) == 1
    said = capsys.readouterr()
    assert "lock: Permission denied" in said.err
    assert said.err.count("\n") == 1
    assert len(server.log) == asked


def test_an_archive_that_is_a_file_is_told_by_its_name(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.root.write_text("", encoding="utf-8")
    assert cli.main(command(archive, "run")) == 1
    assert str(archive.root) in capsys.readouterr().err


# ── documents that cannot be saved ────────────────────────────────────────────────────────────────────────


def test_a_document_that_cannot_be_saved_ends_nothing_and_is_tried_again(
    archive: Archive,
) -> None:
    archive.run()
    path, *others = archive.documents()
    text = (archive.root / path).read_text(encoding="utf-8")
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    (archive.root / path).unlink()
    (archive.root / path).mkdir()
    report = archive.run()
    assert (report.exit_code, only(report).failed) == (3, 1)
    assert only(report).problems[0].kind == "StoreError"
    (archive.root / path).rmdir()
    assert (archive.run().exit_code, (archive.root / path).read_text(encoding="utf-8")) == (0, text)
    assert len(others) == 9
    assert verified(archive) == 0


# ── masks, locales, terminals ─────────────────────────────────────────────────────────────────────────────


def modes(archive: Archive) -> set[tuple[str, int]]:
    """Return the permissions of what the program made."""
    return {
        ("folder" if path.is_dir() else "file", stat.S_IMODE(path.stat().st_mode))
        for path in [archive.root, *archive.root.rglob("*")]
    }


@pytest.mark.parametrize(
    ("umask", "expected"),
    [
        (0o077, {("folder", 0o700), ("file", 0o600)}),
        (0o000, {("folder", 0o777), ("file", 0o666)}),
        (0o777, {("folder", 0o700), ("file", 0o600)}),
    ],
)
def test_without_terminal_locale_and_home_and_with_any_mask_it_works(
    archive: Archive, umask: int, expected: set[tuple[str, int]]
) -> None:
    done = by_cron(archive, umask=umask)
    assert (done.returncode, json.loads(done.stdout)["sites"]["beichen"]["written"]) == (0, 10)
    assert done.stderr.count("\n") == done.stderr.count("this run begins one") == 1
    assert modes(archive) == expected
    assert by_cron(archive, umask=0o022).returncode == 0
    assert verified(archive) == 0


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_with_streams_closed_it_works_all_the_same(archive: Archive, closed: str) -> None:
    run = [sys.executable, "-m", "scraper", "run", "-v", "--config", str(archive.folder / "config.yaml")]
    done = subprocess.run(["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *run], check=False, cwd=ROOT)  # noqa: S603 - ours
    assert done.returncode == 0
    assert len(archive.documents()) == 10
    assert verified(archive) == 0


# ── clocks ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clock_that_jumps_back_between_runs_loses_nothing_and_asks_once_more(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    archive.backfill(channels=(CHANNEL,))
    archive.clock.wait(days=-400)
    new = world.bulk(CHANNEL, 5, first=datetime(2025, 3, 1, tzinfo=UTC))
    assert only(archive.run()).written == 5
    archive.clock.wait(days=-4000)
    assert only(archive.backfill(channels=(CHANNEL,))).written == 0
    assert len(set(articles_asked(server))) == 10 + len(new)
    assert len(articles_asked(server)) == 10 + (10 + len(new)) + (10 + len(new))  # the future counts as never
    assert verified(archive) == 0


def test_what_waits_since_a_clock_was_in_the_future_is_asked_for_today(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    story = world.publish(CHANNEL)
    archive.clock.wait(days=30_000)
    world.missing.add(story.path)
    report = archive.backfill(channels=(CHANNEL,), limit=4)
    assert report.exit_code == 6
    archive.clock.wait(days=-30_000)
    report = archive.backfill(channels=(CHANNEL,))
    assert (report.exit_code, len(archive.documents())) == (0, 10)
    assert len(articles_asked(server)) == 15  # what was asked for by that clock is asked for once more
    assert verified(archive) == 0
