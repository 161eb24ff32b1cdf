"""The real program, killed at random instants, again and again: in the end all is as if it never was."""

from __future__ import annotations

import json
import random
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest
from archiving import Archive
from zygote import Zygote

from scraper import cli
from scraper.audit.verification import verify
from scraper.audit.verify_captures import Damage
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Access, Server

CHANNEL = "bcyw"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
KILLS = 36
TOUCHES = 60  # of the disk: what a run needs to open the archive and take in some articles


@pytest.fixture
def zygote(tmp_path: Path) -> Iterator[Zygote]:
    with Zygote(tmp_path) as ready:
        yield ready


@pytest.fixture
def site(world: EcmsWorld) -> EcmsWorld:
    """Return a site whose lists have three pages, that packs its answers and knows ETags."""
    world.bulk(CHANNEL, 80, first=FIRST)
    world.validators, world.compress = "etag", True
    return world


def an_archive(folder: Path, server: Server, world: EcmsWorld) -> Archive:
    folder.mkdir()
    return Archive(folder, server, world, channel=CHANNEL)


def backfill(archive: Archive) -> tuple[str, ...]:
    return ("backfill", "--json", "--config", str(archive.folder / "config.yaml"))


class Killed(NamedTuple):
    """What came of the killing."""

    kills: int
    lives: list[list[Access]]  # what each life asked for


def kill_until_done(zygote: Zygote, archive: Archive, server: Server, kills: int) -> Killed:
    """Run the backfill, killed at random instants so often, then until it ends by itself."""
    chance = random.Random(20)  # noqa: S311 - a repeatable choice, no secret
    killed, lives = 0, []
    while True:
        begun = len(server.log)
        touches = chance.randrange(TOUCHES) if killed < kills else None
        life = zygote.start(*backfill(archive), touches=touches)
        code = life.code()
        lives.append(server.log[begun:])
        if code == 0:
            return Killed(kills=killed, lives=lives)
        assert code == -signal.SIGKILL, life.said()
        killed += 1
        if lives[-1] and chance.random() < 0.3:  # who has asked has mended before
            tear(archive, chance)
        if killed % 9 == 0:
            assert damage(archive) == []


def tear(archive: Archive, chance: random.Random) -> None:
    """Leave part of a record at the captures' end: a kill rarely finds one half written, a power cut does."""
    for path in (archive.inside / "captures").glob("*.warc.gz"):
        data = path.read_bytes()
        with path.open("ab") as file:
            file.write(data[: chance.randrange(1, min(4_000, len(data)))])


def damage(archive: Archive) -> list[Damage]:
    """Return what is wrong between two lives: what was written is whole, also before anything is mended."""
    [site] = archive.config.sites
    found = verify(site, archive.root, render=False, progress=Unwatched())
    return [one for one in found if isinstance(one, Damage)]


def article_paths(accesses: list[Access]) -> list[str]:
    return [access.path for access in accesses if "/system/2" in access.path]


def test_killed_at_any_instant_the_archive_is_in_the_end_as_if_it_never_was(
    tmp_path: Path, zygote: Zygote, server: Server, site: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    undisturbed = an_archive(tmp_path / "undisturbed", server, site)
    assert zygote.start(*backfill(undisturbed)).code() == 0
    archive = an_archive(tmp_path / "killed", server, site)
    killed = kill_until_done(zygote, archive, server, KILLS)
    assert killed.kills > KILLS // 2
    assert len(archive.documents()) == 80
    assert archive.documents() == undisturbed.documents()
    assert not list(archive.root.rglob("*.unfinished"))

    capsys.readouterr()
    assert cli.main(["verify", "--json", "--config", str(archive.folder / "config.yaml")]) == 0
    assert json.loads(capsys.readouterr().out)["sites"]["beichen"]["documents"] == 80

    asked = [path for life in killed.lives for path in article_paths(life)]
    in_flight = [path for life in killed.lives[:-1] for path in article_paths(life[-1:])]
    for path in set(asked):
        assert asked.count(path) <= 1 + in_flight.count(path)
