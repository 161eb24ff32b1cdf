"""Content-Encoding undone as the bytes come, in steps so small that a bomb is seen before it is held.

A body that the header calls compressed and that is not is taken as it is, as browsers do. So is a text that
is whole but for its checksum: what is wrong with it is noted, and the text is there.
"""

from __future__ import annotations

import re
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

import brotli
import zstandard

from scraper.errors import NotAnArticle, TooLarge
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_STEP = 65_536  # bytes taken in at a time, and given out
_ZSTD_STEP = 64  # bytes taken in at a time: at most 16 blocks of 128 KiB come out
_ZSTD_WINDOW = 1 << 27  # bytes; RFC 8878 asks for 8 MiB, browsers take 128
_MOST_LAYERS = 5  # of encodings in each other; no honest body has more than two
_MOST_STREAMS = 20_000  # in a row; blocks of 64 KiB make 16,384 of the largest body that a config may allow
_LONGEST_HEADER = 1 << 17  # bytes before a gzip member: 64 KiB of an extra field, a name, a comment
_TRIED = 4_096  # bytes by which a stream without a mark of its own is known
_ENOUGH = 1 << 20  # bytes: what so few inflate to is no accident
_SNIFFED = 512  # bytes by which a text, or a picture, is known
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_BARE = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK\x03\x04", b"RIFF")  # how bare files begin
_TRAILER = 8  # bytes behind a gzip member: CRC and length (RFC 1952)
_EMPTY = 2  # bytes that an empty stream of brotli has at most
_ADLER = 4  # bytes behind a stream of zlib (RFC 1950)


def content_encoding(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the encodings that header lines name, however many lines they stand in, innermost first."""
    values = [value for name, value in headers if name.lower() == b"content-encoding"]
    return b",".join(values).decode("latin-1")


class Inflation:
    """Inflates one body. Keeps nothing of what it gave out."""

    def __init__(self, url: str, content_encoding: str | None, max_bytes: int) -> None:
        """Take the header's value (None: there was none) and what the body may inflate to, layer by layer.

        Raises `NotAnArticle` where the header names more encodings than a body can have.
        """
        names = [name.partition(";")[0].strip() for name in (content_encoding or "").lower().split(",")]
        self._layers = [_Layer(_CODINGS[name]) for name in reversed(names) if name in _CODINGS]
        self._sizes = [0] * (len(self._layers) + 1)
        self._url = url
        self._max_bytes = max_bytes
        if len(self._layers) > _MOST_LAYERS:
            msg = say(
                "the compressed body cannot be inflated: {url}: it has {count} encodings",
                url=url,
                count=len(self._layers),
            )
            raise NotAnArticle(msg, what="truncated")

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what these bytes inflate to.

        Raises `TooLarge` beyond the bound, at most 2 MiB later; `NotAnArticle` for what cannot be inflated.
        """
        with self._named():
            for start in range(0, len(data), _STEP):
                yield from self._through(0, data[start : start + _STEP])

    def end(self) -> Iterator[bytes]:
        """Yield what was still held. Raises as `feed` does, also where a stream breaks off."""
        with self._named():
            for level, layer in enumerate(self._layers):
                for chunk in layer.end():
                    yield from self._through(level + 1, chunk)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was wrong with the streams and does not matter, each once; complete after `end`."""
        return tuple(dict.fromkeys(note for layer in self._layers for note in layer.notes))

    def _through(self, level: int, data: bytes) -> Iterator[bytes]:
        """Pass data through the layers from one on."""
        last = level == len(self._layers)
        if level or last:  # the size of what is still compressed is not the body's
            self._sizes[level] += len(data)
        if self._sizes[level] > self._max_bytes:
            msg = say(
                "the body has more than {max_bytes} bytes: {url}", max_bytes=self._max_bytes, url=self._url
            )
            raise TooLarge(msg)
        if last:
            yield data
            return
        for chunk in self._layers[level].feed(data):
            yield from self._through(level + 1, chunk)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
            msg = say("the compressed body cannot be inflated: {url}: {error}", url=self._url, error=error)
            raise NotAnArticle(msg, what="truncated") from error


class _Stream(Protocol):
    """One compressed stream: a body may be several in a row."""

    @property
    def whole(self) -> bool:
        """Whether it may end here."""

    @property
    def note(self) -> str | None:
        """What is wrong with it and does not matter; None: nothing, as far as it came."""

    @property
    def rest(self) -> bytes | None:
        """None: it takes more; else it is over, and this came after it."""

    def take(self, data: bytes, /) -> Iterator[bytes]:
        """Yield what the bytes inflate to, in steps."""


class _Coding(NamedTuple):
    """An encoding: how its streams begin, and whether a body may be several of them."""

    begins: Callable[[bytes], bool]
    length: int  # bytes by which that is seen
    several: bool
    open: Callable[[bytes], _Stream]  # given the first bytes, which it does not take
    sure: Callable[[bytes], bool] = lambda _: False  # says of fewer bytes that they begin one


class _Layer:
    """Undoes one encoding."""

    def __init__(self, coding: _Coding) -> None:
        self._coding = coding
        self._stream: _Stream | None = None  # None: before the first, or between two
        self._begun = False
        self._held = b""  # too few bytes to see what they begin
        self._streams = 0
        self.notes: list[str] = []

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream is None:
                data = self._held + data
                if len(data) < self._coding.length and not self._coding.sure(data):
                    self._held = data
                    return
                self._held = b""
                self._stream = self._next(data)
            yield from self._stream.take(data)
            if self._stream.rest is None:
                return
            data = self._stream.rest
            self._close()

    def end(self) -> Iterator[bytes]:
        if self._held:
            self._stream = self._next(self._held)
            yield from self._stream.take(self._held)
        if self._stream is not None and not self._stream.whole:
            msg = say("the stream breaks off")
            raise EOFError(msg)
        self._close()

    def _close(self) -> None:
        if self._stream is not None and self._stream.note is not None:
            self.notes.append(self._stream.note)
        self._stream = None

    def _next(self, data: bytes) -> _Stream:
        """Return the stream that begins here; after the last one comes padding."""
        if (self._coding.several or not self._begun) and self._coding.begins(data):
            self._begun = True
            self._streams += 1
            if self._streams > _MOST_STREAMS:
                msg = say("it is more than {most} streams in a row", most=_MOST_STREAMS)
                raise EOFError(msg)
            return self._coding.open(data)
        if not self._begun and data.startswith(_GZIP_MARK) and self._coding is not _GZIP:
            self._begun = True  # gzip, by whatever name
            return _gzip()
        return _Padding() if self._begun else _Plain()


class _Plain:
    """A body that was never compressed."""

    whole: bool = True
    note: str | None = None
    rest: bytes | None = None

    def take(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Padding:
    """What follows the last stream, and says nothing."""

    whole: bool = True
    note: str | None = None
    rest: bytes | None = None

    def take(self, _: bytes) -> Iterator[bytes]:
        yield from ()


class _Deflate:
    """A stream of bare deflate, behind it a checksum of so many bytes that need not be there."""

    def __init__(self, name: str = "deflate", checksum: int = 0) -> None:
        self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
        self._name = name
        self._checksum = checksum
        self._tail = b""
        self._sums = (0, 1)  # CRC-32 and Adler-32 of what came out
        self._size = 0
        self.whole = False
        self.note: str | None = None
        self.rest: bytes | None = None

    def take(self, data: bytes) -> Iterator[bytes]:
        while not self._inner.eof:
            chunk = self._inner.decompress(data, _STEP)
            data = self._inner.unconsumed_tail
            if chunk:
                self._count(chunk)
                yield chunk
            elif not data and not self._inner.eof:
                return
        if not self.whole:
            self.whole, data = True, self._inner.unused_data
        self._tail += data
        self.note = f"{self._name}: its checksum is missing" if self._checksum else None
        if len(self._tail) >= self._checksum:
            tail, self.rest = self._tail[: self._checksum], self._tail[self._checksum :]
            self.note = None if tail == self._expected() else f"{self._name}: its checksum is wrong"

    def _count(self, chunk: bytes) -> None:
        if self._checksum:
            crc, adler = self._sums
            is_gzip = self._checksum == _TRAILER
            self._sums = (zlib.crc32(chunk, crc), adler) if is_gzip else (crc, zlib.adler32(chunk, adler))
            self._size += len(chunk)

    def _expected(self) -> bytes:
        crc, adler = self._sums
        gzip = crc.to_bytes(4, "little") + (self._size & 0xFFFFFFFF).to_bytes(4, "little")
        return {0: b"", _ADLER: adler.to_bytes(4, "big"), _TRAILER: gzip}[self._checksum]


class _Headed:
    """A stream behind a header of its own: nothing of it counts, once it is whole."""

    def __init__(self, header: Callable[[bytes], int | None], stream: _Deflate) -> None:
        self._header = header  # returns the header's length; None: more of it is to come
        self._held: bytes | None = b""  # None: the header is over
        self._stream = stream

    @property
    def whole(self) -> bool:
        return self._stream.whole

    @property
    def note(self) -> str | None:
        return self._stream.note

    @property
    def rest(self) -> bytes | None:
        return self._stream.rest

    def take(self, data: bytes) -> Iterator[bytes]:
        if self._held is not None:
            data = self._held + data
            length = self._header(data)
            if length is None and len(data) > _LONGEST_HEADER:
                msg = say("the header of the stream does not end")
                raise EOFError(msg)
            if length is None:
                self._held = data
                return
            self._held, data = None, data[length:]
        yield from self._stream.take(data)


def _gzip_header(data: bytes) -> int | None:
    """Return the length of a gzip member's header (RFC 1952, 2.3); None: it is not whole."""
    at = 10
    if len(data) < at:
        return None
    method, flags = data[2], data[3]
    if method != zlib.DEFLATED:
        msg = say("gzip: unknown compression method {method}", method=method)
        raise zlib.error(msg)
    if flags & 4:  # an extra field
        if len(data) < at + 2:
            return None
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for flag in (8, 16):  # a name, a comment
        if flags & flag:
            end = data.find(b"\0", at)
            if end < 0:
                return None
            at = end + 1
    at += 2 if flags & 2 else 0  # a checksum of the header
    return at if len(data) >= at else None


def _gzip() -> _Stream:
    return _Headed(_gzip_header, _Deflate("gzip", _TRAILER))


class _Brotli:
    """A stream of brotli."""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self.whole = False
        self.note: str | None = None
        self.rest: bytes | None = None

    def take(self, data: bytes) -> Iterator[bytes]:
        chunk = self._inner.process(data, output_buffer_limit=_STEP)
        while chunk or not self._inner.can_accept_more_data():
            yield chunk
            if self._inner.is_finished():
                break
            chunk = self._inner.process(b"", output_buffer_limit=_STEP)
        if self._inner.is_finished():
            self.whole, self.rest = True, b""


class _Zstd:
    """A frame of Zstandard."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        self.whole = False
        self.note: str | None = None
        self.rest: bytes | None = None

    def take(self, data: bytes) -> Iterator[bytes]:
        at = 0
        while at < len(data) and not self._inner.eof:
            yield self._inner.decompress(data[at : at + _ZSTD_STEP])
            at += _ZSTD_STEP
        if self._inner.eof:
            self.whole, self.rest = True, self._inner.unused_data + data[at:]


def _deflate(first: bytes) -> _Stream:
    """Return a stream of zlib, as the RFC has it, or of bare deflate, as some servers do."""
    is_zlib = first[0] & 0x0F == zlib.DEFLATED and int.from_bytes(first[:2]) % 31 == 0
    return _Headed(lambda _: 2, _Deflate("deflate", _ADLER)) if is_zlib else _Deflate()


def _tried(make: Callable[[bytes], _Stream]) -> _Coding:
    """Return an encoding whose streams have no mark of their own: by trying it is seen what is one."""

    def begins(data: bytes) -> bool:
        is_text = not _CONTROL.search(data[:_SNIFFED])
        if is_text and len(data) >= _SNIFFED:
            return False  # so much of a compressed stream is never free of control characters
        if is_text or data.startswith((*_BARE, _GZIP_MARK)):
            stream = make(data)
            return _inflates(stream, data) and (stream.whole or not is_text)
        return True  # if it cannot be inflated, it is broken

    def sure(data: bytes) -> bool:
        return _size(make(data), data) > _ENOUGH

    return _Coding(begins, _TRIED, several=False, open=make, sure=sure)


def _inflates(stream: _Stream, data: bytes) -> bool:
    size = _size(stream, data)
    if size < 0 or size > _ENOUGH or stream.rest is None:
        return size >= 0
    return len(stream.rest) <= _TRAILER and (size > 0 or len(data) <= _EMPTY)


def _size(stream: _Stream, data: bytes) -> int:
    """Return how many bytes come out, counted up to what is enough; -1: it cannot be inflated."""
    size = 0
    try:
        for chunk in stream.take(data):
            size += len(chunk)
            if size > _ENOUGH:
                break
    except (zlib.error, brotli.error):
        return -1
    return size


_GZIP_MARK = b"\x1f\x8b"
_GZIP = _Coding(lambda data: data.startswith(_GZIP_MARK), 2, several=True, open=lambda _: _gzip())
_CODINGS = {
    "gzip": _GZIP,
    "x-gzip": _GZIP,
    "deflate": _tried(_deflate),
    "br": _tried(lambda _: _Brotli()),
    "zstd": _Coding(
        lambda data: data.startswith(b"\x28\xb5\x2f\xfd"), 4, several=True, open=lambda _: _Zstd()
    ),
}
