"""One exchange with one host: a request out, an answer in, bounded in time and size, as a `Capture`.

Does not follow redirects, does not retry, does not pace, and judges no status.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from scraper import urls
from scraper.content_encoding import Inflation, content_encoding
from scraper.crawler import ip_filter, missing_links, redirects
from scraper.errors import FetchError, NotAnArticle, Refused, TooLarge, Unreachable
from scraper.messages import say
from scraper.model import Capture, Kind, TlsSettings
from scraper.numbers import whole
from scraper.values import Value

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


class Traffic(Value):
    """What was asked and what came, counted as it happens: failures too."""

    requests: int = 0
    answers: int = 0  # whole ones, whatever they say
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
        self._completed: set[tuple[str, TlsSettings]] = set()  # origins whose missing links were looked for

    async def exchange(
        self, url: Url, kind: Kind, more: Headers, traffic: Traffic, tls: TlsSettings | None = None
    ) -> Capture:
        """Ask for one address and read the whole answer. `more`: header lines besides the usual ones.

        Raises `Unreachable` (no answer, none in time, or one that broke off), `TooLarge`, `Refused`.
        """
        tls = tls or TlsSettings()
        try:
            return await self._exchange(url, kind, more, traffic, tls)
        except Unreachable as exc:
            if not (exc.link_missing and tls.aia) or not await self._complete(url, tls):
                raise
        return await self._exchange(url, kind, more, traffic, tls)

    async def _exchange(
        self, url: Url, kind: Kind, more: Headers, traffic: Traffic, tls: TlsSettings
    ) -> Capture:
        proxy = self._routes.proxy_for(url)
        self._check(url, proxied=proxy is not None)
        headers = self._headers(url, kind, more)
        traffic.requests += 1
        try:
            async with (
                asyncio.timeout(self._settings.timeout),
                self._client.ask(url, headers, proxy, tls) as answer,
            ):
                fetched_at = self._now()
                body, notes = await self._body(url, answer, traffic)
        except TimeoutError as exc:
            seconds = f"{self._settings.timeout:g}"
            raise Unreachable(
                say("no answer: {url}: not whole within {seconds} s", url=url, seconds=seconds)
            ) from exc
        except FetchError:
            raise
        except Exception:  # kept back before it went out: a lease that ended, a budget that is spent
            traffic.requests -= 1
            raise
        traffic.answers += 1
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
            notes=notes,
        )

    async def _complete(self, url: Url, tls: TlsSettings) -> bool:
        """Fetch the certificates that a host leaves out, from where its own says; return whether any came.

        They help to build the chain and are not trusted by themselves. Looked for once for each host.
        """
        place = (urls.origin(url), tls)
        if place in self._completed or self._routes.proxy_for(url) is not None:
            return False
        self._completed.add(place)
        context = self._client.trust.context(tls)
        found = False
        try:
            async with asyncio.timeout(self._settings.timeout):
                certificate = await self._client.certificate(url)
                for _ in range(missing_links.MOST):
                    source = None if certificate is None else missing_links.issuer_address(certificate)
                    links = [] if source is None else await self._links(source)
                    if not links:
                        break
                    for link in links:
                        context.load_verify_locations(cadata=link)
                    certificate, found = links[0], True
        except (FetchError, TimeoutError, OSError):  # the error that is told is that of the page
            return found
        return found

    async def _links(self, source: Url) -> list[bytes]:
        answer = await self._exchange(source, Kind.FILE, (), Traffic(), TlsSettings())
        good = answer.status == HTTPStatus.OK and len(answer.body) <= missing_links.MAX_BYTES
        return missing_links.links_in(answer.body) if good else []

    def _check(self, url: Url, *, proxied: bool) -> None:
        """Refuse what needs no resolving to be seen as closed; the wire checks what a name leads to."""
        host = urls.host(url)
        address = ip_filter.literal(host)
        closed = (
            proxied and ip_filter.is_local_name(host) if address is None else not ip_filter.is_public(address)
        )
        if closed and not self._settings.allow_private_addresses:
            msg = say("not asked: {url}: {host} is no address of the open internet", url=url, host=host)
            raise Refused(msg)

    def _headers(self, url: Url, kind: Kind, more: Headers) -> Headers:
        return (
            (b"Host", urls.split(url).authority.encode("ascii")),
            (b"User-Agent", self._user_agent),
            (b"Accept", _ACCEPT.get(kind, _PAGE)),
            (b"Accept-Language", b"zh-CN,zh;q=0.9,en;q=0.5"),
            (b"Accept-Encoding", b"gzip, deflate, br, zstd"),
            *more,
        )

    async def _body(self, url: Url, answer: Answer, traffic: Traffic) -> tuple[bytes, tuple[str, ...]]:
        """Return the body as it came, and what was wrong with it that does not matter."""
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers)
        traffic.bytes += head
        if head > _HEADER_BYTES or len(answer.headers) > _HEADER_LINES:
            msg = say(
                "given up: {url}: {count} header lines of {head} bytes",
                url=url,
                count=len(answer.headers),
                head=head,
            )
            raise TooLarge(msg)
        most = self._settings.max_bytes
        if redirects.is_redirect(answer.status):
            most = min(most, redirects.MOST_BYTES)
        self._bound(url, _announced(answer.headers), most)
        chunks, size = [], 0
        with _counting(url, answer.headers, most) as count:
            async for chunk in answer.body:
                chunks.append(chunk)
                size += len(chunk)
                traffic.bytes += len(chunk)
                self._bound(url, size, most)
                count.feed(chunk)
        return b"".join(chunks), count.notes

    @staticmethod
    def _bound(url: Url, size: int, most: int) -> None:
        if size > most:
            msg = say(
                "given up: {url}: its body has {size} bytes or more, {most} are allowed",
                url=url,
                size=size,
                most=most,
            )
            raise TooLarge(msg)


class _Size:
    """Counts, chunk by chunk, how large a body is when inflated; what it inflates to is not kept."""

    def __init__(self, inflation: Inflation) -> None:
        self._inflation = inflation

    @property
    def notes(self) -> tuple[str, ...]:
        return self._inflation.notes

    def feed(self, chunk: bytes) -> None:
        for _ in self._inflation.feed(chunk):
            pass

    def end(self) -> None:
        for _ in self._inflation.end():
            pass


@contextmanager
def _counting(url: Url, headers: Headers, most: int) -> Iterator[_Size]:
    """Give what counts a body.

    Raises `TooLarge` as soon as that is over the bound, `Unreachable` where it breaks off or is broken.
    """
    try:
        size = _Size(Inflation(url, content_encoding(headers), most))
        yield size
        size.end()
    except NotAnArticle as exc:
        raise Unreachable(say("no answer: {url}: {why}", url=url, why=str(exc))) from exc


def _announced(headers: Headers) -> int:
    """Return the Content-Length, or 0 where there is none that can be read."""
    value = _value(headers, b"content-length")
    size = whole(value.decode("latin-1"), sys.maxsize)
    return size if size is not None else sys.maxsize if value.isdigit() else 0


def _value(headers: Headers, wanted: bytes) -> bytes:
    """Return the first header of a name (given in small letters), or nothing."""
    return next((value for name, value in headers if name.lower() == wanted), b"")
