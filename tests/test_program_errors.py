"""A slip of the program is told as one, with its traceback, and never as damage or a failed article."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, only

from scraper import cli, extractor
from scraper.crawl.site_crawl import SiteCrawl
from scraper.errors import CaptureDamaged, NoRoom, NotAnArticle, ProgramError, StoreError
from scraper.exit_codes import ExitCode, of_failure

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    world.bulk(CHANNEL, 2, first=datetime(2026, 1, 6, 9, tzinfo=UTC))
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    archive.run()
    return archive


@pytest.mark.parametrize("command", ["reextract", "verify"])
def test_a_slip_ends_with_one_and_shows_where(
    archive: Archive,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def slip(*_: object, **__: object) -> None:
        msg = "a slip of ours"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr(extractor, "extract", slip)
    code = cli.main([command, "--config", str(archive.folder / "config.yaml")])
    said = capsys.readouterr().err
    assert code == ExitCode.PROGRAM_ERROR
    assert "a slip of ours" in said
    assert "Traceback" in said


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("INSERT INTO memory VALUES ('whole', 'a', '2026-03-01T04:00:00+00:00')", ["ProgramError"]),  # of old
        ("UPDATE named SET first_seen = 'yesterday'", ["ProgramError", "StoreError"]),
    ],
)
def test_a_slip_is_told_beside_damage_that_is_met_with_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, statement: str, kinds: list[str]
) -> None:
    with closing(sqlite3.connect(archive.inside / "state.sqlite3", isolation_level=None)) as connection:
        connection.execute(statement)

    async def slip(*_: object) -> None:
        msg = "a slip of ours"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr(SiteCrawl, "carry_out", slip)
    report = archive.run()
    assert report.exit_code == ExitCode.PROGRAM_ERROR
    assert [problem.kind for problem in only(report).problems] == kinds
    assert [problem.kind for problem in only(archive.run()).problems] == ["ProgramError"]


def test_damage_in_the_tail_that_nobody_read_is_damage_in_every_command(archive: Archive) -> None:
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    [path] = (archive.inside / "captures").glob("*.warc.gz")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    config = str(archive.folder / "config.yaml")
    assert cli.main(["reextract", "-q", "--config", config]) == ExitCode.DAMAGED


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProgramError("x"), ExitCode.PROGRAM_ERROR),
        (CaptureDamaged("x"), ExitCode.DAMAGED),
        (NoRoom("x"), ExitCode.NO_ROOM),
        (NotAnArticle("x"), ExitCode.SOME_FAILED),
        (StoreError("x"), ExitCode.SOME_FAILED),
    ],
)
def test_one_mapping_says_what_one_failure_makes_of_a_command(error: Exception, code: ExitCode) -> None:
    assert of_failure(error) == code  # type: ignore[arg-type]
