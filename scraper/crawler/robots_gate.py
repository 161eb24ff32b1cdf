"""Whether an address may be asked for: the robots.txt of its origin, as RFC 9309 reads it.

    2xx                 its rules; a web page in its place says nothing
    4xx                 there is none: everything is allowed (2.3.1.3)
    5xx                 nothing is allowed (2.3.1.4)
    no answer           nothing is allowed either, and the error says that the site cannot be reached
    too many redirects,
    or to a stranger    there is none (2.3.1.2)

An answer is kept for a day at most (2.4), also across runs; a failure only for some minutes of this one. The
gatekeeper asks through `ask`, which paces and retries.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper import robots, urls
from scraper.charset import body_bytes
from scraper.crawler.host_state import CachedRobots
from scraper.errors import BadStatus, Refused, TooLarge, Unreachable
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from scraper.crawler.host_state import HostState
    from scraper.errors import FetchError
    from scraper.model import Capture, Site
    from scraper.urls import Url

KEPT = timedelta(hours=24)
FAILURE_KEPT = timedelta(minutes=10)
_SUCCESS = range(200, 300)
_SERVER_ERRORS = range(500, 600)


class _Read(Value, frozen=True):
    at: datetime
    rules: robots.Rules


class _Failed(Value, frozen=True):
    at: datetime
    why: str
    refused: bool  # False: there was no answer at all


class RobotsGate:
    """Keeps the rules of each origin. Does not wait and does not fetch pages."""

    def __init__(
        self,
        *,
        ask: Callable[[Url, Site], Awaitable[Capture]],
        host_state: HostState,
        now: Callable[[], datetime],
    ) -> None:
        """Take who asks for a robots.txt, and where answers are kept."""
        self._ask = ask
        self._host_state = host_state
        self._now = now
        self._known: dict[str, _Read | _Failed] = {}
        self._fetching: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def admit(self, url: Url, site: Site) -> float:
        """Return the seconds between two requests that the host and the config want, the longer of the two.

        Raises `Refused` where robots.txt forbids the address, `Unreachable` where it cannot be had.
        """
        if site.robots == "ignore":
            return site.delay
        rules = await self._rules(urls.origin(url), site)
        if not rules.allows(url):
            msg = say("not asked: {url}: robots.txt forbids it", url=url)
            home = urls.join(url, "/")
            raise Refused(msg, robots=True, whole=home is not None and not rules.allows(home))
        return max(site.delay, rules.delay or 0.0)

    async def _rules(self, origin: str, site: Site) -> robots.Rules:
        async with self._fetching[origin]:
            known = self._fresh(origin)
            if known is None:
                known = self._known[origin] = await self._fetch(origin, site)
        if isinstance(known, _Read):
            return known.rules
        raise (
            Refused(known.why, robots=True, whole=True)
            if known.refused
            else Unreachable(known.why, heals=False)
        )

    def _fresh(self, origin: str) -> _Read | _Failed | None:
        """Return what is known and not too old, of this run or of an earlier one."""
        known = self._known.get(origin)
        if known is None and (kept := self._host_state.robots(origin)) is not None:
            known = self._known[origin] = _Read(kept.fetched_at, robots.read(kept.body))
        if known is None:
            return None
        age = self._now() - known.at
        most = KEPT if isinstance(known, _Read) else FAILURE_KEPT
        return known if timedelta(0) <= age < most else None

    async def _fetch(self, origin: str, site: Site) -> _Read | _Failed:
        url = urls.parse(f"{origin}/robots.txt")
        if url is None:
            msg = say("not asked: {origin}: it has no robots.txt's address", origin=origin)
            raise Refused(msg)
        try:
            capture = await self._ask(url, site)
            body = _text(capture, site) if capture.status in _SUCCESS else b""
        except (BadStatus, TooLarge, Refused, Unreachable) as exc:
            return self._without(origin, exc)
        return self._keep(origin, capture.status, body)

    def _without(self, origin: str, exc: FetchError) -> _Read | _Failed:
        """Judge a robots.txt that could not be had."""
        why = f"not asked: {origin}: its robots.txt could not be had, so nothing is allowed: {exc}"
        if isinstance(exc, Unreachable):
            return _Failed(self._now(), why, refused=False)
        if isinstance(exc, BadStatus) and exc.status in _SERVER_ERRORS:
            return _Failed(self._now(), why, refused=True)
        if isinstance(exc, BadStatus):
            return self._keep(origin, exc.status, b"")
        return _Read(self._now(), robots.read(b""))

    def _keep(self, origin: str, status: int, body: bytes) -> _Read:
        now = self._now()
        self._host_state.remember_robots(origin, CachedRobots(fetched_at=now, status=status, body=body))
        return _Read(now, robots.read(body))


def _text(capture: Capture, site: Site) -> bytes:
    """Return a robots.txt's bytes, the Content-Encoding undone, as much of it as is read."""
    return body_bytes(capture, max(len(capture.body), site.max_bytes))[: robots.MAX_BYTES]
