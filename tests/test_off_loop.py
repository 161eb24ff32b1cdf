"""The stores' work beside the event loop: it holds nobody up, and what is begun is finished."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

import pytest

from scraper.crawl.off_loop import OffLoop
from scraper.errors import NoRoom

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")
PATIENCE = 30.0  # seconds, after which a test fails instead of hanging


def play(story: Callable[[OffLoop], Coroutine[None, None, T]], threads: int = 2) -> T:
    off_loop = OffLoop(threads)
    try:
        return asyncio.run(story(off_loop))
    finally:
        off_loop.close()


def test_others_go_on_while_a_disk_is_slow() -> None:
    synced = threading.Event()

    async def story(off_loop: OffLoop) -> bool:
        writing = asyncio.create_task(off_loop.do(synced.wait, PATIENCE))
        await asyncio.sleep(0)
        synced.set()  # the loop comes to this only where the writing does not hold it up
        return await writing

    assert play(story)


def test_what_is_begun_is_finished_before_a_cancellation_takes_hold() -> None:
    begun, go_on = threading.Event(), threading.Event()
    told: list[str] = []

    def write() -> str:
        begun.set()
        go_on.wait(PATIENCE)
        return "written"

    async def site(off_loop: OffLoop) -> None:
        told.append(await off_loop.do(write))
        await asyncio.sleep(0)
        told.append("went on")

    async def story(off_loop: OffLoop) -> None:
        task = asyncio.create_task(site(off_loop))
        await asyncio.sleep(0)
        begun.wait(PATIENCE)
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    play(story)
    assert told == ["written"]


@pytest.mark.parametrize("threads", [0, 2])
def test_what_goes_wrong_reaches_whoever_waits(threads: int) -> None:
    def write() -> None:
        msg = "the disk is full"
        raise NoRoom(msg)

    async def story(off_loop: OffLoop) -> None:
        with pytest.raises(NoRoom, match="full"):
            await off_loop.do(write)

    play(story, threads)
