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
_LINE_END = re.compile(rb"\r?\n")
_IS_LENGTH = re.compile(rb"[0-9]{1,18}")
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
    first, *lines = _LINE_END.split(head.strip(b"\r\n"))
    match = _STATUS.fullmatch(first)
    if match is None:
        return Head(0, b"", (), chunked=False, length=None, is_last=True, fault=say("it is no HTTP"))
    status, fields = int(match[2]), _fields(lines)
    codings = _words(fields, _CODING)
    chunked = b"chunked" in codings and codings <= {b"chunked", b"identity"}
    lengths = set(filter(_IS_LENGTH.fullmatch, _words(fields, _LENGTH)))
    fault = None
    if status == _SWITCHES or not (chunked or codings <= {b"identity"}):
        fault = say("it comes in a way that nobody asked for")
    elif len(lengths) > 1 and not chunked:
        fault = say("it has two lengths")
    fields = _told_once(fields, chunked=chunked, length=next(iter(lengths)) if len(lengths) == 1 else None)
    length = int(next(iter(lengths))) if len(lengths) == 1 and not chunked else None
    if status in _BODILESS or (method == b"CONNECT" and status in _OK):
        chunked, length = False, 0
    is_last = (match[1] or b"").startswith((b"0", b"1.0")) or b"close" in _words(fields, _CONNECTION)
    return Head(status, _CONTROL.sub(b"", match[3]).strip(), tuple(fields), chunked, length, is_last, fault)


def _fields(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Return the legal header lines; one that goes on below is one line."""
    fields: list[tuple[bytes, bytes]] = []
    skipped = True  # what goes on with nothing is skipped
    for line in lines:
        if line[:1] in {b" ", b"\t"}:
            if not skipped and not _ILLEGAL.search(line):
                name, value = fields.pop()
                fields.append((name, (value + b" " + line.lstrip(_BLANKS)).strip(_BLANKS)))
            continue
        match = _LINE.fullmatch(line)
        skipped = match is None
        if match is not None:
            fields.append((match[1], match[2].strip(_BLANKS)))
    return fields


def _words(fields: list[tuple[bytes, bytes]], wanted: bytes) -> set[bytes]:
    """Return the words that the lines of a name (given in small letters) list, in small letters."""
    values = [value for name, value in fields if len(name) == len(wanted) and name.lower() == wanted]
    return {word.strip().lower() for value in values for word in value.split(b",")} - {b""}


def _told_once(
    fields: list[tuple[bytes, bytes]], *, chunked: bool, length: bytes | None
) -> list[tuple[bytes, bytes]]:
    """Return the lines with chunks and length told once each, and not where they are none."""
    kept: list[tuple[bytes, bytes]] = []
    left = {_CODING: b"chunked" if chunked else None, _LENGTH: length}
    for name, value in fields:
        what = name.lower()
        if what not in left:
            kept.append((name, value))
        elif (told := left[what]) is not None:
            kept.append((name, told))
            left[what] = None
    return kept
