"""One address asked until it answers, or until another try would not help.

Retries only what can heal: broken connections, 429, 5xx, 408; not a challenge, whatever its status. Each try
takes its turn with the pacer. After trouble that is the host's (429, 503, a connection that broke) the pause
is the pacer's back-off, and every other request to the host waits it out too; after an error that may be this
address's alone (500, 502, 504) only this address waits.

    no connection            three tries at most; then the host is left for this run
    our own proxy            three tries at most; no host is to blame, and none pauses
    a connection kept open
    that lost its place      once more over a new one, besides the tries that are allowed
    an address before it
    never came               one try, until something comes
"""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from scraper import urls
from scraper.crawler.pacer import BROKEN, HOUR
from scraper.crawler.refusal import refusal
from scraper.errors import BadStatus, Blocked, Unreachable
from scraper.messages import say
from scraper.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from tenacity import AsyncRetrying, RetryCallState

    from scraper.crawler.fetcher import Fetcher, Traffic
    from scraper.crawler.pacer import Pacer
    from scraper.crawler.server_lanes import ServerLanes
    from scraper.model import Capture, Headers, Kind, TlsSettings
    from scraper.urls import Url

_HOSTS_OWN = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}
_SERVER_ERRORS = range(500, 600)
_LONGEST_ASKED = 31 * 86_400  # seconds that a host may ask us to wait; more is no wait but a slip
_LONGEST_DATE = 100  # characters
_LONGEST_WAIT = 60.0  # seconds between two tries of one address
_CONNECTIONS = 3  # tries to connect, in one run


class Retry:
    """Asks again where that can help."""

    def __init__(self, *, fetcher: Fetcher, pacer: Pacer, servers: ServerLanes, retries: int) -> None:
        """Take the one who asks and those who say when; `retries` come after the first try."""
        self._fetcher = fetcher
        self._pacer = pacer
        self._servers = servers
        self._retries = retries

    async def ask(
        self,
        url: Url,
        kind: Kind,
        more: Headers,
        *,
        delay: float,
        traffic: Traffic,
        tls: TlsSettings | None = None,
    ) -> Capture:
        """Return the first answer that another try would not better, whatever its status.

        `more`: header lines besides the usual ones. Raises `Blocked` for 429 without end, `BadStatus` for a
        server's error without end, `Unreachable`, and what the pacer and the fetcher raise.
        """
        host = urls.split(url).authority
        tries = _Tries(1 if self._pacer.is_doubtful(host) else self._retries + 1)

        async def once() -> Capture:
            async with self._pacer.turn(host, delay), self._servers.turn(url):
                exchange = self._fetcher.exchange(url, kind, more, traffic, tls)
                return await self._once(url, host, delay, exchange)

        try:
            return await self._again_and_again(once, tries, delay)
        except BadStatus as exc:
            self._pacer.doubt(host)
            if exc.status != HTTPStatus.TOO_MANY_REQUESTS:
                raise
            msg = say("blocked: {url}: 429 each time, {tries} times", url=url, tries=tries.made)
            raise Blocked(msg) from exc
        except Unreachable as exc:
            self._pacer.doubt(host)
            if exc.heals and not exc.met and not exc.proxy:
                self._pacer.leave(host, str(exc))
            raise

    async def _again_and_again(
        self, once: Callable[[], Awaitable[Capture]], tries: _Tries, delay: float
    ) -> Capture:
        """Return what a try comes to. The first is made bare: nearly all addresses answer it."""
        try:
            return await once()
        except (BadStatus, Unreachable) as exc:
            failed = [exc]

        async def again() -> Capture:
            if failed:
                raise failed.pop()  # the first, which is counted with the others
            return await once()

        return await self._retrying(tries, delay)(again)

    def _retrying(self, tries: _Tries, delay: float) -> AsyncRetrying:
        from tenacity import AsyncRetrying, retry_if_exception  # noqa: PLC0415 - 10 ms: few need it

        return AsyncRetrying(
            stop=tries.are_over,
            retry=retry_if_exception(_heals),
            wait=lambda state: _pause(state, delay),
            sleep=self._pacer.rest,
            reraise=True,
        )

    async def _once(self, url: Url, host: str, delay: float, exchange: Awaitable[Capture]) -> Capture:
        """Ask once, within a turn; tell the pacer how it went."""
        try:
            capture = await exchange
        except Unreachable as exc:
            if exc.heals and not exc.stale and not exc.proxy:  # else it says nothing of the host
                longest = BROKEN if exc.met else HOUR
                self._pacer.trouble(host, delay=delay, cause=exc.kind, longest=longest)
            raise
        status = capture.status
        if status in _SERVER_ERRORS and refusal(capture) is not None:
            return capture
        if status in _HOSTS_OWN:
            wanted = retry_after(capture)
            self._pacer.trouble(host, delay=delay, cause=str(status), retry_after=wanted)
        if status in _HOSTS_OWN or status in _PASSING or status in _SERVER_ERRORS:
            msg = say("no use: {url}: {status}", url=url, status=f"{status} {capture.reason}".rstrip())
            raise BadStatus(msg, status=status)
        self._pacer.success(host)
        return capture


class _Tries:
    """Counts the tries of one address."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._stale = 0
        self.made = 0

    def are_over(self, state: RetryCallState) -> bool:
        """Say whether another try would be one too many."""
        failure = _failure(state)
        self.made = state.attempt_number
        most = self._most
        if isinstance(failure, Unreachable):
            self._stale = min(self._stale + failure.stale, 1)
            most = min(most, _CONNECTIONS) if not failure.met or failure.proxy else most
        return state.attempt_number >= most + self._stale


def _pause(state: RetryCallState, delay: float) -> float:
    """Return the seconds that this address waits, its host's back-off aside."""
    failure = _failure(state)
    if isinstance(failure, Unreachable) and not failure.proxy:
        return 0.0  # the pacer's back-off is the pause
    if isinstance(failure, BadStatus) and failure.status in _HOSTS_OWN:
        return 0.0
    return float(min(max(delay, 1.0) * 2 ** (state.attempt_number - 1), _LONGEST_WAIT))


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def retry_after(capture: Capture) -> float | None:
    """Return the seconds that a host asks us to wait, in either form (RFC 9110, 10.2.3); None: none asked.

    A date is taken against the server's own clock where it tells it, for theirs and ours may differ.
    """
    value = (capture.header("retry-after") or "").strip()
    if value.isdecimal() and value.isascii():
        return float(whole(value, _LONGEST_ASKED) or (_LONGEST_ASKED if value.strip("0") else 0))
    wanted = _moment(value)
    if wanted is None:
        return None
    server_now = _moment(capture.header("date") or "") or capture.fetched_at
    return min(max((wanted - server_now).total_seconds(), 0.0), float(_LONGEST_ASKED))


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value[:_LONGEST_DATE])
    except (ValueError, OverflowError, IndexError, TypeError):  # a year of ten digits, half a date
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _heals(exc: BaseException) -> bool:
    return (isinstance(exc, Unreachable) and exc.heals) or isinstance(exc, BadStatus)
