"""The network beneath httpx: the only module that knows httpcore, and the only one that opens a socket.

httpx's own transport is httpcore too, but shuts its two seams away: the backend that connects, which here
connects to the very address that was checked, and the target, which here goes out byte for byte.

Each origin has a pool of its own, so that a slow host holds up nobody, of no more than two connections: the
pacer gives a host one turn at a time. One pool for all hosts would search all of them at each request, which
with 64 connections costs seven times as much.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import httpcore

from scraper.crawler.dns import allowed_addresses
from scraper.crawler.header_repair import HeaderRepair
from scraper.errors import TooLarge, Unreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator
    from typing import Any

    from scraper.crawler.dns import Resolve
    from scraper.crawler.proxies import Proxy
    from scraper.model import Headers
    from scraper.urls import Url

_MOST = 2  # connections to one origin
_KEPT_OPEN = 30.0  # seconds that an idle connection waits for the next turn
_ORIGINS = 64  # origins whose idle connections are kept
_ONE_ADDRESS = 10.0  # seconds for one of several addresses of a host before the next is tried
_HTTPCORE = (httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException)
_PASSING = ("502 ", "503 ", "504 ")  # a proxy's answers to CONNECT that the next moment may better
_TOO_LONG = 431  # h11's hint on an error: the server's header lines do not end


class Origin(NamedTuple):
    """Whom a connection is for."""

    scheme: bytes
    host: bytes  # an IPv6 address without its brackets
    port: int | None  # None: the scheme's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An answer that has begun to come. Whoever takes it must close it."""

    status: int
    reason: bytes
    headers: Headers
    peer: str | None  # the address that answered; None: a proxy asked for us
    body: AsyncIterable[bytes]  # the chunking undone and nothing else
    close: Callable[[], Awaitable[None]]


@dataclass(slots=True)
class _Pool:
    connections: httpcore.AsyncConnectionPool
    users: int = 0


class Transport:
    """Opens connections, keeps idle ones, closes them. Knows no policy but which addresses are allowed."""

    def __init__(self, *, allow_private: bool, resolve: Resolve, resolve_proxy: Resolve) -> None:
        """Open nothing yet. `resolve` gives a name's addresses; a proxy may be anywhere."""
        self._direct = _CheckedBackend(allow_private=allow_private, resolve=resolve)
        self._to_proxy = _CheckedBackend(allow_private=True, resolve=resolve_proxy)
        self._pools: dict[tuple[Origin, Proxy | None], _Pool] = {}
        self.tls: ssl.SSLContext | None = None  # set before the first connection; httpcore's own otherwise

    async def get(self, origin: Origin, target: bytes, headers: Headers, proxy: Proxy | None) -> Arrival:
        """Send one GET and return the answer once its head is here. Raises httpcore's errors: see `told`."""
        pool = await self._pool(origin, proxy)
        url = httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target)
        request = httpcore.Request("GET", url, headers=list(headers))
        pool.users += 1
        try:
            response = await pool.connections.handle_async_request(request)
        except BaseException:
            pool.users -= 1
            raise

        async def close() -> None:
            try:
                await response.aclose()
            finally:
                pool.users -= 1

        return Arrival(
            status=response.status,
            reason=response.extensions["reason_phrase"],
            headers=tuple(response.headers),
            peer=None if proxy else _peer(response),
            body=response.aiter_stream(),
            close=close,
        )

    async def close(self) -> None:
        """Close every connection."""
        async with AsyncExitStack() as stack:
            for pool in self._pools.values():
                stack.push_async_callback(pool.connections.aclose)
        self._pools.clear()

    async def _pool(self, origin: Origin, proxy: Proxy | None) -> _Pool:
        key = (origin, proxy)
        pool = self._pools.pop(key, None) or _Pool(self._connections(proxy))
        self._pools[key] = pool  # the newest stands last
        idle = [key for key, kept in self._pools.items() if kept.users == 0 and kept is not pool]
        for old in idle[: max(len(self._pools) - _ORIGINS, 0)]:
            await self._pools.pop(old).connections.aclose()
        return pool

    def _connections(self, proxy: Proxy | None) -> httpcore.AsyncConnectionPool:
        if proxy is None:
            return httpcore.AsyncConnectionPool(
                ssl_context=self.tls,
                max_connections=_MOST,
                keepalive_expiry=_KEPT_OPEN,
                network_backend=self._direct,
            )
        return httpcore.AsyncHTTPProxy(
            proxy_url=httpcore.URL(scheme=proxy.scheme, host=proxy.host, port=proxy.port, target="/"),
            proxy_auth=None if proxy.user is None else (proxy.user, proxy.password),
            ssl_context=self.tls,
            proxy_ssl_context=self.tls if proxy.scheme == "https" else None,
            max_connections=_MOST,
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
        self._mender = HeaderRepair()

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


def _peer(response: httpcore.Response) -> str | None:
    peer = response.extensions["network_stream"].get_extra_info("server_addr")
    return str(peer[0]) if isinstance(peer, tuple) else None


# ── errors of the network, in our words ───────────────────────────────────────────────────────────────────


@contextmanager
def told(url: Url) -> Iterator[None]:
    """Raise what goes wrong within, while `url` is asked for, as `Unreachable` or `TooLarge`."""
    try:
        yield
    except httpcore.ProxyError as exc:
        msg = f"no answer: {url}: the proxy does not connect: {exc}"
        raise Unreachable(msg, heals=str(exc).startswith(_PASSING)) from exc
    except (*_HTTPCORE, OSError) as exc:  # OSError: what TLS says within a connection
        raise _named(url, exc) from exc


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
