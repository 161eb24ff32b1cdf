"""The real program on a disk that loses what was not synced, again and again: nothing is lost that counted.

`test_killed` has kills alone, after which the disk has all that was written.
"""

from __future__ import annotations

import json
import random
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from archiving import Archive
from gallery import HOME, publish
from powercut import Disk
from zygote import Zygote, wait_for

from scraper import cli
from scraper.audit.verification import verify
from scraper.audit.verify_captures import Damage
from scraper.exit_codes import ExitCode
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
ARTICLES = 80  # more than have names together that may be lost
CUTS = 12
TOUCHES = (40, 90, 400)  # of the disk, at most, in one life


@pytest.fixture
def zygote(tmp_path: Path) -> Iterator[Zygote]:
    with Zygote(tmp_path) as ready:
        yield ready


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    world.bulk(CHANNEL, ARTICLES, first=FIRST)
    (tmp_path / "cut").mkdir()
    return Archive(tmp_path / "cut", server, world, channel=CHANNEL)


def backfill(archive: Archive) -> tuple[str, ...]:
    return ("backfill", "--json", "--config", str(archive.folder / "config.yaml"))


def damage(archive: Archive) -> set[str]:
    """Return what is wrong before anything is mended."""
    [site] = archive.config.sites
    found = verify(site, archive.root, render=False, progress=Unwatched())
    return {one.what for one in found if isinstance(one, Damage)}


def test_a_power_cut_at_any_instant_loses_nothing_that_the_next_run_does_not_bring_back(
    tmp_path: Path, zygote: Zygote, archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.root.mkdir()
    disk, chance = Disk(archive.root, tmp_path / "kept"), random.Random(7)  # noqa: S311 - repeatable, no secret
    cuts = 0
    while True:
        touches = chance.randrange(chance.choice(TOUCHES)) if cuts < CUTS else None
        life = zygote.start(*backfill(archive), touches=touches, disk=disk)
        code = life.code()
        if code == 0:
            break
        assert code == -signal.SIGKILL, life.said()
        if chance.random() < 0.7:  # else a kill alone, whose names the next life has to sync
            disk.cut_power(older_state=chance.random() < 0.3)
            cuts += 1
            assert cuts % 4 or damage(archive) <= {"the document is missing: the next run makes it again"}

    disk.cut_power()  # right after it ended: what it counted is there, without another run
    assert not list(archive.root.rglob("*.unfinished"))
    assert len(archive.documents()) == ARTICLES
    assert cuts > CUTS // 2
    capsys.readouterr()
    assert cli.main(["verify", "--json", "--config", str(archive.folder / "config.yaml")]) == 0
    assert json.loads(capsys.readouterr().out)["sites"]["beichen"]["documents"] == ARTICLES


@pytest.mark.parametrize("touches", range(0, 66, 3))
def test_what_a_kill_left_unsynced_outlasts_a_later_power_cut(
    tmp_path: Path, zygote: Zygote, server: Server, world: EcmsWorld, touches: int
) -> None:
    """A kill takes no name, so nobody who comes after misses one: all the same it is to be synced."""
    world.bulk(CHANNEL, 2, first=FIRST)
    (tmp_path / "cut" / "archive").mkdir(parents=True)
    archive = Archive(tmp_path / "cut", server, world, channel=CHANNEL)
    disk = Disk(archive.root, tmp_path / "kept")
    assert zygote.start(*backfill(archive), touches=touches, disk=disk).code() == -signal.SIGKILL
    life = zygote.start(*backfill(archive), disk=disk)
    assert life.code() == 0, life.said()
    disk.cut_power()
    assert len(archive.documents()) == 2
    assert damage(archive) == set()


def test_what_a_run_counts_that_a_signal_ends_outlasts_a_power_cut(
    tmp_path: Path, zygote: Zygote, archive: Archive, server: Server
) -> None:
    archive.root.mkdir()
    disk = Disk(archive.root, tmp_path / "kept")
    life = zygote.start(*backfill(archive), disk=disk)
    wait_for(server, 20, life)
    life.send(signal.SIGTERM)
    assert life.code() == ExitCode.TERMINATED, life.said()
    disk.cut_power()
    assert 0 < len(archive.documents()) < ARTICLES
    assert damage(archive) == set()


@pytest.mark.parametrize("touches", range(60, 180, 20))
def test_a_power_cut_takes_no_picture_that_the_state_knows(
    tmp_path: Path, zygote: Zygote, server: Server, world: EcmsWorld, touches: int
) -> None:
    """Also where its folder lies in one that was made for a document, whose name has time."""
    for number in range(6):
        publish(world, *(f"{HOME}/pic/{number + place}.jpg" for place in range(2)))
    (tmp_path / "cut" / "archive").mkdir(parents=True)
    archive = Archive(tmp_path / "cut", server, world, channel=CHANNEL, images="download")
    disk = Disk(archive.root, tmp_path / "kept")
    life = zygote.start(*backfill(archive), touches=touches, disk=disk)
    assert life.code() == -signal.SIGKILL, life.said()
    disk.cut_power()
    assert damage(archive) <= {"the document is missing: the next run makes it again"}
