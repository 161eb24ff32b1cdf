"""When a host may be asked: one request at a time, its delay after each, its back-off after trouble.

A host here is the authority of an address: `host` for http and https alike, `host:port` where the port is
unusual. The delay runs from the end of one exchange to the start of the next, which is the gentler reading:
a server that takes long to answer gets longer pauses. The pacer asks nobody; it only says when.

The back-off is that of apache/stormcrawler issue 1984: a base, doubled at each trouble, at most a day,
forgiven after 30 quiet minutes, jittered. Each good answer halves what is left, so that a site where one
request in ten stumbles is slowed down and not shut off.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.crawler.host_state import HostMemory
from scraper.errors import Blocked, Paused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from scraper.crawler.host_state import Memory

DAY = 86_400.0  # seconds: no pause is longer
SHORTEST_PAUSE = 1.0  # seconds: no back-off is shorter, whatever the delay
FORGIVEN = timedelta(minutes=30)
PATIENCE = 600.0  # seconds: a longer back-off is left to a later run
JITTER = 0.1  # of a back-off, added
TOO_MANY = "429"  # the cause of a back-off that means: we are not wanted


@dataclass(slots=True)
class _Lane:
    """What this process knows of one host."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: float | None = None  # on the monotonic clock, the end of the last exchange; None: none yet
    pause: float = 0.0  # seconds: the last back-off, before jitter; 0: none is left
    until: float | None = None  # on the monotonic clock, not asked before; None: no back-off
    quiet_from: datetime | None = None  # when the last back-off ends, or ended; None: never any, or forgiven
    cause: str = ""


class Pacer:
    """Gives each host its turns. Does not know what is asked, nor retry."""

    def __init__(
        self,
        *,
        memory: Memory,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        patience: float = PATIENCE,
    ) -> None:
        """Take the world's clocks; `random` gives numbers from 0 up to 1."""
        self._memory = memory
        self._now = now
        self._monotonic = monotonic
        self._sleep = sleep
        self._random = random
        self._patience = patience
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[None]:
        """Hold the host for one exchange, once nobody else does and its pauses are over.

        `delay`: seconds since the end of the last exchange. Raises `Blocked` or `Paused` where its back-off
        is longer than our patience; nothing was asked then.
        """
        lane = self._lane(host)
        async with lane.turn:
            self._check_patience(host, lane)
            await self._wait(lane, delay)
            try:
                yield
            finally:
                lane.ended = self._monotonic()

    def trouble(self, host: str, *, delay: float, cause: str, retry_after: float | None = None) -> None:
        """Back off: the host said 429 or 503, or broke off. `retry_after`: the seconds that it asked for."""
        lane = self._lane(host)
        self._forgive(lane)
        lane.pause = min(max(lane.pause * 2, delay, SHORTEST_PAUSE), DAY)
        wanted = max(lane.pause, retry_after or 0.0)
        jittered = min(wanted * (1 + JITTER * self._random()), DAY)
        lane.until = self._monotonic() + jittered
        lane.quiet_from = self._now() + timedelta(seconds=jittered)
        lane.cause = cause
        self._remember(host, lane)

    def success(self, host: str) -> None:
        """Halve what is left of the back-off: the host answered as it should."""
        lane = self._lane(host)
        if not lane.pause:
            return
        lane.pause = lane.pause / 2 if lane.pause / 2 >= SHORTEST_PAUSE else 0.0
        lane.until = None
        self._remember(host, lane)

    async def rest(self, seconds: float) -> None:
        """Let time go by for one address alone, jittered; its host may be asked for others meanwhile."""
        await self._sleep(seconds * (1 + JITTER * self._random()))

    async def _wait(self, lane: _Lane, delay: float) -> None:
        """Sleep until both pauses are over; a sleep that ends early is slept again."""
        while True:
            starts = [] if lane.ended is None else [lane.ended + delay]
            starts += [] if lane.until is None else [lane.until]
            left = max(starts, default=0.0) - self._monotonic() if starts else 0.0
            if left <= 0:
                return
            await self._sleep(left)

    def _check_patience(self, host: str, lane: _Lane) -> None:
        left = 0.0 if lane.until is None else lane.until - self._monotonic()
        if left <= self._patience:
            return
        until = self._now() + timedelta(seconds=left)
        msg = (
            f"not asked: {host}: it needs a pause until {until.isoformat(timespec='seconds')} ({lane.cause})"
        )
        raise Blocked(msg, asked=False) if lane.cause == TOO_MANY else Paused(msg, until=until)

    def _lane(self, host: str) -> _Lane:
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = self._recall(host)
        return lane

    def _recall(self, host: str) -> _Lane:
        """Take up what an earlier run left; a clock that jumped cannot make it longer than it was."""
        known = self._memory.host(host)
        if known is None or known.pause <= 0:
            return _Lane()
        left = min((known.until - self._now()).total_seconds(), DAY)
        until = self._monotonic() + left if left > 0 else None
        lane = _Lane(pause=known.pause, until=until, quiet_from=known.until, cause=known.cause)
        self._forgive(lane)
        return lane

    def _forgive(self, lane: _Lane) -> None:
        """Forget what lies 30 quiet minutes back; the time that we ourselves held still does not count."""
        if lane.quiet_from is not None and self._now() - lane.quiet_from >= FORGIVEN:
            lane.pause, lane.quiet_from = 0.0, None

    def _remember(self, host: str, lane: _Lane) -> None:
        until = lane.quiet_from or self._now()
        self._memory.remember_host(host, HostMemory(pause=lane.pause, until=until, cause=lane.cause))
