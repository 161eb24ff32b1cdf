"""HTTP/1.1 on a stream: a request's head read, an answer sent in its manner, however broken."""

from __future__ import annotations

import asyncio
import socket
import struct
from http import HTTPStatus
from typing import TYPE_CHECKING, assert_never

from scraper.demo.exchange import Answer, BrokenChunks, Dripped, Manner, Reset, Short, Stalled, Whole
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHUNK = 4096
_LOOK_AGAIN = 0.005  # seconds between two looks at the event that ends a stall
_NO_BODY = {204, 304}


class NotHttp(Exception):  # noqa: N818 -- named for what it says, as in errors.py
    """What came is no HTTP/1.x request."""


class Head(Value, frozen=True, kw_only=True):
    """A request's first line and headers; a body, where one came, was read and dropped."""

    method: str
    target: str
    headers: Mapping[str, str]  # names in lower case; of several lines with one name the last
    keep_alive: bool


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """Read one request, or return None where the client closed the connection between two."""
    first = await reader.readline()
    if not first:
        return None
    words = first.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):  # noqa: PLR2004 -- method, target, version
        raise NotHttp(first[:80])
    headers: dict[str, str] = {}
    while (line := (await reader.readline()).decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    await reader.readexactly(int(headers.get("content-length", "0")))
    closing = words[2] == "HTTP/1.0" or headers.get("connection", "").lower() == "close"
    return Head(method=words[0], target=words[1], headers=headers, keep_alive=not closing)


def is_sent(manner: Manner) -> bool:
    """Say whether at least the status line leaves."""
    match manner:
        case Reset(after=None) | Stalled(after=None):
            return False
        case _:
            return True


async def send(writer: asyncio.StreamWriter, answer: Answer, *, head: bool) -> bool:
    """Send an answer in its manner; say whether the connection is still whole after it."""
    if head or answer.status in _NO_BODY:
        writer.write(_head(answer, _length(0 if answer.status in _NO_BODY else len(answer.body))))
        await writer.drain()
        return True
    match answer.manner:
        case Whole():
            await _send_whole(writer, answer)
            return True
        case Dripped(step=step, pause=pause):
            await _drip(writer, answer, step, pause)
            return True
        case Reset(after=after):
            await _send_part(writer, answer, after)
            _reset(writer)
        case Short(sent=sent):
            await _send_part(writer, answer, sent)
        case BrokenChunks():
            writer.write(
                _head(answer, ("Transfer-Encoding", "chunked")) + _chunk(answer.body[:64]) + b"zz\r\n\r\n"
            )
            await writer.drain()
        case Stalled(until=until, after=after):
            await _send_part(writer, answer, after)
            while not until.is_set():  # noqa: ASYNC110 -- a threading.Event: tests set it from outside the loop
                await asyncio.sleep(_LOOK_AGAIN)
        case _ as never:
            assert_never(never)
    return False


def _length(size: int) -> tuple[str, str]:
    return ("Content-Length", str(size))


def _head(answer: Answer, framing: tuple[str, str]) -> bytes:
    reason = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Unknown"
    lines = [
        f"HTTP/1.1 {answer.status} {reason}",
        *(f"{name}: {value}" for name, value in (*answer.headers, framing)),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def _send_whole(writer: asyncio.StreamWriter, answer: Answer) -> None:
    if answer.chunked:
        pieces = [answer.body[at : at + _CHUNK] for at in range(0, len(answer.body), _CHUNK)]
        writer.write(_head(answer, ("Transfer-Encoding", "chunked")))
        writer.writelines([*map(_chunk, pieces), b"0\r\n\r\n"])
    else:
        writer.write(_head(answer, _length(len(answer.body))) + answer.body)
    await writer.drain()


async def _drip(writer: asyncio.StreamWriter, answer: Answer, step: int, pause: float) -> None:
    writer.write(_head(answer, _length(len(answer.body))))
    for at in range(0, len(answer.body), step):
        writer.write(answer.body[at : at + step])
        await writer.drain()
        await asyncio.sleep(pause)


async def _send_part(writer: asyncio.StreamWriter, answer: Answer, size: int | None) -> None:
    """Send the head, with the whole body's length, and the first `size` bytes; nothing where it is None."""
    if size is not None:
        sent = min(size, max(0, len(answer.body) - 1))
        writer.write(_head(answer, _length(max(len(answer.body), sent + 1))) + answer.body[:sent])
        await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN: SO_LINGER with no time left."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
