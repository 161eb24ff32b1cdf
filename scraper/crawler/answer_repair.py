"""The answers of one connection, each passed on in a form that h11 can read, and counted to its last byte.

Follows every byte, so that it is known where an answer ends: what comes after that is no part of it, nor of
the next one. A connection on which more comes has lost its place, and is of no further use (the next request
would be given a stranger's answer). Pure: bytes in, bytes out.

    chunks that end in LF, sizes with blanks or extensions     written again as RFC 9112, 7.1 has them
    blank lines before a head                                  skipped (2.2)
    other oddities of a head                                   see `header_repair`
"""

from __future__ import annotations

import re
from enum import Enum, auto

from scraper.crawler.header_repair import repaired

MOST = 102_400  # bytes of a head that is mended; a longer one is left to h11, which gives it up
_LONGEST_LINE = 4_096  # bytes of a line between chunks
_END = re.compile(rb"\r?\n\r?\n")
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?", re.DOTALL)
_LAST_CHUNK = b"0\r\n\r\n"
_BROKEN = b"\x00\r\n"  # no size of a chunk: h11 says so


class _At(Enum):
    """What the next byte belongs to."""

    NOTHING = auto()  # no request went out, or its answer is over
    HEAD = auto()
    LENGTH = auto()  # a body of known length
    END = auto()  # a body that ends with the connection, or what is no HTTP
    SIZE = auto()  # the line before a chunk
    CHUNK = auto()
    CHUNK_END = auto()  # the line end behind a chunk
    TRAILER = auto()


class AnswerRepair:
    """Follows one connection. Does not read and does not write."""

    def __init__(self) -> None:
        """Begin before the first request."""
        self.asked_for = 0  # requests that went out
        self.left_over = False  # True: more came than the answer
        self._at = _At.NOTHING
        self._held = b""  # of a line or head that is not whole yet
        self._left = 0  # bytes of the body, or of the chunk, that are still to come
        self._method = b""

    @property
    def waits(self) -> bool:
        """Whether a request went out, and nothing of its answer came."""
        return self._at is _At.HEAD and not self._held

    @property
    def whole(self) -> bool:
        """Whether the last answer came to its end."""
        return self._at is _At.NOTHING

    def asked(self, request: bytes) -> None:
        """Take note that a request went out: what comes next is a head."""
        self.asked_for += 1
        self._method = request.partition(b" ")[0]
        self._at, self._held = _At.HEAD, b""

    def pass_on(self, data: bytes) -> bytes:
        """Return what may be passed on now: nothing while a line is not whole; at the end, all there is."""
        if not data:
            return self._ended()
        out: list[bytes] = []
        data, self._held = self._held + data, b""
        while data:
            before = self._at
            taken = self._take(data, out)
            data = data[taken:]
            if not taken and self._at is before:  # the rest of a line is still to come
                self._held = data
                break
        return b"".join(out)

    def _take(self, data: bytes, out: list[bytes]) -> int:
        """Take in what the data begin with; return how many bytes of them that was."""
        match self._at:
            case _At.NOTHING:
                self.left_over = True
                return len(data)
            case _At.HEAD:
                return self._head(data, out)
            case _At.END:
                out.append(data)
                return len(data)
            case _At.LENGTH:
                part = data[: self._left]
                out.append(part)
                self._count(len(part), _At.NOTHING)
                return len(part)
            case _At.CHUNK:
                part = data[: self._left]
                out.append(b"%x\r\n%b\r\n" % (len(part), part))
                self._count(len(part), _At.CHUNK_END)
                return len(part)
            case _:
                return self._line(data, out)

    def _count(self, size: int, then: _At) -> None:
        self._left -= size
        if not self._left:
            self._at = then

    def _head(self, data: bytes, out: list[bytes]) -> int:
        blank = len(data) - len(data.lstrip(b"\r\n"))
        if blank:
            return blank
        end = _END.search(data)
        if end is None and len(data) <= MOST:
            return 0
        head = None if end is None else repaired(data[: end.end()], self._method)
        if end is None or head is None or not head.status:
            self._at = _At.END
            return 0
        out.append(head.head)
        if not head.interim:
            self._left = head.length or 0
            if head.chunked:
                self._at = _At.SIZE
            elif head.length is None or (self._method == b"CONNECT" and not self._left):
                self._at = _At.END
            else:
                self._at = _At.LENGTH if self._left else _At.NOTHING
        return end.end()

    def _line(self, data: bytes, out: list[bytes]) -> int:
        """Take in a line between chunks."""
        if self._at is _At.CHUNK_END and data[:1] not in {b"\r", b"\n"}:
            return self._give_up(out)
        end = data.find(b"\n") + 1
        if (end or len(data)) > _LONGEST_LINE:
            return self._give_up(out)
        if not end:
            return 0
        line = data[: end - 1]
        match self._at:
            case _At.CHUNK_END:
                self._at = _At.SIZE
            case _At.SIZE:
                size = _SIZE.fullmatch(line)
                if size is None:
                    return self._give_up(out)
                self._left = int(size[1], 16)
                self._at = _At.CHUNK if self._left else _At.TRAILER
            case _ if not line.strip():
                out.append(_LAST_CHUNK)
                self._at = _At.NOTHING
        return end

    def _give_up(self, out: list[bytes]) -> int:
        out.append(_BROKEN)
        self._at = _At.END
        return 0

    def _ended(self) -> bytes:
        """Return what is still to be passed on, the connection being at its end."""
        held, self._held = self._held, b""
        at, self._at = self._at, _At.NOTHING
        if at is _At.TRAILER:  # nothing of the body is missing
            return _LAST_CHUNK
        return held
