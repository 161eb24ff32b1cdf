"""The permit of a site's process: until when it may ask, and whom. Its worker says so, line by line of JSON.

    worker → process   {"until": seconds on the lease's clock}
                       {"host": "…", "granted": true | false}
    process → worker   {"host": "…"}                     a host that the lease does not have yet
                       {"report": {…}}                   last, before it ends

The worker's end of the pipe closes when the worker dies, however it dies: then the process kills itself. A
worker that is stopped, or does not reach the database, says nothing: then the moment passes, and no request
goes out any more.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO

from scraper.cluster.clock import monotonic
from scraper.errors import LeaseLost, Paused
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

_LEAVE_TO_OTHERS = timedelta(minutes=10)  # how long a host is left to the site that holds it
_ANSWER = 30.0  # seconds for the worker to say whether a host is free


class SitePermit:
    """What a process may do, as its worker said last."""

    def __init__(
        self,
        site: str,
        hosts: Iterable[str],
        *,
        listen: Iterator[bytes],
        tell: BinaryIO,
        now: Callable[[], datetime],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take the two ends of the talk with the worker, lines from it and a pipe to it.

        Nothing is allowed until it has spoken.

        `hosts`: those that the lease has from the start.
        """
        self._site = site
        self._hosts = set(hosts)
        self._listen = listen
        self._tell = tell
        self._now = now
        self._clock = clock
        self._until = 0.0
        self._spoken = threading.Event()
        self._asked: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Future[bool]]] = {}

    def start(self) -> None:
        """Listen to the worker from now on, and return when it has first spoken."""
        threading.Thread(target=self._hear, name="permit", daemon=True).start()
        self._spoken.wait()

    def check(self) -> None:
        """Raise LeaseLost where nothing may go out any more."""
        if self._clock() >= self._until:
            raise LeaseLost(say("{site}: the lease has run out, nothing is asked any more", site=self._site))

    async def admit(self, host: str) -> None:
        """See to it that the lease has a host. Raises Paused where another site holds it, LeaseLost."""
        self.check()
        if host in self._hosts:
            return
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bool] = loop.create_future()
        self._asked[host] = (loop, answer)
        self.say({"host": host})
        try:
            async with asyncio.timeout(_ANSWER):
                granted = await answer
        except TimeoutError:
            granted = False
        finally:
            self._asked.pop(host, None)
        if not granted:
            until = self._now() + _LEAVE_TO_OTHERS
            raise Paused(
                say("not asked: {host}: another site of the cluster holds it", host=host), until=until
            )
        self._hosts.add(host)

    def say(self, message: dict[str, object]) -> None:
        """Say something to the worker."""
        self._tell.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        self._tell.flush()

    def _hear(self) -> None:
        for line in self._listen:
            message = json.loads(line)
            if "until" in message:
                self._until = float(message["until"])
                self._spoken.set()
            elif message.get("host") in self._asked:
                loop, answer = self._asked[message["host"]]
                loop.call_soon_threadsafe(_answer, answer, bool(message["granted"]))
        os.kill(os.getpid(), signal.SIGKILL)  # the worker is gone, and nobody could commit what is done


def lines_of(pipe: int) -> Iterator[bytes]:
    """Yield the lines that come out of a pipe; a half one at its end is none.

    No file object reads it: one that a thread waits in cannot be closed, and holds up the end of the program.
    """
    rest = b""
    while data := os.read(pipe, 2**20):
        *lines, rest = (rest + data).split(b"\n")
        yield from lines


def _answer(future: asyncio.Future[bool], granted: bool) -> None:  # noqa: FBT001 - called by the loop
    if not future.done():
        future.set_result(granted)
