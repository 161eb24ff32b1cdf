"""Servers behind several names: thirty sites of a campus may be one machine.

Names that lead to one address share a lane beside their own turns: few exchanges at once, their beginnings a
little apart. A name that follows itself keeps its own delay and no other. Through a proxy names lead nowhere
that we know, and have no lane. Other processes of this machine share the pace of a server: how many exchanges
at once, and when one began last.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scraper import urls
from scraper.crawler import ip_filter
from scraper.errors import FetchError
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from scraper.crawler.dns import Resolve
    from scraper.crawler.pacer import Pacer
    from scraper.model import PerAddress
    from scraper.urls import Url

_KNOWN = 300.0  # seconds that a name's address is kept
_HELD = 0.1  # seconds between two looks at slots that other processes have
_PORTS = {"http": 80, "https": 443}


class _Lane(Value):
    """What this process knows of one server."""

    slots: asyncio.Semaphore
    turnstile: asyncio.Lock = field(default_factory=asyncio.Lock)
    host: str | None = None  # whose exchange began last; None: none did yet
    begun: float = 0.0  # on the monotonic clock, when
    waits: bool = False  # others were told that this process is the next to begin
    told: datetime | None = None  # the same by the run's clock, as others were told; None: not yet


class ServerLanes:
    """Gives each server its turns, whatever it is called."""

    def __init__(
        self,
        settings: PerAddress,
        *,
        resolve: Resolve,
        is_direct: Callable[[Url], bool],
        pacer: Pacer,
    ) -> None:
        """Take the bounds, the resolver, and the pacer: its clocks, and what it shares with others.

        `is_direct`: no proxy is asked for an address.
        """
        self._settings = settings
        self._resolve = resolve
        self._is_direct = is_direct
        self._host_state = pacer.host_state
        self._now = pacer.now
        self._monotonic = pacer.monotonic
        self._sleep = pacer.sleep
        self._lanes: dict[str, _Lane] = {}
        self._addresses: dict[str, tuple[float, str | None]] = {}  # by host, until when it is kept

    @asynccontextmanager
    async def turn(self, url: Url) -> AsyncIterator[None]:
        """Hold a place at the server behind an address for one exchange."""
        server = await self._server(url)
        if server is None:
            yield
            return
        lane = self._lanes.get(server)
        if lane is None:
            lane = self._lanes[server] = _Lane(asyncio.Semaphore(self._settings.at_once))
        async with lane.slots:
            slot = await self._slot(server)
            try:
                await self._keep_apart(lane, server, urls.host(url))
                yield
            finally:
                self._host_state.give_back(slot, self._now())

    async def _slot(self, server: str) -> str:
        """Take one of the server's places that all processes of this machine share.

        Who finds none says that he waits, and whoever comes then lets him look first: else a process with
        many names would have each place again at the moment that it gave it back.
        """
        waits = f"{server}+waits"
        says_so = self._host_state.take(waits)
        try:
            if not says_so:
                await self._sleep(2 * _HELD)
            while (slot := self._free_slot(server)) is None:
                says_so = says_so or self._host_state.take(waits)
                await self._sleep(_HELD)
            return slot
        finally:
            if says_so:
                self._host_state.give_back(waits, None)

    def _free_slot(self, server: str) -> str | None:
        slots = (f"{server}+{number}" for number in range(self._settings.at_once))
        return next((slot for slot in slots if self._host_state.take(slot)), None)

    async def _keep_apart(self, lane: _Lane, server: str, host: str) -> None:
        """Wait until the exchange of another name that began last is long enough ago."""
        async with lane.turnstile:
            try:
                while (left := self._left(lane, server, host)) > 0:
                    await self._sleep(left)
            finally:
                if lane.waits:
                    lane.waits = False
                    self._host_state.give_back(f"{server}+next", None)

    def _left(self, lane: _Lane, server: str, host: str) -> float:
        """Return the seconds until an exchange may begin; 0: it begins, and others hear of it."""
        left = lane.begun + self._settings.delay - self._monotonic()
        if left > 0 and lane.host not in {None, host}:
            return left
        if left > 0 and lane.host == host and self._is_next_elsewhere(lane, server):
            return left + _HELD
        gate = f"{server}+"
        if not self._host_state.take(gate):
            return _HELD
        told: datetime | None = None
        try:
            now = self._now()
            last = self._host_state.last_exchange(gate)
            if last is not None and last != lane.told:  # of another process, and another name most likely
                left = self._settings.delay - (now - last).total_seconds()
                if 0 < left <= self._settings.delay:  # no clock was set back
                    lane.waits = lane.waits or self._host_state.take(f"{server}+next")
                    return left
            lane.host, lane.begun, lane.told = host, self._monotonic(), now
            told = now
        finally:
            self._host_state.give_back(gate, told)
        return 0.0

    def _is_next_elsewhere(self, lane: _Lane, server: str) -> bool:
        """Tell whether another process waits to begin: a name that follows itself would never let it."""
        if lane.waits:
            return False
        if not self._host_state.take(f"{server}+next"):
            return True
        self._host_state.give_back(f"{server}+next", None)
        return False

    async def _server(self, url: Url) -> str | None:
        """Return the address that a name leads to; None: nobody knows, or a proxy does."""
        if not self._is_direct(url):
            return None
        host = urls.host(url)
        literal = ip_filter.literal(host)
        if literal is not None:
            return str(literal)
        until, known = self._addresses.get(host, (0.0, None))
        if until <= self._monotonic():
            known = await self._look_up(url, host)
            self._addresses[host] = (self._monotonic() + _KNOWN, known)
        return known

    async def _look_up(self, url: Url, host: str) -> str | None:
        try:
            return min(await self._resolve(host, _PORTS[urls.split(url).scheme]), default=None)
        except FetchError:
            return None  # the exchange itself says what is wrong
