"""One address asked until it answers, or until another try would not help.

Retries only what can heal: broken connections, 429, 5xx, 408. Each try takes its turn with the pacer. After
trouble that is the host's (429, 503, a connection that broke) the pause is the pacer's back-off, and every
other request to the host waits it out too; after an error that may be this address's alone (500, 502, 504)
only this address waits.
"""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

from scraper import urls
from scraper.errors import BadStatus, Blocked, Unreachable
from scraper.numbers import whole

if TYPE_CHECKING:
    from datetime import datetime

    from tenacity import RetryCallState

    from scraper.crawler.fetcher import Fetcher, Traffic
    from scraper.crawler.pacer import Pacer
    from scraper.model import Capture, Headers, Kind
    from scraper.urls import Url

_HOSTS_OWN = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}
_SERVER_ERRORS = range(500, 600)
_LONGEST_ASKED = 31 * 86_400  # seconds that a host may ask us to wait; more is no wait but a slip
_LONGEST_DATE = 100  # characters
_LONGEST_WAIT = 60.0  # seconds between two tries of one address


class Retry:
    """Asks again where that can help."""

    def __init__(self, *, fetcher: Fetcher, pacer: Pacer, retries: int) -> None:
        """Take the one who asks and the one who says when; `retries` come after the first try."""
        self._fetcher = fetcher
        self._pacer = pacer
        self._retries = retries

    async def ask(
        self, url: Url, kind: Kind, conditional: Headers, *, delay: float, traffic: Traffic
    ) -> Capture:
        """Return the first answer that another try would not better, whatever its status.

        Raises `Blocked` for 429 without end, `BadStatus` for a server's error without end, `Unreachable`,
        and what the pacer and the fetcher raise.
        """

        def pause(state: RetryCallState) -> float:
            failure = state.outcome.exception() if state.outcome else None
            if isinstance(failure, Unreachable) or (
                isinstance(failure, BadStatus) and failure.status in _HOSTS_OWN
            ):
                return 0.0  # the pacer's back-off is the pause
            seconds = max(delay, 1.0) * 2 ** (state.attempt_number - 1)
            return float(min(seconds, _LONGEST_WAIT))

        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._retries + 1),
            retry=retry_if_exception(_heals),
            wait=pause,
            sleep=self._pacer.rest,
            reraise=True,
        )
        try:
            return await retrying(self._once, url, kind, conditional, delay, traffic)
        except BadStatus as exc:
            if exc.status != HTTPStatus.TOO_MANY_REQUESTS:
                raise
            msg = f"blocked: {url}: 429 each time, {self._retries + 1} times"
            raise Blocked(msg) from exc

    async def _once(
        self, url: Url, kind: Kind, conditional: Headers, delay: float, traffic: Traffic
    ) -> Capture:
        host = urls.split(url).authority
        async with self._pacer.turn(host, delay):
            try:
                capture = await self._fetcher.exchange(url, kind, conditional, traffic)
            except Unreachable as exc:
                if exc.heals:  # else the host was not even met
                    self._pacer.trouble(host, delay=delay, cause=exc.kind)
                raise
            status = capture.status
            if status in _HOSTS_OWN:
                wanted = retry_after(capture)
                self._pacer.trouble(host, delay=delay, cause=str(status), retry_after=wanted)
        if status in _HOSTS_OWN or status in _PASSING or status in _SERVER_ERRORS:
            msg = f"no use: {url}: {status} {capture.reason}".rstrip()
            raise BadStatus(msg, status=status)
        self._pacer.success(host)
        return capture


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
