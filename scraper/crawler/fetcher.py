"""One exchange with one host: a request out, an answer in, bounded in time and size, as a `Capture`.

Does not follow redirects, does not retry, does not pace, and judges no status.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper import urls
from scraper.content_encoding import Inflation
from scraper.crawler import ip_filter
from scraper.errors import NotAnArticle, Refused, TooLarge, Unreachable
from scraper.model import Capture, Kind
from scraper.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from scraper.crawler.client import Answer, Client
    from scraper.crawler.proxies import Proxies
    from scraper.model import Headers, NetworkSettings
    from scraper.urls import Url

_HEADER_BYTES = 65_536
_HEADER_LINES = 256
_PAGE = b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_ACCEPT = {
    Kind.IMAGE: b"image/*,*/*;q=0.8",
    Kind.FILE: b"*/*",
    Kind.PAGER: b"*/*",
    Kind.ROBOTS: b"text/plain,*/*;q=0.8",
}


@dataclass(slots=True)
class Traffic:
    """What was asked and what came, counted as it happens: failures too."""

    requests: int = 0
    bytes: int = 0  # as they came over the wire: header lines and body


class Fetcher:
    """Makes exchanges. Holds no state of its own between them."""

    def __init__(
        self,
        *,
        client: Client,
        routes: Proxies,
        settings: NetworkSettings,
        user_agent: str,
        now: Callable[[], datetime],
    ) -> None:
        """Take the connections, the way out, the bounds and our name."""
        self._client = client
        self._routes = routes
        self._settings = settings
        self._user_agent = user_agent.encode("ascii", "backslashreplace")
        self._now = now

    async def exchange(self, url: Url, kind: Kind, conditional: Headers, traffic: Traffic) -> Capture:
        """Ask for one address and read the whole answer.

        Raises `Unreachable` (no answer, none in time, or one that broke off), `TooLarge`, `Refused`.
        """
        proxy = self._routes.proxy_for(url)
        self._check(url, proxied=proxy is not None)
        headers = self._headers(url, kind, conditional)
        traffic.requests += 1
        try:
            async with (
                asyncio.timeout(self._settings.timeout),
                self._client.ask(url, headers, proxy) as answer,
            ):
                fetched_at = self._now()
                body = await self._body(url, answer, traffic)
        except TimeoutError as exc:
            msg = f"no answer: {url}: not whole within {self._settings.timeout:g} s"
            raise Unreachable(msg) from exc
        return Capture(
            url=url,
            final_url=url,
            fetched_at=fetched_at,
            status=answer.status,
            reason=answer.reason,
            headers=answer.headers,
            body=body,
            request_headers=headers,
            kind=kind,
            ip_address=answer.ip_address,
        )

    def _check(self, url: Url, *, proxied: bool) -> None:
        """Refuse what needs no resolving to be seen as closed; the wire checks what a name leads to."""
        host = urls.host(url)
        address = ip_filter.literal(host)
        closed = (
            proxied and ip_filter.is_local_name(host) if address is None else not ip_filter.is_public(address)
        )
        if closed and not self._settings.allow_private_addresses:
            msg = f"not asked: {url}: {host} is no address of the open internet"
            raise Refused(msg)

    def _headers(self, url: Url, kind: Kind, conditional: Headers) -> Headers:
        return (
            (b"Host", urls.split(url).authority.encode("ascii")),
            (b"User-Agent", self._user_agent),
            (b"Accept", _ACCEPT.get(kind, _PAGE)),
            (b"Accept-Language", b"zh-CN,zh;q=0.9,en;q=0.5"),
            (b"Accept-Encoding", b"gzip, deflate, br, zstd"),
            *conditional,
        )

    async def _body(self, url: Url, answer: Answer, traffic: Traffic) -> bytes:
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers)
        traffic.bytes += head
        if head > _HEADER_BYTES or len(answer.headers) > _HEADER_LINES:
            msg = f"given up: {url}: {len(answer.headers)} header lines of {head} bytes"
            raise TooLarge(msg)
        most = self._settings.max_bytes
        self._bound(url, _announced(answer.headers), most)
        chunks, size = [], 0
        with _counting(url, answer.headers, most) as count:
            async for chunk in answer.body:
                chunks.append(chunk)
                size += len(chunk)
                traffic.bytes += len(chunk)
                self._bound(url, size, most)
                count(chunk)
        return b"".join(chunks)

    @staticmethod
    def _bound(url: Url, size: int, most: int) -> None:
        if size > most:
            msg = f"given up: {url}: its body has {size} bytes or more, {most} are allowed"
            raise TooLarge(msg)


@contextmanager
def _counting(url: Url, headers: Headers, most: int) -> Iterator[Callable[[bytes], None]]:
    """Give what counts, chunk by chunk, how large a body is when inflated; what it inflates to is not kept.

    Raises `TooLarge` as soon as that is over the bound, `Unreachable` where it breaks off or is broken.
    """
    try:
        inflation = Inflation(url, _value(headers, b"content-encoding").decode("latin-1"), most)

        def count(chunk: bytes) -> None:
            for _ in inflation.feed(chunk):
                pass

        yield count
        for _ in inflation.end():
            pass
    except NotAnArticle as exc:
        msg = f"no answer: {url}: {exc}"
        raise Unreachable(msg) from exc


def _announced(headers: Headers) -> int:
    """Return the Content-Length, or 0 where there is none that can be read."""
    value = _value(headers, b"content-length")
    size = whole(value.decode("latin-1"), sys.maxsize)
    return size if size is not None else sys.maxsize if value.isdigit() else 0


def _value(headers: Headers, wanted: bytes) -> bytes:
    """Return the first header of a name (given in small letters), or nothing."""
    return next((value for name, value in headers if name.lower() == wanted), b"")
