"""The head of an answer, mended as browsers mend it, so that one odd line does not cost a whole page.

By the letter an answer is none for a header line without a colon, for a blank before it, for a status line of
another version, for an empty length. Browsers take such answers; so do we. Pure: bytes in, values out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper.messages import say

if TYPE_CHECKING:
    from scraper.model import Headers

_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:([^\x00\r\x0b\x0c]*)")
_STATUS = re.compile(
    rb"\s*(?:HTTP|ICY)(?:/([0-9]+(?:\.[0-9]+)?))?[ \t]+([1-9][0-9]{2})(?![0-9])(.*)", re.IGNORECASE
)
_ILLEGAL = re.compile(rb"[\x00\r\x0b\x0c]")
_BLANKS = b" \t"
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_BODILESS = {204, 304}
_INTERIM = range(100, 200)
_OK = range(200, 300)
_SWITCHES = 101  # it gives up HTTP
_LENGTH = b"content-length"
_CODING = b"transfer-encoding"
_CONNECTION = b"connection"


class Head(NamedTuple):
    """A head as it is meant, and how the body that follows it ends."""

    status: int
    reason: bytes
    headers: Headers
    chunked: bool
    length: int | None  # None: where it is not chunked, the body ends with the connection
    is_last: bool  # the server closes the connection behind it
    fault: str | None = None  # why nobody can read the answer; None: it can be read

    @property
    def interim(self) -> bool:
        """Whether the real head is still to come (1xx)."""
        return self.status in _INTERIM


def repaired(head: bytes, method: bytes = b"GET") -> Head:
    """Return a head without its illegal lines, with one account of its body's length (RFC 9112, 5.1, 6.3)."""
    first, *lines = re.split(rb"\r?\n", head.strip(b"\r\n"))
    match = _STATUS.fullmatch(first)
    if match is None:
        return Head(0, b"", (), chunked=False, length=None, is_last=True, fault=say("it is no HTTP"))
    status, fields = int(match[2]), _fields(lines)
    chunked, lengths = _is_chunked(fields), _lengths(fields)
    fields = _told_once(fields, chunked=chunked, keep_length=len(lengths) == 1)
    length = int(next(iter(lengths))) if len(lengths) == 1 and not chunked else None
    fault = None
    if status == _SWITCHES or any(_is(name, _CODING) for name, _ in fields) is not chunked:
        fault = say("it comes in a way that nobody asked for")
    elif len(lengths) > 1 and not chunked:
        fault = say("it has two lengths")
    if status in _BODILESS or (method == b"CONNECT" and status in _OK):
        chunked, length = False, 0
    is_last = (match[1] or b"").startswith((b"0", b"1.0")) or _closes(fields)
    return Head(status, _CONTROL.sub(b"", match[3]).strip(), tuple(fields), chunked, length, is_last, fault)


def _fields(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Return the legal header lines; one that goes on below is one line."""
    fields: list[tuple[bytes, bytes]] = []
    skipped = True  # what goes on with nothing is skipped
    for line in lines:
        if line[:1] in {b" ", b"\t"}:
            if not skipped and not _ILLEGAL.search(line):
                name, value = fields.pop()
                fields.append((name, (value + b" " + line.lstrip(_BLANKS)).rstrip(_BLANKS)))
            continue
        match = _LINE.fullmatch(line)
        skipped = match is None
        if match is not None:
            fields.append((match[1], match[2].strip(_BLANKS)))
    return fields


def _is_chunked(fields: list[tuple[bytes, bytes]]) -> bool:
    """Say whether the body comes in chunks, however often that is said."""
    codings = {coding for name, value in fields if _is(name, _CODING) for coding in _words(value)}
    return b"chunked" in codings and codings <= {b"chunked", b"identity"}


def _lengths(fields: list[tuple[bytes, bytes]]) -> set[bytes]:
    """Return the lengths that are told, each once; more than one is a contradiction."""
    return {
        part for name, value in fields if _is(name, _LENGTH) for part in _parts(value) if _is_length(part)
    }


def _closes(fields: list[tuple[bytes, bytes]]) -> bool:
    """Say whether the server says that it closes the connection (9.6)."""
    return any(_is(name, _CONNECTION) and b"close" in _words(value) for name, value in fields)


def _told_once(
    fields: list[tuple[bytes, bytes]], *, chunked: bool, keep_length: bool
) -> list[tuple[bytes, bytes]]:
    """Return the lines with chunks and length told once each, and not where they are none."""
    kept: list[tuple[bytes, bytes]] = []
    told: set[bytes] = set()
    for name, value in fields:
        what = name.lower()
        if what in {_LENGTH, _CODING}:
            if what in told or not _says_something(what, value) or (what == _LENGTH and not keep_length):
                continue
            told.add(what)
            value = _parts(value)[0] if what == _LENGTH else b"chunked" if chunked else value  # noqa: PLW2901
        kept.append((name, value))
    return kept


def _says_something(what: bytes, value: bytes) -> bool:
    """Say whether a line is passed on: not a length that is none, nor a coding that is none."""
    if what == _LENGTH:
        return bool(_parts(value)) and all(map(_is_length, _parts(value)))
    return any(part != b"identity" for part in _words(value))


def _words(value: bytes) -> set[bytes]:
    """Return the words of a list, in small letters."""
    return {part.lower() for part in _parts(value)}


def _parts(value: bytes) -> list[bytes]:
    return [part.strip() for part in value.split(b",") if part.strip()]


def _is_length(part: bytes) -> bool:
    return re.fullmatch(rb"[0-9]{1,18}", part) is not None


def _is(name: bytes, wanted: bytes) -> bool:
    return name.lower() == wanted
