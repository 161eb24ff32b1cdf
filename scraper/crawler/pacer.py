"""When a host may be asked: one request at a time, its delay after each, its back-off after trouble.

A host here is the authority of an address: `host` for http and https alike, `host:port` where the port is
unusual. The delay runs from the end of one exchange to the start of the next, which is the gentler reading:
a server that takes long to answer gets longer pauses. The pacer asks nobody; it only says when.

The back-off is that of apache/stormcrawler issue 1984: a base, doubled at each trouble, at most a day,
forgiven after 30 quiet minutes, jittered. Each good answer halves what is left, so that a site where one
request in ten stumbles is slowed down and not shut off.

A pause that the host asked for (429, Retry-After) is kept, by later runs too. Other trouble is a guess: its
back-off stays under an hour, is waited out only where it is short, and the next run asks once, whatever was.

Other processes of this machine may ask the same host. Each takes it for one exchange and nobody while it
waits, looks at what the others learnt meanwhile (when the last exchange ended, a back-off), and waits again
where that says so.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.crawler.host_state import HostBackoff
from scraper.errors import Blocked, Paused
from scraper.messages import say
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from scraper.crawler.host_state import HostState

DAY = 86_400.0  # seconds: no pause is longer
SHORTEST_PAUSE = 1.0  # seconds: no back-off is shorter, whatever the delay
FORGIVEN = timedelta(minutes=30)
HOUR = 3_600.0  # seconds: no back-off that nobody asked for is longer
PATIENCE = 600.0  # seconds: a longer back-off is left to a later run
GUESSED_PATIENCE = 60.0  # seconds: likewise, of one that nobody asked for
BROKEN = 8.0  # seconds: the longest back-off after answers that broke off, which others need not do
TOLD = 5.0  # seconds: a longer back-off is told while it lasts
JITTER = 0.1  # of a back-off, added
HELD = 0.1  # seconds between two looks at a host that another process is asking
LATE = 1.0  # seconds after its time that a request goes out, where nothing but we ourselves kept it back
_A_FEW = 10  # turns that begin late now and then, whatever the machine
TOO_MANY = "429"  # the cause of a back-off that means: we are not wanted


class Lateness(Value):
    """How this process keeps up with the pace that it is to keep."""

    turns: int = 0
    late: int = 0  # of them, that began more than `LATE` after their time

    @property
    def is_behind(self) -> bool:
        """Whether more than one turn in a hundred began late."""
        return self.late >= _A_FEW and self.late * 100 > self.turns


class _Lane(Value):
    """What this process knows of one host."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: float | None = None  # on the monotonic clock, the end of the last exchange; None: none yet
    pause: float = 0.0  # seconds: the last back-off, before jitter; 0: none is left
    until: float | None = None  # on the monotonic clock, not asked before; None: no back-off
    quiet_from: datetime | None = None  # when the last back-off ends, or ended; None: never any, or forgiven
    cause: str = ""
    asked: bool = True  # the host asked for the pause
    doubtful: bool = False  # the last address that was asked for never came, in this run or the one before
    left: str | None = None  # why it is not asked any more in this process; None: it is
    met: datetime | None = None  # the shared end of an exchange that `ended` already reckons with; None: none
    shared: HostBackoff | None = None  # what the host state last said, or was told; None: nothing


class Pacer:
    """Gives each host its turns. Does not know what is asked, nor retry."""

    def __init__(
        self,
        *,
        host_state: HostState,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        patience: float = PATIENCE,
        guessed_patience: float = GUESSED_PATIENCE,
    ) -> None:
        """Take the world's clocks; `random` gives numbers from 0 up to 1.

        `patience`: seconds that a turn waits for at most, where the host asked for the pause, and else.
        """
        self.host_state = host_state
        self.now = now
        self.monotonic = monotonic
        self.sleep = sleep
        self._random = random
        self._patience = patience
        self._guessed_patience = guessed_patience
        self._lanes: dict[str, _Lane] = {}
        self.lateness = Lateness()
        self.on_pause: Callable[[str, datetime, float, str], None] | None = None  # None: nobody watches

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[None]:
        """Hold the host for one exchange, once nobody else does and its pauses are over.

        `delay`: seconds since the end of the last exchange. Raises `Blocked` or `Paused` where its back-off
        is longer than our patience, or where it was left; nothing was asked then.
        """
        lane = self._lane(host)
        async with lane.turn:
            await self._take(host, lane, delay)
            try:
                yield
            finally:
                lane.ended, lane.met = self.monotonic(), self.now()
                self.host_state.give_back(host, lane.met)

    def trouble(
        self,
        host: str,
        *,
        delay: float,
        cause: str,
        retry_after: float | None = None,
        longest: float = HOUR,
    ) -> None:
        """Back off: the host said 429 or 503, or broke off. `retry_after`: the seconds that it asked for.

        `longest`: of a back-off that the host did not ask for.
        """
        lane = self._lane(host)
        self._forgive(lane)
        lane.asked = cause == TOO_MANY or retry_after is not None
        longest = DAY if lane.asked else max(longest, delay)
        lane.pause = min(max(lane.pause * 2, delay, SHORTEST_PAUSE), longest)
        wanted = max(lane.pause, retry_after or 0.0)
        jittered = min(wanted * (1 + JITTER * self._random()), DAY)
        lane.until = self.monotonic() + jittered
        lane.quiet_from = self.now() + timedelta(seconds=jittered)
        lane.cause = cause
        self._remember(host, lane)

    def success(self, host: str) -> None:
        """Halve what is left of the back-off: the host answered as it should."""
        lane = self._lane(host)
        lane.doubtful = False
        if not lane.pause:
            return
        lane.pause = lane.pause / 2 if lane.pause / 2 >= SHORTEST_PAUSE else 0.0
        lane.until = None
        self._remember(host, lane)

    def doubt(self, host: str) -> None:
        """Note that an address never came, tried again and again: the next is tried once."""
        self._lane(host).doubtful = True

    def is_doubtful(self, host: str) -> bool:
        """Say whether one try is enough, so that a host that is down costs no run more than a question."""
        return self._lane(host).doubtful

    def leave(self, host: str, why: str) -> None:
        """Ask a host no more in this process: it takes no connections."""
        self._lane(host).left = why

    async def rest(self, seconds: float) -> None:
        """Let time go by for one address alone, jittered; its host may be asked for others meanwhile."""
        await self.sleep(seconds * (1 + JITTER * self._random()))

    async def _take(self, host: str, lane: _Lane, delay: float) -> None:
        """Take the host once its pauses are over, those that other processes learnt of included."""
        while True:
            self._check_patience(host, lane)
            self._tell(host, lane)
            due = self.monotonic() + max(self._left(lane, delay), 0.0)
            await self._wait(lane, delay)
            late = self.monotonic() - due
            if not self.host_state.take(host):
                await self.sleep(HELD * (1 + self._random()))
                continue
            self._catch_up(host, lane)
            if self._left(lane, delay) <= 0:
                self.lateness.turns += 1
                self.lateness.late += late > LATE
                return
            self.host_state.give_back(host, None)

    def _catch_up(self, host: str, lane: _Lane) -> None:
        """Take over what other processes learnt of a host since this one last had it."""
        last = self.host_state.last_exchange(host)
        if last is not None and last != lane.met:
            lane.met = last
            ago = max((self.now() - last).total_seconds(), 0.0)  # a clock that was set back: just now
            ended = self.monotonic() - ago
            lane.ended = ended if lane.ended is None else max(lane.ended, ended)
        if self.host_state.host(host) != lane.shared:
            learnt = self._recall(host)
            lane.pause, lane.until, lane.quiet_from = learnt.pause, learnt.until, learnt.quiet_from
            lane.cause, lane.asked, lane.shared = learnt.cause, learnt.asked, learnt.shared

    async def _wait(self, lane: _Lane, delay: float) -> None:
        """Sleep until both pauses are over; a sleep that ends early is slept again."""
        while (left := self._left(lane, delay)) > 0:
            await self.sleep(left)

    def _left(self, lane: _Lane, delay: float) -> float:
        """Return the seconds until both pauses are over; 0 or less: they are."""
        starts = [] if lane.ended is None else [lane.ended + delay]
        starts += [] if lane.until is None else [lane.until]
        return max(starts) - self.monotonic() if starts else 0.0

    def _tell(self, host: str, lane: _Lane) -> None:
        """Tell whoever watches of a pause that is long enough to be wondered at."""
        left = 0.0 if lane.until is None else lane.until - self.monotonic()
        if left > TOLD and self.on_pause is not None:
            self.on_pause(host, self.now() + timedelta(seconds=left), left, lane.cause)

    def _check_patience(self, host: str, lane: _Lane) -> None:
        if lane.left is not None:
            msg = say("not asked: {host}: left for this run: {why}", host=host, why=lane.left)
            raise Paused(msg, until=self.now())
        left = 0.0 if lane.until is None else lane.until - self.monotonic()
        if left <= (self._patience if lane.asked else self._guessed_patience):
            return
        until = self.now() + timedelta(seconds=left)
        msg = say(
            "not asked: {host}: it needs a pause until {until} ({cause})",
            host=host,
            until=until.isoformat(timespec="seconds"),
            cause=lane.cause,
        )
        raise Blocked(msg, asked=False) if lane.cause == TOO_MANY else Paused(msg, until=until)

    def _lane(self, host: str) -> _Lane:
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = self._recall(host)
        return lane

    def _recall(self, host: str) -> _Lane:
        """Take up what an earlier run left, unless its clock was ahead: then nobody knows when that was."""
        known = self.host_state.host(host)
        if known is None or known.pause <= 0:
            return _Lane(shared=known)
        left = (known.until - self.now()).total_seconds()
        if left > known.span + 1:
            return _Lane(shared=known)
        until = self.monotonic() + left if left > 0 and known.asked else None
        lane = _Lane(
            pause=known.pause,
            until=until,
            quiet_from=known.until,
            cause=known.cause,
            asked=known.asked,
            shared=known,
        )
        self._forgive(lane)
        lane.doubtful = lane.pause > 0 and not known.asked
        return lane

    def _forgive(self, lane: _Lane) -> None:
        """Forget what lies 30 quiet minutes back; the time that we ourselves held still does not count."""
        if lane.quiet_from is not None and self.now() - lane.quiet_from >= FORGIVEN:
            lane.pause, lane.quiet_from = 0.0, None

    def _remember(self, host: str, lane: _Lane) -> None:
        until = lane.quiet_from or self.now()
        span = max((until - self.now()).total_seconds(), 0.0)
        lane.shared = HostBackoff(
            pause=lane.pause, until=until, cause=lane.cause, span=span, asked=lane.asked
        )
        self.host_state.remember_host(host, lane.shared)
