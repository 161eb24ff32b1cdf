"""A server of fake sites over loopback: raw HTTP/1.1 on asyncio, in a thread of its own.

It is an origin server (`GET /path`, the site by its Host header) and a forward proxy (`GET http://host/path`,
the site by the address) at once, so that sites with real-looking hosts are read over loopback. It speaks no
TLS: CONNECT is refused, and says so. It keeps a log by which tests count requests and measure gaps.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from itertools import count, pairwise
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from scraper.demo import wire
from scraper.demo.exchange import Answer, Ask, page
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NO_TLS = "This server plays fake sites over plain http and opens no tunnels: ask for the http address."
_LONGEST_LINE = 65_536


class FakeSite(Protocol):
    """What the server serves: a host by name, and an answer for each question to it."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts it answers for."""

    def answer(self, ask: Ask) -> Answer:
        """Answer one request; called from the server's thread."""


class Access(Value, frozen=True, kw_only=True):
    """One request in the log; times are seconds of the server's monotonic clock."""

    started: float  # its last header line was read
    ended: float  # the last byte was sent, or the sending failed; infinity: it is still being answered
    client: str  # address and port: one name for each connection
    method: str
    host: str
    path: str  # with its query
    status: int  # 0: not even a status line is sent

    @property
    def url(self) -> str:
        """The address that was asked for."""
        return f"http://{self.host}{self.path}"


class Server:
    """The running server: where it listens and what it was asked. Made by `serve`."""

    def __init__(self, sites: tuple[FakeSite, ...], clock: Callable[[], float]) -> None:
        """Hold the sites; nothing listens yet."""
        self.port = 0
        self._log: dict[int, Access] = {}
        self._count = count()
        self._sites = {host: site for site in sites for host in site.hosts}
        self._only = sites[0] if len(sites) == 1 else None
        self._clock = clock
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None  # None: it does not run
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fake-sites", daemon=True)

    @property
    def proxy(self) -> str:
        """The address for `network.proxy`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> list[Access]:
        """Return what was asked so far, in order of arrival."""
        self._settle()
        return list(self._log.values())

    def requests(self, *, host: str | None = None, path: str = "") -> list[Access]:
        """Return the log in order of arrival: of one host, where one is named, whose path holds `path`."""
        return [entry for entry in self.log if (host is None or entry.host == host) and path in entry.path]

    def gaps(self, host: str) -> list[float]:
        """Return the seconds from each request's end to the next one's start; negative: they overlapped."""
        asked = sorted(self.requests(host=host), key=lambda entry: entry.started)
        return [later.started - earlier.ended for earlier, later in pairwise(asked)]

    def forget(self) -> None:
        """Empty the log."""
        self._settle()
        self._log.clear()

    def _settle(self) -> None:
        """Wait until what has left the server also stands in the log: a few turns of its loop."""
        if self._loop is None or not self._thread.is_alive() or threading.current_thread() is self._thread:
            return
        for _ in range(3):  # the write, the waking of who waited for it, the log
            turned = threading.Event()
            self._loop.call_soon_threadsafe(turned.set)
            turned.wait()

    # ── its thread ────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Listen on a free port of 127.0.0.1, and return when it does."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Close every connection and the port, and return when that is done."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._listen())

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, limit=_LONGEST_LINE)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        open_ones = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)

    # ── one connection ────────────────────────────────────────────────────────────────────────────────────

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        client = f"{peer[0]}:{peer[1]}"
        try:
            while (head := await wire.read_head(reader)) is not None:
                if not await self._exchange(head, writer, client):
                    break
        except (OSError, wire.NotHttp, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            writer.transport.abort()  # the client broke off or spoke no HTTP: nobody is left to be told
        except asyncio.CancelledError:
            writer.transport.abort()  # the server stops
        finally:
            writer.close()

    async def _exchange(self, head: wire.Head, writer: asyncio.StreamWriter, client: str) -> bool:
        """Answer one request, log it, and say whether the connection may be used again."""
        started = self._clock()
        ask = _ask(head)
        answer = self._answer(ask)
        number = next(self._count)
        self._log[number] = Access(
            started=started,
            ended=math.inf,
            client=client,
            method=ask.method,
            host=ask.host,
            path=ask.path,
            status=answer.status if wire.is_sent(answer.manner) else 0,
        )
        try:
            return await wire.send(writer, answer, head=ask.method == "HEAD") and head.keep_alive
        finally:
            if number in self._log:  # it may have been forgotten meanwhile
                self._log[number] = replace(self._log[number], ended=self._clock())

    def _answer(self, ask: Ask) -> Answer:
        if ask.method == "CONNECT":
            return page(f"<html><body><p>{_NO_TLS}</p></body></html>", status=501)
        if ask.method not in {"GET", "HEAD"}:
            return page("<html><body><p>405</p></body></html>", status=405)
        site = self._sites.get(ask.host, self._only if ask.host in {"127.0.0.1", "localhost"} else None)
        if site is None:
            return page(f"<html><body><p>No fake site is called {ask.host}.</p></body></html>", status=502)
        return site.answer(ask)


def _ask(head: wire.Head) -> Ask:
    """Read the host from the address (as a proxy) or from the Host header (as an origin server)."""
    if head.method == "CONNECT":
        return Ask(method="CONNECT", host=head.target.partition(":")[0].lower(), path=head.target)
    if head.target.startswith("/"):
        host = head.headers.get("host", "")
        return Ask(method=head.method, host=_name(host), path=head.target, headers=head.headers)
    parts = urlsplit(head.target)
    rest = head.target.split("//", 1)[1]
    path = rest[len(parts.netloc) :] or "/"
    return Ask(method=head.method, host=_name(parts.netloc), path=path, headers=head.headers)


def _name(authority: str) -> str:
    return authority.rpartition("@")[2].partition(":")[0].lower()


@contextlib.contextmanager
def serve(*sites: FakeSite, clock: Callable[[], float] = time.monotonic) -> Iterator[Server]:
    """Serve the sites for the length of a `with` block."""
    server = Server(sites, clock)
    server.start()
    try:
        yield server
    finally:
        server.stop()
