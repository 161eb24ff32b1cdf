"""A SQLite file as pages: what changed since it was last shipped, as bytes, and the file made of them again.

A run changes few pages of a large state. SQLite writes whole pages of one size, so the pages that differ are
all that must travel. Pure: files are given and returned as bytes.

A part is one zstd frame of: magic, page size, size of the whole file, number of pages that follow; their
numbers; the pages.
"""

from __future__ import annotations

import struct
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import zstandard

from scraper.errors import StoreError
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = 4096  # bytes; a file whose own pages are larger is cut into these
DIGEST: Final = 16  # bytes of one page's digest

_MAGIC = b"NAPAGES1"
_HEAD = struct.Struct(">8sIQI")
_LEVEL = 3  # of zstd: on a state of real pages within 6 % of level 9, at a fifth of the time
_LARGEST = 2**36  # bytes of a file that a part may claim to be of


def page_digests(data: bytes) -> bytes:
    """Return the digests of a file's pages, one behind the other."""
    return b"".join(_digest(page) for page in _pages(data))


def changes(data: bytes, known: bytes) -> bytes:
    """Return the part that makes of the file whose page digests are `known` the file `data`.

    With no known digests it holds every page: the file can be made of it alone.
    """
    numbers, pages = [], []
    for number, page in enumerate(_pages(data)):
        if known[number * DIGEST : (number + 1) * DIGEST] != _digest(page):
            numbers.append(number)
            pages.append(page)
    head = _HEAD.pack(_MAGIC, PAGE, len(data), len(numbers))
    raw = b"".join((head, struct.pack(f">{len(numbers)}I", *numbers), *pages))
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(raw)


def applied(base: bytes, part: bytes) -> bytes:
    """Return the file that a part makes of `base`. Raises StoreError for what is no part."""
    raw = _inflated(part)
    try:
        magic, page_size, size, count = _HEAD.unpack_from(raw)
        numbers = struct.unpack_from(f">{count}I", raw, _HEAD.size)
    except struct.error as error:
        raise _damaged(error) from error
    if magic != _MAGIC or page_size != PAGE or size > _LARGEST:
        raise _damaged(None)
    data = bytearray(base[:size].ljust(size, b"\0"))
    at = _HEAD.size + 4 * count
    for number in numbers:
        length = min(PAGE, size - number * PAGE)
        if length <= 0 or at + length > len(raw):
            raise _damaged(None)
        data[number * PAGE : number * PAGE + length] = raw[at : at + length]
        at += length
    return bytes(data)


def _inflated(part: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompress(part)
    except zstandard.ZstdError as error:
        raise _damaged(error) from error


def _pages(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), PAGE):
        yield data[start : start + PAGE]


def _digest(page: bytes) -> bytes:
    return blake2b(page, digest_size=DIGEST).digest()


def _damaged(why: Exception | None) -> StoreError:
    """Return the error about a part. `why`: what its reader said; None: it is whole, and none of ours."""
    return StoreError(
        say("pages of a state came damaged from the store: {why}", why=f"{why or 'no such part'}")
    )
