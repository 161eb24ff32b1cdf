"""A server in the tests' own loop that does to a client whatever servers do: on loopback, byte by byte.

    async with FaultServer() as server:
        server.on("/a", dropped(), text("hello"))      # the first request, then all later ones
        … server.url("/a") …
        server.seen                                     # what was asked, when it came and when it was over

An answer is a coroutine function over the connection. It may close it; else it is kept for the next request.
What waits, waits for an event or for the loop's clock, which in the tests is a virtual one.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import brotli
import zstandard

from scraper import urls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType
    from typing import Self

    from scraper.urls import Url

Answer: TypeAlias = "Callable[[Connection], Awaitable[None]]"


@dataclass(slots=True)
class Seen:
    """One request as the server saw it; moments on the loop's clock."""

    target: str
    headers: dict[str, str]  # names in small letters
    came: float
    over: float = -1.0  # -1: it is still being answered
    connection: int = 0


@dataclass(slots=True)
class Connection:
    """What an answer works on."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    request: Seen

    async def send(self, data: bytes) -> None:
        """Send bytes and wait until they are on their way."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection off without a word."""
        self.writer.transport.abort()


@dataclass(slots=True)
class FaultServer:
    """Answers on 127.0.0.1 as it was told, path by path; what it was not told of is 404."""

    seen: list[Seen] = field(default_factory=list)
    crowd: int = 0  # requests being answered now
    most_at_once: int = 0
    _answers: dict[str, deque[Answer]] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _port: int = 0
    _connections: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and end what is being answered."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def on(self, path: str, *answers: Answer) -> None:
        """Answer requests for a path (query included) in this order; the last answer stays."""
        self._answers[path] = deque(answers)

    @property
    def open_connections(self) -> int:
        """Return how many connections are open now."""
        return len(self._tasks)

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return self._port

    def url(self, path: str, host: str = "127.0.0.1") -> Url:
        """Return the address of a path."""
        url = urls.parse(f"http://{host}:{self._port}{path}")
        assert url is not None
        return url

    def asked(self, path: str | None = None) -> int:
        """Return how many requests came, for one path or at all, robots.txt aside."""
        wanted = [seen.target for seen in self.seen if seen.target != "/robots.txt" or path == "/robots.txt"]
        return len(wanted) if path is None else wanted.count(path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._connections += 1
        number = self._connections
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while not writer.is_closing():
                    await self._one(reader, writer, number)
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        target = first.split(" ")[1]
        path = "/" + target.partition("://")[2].partition("/")[2] if "://" in target else target
        clock = asyncio.get_running_loop().time
        seen = Seen(target, headers, clock(), connection=number)
        self.seen.append(seen)
        self.crowd += 1
        self.most_at_once = max(self.most_at_once, self.crowd)
        try:
            await self._next_answer(path)(Connection(reader, writer, seen))
        finally:
            self.crowd -= 1
            seen.over = clock()

    def _next_answer(self, path: str) -> Answer:
        answers = self._answers.get(path)
        if not answers:
            return status(404)
        return answers.popleft() if len(answers) > 1 else answers[0]


# ── answers as they should be ─────────────────────────────────────────────────────────────────────────────


def reply(code: int, body: bytes = b"", headers: Sequence[tuple[str | bytes, str | bytes]] = ()) -> Answer:
    """Answer with a status, header lines and a body of known length."""

    async def answer(connection: Connection) -> None:
        lines = [*headers, ("Content-Length", str(len(body)))] if code != 304 else list(headers)
        await connection.send(_head(code, lines) + body)

    return answer


def text(body: str, *headers: tuple[str, str]) -> Answer:
    """Answer 200 with a text in UTF-8."""
    return reply(200, body.encode(), [("Content-Type", "text/plain; charset=utf-8"), *headers])


def status(code: int, *headers: tuple[str, str]) -> Answer:
    """Answer with a status and no body."""
    return reply(code, b"", headers)


def redirect(location: str | bytes, code: int = 302) -> Answer:
    """Send elsewhere; the Location may be any bytes."""
    return reply(code, b"", [("Location", location)])


def chunked(*chunks: bytes) -> Answer:
    """Answer 200 in chunks."""

    async def answer(connection: Connection) -> None:
        await connection.send(_head(200, [("Transfer-Encoding", "chunked")]))
        for chunk in (*chunks, b""):
            await connection.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))

    return answer


# ── and as they should not be ─────────────────────────────────────────────────────────────────────────────


def dropped() -> Answer:
    """Break off before the first byte."""

    async def answer(connection: Connection) -> None:
        connection.reset()

    return answer


def dropped_within(body: bytes, announced: int) -> Answer:
    """Announce a length, send less, and close."""

    async def answer(connection: Connection) -> None:
        await connection.send(_head(200, [("Content-Length", str(announced))]) + body)
        connection.writer.close()

    return answer


def chunks_broken(*chunks: bytes) -> Answer:
    """Send chunks and close before the last one."""

    async def answer(connection: Connection) -> None:
        await connection.send(_head(200, [("Transfer-Encoding", "chunked")]))
        for chunk in chunks:
            await connection.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        connection.writer.close()

    return answer


def raw(data: bytes) -> Answer:
    """Send these bytes, whatever they are, and close."""

    async def answer(connection: Connection) -> None:
        await connection.send(data)
        connection.writer.close()

    return answer


def held(until: asyncio.Event, then: Answer) -> Answer:
    """Say nothing until an event, then answer."""

    async def answer(connection: Connection) -> None:
        await until.wait()
        await then(connection)

    return answer


def slow(seconds: float, then: Answer) -> Answer:
    """Say nothing for a while on the loop's clock, then answer."""

    async def answer(connection: Connection) -> None:
        await asyncio.sleep(seconds)
        await then(connection)

    return answer


def stalled(body: bytes = b"") -> Answer:
    """Send the head and the start of a body, and then nothing more until the client goes."""

    async def answer(connection: Connection) -> None:
        await connection.send(_head(200, [("Content-Length", str(len(body) + 1))]) + body)
        await connection.reader.read()
        connection.writer.close()

    return answer


def drip(pause: float) -> Answer:
    """Send a body byte by byte, for ever."""

    async def answer(connection: Connection) -> None:
        await connection.send(_head(200, [("Content-Length", "1000000")]))
        while not connection.writer.is_closing():
            await connection.send(b".")
            await asyncio.sleep(pause)

    return answer


def endless_head() -> Answer:
    """Send header lines for ever."""

    async def answer(connection: Connection) -> None:
        await connection.send(b"HTTP/1.1 200 OK\r\n")
        while not connection.writer.is_closing():
            await connection.send(b"X-More: " + b"a" * 8_000 + b"\r\n")
            await asyncio.sleep(0)

    return answer


def bomb(encoding: str, inflated: int) -> Answer:
    """Answer with a small body that inflates to many zeros."""
    return reply(200, compressed(encoding, bytes(inflated)), [("Content-Encoding", encoding)])


def compressed(encoding: str, data: bytes) -> bytes:
    """Return data in a Content-Encoding."""
    match encoding:
        case "gzip":
            return gzip.compress(data, mtime=0)
        case "deflate":
            return zlib.compress(data)
        case "br":
            return bytes(brotli.compress(data, quality=5))
        case "zstd":
            return zstandard.compress(data)
    msg = f"no such encoding: {encoding}"
    raise ValueError(msg)


def _head(code: int, headers: Sequence[tuple[str | bytes, str | bytes]]) -> bytes:
    lines = [b"HTTP/1.1 %d %s" % (code, _REASONS[code])]
    lines += [b"%s: %s" % (_bytes(name), _bytes(value)) for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


_REASONS = defaultdict(lambda: b"Whatever", {200: b"OK", 302: b"Found", 404: b"Not Found"})
