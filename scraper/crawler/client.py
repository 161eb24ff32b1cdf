"""Exchanges over httpx: the only module that uses it. Asks what it is told and no more.

Requests go to a transport of httpx's without its client: its cookies, redirects, proxies and deadlines are
what a true capture cannot have, and to turn each of them off costs a tenth of an exchange.

    addresses written anew     httpx is given the origin alone; the target's bytes go beside it
    redirects                  `crawler.network` follows them
    proxies                    `crawler.proxies` says which way
    bodies decoded             `aiter_raw`
    deadlines                  the fetcher has one for the whole
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper import urls
from scraper.crawler.dns import system_addresses
from scraper.crawler.httpx_library import httpx
from scraper.crawler.transport import Origin, Transport, told
from scraper.crawler.trust import Trust
from scraper.errors import Unreachable
from scraper.messages import say
from scraper.model import TlsSettings
from scraper.values import Value

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterable, AsyncIterator, Callable
    from types import TracebackType
    from typing import Self

    from scraper.crawler.dns import Resolve
    from scraper.crawler.proxies import Proxy
    from scraper.crawler.transport import Arrival
    from scraper.model import Headers, NetworkSettings
    from scraper.urls import Url

_HTTPS = 443
_NOTHING = httpx.ByteStream(b"")  # to send; a request that has it gets no header line of httpx's own
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class Answer(Value, frozen=True, kw_only=True):
    """The head of an answer, and its body as it comes, the chunking undone and nothing else."""

    status: int
    reason: str
    headers: Headers
    ip_address: str | None  # None: a proxy asked for us
    body: AsyncIterable[bytes]


class Client:
    """Makes exchanges, whoever they are with. Knows no policy but which addresses are allowed."""

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        ca_file: str | None = None,
        idle_origins: int | None = None,
        may_ask: Callable[[], None] | None = None,
    ) -> None:
        """Open nothing yet. `resolve` gives a name's addresses, `tls` the trust; None: the system does.

        `ca_file`: certificates that are trusted besides. `idle_origins`: of how many hosts connections are
        kept open; None: the usual number. `may_ask` keeps back what is sent, by raising; None: nothing does.
        """
        self.trust = Trust(ca_file, tls)
        self._connections = Transport(
            allow_private=allow_private,
            resolve=resolve or system_addresses,
            resolve_proxy=system_addresses,
            idle_origins=idle_origins,
            may_ask=may_ask,
        )
        self._transport = _Transport(self._connections)

    @classmethod
    def of(
        cls,
        settings: NetworkSettings,
        *,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        idle_origins: int | None = None,
        may_ask: Callable[[], None] | None = None,
    ) -> Self:
        """Return a client as the config has it."""
        return cls(
            allow_private=settings.allow_private_addresses,
            resolve=resolve,
            tls=tls,
            ca_file=settings.ca_file,
            idle_origins=idle_origins,
            may_ask=may_ask,
        )

    async def __aenter__(self) -> Self:
        """Make ready to connect; certificates that the config names are read now, so that a slip shows."""
        if self.trust.names_a_file:
            self.trust.context(TlsSettings())
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self._transport.__aexit__(kind, exc, trace)

    @asynccontextmanager
    async def ask(
        self, url: Url, headers: Headers, proxy: Proxy | None, tls: TlsSettings | None = None
    ) -> AsyncIterator[Answer]:
        """Send one GET and give the answer while it comes. `tls`: None: nothing but the usual.

        Raises `Unreachable`, `Refused` for a forbidden address, `TooLarge` for a head without end; also out
        of the iteration of the body.
        """
        is_plain = urls.split(url).scheme == "http" and (proxy is None or proxy.scheme != "https")
        context = None if is_plain else self.trust.context(tls or TlsSettings())
        with told(url):
            response = await self._transport.handle_async_request(_request(url, headers, proxy, context))
            try:
                yield Answer(
                    status=response.status_code,
                    reason=response.extensions["reason_phrase"].decode("latin-1"),
                    headers=tuple(response.headers.raw),
                    ip_address=response.extensions["peer"],
                    body=response.aiter_raw(),
                )
            finally:
                await response.aclose()

    async def certificate(self, url: Url) -> bytes | None:
        """Return the certificate (DER) that a host shows, whoever signed it; None: it shows none."""
        origin = _origin(urls.origin(url))
        with told(url):
            return await self._connections.certificate(origin.host, origin.port or _HTTPS)


def _request(url: Url, headers: Headers, proxy: Proxy | None, tls: ssl.SSLContext | None) -> httpx.Request:
    """Return a request of just these header lines; characters of the address go out as UTF-8 escapes."""
    parts = urls.split(url)
    target = quote(parts.path + parts.query, safe=_PRINTABLE).encode("ascii")
    extensions = {"target": target, "proxy": proxy, "tls": tls}
    try:
        origin = _origin(urls.origin(url))
        return httpx.Request("GET", origin, headers=list(headers), stream=_NOTHING, extensions=extensions)
    except httpx.InvalidURL as exc:
        msg = say("no answer: {url}: {exc}", url=url, exc=exc)
        raise Unreachable(msg, heals=False) from exc


@lru_cache(maxsize=1024)
def _origin(text: str) -> httpx.URL:
    """Return an origin as httpx has it, once for many requests. Raises `httpx.InvalidURL`."""
    return httpx.URL(text)


class _Transport(httpx.AsyncBaseTransport):
    """Carries httpx's requests to our connections."""

    def __init__(self, connections: Transport) -> None:
        self._connections = connections

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request made by `_request`, and return the answer once its head is here."""
        url = request.url
        arrival = await self._connections.get(
            Origin(url.raw_scheme, url.raw_host, url.port),
            request.extensions["target"],
            tuple(request.headers.raw),
            request.extensions["proxy"],
            request.extensions["tls"],
        )
        return httpx.Response(
            arrival.status,
            headers=list(arrival.headers),
            stream=_Body(arrival),
            extensions={"reason_phrase": arrival.reason, "peer": arrival.peer},
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._connections.close()


class _Body(httpx.AsyncByteStream):
    """A body as it comes over a connection."""

    def __init__(self, arrival: Arrival) -> None:
        self._arrival = arrival

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the bytes."""
        return self._arrival.body

    async def aclose(self) -> None:
        """Give the connection back, or close it where not all was read."""
        self._arrival.close()
