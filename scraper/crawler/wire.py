"""Connections: the only module that knows httpcore, and the only one that opens a socket.

httpcore rather than httpx on top of it: its request target is the bytes we give (httpx writes addresses
anew), its network backend is a public seam (so the address that was checked is the one that is connected to),
it keeps no cookies and follows nothing, and it costs a third less CPU.

Each host has connections of its own, so that a slow one holds up nobody, and no more than two: the pacer
gives a host one turn at a time.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import certifi
import httpcore

from scraper import urls
from scraper.crawler.head import HeadMender
from scraper.crawler.names import allowed_addresses, system_addresses
from scraper.errors import TooLarge, Unreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterable
    from types import TracebackType
    from typing import Any, Self

    from scraper.crawler.names import Resolve
    from scraper.crawler.routes import Proxy
    from scraper.model import Headers, Url

_KEPT_OPEN = 30.0  # seconds that an idle connection waits for the next turn
_HOSTS = 64  # hosts whose idle connections are kept
_ONE_ADDRESS = 10.0  # seconds for one of several addresses of a host before the next is tried
_HTTPCORE = (httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException)
_LEGACY_SERVER_CONNECT = 0x4  # OpenSSL's, named by Python from 3.12 on: old servers, as browsers take them
_TOO_LONG = 431  # h11's hint on an error: the server's header lines do not end


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The head of an answer, and its body as it comes, the chunking undone and nothing else."""

    status: int
    reason: str
    headers: Headers
    ip_address: str | None  # None: a proxy asked for us
    body: AsyncIterable[bytes]


@dataclass(slots=True)
class _Pool:
    connections: httpcore.AsyncConnectionPool
    users: int = 0


class Wire:
    """Opens connections, keeps idle ones, closes them. Knows no policy but which addresses are allowed."""

    def __init__(
        self, *, allow_private: bool, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """Open nothing yet. `resolve` gives a name's addresses, `tls` the trust; None: the system does."""
        self._direct = _CheckedBackend(allow_private=allow_private, resolve=resolve or system_addresses)
        self._to_proxy = _CheckedBackend(allow_private=True, resolve=system_addresses)
        self._pools: dict[tuple[str, Proxy | None], _Pool] = {}
        self.tls = tls

    async def __aenter__(self) -> Self:
        """Load the certificates, once: they cost some 30 ms."""
        if self.tls is None:
            self.tls = ssl.create_default_context()
            self.tls.options |= _LEGACY_SERVER_CONNECT
            if not self.tls.cert_store_stats()["x509_ca"]:
                self.tls.load_verify_locations(certifi.where())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        async with AsyncExitStack() as stack:
            for pool in self._pools.values():
                stack.push_async_callback(pool.connections.aclose)
        self._pools.clear()

    @asynccontextmanager
    async def ask(self, url: Url, headers: Headers, proxy: Proxy | None) -> AsyncIterator[Answer]:
        """Send one GET and give the answer while it comes.

        Raises `Unreachable`, `Refused` for a forbidden address, `TooLarge` for a head without end; also out
        of the iteration of the body.
        """
        pool = await self._pool(urls.origin(url), proxy)
        pool.users += 1
        try:
            async with pool.connections.stream("GET", _target(url), headers=list(headers)) as response:
                yield Answer(
                    status=response.status,
                    reason=response.extensions["reason_phrase"].decode("latin-1"),
                    headers=tuple(response.headers),
                    ip_address=None if proxy else _peer(response),
                    body=response.aiter_stream(),
                )
        except httpcore.ProxyError as exc:
            msg = f"no answer: {url}: the proxy does not connect: {exc}"
            raise Unreachable(msg) from exc
        except (*_HTTPCORE, OSError) as exc:  # OSError: what TLS says within a connection
            raise _named(url, exc) from exc
        finally:
            pool.users -= 1

    async def _pool(self, origin: str, proxy: Proxy | None) -> _Pool:
        key = (origin, proxy)
        pool = self._pools.pop(key, None) or _Pool(self._connections(proxy))
        self._pools[key] = pool  # the newest stands last
        idle = [key for key, kept in self._pools.items() if kept.users == 0 and kept is not pool]
        for old in idle[: max(len(self._pools) - _HOSTS, 0)]:
            await self._pools.pop(old).connections.aclose()
        return pool

    def _connections(self, proxy: Proxy | None) -> httpcore.AsyncConnectionPool:
        if proxy is None:
            return httpcore.AsyncConnectionPool(
                ssl_context=self.tls,
                max_connections=2,
                keepalive_expiry=_KEPT_OPEN,
                network_backend=self._direct,
            )
        return httpcore.AsyncHTTPProxy(
            proxy_url=httpcore.URL(scheme=proxy.scheme, host=proxy.host, port=proxy.port, target="/"),
            proxy_auth=None if proxy.user is None else (proxy.user, proxy.password),
            ssl_context=self.tls,
            proxy_ssl_context=self.tls if proxy.scheme == "https" else None,
            max_connections=2,
            keepalive_expiry=_KEPT_OPEN,
            network_backend=self._to_proxy,
        )


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the very address that was resolved and checked, so that no second answer can slip in."""

    def __init__(self, *, allow_private: bool, resolve: Resolve) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._open = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to one of a host's addresses, once all of them are known to be allowed."""
        *others, last = await allowed_addresses(
            host, port, resolve=self._resolve, allow_private=self._allow_private
        )
        for address in others:
            try:
                async with asyncio.timeout(_ONE_ADDRESS):
                    stream = await self._open.connect_tcp(
                        address, port, timeout, local_address, socket_options
                    )
                    return _MendedStream(stream)
            except (TimeoutError, httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # the next address may be better; the last one's error is told
        stream = await self._open.connect_tcp(last, port, timeout, local_address, socket_options)
        return _MendedStream(stream)


class _MendedStream(httpcore.AsyncNetworkStream):
    """A connection whose answers' heads h11 can read."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._mender = HeadMender()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Return what came, once it is no half of a head; nothing only at the end."""
        while True:
            data = await self._stream.read(max_bytes, timeout)
            passed_on = self._mender.pass_on(data)
            if passed_on or not data:
                return passed_on

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        """Send."""
        if buffer:
            self._mender.asked()
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
    ) -> httpcore.AsyncNetworkStream:
        """Return the same connection under TLS."""
        return _MendedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's
        """Return what the connection knows of itself."""
        return self._stream.get_extra_info(info)


def _target(url: Url) -> httpcore.URL:
    """Return an address in httpcore's form: the path's bytes as they stand, characters as UTF-8 escapes."""
    parts = urls.split(url)
    name = urls.host(url)
    port = parts.authority.removeprefix(name).removeprefix(":")
    target = quote(parts.path + parts.query, safe="".join(map(chr, range(0x21, 0x7F))))
    host = name.removeprefix("[").removesuffix("]")
    return httpcore.URL(scheme=parts.scheme, host=host, port=int(port) if port else None, target=target)


def _peer(response: httpcore.Response) -> str | None:
    peer = response.extensions["network_stream"].get_extra_info("server_addr")
    return str(peer[0]) if isinstance(peer, tuple) else None


def _named(url: Url, exc: BaseException) -> Unreachable | TooLarge:
    """Return what an error of the wire means to us, in the words of whoever first saw it."""
    causes = [exc]
    while (cause := _cause(causes[-1])) is not None:
        causes.append(cause)
    if any(getattr(cause, "error_status_hint", None) == _TOO_LONG for cause in causes):
        return TooLarge(f"given up: {url}: its header lines do not end")
    said = str(causes[-1]) or type(causes[-1]).__name__
    wrong_certificate = isinstance(causes[-1], ssl.SSLCertVerificationError)
    return Unreachable(f"no answer: {url}: {said}", heals=not wrong_certificate)


def _cause(exc: BaseException) -> BaseException | None:
    """Return what is behind an error; httpcore's pool cuts the chain, but keeps the cause as an argument."""
    if exc.__cause__ is not None:
        return exc.__cause__
    return next((held for held in exc.args if isinstance(held, BaseException)), None)
