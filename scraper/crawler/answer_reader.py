"""The answers of one connection, read as browsers read them and counted to their last byte.

Follows every byte, so that it is known where an answer ends: what comes after that is no part of it, nor of
the next one. A connection on which more comes has lost its place, and is of no further use (the next request
would be given a stranger's answer). Pure: bytes in, values out.

    chunks that end in LF, sizes with blanks or extensions     read as RFC 9112, 7.1 means them
    blank lines before a head                                  skipped (2.2)
    interim answers (1xx)                                      passed over
    other oddities of a head                                   see `header_repair`
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from scraper.crawler.header_repair import repaired
from scraper.messages import say

if TYPE_CHECKING:
    from scraper.crawler.header_repair import Head

MOST = 102_400  # bytes of all heads of an answer, the interim ones too, and of what follows the last chunk
_LONGEST_LINE = 4_096  # bytes of a line between chunks
_END = re.compile(rb"\r?\n\r?\n")
_LONGEST_END = 4  # bytes
_BLANK = re.compile(rb"[\r\n]+")
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?", re.DOTALL)


class _At(Enum):
    """What the next byte belongs to."""

    NOTHING = auto()  # no request went out, or its answer is over
    HEAD = auto()
    LENGTH = auto()  # a body of known length
    END = auto()  # a body that ends with the connection
    SIZE = auto()  # the line before a chunk
    CHUNK = auto()
    CHUNK_END = auto()  # the line end behind a chunk
    TRAILER = auto()
    NOWHERE = auto()  # what nobody can read


class AnswerReader:
    """Follows one connection. Does not read from it and does not write to it."""

    def __init__(self) -> None:
        """Begin before the first request."""
        self.asked_for = 0  # requests that went out
        self.left_over = False  # True: more came than the answer
        self.head: Head | None = None  # of the answer to the last request; None: it is not here yet
        self.fault: str | None = None  # why the rest of the answer cannot be had; None: it can
        self.is_endless = False  # True: the fault is that the header lines do not end
        self._at = _At.NOTHING
        self._held = b""  # of a line or head that is not whole yet
        self._seen = 0  # bytes of what is held in which the end of the head is not
        self._passed = 0  # bytes of heads and trailers that were gone through and count for nothing
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

    def asked(self, method: bytes) -> None:
        """Take note that a request went out: what comes next is a head."""
        self.asked_for += 1
        self._method = method
        self._at, self._held, self.head = _At.HEAD, b"", None
        self._seen = self._passed = 0

    def take(self, data: bytes) -> list[bytes]:
        """Take in what came; return what of it is the body's."""
        body: list[bytes] = []
        data, self._held = self._held + data, b""
        start = 0
        while start < len(data):
            before = self._at
            taken = self._take(data, start, body)
            start += taken
            if not taken and self._at is before:  # the rest of a line is still to come
                self._held = data[start:]
                break
        return body

    def end(self, *, in_order: bool = True) -> None:
        """Take in that nothing more comes; `in_order`: the other side said so, and nothing broke."""
        if in_order and self._at in {_At.END, _At.TRAILER}:  # nothing of the body is missing
            self._at = _At.NOTHING
        elif self.waits:
            self.fault = say("the server closed the connection")
        elif self._at is not _At.NOTHING:
            self.fault = self.fault or say("the answer broke off")

    def _take(self, data: bytes, start: int, body: list[bytes]) -> int:
        """Take in what comes next in the data; return how many bytes of them that was."""
        match self._at:
            case _At.HEAD:
                return self._head(data, start)
            case _At.LENGTH:
                return self._part(data, start, body, _At.NOTHING)
            case _At.CHUNK:
                return self._part(data, start, body, _At.CHUNK_END)
            case _At.SIZE | _At.CHUNK_END | _At.TRAILER:
                return self._line(data, start)
            case _At.END:
                body.append(data[start:])
            case _At.NOTHING:
                self.left_over = True
        return len(data) - start

    def _part(self, data: bytes, start: int, body: list[bytes], then: _At) -> int:
        part = data[start : start + self._left]
        body.append(part)
        self._left -= len(part)
        if not self._left:
            self._at = then
        return len(part)

    def _head(self, data: bytes, start: int) -> int:
        if (blank := _BLANK.match(data, start)) is not None:
            return self._pass(blank.end() - start)
        end = _END.search(data, start + max(self._seen - _LONGEST_END + 1, 0))
        if end is None:
            self._seen = len(data) - start
            return self._pass(0, self._seen)
        size, self._seen = end.end() - start, 0
        head = repaired(data[start : end.end()], self._method)
        if head.fault is not None:
            self._give_up(head.fault)
        elif head.interim:
            self._pass(size)
        else:
            self._begin(head)
        return size

    def _begin(self, head: Head) -> None:
        """Take in a head; what comes next is its body."""
        self.head = head
        self._left = head.length or 0
        self._passed = 0
        if head.chunked:
            self._at = _At.SIZE
        elif head.length is None:
            self._at = _At.END
        else:
            self._at = _At.LENGTH if self._left else _At.NOTHING

    def _line(self, data: bytes, start: int) -> int:
        """Take in a line between chunks."""
        end = data.find(b"\n", start) + 1
        is_behind_chunk = self._at is _At.CHUNK_END and data[start] not in b"\r\n"
        if is_behind_chunk or (end or len(data)) - start > _LONGEST_LINE:
            return self._give_up(say("its chunks are broken"))
        if not end:
            return 0
        line = data[start : end - 1]
        match self._at:
            case _At.CHUNK_END:
                self._at = _At.SIZE
            case _At.SIZE:
                size = _SIZE.fullmatch(line)
                if size is None:
                    return self._give_up(say("its chunks are broken"))
                self._left = int(size[1], 16)
                self._at = _At.CHUNK if self._left else _At.TRAILER
            case _ if line.strip():
                return self._pass(end - start)
            case _:
                self._at = _At.NOTHING
        return end - start

    def _pass(self, size: int, held: int = 0) -> int:
        """Go on behind what counts for nothing, where that and what is held do not become too much."""
        self._passed += size
        if self._passed + held > MOST:
            self.is_endless = True
            self._give_up(say("its header lines do not end"))
        return size

    def _give_up(self, why: str) -> int:
        self.fault = why
        self._at = _At.NOWHERE
        return 0
