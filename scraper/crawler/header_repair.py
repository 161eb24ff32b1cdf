"""The head of an answer, mended as browsers mend it, so that one odd line does not cost a whole page.

h11 refuses an answer for a header line without a colon, for a blank before it, for a status line of another
version, for an empty length. Browsers take such answers; so do we. Pure: bytes in, values out.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:([^\x00\r\x0b\x0c]*)")
_STATUS = re.compile(
    rb"\s*(?:HTTP|ICY)(?:/([0-9]+(?:\.[0-9]+)?))?[ \t]+([1-9][0-9]{2})(?![0-9])(.*)", re.IGNORECASE
)
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_BODILESS = {204, 304}
_INTERIM = range(100, 200)
_OK = range(200, 300)
_LENGTH = b"content-length"
_CODING = b"transfer-encoding"


class Head(NamedTuple):
    """A head that h11 can read, and how the body that follows it ends."""

    head: bytes
    status: int  # 0: this is no head that anybody could read
    chunked: bool
    length: int | None  # None: where it is not chunked, the body ends with the connection

    @property
    def interim(self) -> bool:
        """Whether the real head is still to come (1xx)."""
        return self.status in _INTERIM and self.status != 101  # noqa: PLR2004 - 101 gives up HTTP


def repaired(head: bytes, method: bytes = b"GET") -> Head:
    """Return a head without its illegal lines, with one account of its body's length (RFC 9112, 5.1, 6.3)."""
    first, *lines = re.split(rb"\r?\n", head.strip(b"\r\n"))
    status, line = _status_line(first)
    fields = _fields(lines)
    chunked = _is_chunked(fields)
    lengths = _lengths(fields)
    if chunked:
        fields = _chunked_once(fields, keep_length=len(lengths) == 1)
    fields = [field for field in fields if _says_something(*field)]
    length = int(lengths.pop()) if len(lengths) == 1 and not chunked else None
    if status in _BODILESS or (method == b"CONNECT" and status in _OK):
        chunked, length = False, 0
    text = b"\r\n".join([line, *(name + b":" + value for name, value in fields)]) + b"\r\n\r\n"
    return Head(text, status, chunked, length)


def _status_line(first: bytes) -> tuple[int, bytes]:
    """Return the status, and the line as HTTP/1 writes it; a line that is none stays as it is."""
    match = _STATUS.fullmatch(first)
    if match is None:
        return 0, first
    version = b"1.0" if (match[1] or b"").startswith((b"0", b"1.0")) else b"1.1"
    reason = _CONTROL.sub(b"", match[3]).strip()
    return int(match[2]), b"HTTP/%s %s %s" % (version, match[2], reason)


def _fields(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Return the legal header lines; one that goes on below is one line, folded as it came."""
    fields: list[tuple[bytes, bytes]] = []
    skipped = True  # what goes on with nothing is skipped
    for line in lines:
        if line[:1] in {b" ", b"\t"}:
            if not skipped:
                name, value = fields.pop()
                fields.append((name, value + b"\r\n" + line))
            continue
        match = _LINE.fullmatch(line)
        skipped = match is None
        if match is not None:
            fields.append((match[1], match[2]))
    return fields


def _is_chunked(fields: list[tuple[bytes, bytes]]) -> bool:
    """Say whether the body comes in chunks, however often that is said."""
    codings = {coding.lower() for name, value in fields if _is(name, _CODING) for coding in _parts(value)}
    return b"chunked" in codings and codings <= {b"chunked", b"identity"}


def _lengths(fields: list[tuple[bytes, bytes]]) -> set[bytes]:
    """Return the lengths that are told, each once; more than one is a contradiction."""
    return {
        part for name, value in fields if _is(name, _LENGTH) for part in _parts(value) if _is_length(part)
    }


def _chunked_once(fields: list[tuple[bytes, bytes]], *, keep_length: bool) -> list[tuple[bytes, bytes]]:
    """Return the lines with the chunks told once; a length beside them counts for nothing."""
    first = next(at for at, (name, _) in enumerate(fields) if _is(name, _CODING))
    return [
        (name, b" chunked" if at == first else value)
        for at, (name, value) in enumerate(fields)
        if at == first or not (_is(name, _CODING) or (_is(name, _LENGTH) and not keep_length))
    ]


def _says_something(name: bytes, value: bytes) -> bool:
    """Say whether a line is passed on: not a length that is none, nor a coding that is none."""
    if _is(name, _LENGTH):
        return bool(_parts(value)) and all(map(_is_length, _parts(value)))
    if _is(name, _CODING):
        return any(part.lower() != b"identity" for part in _parts(value))
    return True


def _parts(value: bytes) -> list[bytes]:
    return [part.strip() for part in value.split(b",") if part.strip()]


def _is_length(part: bytes) -> bool:
    return re.fullmatch(rb"[0-9]{1,18}", part) is not None


def _is(name: bytes, wanted: bytes) -> bool:
    return name.lower() == wanted
