"""The network beneath httpx: the only module that opens connections, and keeps those that are idle.

httpx's own transport shuts two seams away: the one that connects, which here connects to the very address
that was checked, and the target, which here goes out byte for byte.

Each origin has a connection of its own, which is kept open for its next turn: the pacer gives a host one turn
at a time.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from base64 import b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from scraper.crawler.connection import Connection, EndlessHead, LostPlace, NotConnected, WireError
from scraper.crawler.dns import allowed_addresses
from scraper.errors import TooLarge, Unreachable
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from typing import TypeAlias

    from scraper.crawler.dns import Resolve
    from scraper.crawler.proxies import Proxy
    from scraper.model import Headers
    from scraper.urls import Url

    Way: TypeAlias = "tuple[Origin, Proxy | None, ssl.SSLContext | None]"

_KEPT_OPEN = 30.0  # seconds that an idle connection waits for the next turn
_ORIGINS = 1_024  # origins whose idle connections are kept
_ONE_ADDRESS = 10.0  # seconds for one of several addresses of a host before the next is tried
_LAST_ADDRESS = 20.0  # seconds for the last of them: a host that does not even connect is down
_LINK_MISSING = {20, 21}  # OpenSSL: the issuer's certificate is not here, or the first cannot be verified
_PASSING = ("502 ", "503 ", "504 ")  # a proxy's answers to CONNECT that the next moment may better
_PORTS = {b"http": 80, b"https": 443}
_CONNECTED = range(200, 300)
_NO_LINE = re.compile(rb"[\0\r\n]")


class Origin(NamedTuple):
    """Whom a connection is for."""

    scheme: bytes
    host: bytes  # an IPv6 address without its brackets
    port: int | None  # None: the scheme's own

    @property
    def authority(self) -> bytes:
        """Host and port, as an address has them."""
        host = b"[%b]" % self.host if b":" in self.host else self.host
        return host if self.port is None else b"%b:%d" % (host, self.port)


class Arrival(Value, frozen=True, kw_only=True):
    """An answer that has begun to come. Whoever takes it must close it."""

    status: int
    reason: bytes
    headers: Headers
    peer: str | None  # the address that answered; None: a proxy asked for us
    body: AsyncIterator[bytes]  # the chunking undone and nothing else
    close: Callable[[], None]


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
        self._allow_private = allow_private
        self._resolve = resolve
        self._resolve_proxy = resolve_proxy
        self._may_ask = may_ask
        self._idle: dict[Way, tuple[float, Connection]] = {}  # since when, the longest first

    async def get(
        self, origin: Origin, target: bytes, headers: Headers, proxy: Proxy | None, tls: ssl.SSLContext | None
    ) -> Arrival:
        """Send one GET and return the answer once its head is here. Raises WireError, OSError: see `told`.

        `tls` says whom to trust; None: nobody, nothing goes over TLS.
        """
        way = (origin, proxy, tls)
        if proxy is not None and origin.scheme == b"http":
            target = b"http://%b%b" % (origin.authority, target)
            headers = (*_to_proxy(proxy), *headers)
        connection = self._kept(way) or await self._opened(*way)

        def close() -> None:
            self._give_back(way, connection)

        try:
            if self._may_ask is not None:
                self._may_ask()  # at the last moment: the process may have been stopped since it was asked
            head = await connection.ask(b"GET", _message(b"GET", target, headers))
            return Arrival(
                status=head.status,
                reason=head.reason,
                headers=head.headers,
                peer=None if proxy else connection.peer,
                body=connection.body(),
                close=close,
            )
        except BaseException:
            connection.abort()
            raise

    async def certificate(self, host: str, port: int) -> bytes | None:
        """Return the certificate that a host shows, DER, whoever signed it; nothing is asked over it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = await self._connected(host, port)
        try:
            await connection.secure(context, host)
            return connection.certificate
        finally:
            connection.abort()

    async def close(self) -> None:
        """Close every connection that is idle."""
        for _, connection in self._idle.values():
            connection.abort()
        self._idle.clear()
        await asyncio.sleep(0)  # the loop closes their sockets

    # ── idle connections ──────────────────────────────────────────────────────────────────────────────────

    def _kept(self, way: Way) -> Connection | None:
        """Return the connection that was kept open, where it can be used again."""
        since, connection = self._idle.pop(way, (0.0, None))
        if connection is None:
            return None
        if asyncio.get_running_loop().time() - since < _KEPT_OPEN and connection.is_quiet:
            return connection
        connection.abort()
        return None

    def _give_back(self, way: Way, connection: Connection) -> None:
        """Keep a connection whose answer is over, in place of what is kept; of all the oldest goes."""
        if not connection.is_free:
            connection.abort()
            return
        _, older = self._idle.pop(way, (0.0, None))
        self._idle[way] = (asyncio.get_running_loop().time(), connection)
        if older is None and len(self._idle) > self._idle_origins:
            _, older = self._idle.pop(next(iter(self._idle)))
        if older is not None:
            older.abort()

    # ── new connections ───────────────────────────────────────────────────────────────────────────────────

    async def _opened(self, origin: Origin, proxy: Proxy | None, tls: ssl.SSLContext | None) -> Connection:
        """Return a new connection to an origin, or to the proxy that leads to it."""
        host, port = origin.host.decode("ascii"), origin.port or _PORTS[origin.scheme]
        if proxy is None:
            connection = await self._connected(host, port)
        else:
            connection = await self._connected_to_proxy(proxy)
        try:
            if proxy is not None and proxy.scheme == "https":
                await connection.secure(_trust(tls), proxy.host)
            if origin.scheme == b"https":
                if proxy is not None:
                    await self._tunnel(connection, origin.host, port, proxy)
                await connection.secure(_trust(tls), host)
        except BaseException:
            connection.abort()
            raise
        return connection

    async def _connected(self, host: str, port: int) -> Connection:
        """Connect to one of a host's addresses, once all of them are known to be allowed.

        To the very address that was checked, so that no second answer can slip in.
        """
        found = allowed_addresses(host, port, resolve=self._resolve, allow_private=self._allow_private)
        return await _first_of(await found, port)

    async def _connected_to_proxy(self, proxy: Proxy) -> Connection:
        """Connect to our own proxy, or say that it is the proxy that does not answer."""
        found = allowed_addresses(proxy.host, proxy.port, resolve=self._resolve_proxy, allow_private=True)
        try:
            return await _first_of(await found, proxy.port)
        except (NotConnected, Unreachable) as exc:
            msg = say(
                "the proxy {host}:{port}: {first_words}",
                host=proxy.host,
                port=proxy.port,
                first_words=_first_words(exc),
            )
            raise _ProxyDown(msg) from exc

    async def _tunnel(self, connection: Connection, host: bytes, port: int, proxy: Proxy) -> None:
        """Have the proxy connect us to a host. Raises _ProxyRefusesError."""
        place = Origin(b"https", host, port).authority
        if self._may_ask is not None:
            self._may_ask()
        lines = ((b"Host", place), (b"Accept", b"*/*"), *_to_proxy(proxy))
        head = await connection.ask(b"CONNECT", _message(b"CONNECT", place, lines))
        if head.status not in _CONNECTED:
            msg = f"{head.status} {head.reason.decode('ascii', 'ignore')}"
            raise _ProxyRefusesError(msg)


async def _first_of(addresses: tuple[str, ...], port: int) -> Connection:
    """Connect to the first address that answers. Raises NotConnected, of the last."""
    *others, last = addresses
    for address in others:
        try:
            async with asyncio.timeout(_ONE_ADDRESS):
                return await Connection.connect(address, port)
        except (TimeoutError, NotConnected):
            continue  # the next address may be better; the last one's error is told
    try:
        async with asyncio.timeout(_LAST_ADDRESS):
            return await Connection.connect(last, port)
    except TimeoutError as exc:
        msg = say("no connection within {last_address:g} s", last_address=_LAST_ADDRESS)
        raise NotConnected(msg) from exc


def _message(method: bytes, target: bytes, headers: Headers) -> bytes:
    """Return a request as it goes over the wire. Raises WireError for a line that would be two."""
    lines = [b"%b %b HTTP/1.1" % (method, target), *(b"%b: %b" % header for header in headers)]
    if any(map(_NO_LINE.search, lines)):
        raise WireError(say("a header line that would be sent has a line end in it"))
    return b"\r\n".join([*lines, b"", b""])


def _to_proxy(proxy: Proxy) -> Headers:
    """Return what only the proxy is told: who we are."""
    if proxy.user is None:
        return ()
    return ((b"Proxy-Authorization", b"Basic " + b64encode(f"{proxy.user}:{proxy.password}".encode())),)


def _trust(tls: ssl.SSLContext | None) -> ssl.SSLContext:
    return ssl.create_default_context() if tls is None else tls


class _ProxyDown(NotConnected):
    """Our own proxy takes no connection: whoever was to be asked through it was not."""


class _ProxyRefusesError(WireError):
    """Our own proxy does not connect us."""


# ── errors of the network, in our words ───────────────────────────────────────────────────────────────────


@contextmanager
def told(url: Url) -> Iterator[None]:
    """Raise what goes wrong within, while `url` is asked for, as `Unreachable` or `TooLarge`."""
    try:
        yield
    except _ProxyRefusesError as exc:
        msg = say("no answer: {url}: the proxy does not connect: {why}", url=url, why=exc)
        raise Unreachable(msg, heals=str(exc).startswith(_PASSING), met=False, proxy=True) from exc
    except (WireError, OSError) as exc:  # OSError: what TLS says within a connection
        raise _named(url, exc) from exc


def _named(url: Url, exc: BaseException) -> Unreachable | TooLarge:
    """Return what an error of the wire means to us, in the words of whoever first saw it."""
    causes = _causes(exc)
    first = causes[-1]
    if any(isinstance(cause, EndlessHead) for cause in causes):
        return TooLarge(say("given up: {url}: its header lines do not end", url=url))
    if isinstance(first, ssl.SSLCertVerificationError):
        return _distrusted(url, first)
    down = next((cause for cause in causes if isinstance(cause, _ProxyDown)), None)
    return Unreachable(
        say("no answer: {url}: {why}", url=url, why=_words(first) if down is None else str(down)),
        met=not any(isinstance(cause, NotConnected) for cause in causes),
        stale=any(isinstance(cause, LostPlace) for cause in causes),
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
    while (cause := causes[-1].__cause__) is not None:
        causes.append(cause)
    return causes


def _first_words(exc: BaseException) -> str:
    return _words(_causes(exc)[-1])


def _words(exc: BaseException) -> str:
    return str(exc) or type(exc).__name__
