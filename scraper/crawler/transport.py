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
from typing import TYPE_CHECKING, NamedTuple

import httpcore

from scraper.crawler.answer_repair import AnswerRepair
from scraper.crawler.dns import allowed_addresses
from scraper.errors import TooLarge, Unreachable
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator
    from typing import Any

    from scraper.crawler.dns import Resolve
    from scraper.crawler.proxies import Proxy
    from scraper.model import Headers
    from scraper.urls import Url

_MOST = 2  # connections to one origin
_KEPT_OPEN = 30.0  # seconds that an idle connection waits for the next turn
_ORIGINS = 1_024  # origins whose idle connections are kept
_ONE_ADDRESS = 10.0  # seconds for one of several addresses of a host before the next is tried
_LAST_ADDRESS = 20.0  # seconds for the last of them: a host that does not even connect is down
_LINK_MISSING = {20, 21}  # OpenSSL: the issuer's certificate is not here, or the first cannot be verified
_HTTPCORE = (httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException)
_PASSING = ("502 ", "503 ", "504 ")  # a proxy's answers to CONNECT that the next moment may better
_TOO_LONG = 431  # h11's hint on an error: the server's header lines do not end


class Origin(NamedTuple):
    """Whom a connection is for."""

    scheme: bytes
    host: bytes  # an IPv6 address without its brackets
    port: int | None  # None: the scheme's own


class Arrival(Value, frozen=True, kw_only=True):
    """An answer that has begun to come. Whoever takes it must close it."""

    status: int
    reason: bytes
    headers: Headers
    peer: str | None  # the address that answered; None: a proxy asked for us
    body: AsyncIterable[bytes]  # the chunking undone and nothing else
    close: Callable[[], Awaitable[None]]


class _Pool(Value):
    connections: httpcore.AsyncConnectionPool
    users: int = 0


class Transport:
    """Opens connections, keeps idle ones, closes them. Knows no policy but which addresses are allowed."""

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve,
        resolve_proxy: Resolve,
        idle_origins: int | None = None,
        may_ask: Callable[[], None] | None = None,
    ) -> None:
        """Open nothing yet. `resolve` gives a name's addresses; a proxy may be anywhere.

        `idle_origins`: of how many hosts idle connections are kept open; None: the usual number. `may_ask` is
        called before anything is sent, and keeps it back by raising; None: nothing does.
        """
        self._idle_origins = _ORIGINS if idle_origins is None else idle_origins
        self._direct = _CheckedBackend(allow_private=allow_private, resolve=resolve, may_ask=may_ask)
        self._to_proxy = _ProxyBackend(allow_private=True, resolve=resolve_proxy, may_ask=may_ask)
        self._pools: dict[tuple[Origin, Proxy | None, ssl.SSLContext | None], _Pool] = {}

    async def get(
        self, origin: Origin, target: bytes, headers: Headers, proxy: Proxy | None, tls: ssl.SSLContext | None
    ) -> Arrival:
        """Send one GET and return the answer once its head is here. Raises httpcore's errors: see `told`.

        `tls` says whom to trust; None: httpcore's own.
        """
        pool = self._pool(origin, proxy, tls)
        url = httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target)
        request = httpcore.Request("GET", url, headers=list(headers))
        pool.users += 1
        try:
            await self._close_surplus()
            response = await pool.connections.handle_async_request(request)
        except BaseException:
            pool.users -= 1
            raise
        stream = response.extensions["network_stream"]

        async def close() -> None:
            try:
                await response.aclose()
            finally:
                pool.users -= 1
                if isinstance(stream, _RepairedStream):
                    stream.listen()

        return Arrival(
            status=response.status,
            reason=response.extensions["reason_phrase"],
            headers=tuple(response.headers),
            peer=None if proxy else _peer(response),
            body=_trusted(response.aiter_stream(), stream),
            close=close,
        )

    async def certificate(self, host: str, port: int) -> bytes | None:
        """Return the certificate that a host shows, DER, whoever signed it; nothing is asked over it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        stream = await self._direct.connect_tcp(host, port)
        try:
            stream = await stream.start_tls(context, host)
            shown = stream.get_extra_info("ssl_object").getpeercert(binary_form=True)
            return None if shown is None else bytes(shown)
        finally:
            await stream.aclose()

    async def close(self) -> None:
        """Close every connection."""
        async with AsyncExitStack() as stack:
            for pool in self._pools.values():
                stack.push_async_callback(pool.connections.aclose)
        self._pools.clear()

    def _pool(self, origin: Origin, proxy: Proxy | None, tls: ssl.SSLContext | None) -> _Pool:
        """Return the pool of an origin. Nothing waits here: two who ask at once must get the same."""
        key = (origin, proxy, tls)
        pool = self._pools.pop(key, None) or _Pool(self._connections(proxy, tls))
        self._pools[key] = pool  # the newest stands last
        return pool

    async def _close_surplus(self) -> None:
        """Close the oldest pools that nobody uses; they are taken out before anything waits."""
        surplus = len(self._pools) - self._idle_origins
        if surplus <= 0:
            return
        idle = [key for key, kept in self._pools.items() if not kept.users][:surplus]
        for old in [self._pools.pop(key) for key in idle]:
            await old.connections.aclose()

    def _connections(self, proxy: Proxy | None, tls: ssl.SSLContext | None) -> httpcore.AsyncConnectionPool:
        if proxy is None:
            return httpcore.AsyncConnectionPool(
                ssl_context=tls,
                max_connections=_MOST,
                keepalive_expiry=_KEPT_OPEN,
                network_backend=self._direct,
            )
        return httpcore.AsyncHTTPProxy(
            proxy_url=httpcore.URL(scheme=proxy.scheme, host=proxy.host, port=proxy.port, target="/"),
            proxy_auth=None if proxy.user is None else (proxy.user.encode(), proxy.password.encode()),
            ssl_context=tls,
            proxy_ssl_context=tls if proxy.scheme == "https" else None,
            max_connections=_MOST,
            keepalive_expiry=_KEPT_OPEN,
            network_backend=self._to_proxy,
        )


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the very address that was resolved and checked, so that no second answer can slip in."""

    def __init__(self, *, allow_private: bool, resolve: Resolve, may_ask: Callable[[], None] | None) -> None:
        self._allow_private = allow_private
        self._may_ask = may_ask
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
                    return _RepairedStream(stream, self._may_ask)
            except (TimeoutError, httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # the next address may be better; the last one's error is told
        try:
            async with asyncio.timeout(_LAST_ADDRESS):
                stream = await self._open.connect_tcp(last, port, timeout, local_address, socket_options)
                return _RepairedStream(stream, self._may_ask)
        except TimeoutError as exc:
            msg = say("no connection within {last_address:g} s", last_address=_LAST_ADDRESS)
            raise httpcore.ConnectTimeout(msg) from exc


class _ProxyDown(httpcore.ConnectError):
    """Our own proxy takes no connection: whoever was to be asked through it was not."""


class _ProxyBackend(_CheckedBackend):
    """Connects to our own proxy."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect, or say that it is the proxy that does not answer."""
        try:
            return await super().connect_tcp(host, port, timeout, local_address, socket_options)
        except (httpcore.NetworkError, httpcore.TimeoutException, Unreachable) as exc:
            msg = say(
                "the proxy {host}:{port}: {first_words}", host=host, port=port, first_words=_first_words(exc)
            )
            raise _ProxyDown(msg) from exc


class _LostPlace(httpcore.RemoteProtocolError):
    """A connection that was used before gives no answer, or not this one: a new one may."""


class _RepairedStream(httpcore.AsyncNetworkStream):
    """A connection whose answers h11 can read, and which is not used again once it has lost its place."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, may_ask: Callable[[], None] | None) -> None:
        self._stream = stream
        self._may_ask = may_ask
        self._answers = AnswerRepair()
        self._idle: asyncio.Task[bytes] | None = None  # hears whatever comes between two answers
        self._closed = False

    @property
    def is_doubtful(self) -> bool:
        """Whether the last answer may be somebody else's: an older connection, and more came than it."""
        return self._answers.asked_for > 1 and self._answers.left_over

    def listen(self) -> None:
        """Hear what comes while nothing is asked: there is nothing that could be meant for us."""
        is_idle = self._idle is None and self._answers.whole and not self._answers.left_over
        if is_idle and not self._closed:
            self._idle = asyncio.create_task(self._stream.read(1))

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Return what came, once it is no half of a line; nothing only at the end."""
        while True:
            reused = self._answers.asked_for > 1 and self._answers.waits
            try:
                data = await self._stream.read(max_bytes, timeout)
            except httpcore.ReadError as exc:
                if reused:
                    raise _LostPlace(_first_words(exc)) from exc
                raise
            if reused and not data:
                msg = say("the server closed the connection")
                raise _LostPlace(msg)
            passed_on = self._answers.pass_on(data)
            if passed_on or not data:
                return passed_on

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        """Send, where nothing came since the last answer; else the pool takes another connection."""
        if buffer:
            if self._answers.left_over or not await self._was_quiet():
                raise httpcore.ConnectionNotAvailable
            self._answers.asked(buffer)
            if self._may_ask is not None:
                self._may_ask()  # at the last moment: the process may have been stopped since it was asked
        await self._stream.write(buffer, timeout)

    async def _was_quiet(self) -> bool:
        idle, self._idle = self._idle, None
        if idle is None:
            return True
        idle.cancel()
        (heard,) = await asyncio.gather(idle, return_exceptions=True)
        return isinstance(heard, asyncio.CancelledError)

    async def aclose(self) -> None:
        """Close."""
        self._closed = True
        await self._was_quiet()
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
    ) -> httpcore.AsyncNetworkStream:
        """Return the same connection under TLS."""
        stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _RepairedStream(stream, self._may_ask)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's
        """Return what the connection knows of itself; what can be read while it is idle ends it."""
        if info == "is_readable" and (self._answers.left_over or self._idle is not None):
            return self._answers.left_over or (self._idle is not None and self._idle.done())
        return self._stream.get_extra_info(info)


async def _trusted(body: AsyncIterable[bytes], stream: object) -> AsyncIterator[bytes]:
    """Yield a body. Raises where the answer may have been meant for somebody else."""
    async for chunk in body:
        yield chunk
    if isinstance(stream, _RepairedStream) and stream.is_doubtful:
        msg = say("more came than the answer, on a connection that was used before")
        raise _LostPlace(msg)


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
        msg = say("no answer: {url}: the proxy does not connect: {why}", url=url, why=exc)
        raise Unreachable(msg, heals=str(exc).startswith(_PASSING), met=False, proxy=True) from exc
    except (*_HTTPCORE, OSError) as exc:  # OSError: what TLS says within a connection
        raise _named(url, exc) from exc


def _named(url: Url, exc: BaseException) -> Unreachable | TooLarge:
    """Return what an error of the wire means to us, in the words of whoever first saw it."""
    causes = _causes(exc)
    first = causes[-1]
    if any(getattr(cause, "error_status_hint", None) == _TOO_LONG for cause in causes):
        return TooLarge(say("given up: {url}: its header lines do not end", url=url))
    if isinstance(first, ssl.SSLCertVerificationError):
        return _distrusted(url, first)
    down = next((cause for cause in causes if isinstance(cause, _ProxyDown)), None)
    return Unreachable(
        say("no answer: {url}: {why}", url=url, why=_words(first) if down is None else str(down)),
        met=not any(isinstance(cause, httpcore.ConnectError | httpcore.ConnectTimeout) for cause in causes),
        stale=any(isinstance(cause, _LostPlace) for cause in causes),
        proxy=down is not None,
    )


def _distrusted(url: Url, why: ssl.SSLCertVerificationError) -> Unreachable:
    """Return the error for a certificate that cannot be trusted, and where that helps, what can be done."""
    missing = why.verify_code in _LINK_MISSING
    if missing:
        msg = say(
            "no answer: {url}: {why}: a certificate between the server's and a trusted root is missing; give "
            "it as `tls: {{ca_file: …}}` of the site or `network.ca_file`, or let it be fetched from where "
            "the server's certificate says: `tls: {{aia: true}}`",
            url=url,
            why=_words(why),
        )
    else:
        msg = say("no answer: {url}: {why}", url=url, why=_words(why))
    return Unreachable(msg, heals=False, met=False, link_missing=missing)


def _causes(exc: BaseException) -> list[BaseException]:
    causes = [exc]
    while (cause := _cause(causes[-1])) is not None:
        causes.append(cause)
    return causes


def _first_words(exc: BaseException) -> str:
    return _words(_causes(exc)[-1])


def _words(exc: BaseException) -> str:
    return str(exc) or type(exc).__name__


def _cause(exc: BaseException) -> BaseException | None:
    """Return what is behind an error; httpcore's pool cuts the chain, but keeps the cause as an argument."""
    if exc.__cause__ is not None:
        return exc.__cause__
    return next((held for held in exc.args if isinstance(held, BaseException)), None)
