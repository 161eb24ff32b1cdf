"""Pictures and files under `images: download`, with runs that die at any instant."""

from __future__ import annotations

import os
import random
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from archiving import Archive
from gallery import CHANNEL, HOME, PICTURE, SECOND, kept, publish
from zygote import Zygote

from scraper.audit.verification import verify
from scraper.audit.verify_captures import Damage
from scraper.crawl.plan import Incremental
from scraper.demo import beichen
from scraper.demo.server import serve
from scraper.progress import Unwatched
from scraper.stores.captures import CaptureStore
from scraper.stores.documents import DocumentStore
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.stores.opening import SiteContext
    from scraper.stores.state import State


STRIDE = int(os.environ.get("KILL_STRIDE", "3"))  # every third instant; 1: each


class Death(BaseException):
    """The end of a process, in a test."""


class Fate:
    """Counts the instants at which a run touches the disk, and ends it at one of them."""

    def __init__(self, last: int) -> None:
        self._left = last

    def instant(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise Death

    def write(self, fd: int, data: bytes | memoryview) -> int:
        self.instant()
        return os.write(fd, data)

    def sync(self, _fd: int) -> None:
        self.instant()  # and no more: this machine lives on

    @property
    def is_due(self) -> bool:
        return self._left <= 0


class MortalState:
    """A state whose transactions may be the last thing that a run does."""

    def __init__(self, state: State, fate: Fate) -> None:
        self._state = state
        self._fate = fate

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the state has
        """Have what the state has."""
        return getattr(self._state, name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._fate.instant()
        with self._state.transaction():
            yield
            self._fate.instant()
        self._fate.instant()


def run_until(fate: Fate, archive: Archive) -> None:
    """Run, and end where fate says so."""

    def mortal(context: SiteContext) -> SiteContext:
        captures = CaptureStore(
            archive.inside / "captures",
            context.name,
            software="test",
            now=archive.clock,
            new_id=uuid4,
            write=fate.write,
            sync=fate.sync,
        )
        documents = DocumentStore(archive.root, write=fate.write, sync=fate.sync)
        state = cast("State", MortalState(context.state, fate))
        return replace(context, state=state, captures=captures, documents=documents)

    archive.session(stores=mortal).go("run", archive.config.sites, Incremental())


def test_killed_at_any_instant_the_next_run_comes_to_the_same_end(tmp_path: Path) -> None:
    def end_of(folder: Path, instant: int) -> tuple[bool, dict[str, str], dict[str, bytes], int]:
        world = beichen.empty()
        publish(world, PICTURE, f"{HOME}/pic/lost.jpg")
        publish(world, SECOND, PICTURE)
        world.missing.add("/pic/lost.jpg")
        fate = Fate(instant)
        folder.mkdir()
        with serve(world) as server:
            archive = Archive(folder, server, world, channel=CHANNEL, images="download")
            with suppress(Death):
                run_until(fate, archive)
            archive.run()
            asks = len(server.requests(path="/pic/"))
        return fate.is_due, archive.documents(), kept(archive), asks

    _, documents, pictures, asks = end_of(tmp_path / "undisturbed", 0)
    assert (len(documents), len(pictures), asks) == (2, 2, 3)
    instant, was_killed = 1 - STRIDE, True
    while was_killed:
        instant += STRIDE
        was_killed, *end, again = end_of(tmp_path / str(instant), instant)
        assert end == [documents, pictures], f"killed at instant {instant}"
        assert again <= asks + 1, f"killed at instant {instant}"  # what was in flight is asked for again
    assert instant > 50


def damage(archive: Archive) -> list[Damage]:
    found = verify(archive.config.sites[0], archive.root, render=False, progress=Unwatched())
    return [one for one in found if isinstance(one, Damage)]


def test_the_real_program_killed_again_and_again_keeps_every_picture_once(tmp_path: Path) -> None:
    world = beichen.empty()
    for number in range(12):
        publish(world, *(f"{HOME}/pic/{number + place}.jpg" for place in range(3)))
    world.missing.add("/pic/7.jpg")
    chance = random.Random(4)  # noqa: S311 - a repeatable choice, no secret
    with serve(world) as server, Zygote(tmp_path) as zygote:
        undisturbed, killed = (tmp_path / name for name in ("undisturbed", "killed"))
        archives = []
        for folder in (undisturbed, killed):
            folder.mkdir()
            archives.append(Archive(folder, server, world, channel=CHANNEL, images="download"))
        assert archives[0].run().exit_code == 0
        server.forget()
        command = ("run", "--config", str(killed / "config.yaml"))
        kills = 0
        while kills < 15:
            life = zygote.start(*command, touches=chance.randrange(60))
            if life.code() == 0:
                break
            kills += 1
            assert damage(archives[1]) == []  # whole between two lives, also before anything is mended
        assert zygote.start(*command).code() == 0
        asks = len(server.requests(path="/pic/"))
    assert archives[1].documents() == archives[0].documents()
    assert kept(archives[1]) == kept(archives[0])
    assert len(kept(archives[0])) == 13
    assert kills > 5
    assert asks <= 14 + kills
