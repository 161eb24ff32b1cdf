"""The real program, ended by a signal or met by a second one: what was begun is finished or undone."""

from __future__ import annotations

import json
import signal
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive
from zygote import Life, Zygote, wait_for

from scraper import cli
from scraper.demo import faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)


@pytest.fixture
def zygote(tmp_path: Path) -> Iterator[Zygote]:
    with Zygote(tmp_path) as ready:
        yield ready


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    """Return an archive of a site of ten articles; nothing is in it yet."""
    world.bulk(CHANNEL, 10, first=FIRST)
    return Archive(tmp_path, server, world, channel=CHANNEL)


def command(archive: Archive, name: str = "run") -> tuple[str, ...]:
    return (name, "--json", "--config", str(archive.folder / "config.yaml"))


def verified(archive: Archive) -> int:
    return cli.main(list(command(archive, "verify")))


# ── signals ───────────────────────────────────────────────────────────────────────────────────────────────


def ended_by(number: signal.Signals, life: Life) -> tuple[int, dict[str, Any]]:
    """Send a signal; return the exit code and the report."""
    life.send(number)
    code = life.code()
    said = life.said()  # both streams: what is told a person, then the report
    return code, json.loads(said[said.index("\n{") if "\n{" in said else 0 :])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_wait_for_an_answer_and_the_report_is_told(
    archive: Archive, zygote: Zygote, server: Server, world: EcmsWorld, number: signal.Signals
) -> None:
    never = threading.Event()
    world.fail(r"/system/2", faults.stall(never))
    life = zygote.start(*command(archive))
    wait_for(server, 3, life)
    assert not life.has_ended()
    found, report = ended_by(number, life)  # nothing else ends it: the answer never comes
    never.set()
    assert (found, report["exit_code"]) == (128 + number, 128 + number)
    assert life.said().count("stopping ") == (number is signal.SIGINT)
    assert (report["sites"]["beichen"]["listed"], report["sites"]["beichen"]["waiting"]) == (10, 10)


def test_a_signal_ends_the_pause_between_two_requests(
    tmp_path: Path, zygote: Zygote, server: Server, world: EcmsWorld
) -> None:
    world.publish(CHANNEL)
    archive = Archive(tmp_path, server, world, channel=CHANNEL, delay=86_400)
    life = zygote.start(*command(archive))
    wait_for(server, 1, life)
    assert not life.has_ended()
    code, report = ended_by(signal.SIGTERM, life)  # nothing else ends it: the pause is a day
    assert (code, report["exit_code"]) == (143, 143)


def test_what_a_signal_ended_the_next_run_goes_on_with(
    archive: Archive, zygote: Zygote, server: Server
) -> None:
    life = zygote.start(*command(archive))
    wait_for(server, 5, life)
    assert ended_by(signal.SIGTERM, life)[0] in {143, 0}
    assert zygote.start(*command(archive)).code() == 0
    articles = [access.path for access in server.log if "/system/2" in access.path]
    assert len(archive.documents()) == len(set(articles)) == 10
    assert len(articles) <= 11
    assert verified(archive) == 0


# ── the lock ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_run_ends_at_once_with_4_and_harms_nobody(
    archive: Archive,
    zygote: Zygote,
    server: Server,
    world: EcmsWorld,
    capsys: pytest.CaptureFixture[str],
) -> None:
    go_on = threading.Event()
    world.fail(f"/{max(world.stories)}", faults.stall(go_on), first=1)
    life = zygote.start(*command(archive))
    wait_for(server, 3, life)
    for name in ("run", "backfill", "reextract"):
        assert cli.main(list(command(archive, name))) == 4
    assert f"process {life.pid}" in capsys.readouterr().err
    for name in ("verify", "coverage", "status"):
        assert cli.main(list(command(archive, name))) in {0, 3}
    go_on.set()
    assert life.code() == 0
    assert len(archive.documents()) == 10
