"""The head of an answer, mended as browsers mend it, so that one illegal line does not cost a whole page.

h11 refuses an answer for a header line without a colon, with a blank before it, or with a control character.
Browsers skip such lines; so do we. Pure: bytes in, bytes out.
"""

from __future__ import annotations

import re

MOST = 102_400  # bytes of a head that is mended; a longer one is left to h11, which gives it up
_END = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:([^\x00\r\x0b\x0c]*)")
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d")


class HeaderRepair:
    """Follows the bytes of one connection, and mends the first head after each request."""

    def __init__(self) -> None:
        """Begin before the first request."""
        self._waiting: bytes | None = None  # None: what comes now is no head

    def asked(self) -> None:
        """Take note that a request went out: what comes next is a head."""
        self._waiting = b""

    def pass_on(self, data: bytes) -> bytes:
        """Return what may be passed on now: nothing while a head is not whole; at the end, all there is."""
        if self._waiting is None:
            return data
        held = self._waiting + data
        end = _END.search(held)
        if end is None and data and len(held) <= MOST:
            self._waiting = held
            return b""
        if end is None:
            self._waiting = None
            return held
        head, rest = held[: end.end()], held[end.end() :]
        if _INTERIM.match(head):  # a 1xx: the real head is still to come
            self._waiting = b""
            return mended(head) + (self.pass_on(rest) if rest else b"")
        self._waiting = None
        return mended(head) + rest


def mended(head: bytes) -> bytes:
    """Return a head without its illegal lines, and without blanks before a colon (RFC 9112, 5.1)."""
    first, *lines = re.split(rb"\r?\n", head.rstrip(b"\r\n"))
    kept = [first]
    skipped = False
    for line in lines:
        if line[:1] in {b" ", b"\t"}:  # it goes on with the line before
            if not skipped and len(kept) > 1:
                kept.append(line)
            continue
        match = _LINE.fullmatch(line)
        skipped = match is None
        if match is not None:
            kept.append(match[1] + b":" + match[2])
    return b"\r\n".join(kept) + b"\r\n\r\n"
