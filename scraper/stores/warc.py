"""The WARC 1.1 format: records to gzip members and back. Knows nothing of captures or of files' names.

Why it is written here and not by warcio: a record must hold the very bytes of the server's header lines
(warcio rewrites those that are not ASCII and drops those that are illegal), and a member that breaks off must
be seen (warcio's reader passes it). warcio and fastwarc read every file in the tests instead.

https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import hashlib
import os
import zlib
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = b"WARC/1.1"
LEVEL = 6  # of zlib; measured on real pages, 9 takes 80 % more time for 0.4 % fewer bytes
MAX_RECORD = 2**30  # bytes of one inflated record; more is damage, for no capture is that large

_GZIP_HEADER = 16  # zlib's name for "with a gzip header and trailer", added to the window's
_WINDOWS = range(9, 16)  # their sizes, as powers of two: a window that holds all loses nothing
_MEMORY = 8  # zlib's own measure of its tables; of a smaller window's, the window less six
_GZIP = _GZIP_HEADER + _WINDOWS[-1]
_MAGIC = b"\x1f\x8b\x08"
_HEADER = 10  # bytes of a member's header, where it holds no name and no comment
_COMMENT = 0x10  # the flag of a member whose header holds a comment
_CHUNK = 2**16
_STEP = 2**20  # bytes inflated at a time
_PEEK = 2**9  # bytes that show what a member begins with
_LONGEST_HEAD = 2**16  # bytes of a record's fields: five addresses of some kilobytes
_COMMON_HEAD = 2**12
_MOST_SPENT = 2**26  # bytes of members that were none, beyond some times the file
_TIMES_THE_FILE = 8
_CRLF = b"\r\n"

Fields: TypeAlias = tuple[tuple[str, str], ...]


class BrokenRecord(ValueError):  # noqa: N818 - named as those of scraper.errors are
    """Bytes that are no whole record; the message says why. Does not leave the stores."""


class Record(Value, frozen=True, kw_only=True):
    """One record: its named fields and its block."""

    fields: Fields
    block: bytes

    def field(self, name: str) -> str | None:
        """Return the first field of this name, or None; case does not matter."""
        size = len(name)
        for key, value in self.fields:
            if key == name or (len(key) == size and key.lower() == name.lower()):
                return value
        return None

    def required(self, name: str) -> str:
        """Return a field that the record must have."""
        value = self.field(name)
        if value is None:
            msg = say("the field {name} is missing", name=name)
            raise BrokenRecord(msg)
        return value


class Member(Value, frozen=True, kw_only=True):
    """A whole gzip member of a file that holds a whole record."""

    offset: int
    length: int  # compressed
    record: Record

    @property
    def end(self) -> int:
        """The offset of the next member."""
        return self.offset + self.length


class Gap(Value, frozen=True, kw_only=True):
    """Bytes of a file that are no whole record."""

    offset: int
    what: str
    torn: bool = False  # True: the file ends within the record


def digest(data: bytes) -> str:
    """Return a labelled digest, in the hex form that `sha256sum` prints."""
    return labelled(hashlib.sha256(data).hexdigest())


def labelled(sha256: str) -> str:
    """Return a sha256 (hex) as fields have it."""
    return f"sha256:{sha256}"


def pack(fields: Fields, block: bytes) -> bytes:
    """Return a record as one gzip member; its block's digest and length are added to the fields."""
    own = (("WARC-Block-Digest", digest(block)), ("Content-Length", str(len(block))))
    lines = [f"{name}: {' '.join(value.splitlines())}".encode() for name, value in (*fields, *own)]
    head = _CRLF.join([VERSION, *lines, b"", b""])
    deflater = _deflater(len(head) + len(block) + len(_CRLF) * 2)
    return (
        deflater.compress(head) + deflater.compress(block) + deflater.compress(_CRLF * 2) + deflater.flush()
    )


def _deflater(size: int) -> zlib._Compress:
    """Return what deflates so many bytes, with no larger a window than they fill.

    zlib fetches and clears a quarter of a MiB for the largest: ten times the work on a request's few lines.
    """
    window = min(max(size.bit_length(), _WINDOWS[0]), _WINDOWS[-1])
    return zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP_HEADER + window, min(window - 6, _MEMORY))


def pack_to(size: int, fields: Fields, block: bytes) -> bytes:
    """Return a record as one gzip member of exactly `size` bytes; raise `BrokenRecord` where it needs more.

    What is left over is a comment in the member's header (RFC 1952, FCOMMENT), which readers pass over.
    """
    member = pack(fields, block)
    room = size - len(member)
    if room < 0:
        msg = say("the record needs {count} bytes, and there are {size}", count=len(member), size=size)
        raise BrokenRecord(msg)
    if room == 0:
        return member
    flags = bytes([member[3] | _COMMENT])
    return member[:3] + flags + member[4:_HEADER] + b" " * (room - 1) + b"\0" + member[_HEADER:]


def unpack(data: bytes) -> Record:
    """Return the record of exactly one member; raise `BrokenRecord` for anything less or more."""
    inflater = zlib.decompressobj(_GZIP)
    try:
        raw = bytearray()
        for step in _steps(inflater, data, MAX_RECORD):
            raw += step
    except zlib.error as error:
        raise BrokenRecord(_plain(error)) from error
    if not inflater.eof or inflater.unused_data:
        msg = say("the record does not end where it should")
        raise BrokenRecord(msg)
    return parse(raw)


def _steps(inflater: zlib._Decompress, data: bytes, most: int) -> Iterator[bytes]:
    """Yield what data inflate to, so much of it at a time that nothing large is held twice."""
    is_full = True
    while most > 0 and (data or is_full) and not inflater.eof:
        step = inflater.decompress(data, min(most, _STEP))
        is_full = len(step) == _STEP  # more may come though all was taken in
        most -= len(step)
        yield step
        data = inflater.unconsumed_tail


def parse(raw: bytes | bytearray) -> Record:
    """Return the record that inflated bytes hold; they must hold it whole, and nothing after it.

    Of the block there are two for a moment, the bytes and what is returned: it may be large.
    """
    start = raw.find(_CRLF * 2) + 4
    head = head_of(bytes(raw[:start]))
    size = len(raw) - start - 4
    if size < 0 or head.required("Content-Length") != str(size) or raw[-4:] != _CRLF * 2:
        msg = say("the record does not have its Content-Length")
        raise BrokenRecord(msg)
    return Record(fields=head.fields, block=bytes(memoryview(raw)[start:-4]))


def head_of(raw: bytes) -> Record:
    """Return the fields that inflated bytes begin with; its block is all that follows, however much it is."""
    head, blank, rest = raw.partition(_CRLF * 2)
    version, *lines = head.split(_CRLF)
    if version != VERSION or not blank:
        msg = say("this is no WARC 1.1 record")
        raise BrokenRecord(msg)
    return Record(fields=tuple(map(_field, lines)), block=rest)


def _field(line: bytes) -> tuple[str, str]:
    name, _, value = line.partition(b":")
    try:
        return name.decode("ascii"), value.strip().decode("utf-8")
    except UnicodeDecodeError as error:
        msg = say("a field is no UTF-8")
        raise BrokenRecord(msg) from error


# ── the members of a file ─────────────────────────────────────────────────────────────────────────────────


def walk(file: BinaryIO, start: int = 0, warcinfo_id: str | None = None) -> Iterator[Member | Gap]:
    """Yield the members from `start` on; after a gap go on with the next member that can be found.

    Holds one record at a time. `start` is a member's offset. See `find` for `warcinfo_id`.
    """
    position: int | None = start
    while position is not None:
        gap = None
        for found in _chain(file, position):
            yield found
            gap = found if isinstance(found, Gap) else None
        position = None if gap is None else find(file, gap.offset + 1, warcinfo_id)


def find(file: BinaryIO, start: int, warcinfo_id: str | None) -> int | None:
    """Return the offset of the first whole member at `start` or after it, or None.

    Where `warcinfo_id` is given, only a member that names it counts: a page can hold a WARC file of its own
    (an attachment is stored as it came), but it cannot know the id that this file's records bear. Of what
    is none of ours no more than a head is inflated; and where there is no id, whole members only until those
    in vain are some times the file: a body can hold a gzip header at every tenth byte.
    """
    spent = Spent(most=_MOST_SPENT + _TIMES_THE_FILE * file.seek(0, os.SEEK_END))
    file.seek(start)
    window, base = b"", start
    while chunk := file.read(_CHUNK):
        window += chunk
        at = window.find(_MAGIC)
        while at >= 0:
            if _is_ours(file, base + at, warcinfo_id, spent):
                return base + at
            at = window.find(_MAGIC, at + 1)
        keep = min(len(window), len(_MAGIC) - 1)
        base += len(window) - keep
        window = window[len(window) - keep :]
        file.seek(base + keep)
    return None


class Spent(Value, kw_only=True):
    """What was inflated in vain."""

    most: int
    bytes: int = 0


def _is_ours(file: BinaryIO, offset: int, warcinfo_id: str | None, spent: Spent) -> bool:
    is_spent = spent.bytes > spent.most
    head = _head(file, offset, _COMMON_HEAD if is_spent else _LONGEST_HEAD)
    if not head:
        return False
    if (warcinfo_id or "").encode() not in head:
        spent.bytes += len(head)
        return False
    if warcinfo_id is None and is_spent:
        return False
    member = next(_chain(file, offset))
    if isinstance(member, Gap):
        spent.bytes += file.tell() - offset
        return False
    ids = {member.record.field("WARC-Warcinfo-ID"), member.record.field("WARC-Record-ID")}
    return warcinfo_id is None or warcinfo_id in ids


def _head(file: BinaryIO, offset: int, most: int) -> bytes:
    """Return what a member begins with, to the end of its fields or of what they may be; nothing: it is none.

    A comment of ours is blank (`pack_to`).
    """
    file.seek(offset)
    start = file.read(_HEADER)
    chunk = file.read(_PEEK)
    if start[3:4] == bytes([_COMMENT]):
        start = start[:3] + b"\0" + start[4:]
        while chunk and not chunk.strip(b" "):
            chunk = file.read(_CHUNK)
        chunk = chunk.lstrip(b" ")
        if not chunk.startswith(b"\0"):
            return b""
        chunk = chunk[1:] + file.read(_PEEK)
    inflater = zlib.decompressobj(_GZIP)
    try:
        inflater.decompress(start)
        head = inflater.decompress(chunk, len(VERSION + _CRLF))
        if head != VERSION + _CRLF:
            return b""
        head += inflater.decompress(inflater.unconsumed_tail + file.read(most), most)
    except zlib.error:
        return b""
    return head.partition(_CRLF * 2)[0]


def _chain(file: BinaryIO, start: int) -> Iterator[Member | Gap]:
    """Yield members that follow each other, up to the file's end or the first gap."""
    file.seek(start)
    offset, rest = start, b""
    while rest := rest or file.read(_CHUNK):
        inflated = _inflate(file, rest)
        if isinstance(inflated, str):
            yield Gap(offset=offset, what=inflated, torn=inflated == _TORN)
            return
        raw, length, rest = inflated
        del inflated
        try:
            record = parse(raw)
        except BrokenRecord as error:
            yield Gap(offset=offset, what=str(error))
            return
        del raw
        yield Member(offset=offset, length=length, record=record)
        del record
        offset += length


_TORN = "the file ends within the record"


def _inflate(file: BinaryIO, chunk: bytes) -> tuple[bytearray, int, bytes] | str:
    """Inflate one member that starts with `chunk`: its bytes, length, what was read beyond; or why not."""
    inflater = zlib.decompressobj(_GZIP)
    raw = bytearray()
    taken = 0
    while chunk:
        try:
            for step in _steps(inflater, chunk, MAX_RECORD - len(raw)):
                raw += step
        except zlib.error as error:
            return _plain(error)
        taken += len(chunk)
        if inflater.eof:
            return raw, taken - len(inflater.unused_data), inflater.unused_data
        if len(raw) >= MAX_RECORD:
            return "the record is larger than any that is written here"
        chunk = file.read(_CHUNK)
    return _TORN


def _plain(error: zlib.error) -> str:
    """Say what zlib found: its own words, without its number and ours."""
    return f"the bytes are damaged ({str(error).rpartition(': ')[2]})"
