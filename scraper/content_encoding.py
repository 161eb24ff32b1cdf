"""Content-Encoding undone as the bytes come, in steps so small that a bomb is seen before it is held.

A body that the header calls compressed and that is not is taken as it is, as browsers do.
"""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

import brotli
import zstandard

from scraper.errors import NotAnArticle, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STEP = 65_536  # bytes taken in at a time, and given out
_ZSTD_STEP = 64  # bytes taken in at a time: at most 16 blocks of 128 KiB come out
_ZSTD_WINDOW = 1 << 27  # bytes; RFC 8878 asks for 8 MiB, browsers take 128
_MOST_LAYERS = 5  # of encodings in each other; no honest body has more than two


class Inflation:
    """Inflates one body. Keeps nothing of what it gave out."""

    def __init__(self, url: str, content_encoding: str | None, max_bytes: int) -> None:
        """Take the header's value (None: there was none) and what the body may inflate to, layer by layer.

        Raises `NotAnArticle` where the header names more encodings than a body can have.
        """
        names = (content_encoding or "").lower().replace(" ", "").split(",")
        self._layers = [_Layer(_CODINGS[name]) for name in reversed(names) if name in _CODINGS]
        self._sizes = [0] * (len(self._layers) + 1)
        self._url = url
        self._max_bytes = max_bytes
        if len(self._layers) > _MOST_LAYERS:
            msg = f"the compressed body cannot be inflated: {url}: it has {len(self._layers)} encodings"
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

    def _through(self, level: int, data: bytes) -> Iterator[bytes]:
        """Pass data through the layers from one on."""
        last = level == len(self._layers)
        if level or last:  # the size of what is still compressed is not the body's
            self._sizes[level] += len(data)
        if self._sizes[level] > self._max_bytes:
            msg = f"the body has more than {self._max_bytes} bytes: {self._url}"
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
            msg = f"the compressed body cannot be inflated: {self._url}: {error}"
            raise NotAnArticle(msg, what="truncated") from error


class _Stream(Protocol):
    """One compressed stream: a body may be several in a row."""

    whole: bool  # it may end here
    rest: bytes | None  # None: it takes more; else it is over, and this came after it

    def take(self, data: bytes, /) -> Iterator[bytes]:
        """Yield what the bytes inflate to, in steps."""


class _Coding(NamedTuple):
    """An encoding: how its streams begin, and whether a body may be several of them."""

    begins: Callable[[bytes], bool]
    length: int  # bytes by which that is seen
    several: bool
    open: Callable[[bytes], _Stream]  # given the first bytes, which it does not take


class _Layer:
    """Undoes one encoding."""

    def __init__(self, coding: _Coding) -> None:
        self._coding = coding
        self._stream: _Stream | None = None  # None: before the first, or between two
        self._begun = False
        self._held = b""  # too few bytes to see what they begin

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream is None:
                data = self._held + data
                if len(data) < self._coding.length:
                    self._held = data
                    return
                self._held = b""
                self._stream = self._next(data)
            yield from self._stream.take(data)
            if self._stream.rest is None:
                return
            data, self._stream = self._stream.rest, None

    def end(self) -> Iterator[bytes]:
        if self._held:
            self._stream = self._next(self._held)
            yield from self._stream.take(self._held)
        if self._stream is not None and not self._stream.whole:
            msg = "the stream breaks off"
            raise EOFError(msg)

    def _next(self, data: bytes) -> _Stream:
        """Return the stream that begins here; after the last one comes padding."""
        if (self._coding.several or not self._begun) and self._coding.begins(data):
            self._begun = True
            return self._coding.open(data)
        return _Padding() if self._begun else _Plain()


class _Plain:
    """A body that was never compressed."""

    whole: bool = True
    rest: bytes | None = None

    def take(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Padding:
    """What follows the last stream, and says nothing."""

    whole: bool = True
    rest: bytes | None = None

    def take(self, _: bytes) -> Iterator[bytes]:
        yield from ()


class _Zlib:
    """A gzip member, or a stream of deflate."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)
        self.whole = False
        self.rest: bytes | None = None

    def take(self, data: bytes) -> Iterator[bytes]:
        while not self._inner.eof:
            chunk = self._inner.decompress(data, _STEP)
            data = self._inner.unconsumed_tail
            if chunk:
                yield chunk
            elif not data and not self._inner.eof:
                return
        self.whole, self.rest = True, self._inner.unused_data


class _Brotli:
    """A stream of brotli."""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self.whole = False
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
    return _Zlib(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


_GZIP = _Coding(
    lambda data: data.startswith(b"\x1f\x8b"), 2, several=True, open=lambda _: _Zlib(zlib.MAX_WBITS | 16)
)
_CODINGS = {
    "gzip": _GZIP,
    "x-gzip": _GZIP,
    "deflate": _Coding(bool, 2, several=False, open=_deflate),
    "br": _Coding(bool, 1, several=False, open=lambda _: _Brotli()),
    "zstd": _Coding(
        lambda data: data.startswith(b"\x28\xb5\x2f\xfd"), 4, several=True, open=lambda _: _Zstd()
    ),
}
