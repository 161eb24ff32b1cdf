"""The heads of HTTP messages as records have them: a first line, header lines, an empty line. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.messages import say
from scraper.stores.warc import BrokenRecord

if TYPE_CHECKING:
    from scraper.model import Headers

_HIDDEN = b"X-Crawler-"
_TRANSFER_ENCODING = re.compile(rb"(?:X-Crawler-)*Transfer-Encoding", re.IGNORECASE)
_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")
_END = b"\r\n\r\n"


def join_head(first: bytes, headers: Headers) -> bytes:
    """Join a head. A CR or LF within a line would forge another: it becomes a blank (RFC 9110, 5.5)."""
    lines = [first, *(name + b": " + value for name, value in headers)]
    return b"\r\n".join([*(line.translate(_ONE_LINE) for line in lines), b"", b""])


def split_head(block: bytes) -> tuple[bytes, Headers, bytes]:
    """Return a block's first line, its header lines, and what follows its head."""
    head, blank, rest = block.partition(_END)
    if not blank:
        msg = say("the block has no end of its headers")
        raise BrokenRecord(msg)
    first, *lines = head.split(b"\r\n")
    pairs = (line.partition(b":") for line in lines)
    return first, tuple((name, value.removeprefix(b" ")) for name, _, value in pairs), rest


def hide_chunking(headers: Headers) -> Headers:
    """Name `Transfer-Encoding` otherwise: the body is stored without its chunks.

    As Common Crawl does. A reader who believed the header would look for chunks.
    """
    return tuple(
        (_HIDDEN + name if _TRANSFER_ENCODING.fullmatch(name) else name, value) for name, value in headers
    )


def show_chunking(headers: Headers) -> Headers:
    """Undo `hide_chunking`."""
    return tuple(
        (name.removeprefix(_HIDDEN) if _TRANSFER_ENCODING.fullmatch(name) else name, value)
        for name, value in headers
    )
