"""From the bytes of an answer to its text: inflated within a bound, the character set found.

The character set is read as the WHATWG's encoding and HTML standards have it (byte order mark, the header's
label, the page's own meta, then what the bytes themselves are), with two repairs for labels that lie. Never
fails: bytes that fit nothing become U+FFFD, as in a browser.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import webencodings

from scraper.content_encoding import Inflation, content_encoding
from scraper.text import whole

if TYPE_CHECKING:
    from scraper.model import Capture

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_META_WITHIN = 8_192  # bytes; the standard says 1,024, pages say otherwise
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META = re.compile(rb"<meta\s[^<>]*?charset\s*+=\s*+[\"']?\s*+([A-Za-z0-9_.:\-]+)", re.IGNORECASE)
_LABEL = re.compile(r"charset\s*+=\s*+[\"']?\s*+([A-Za-z0-9_.:\-]+)", re.IGNORECASE)
_GB = frozenset(["gbk", "gb18030"])
_WITHOUT_DECODER = frozenset(["replacement", "x-user-defined"])
"""Sets that no decoder has, such as those of `hz-gb-2312` and `iso-2022-kr`: the bytes say what they are."""

_REPLACED = "\ufffd"

# GB 18030-2022 gave these a place outside the private use area; Python's table is that of 2005.
_GB_2022 = dict(
    zip(
        range(0xE78D, 0xE797),
        "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19",
        strict=True,
    )
) | {
    0xE81E: "\u9fb4",
    0xE826: "\u9fb5",
    0xE82B: "\u9fb6",
    0xE82C: "\u9fb7",
    0xE832: "\u9fb8",
    0xE843: "\u9fb9",
    0xE854: "\u9fba",
    0xE864: "\u9fbb",
}
_GB_PRIVATE = b"\xee"  # what U+E000 to U+EFFF begin with in UTF-8, and nothing else holds


def body_bytes(capture: Capture, max_bytes: int) -> bytes:
    """Return the body with its Content-Encoding undone.

    Raises `TooLarge` where it would inflate beyond `max_bytes`, `NotAnArticle` where it cannot be inflated.
    A body that the header calls compressed and that is not is taken as it is.
    """
    named = content_encoding(capture.headers)
    if not named and len(capture.body) <= max_bytes:
        return capture.body
    inflation = Inflation(capture.url, named, max_bytes)
    return b"".join((*inflation.feed(capture.body), *inflation.end()))


class Decoded(NamedTuple):
    """A page's text, and the encoding that it was read in."""

    text: str
    encoding: str  # the WHATWG's name, in lower case
    utf8: bytes | None = None  # the text in UTF-8, where that is at hand; None: it is to be encoded


def text_of(data: bytes, content_type: str | None) -> str:
    """Return the text of an HTML page; `content_type` is the header's value, None where there was none."""
    return decoded(data, content_type).text


def decoded(data: bytes, content_type: str | None) -> Decoded:
    """Return the text of an HTML page and its encoding; `content_type` as in `text_of`."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(encoding, "replace"), encoding.replace("16-", "16"))
    label = _label(content_type or "")
    if label == "utf-8":
        text = _strictly(data, "utf-8")
        return Decoded(text, "utf-8", data) if text is not None else _mended(data)
    if label is None:
        return _by_meta(data)
    return _by_label(data, label, _strictly(data, "utf-8"))


def _by_meta(data: bytes) -> Decoded:
    text = _strictly(data, "utf-8")
    if text is not None and not data.isascii():  # whatever the meta says
        return Decoded(text, "utf-8", data)
    return _by_label(data, _lookup_meta(data), text)


def _by_label(data: bytes, label: str | None, text: str | None) -> Decoded:
    """Return the text by a label, None for none; `text`: the bytes as UTF-8, None where they are none."""
    if text is not None:  # a legacy label on bytes that are UTF-8: the label lies
        if label is None or not data.isascii() or label.startswith("utf"):
            return Decoded(text, "utf-8", data)
        return _decoded(data, label)
    if label == "utf-8":
        return _mended(data)
    if label is not None:
        label = label if label != "windows-1252" else _latin_or_gb(data)
        return _decoded(data, label)
    for guess in ("gb18030", "big5"):
        text = _strictly(data, guess)
        if text is not None:
            return _modern(text, "gbk") if guess == "gb18030" else Decoded(text, guess)
    return _mended(data)


def _latin_or_gb(data: bytes) -> str:
    """Return what a label of Latin-1 stands for: a server's default before a page that says gb* itself."""
    label = _lookup_meta(data)
    return label if label in _GB else "windows-1252"


def _mended(data: bytes) -> Decoded:
    """Return bytes called UTF-8 that are none: as GB 18030 where that leaves far fewer holes."""
    as_utf8 = data.decode("utf-8", "replace")
    holes = as_utf8.count(_REPLACED)
    as_gb = _decoded(data, "gbk")
    is_gb = as_gb.text.count(_REPLACED) * 4 < holes
    return as_gb if is_gb else Decoded(as_utf8, "utf-8")


def _decoded(data: bytes, encoding: str) -> Decoded:
    if encoding in _GB:
        codecs.register_error("scraper.gb", _gb_error)
        return _modern(data.decode("gb18030", "scraper.gb"), encoding)
    text = whole(str(webencodings.lookup(encoding).codec_info.decode(data, "replace")[0]))
    return Decoded(text, encoding)


def _gb_error(error: UnicodeError) -> tuple[str, int]:
    """Read byte 0x80 as the euro sign, as GBK does; anything else that fits nowhere is one U+FFFD a byte."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    sign = "\u20ac" if error.object[error.start] == 0x80 else _REPLACED  # noqa: PLR2004 - the byte named above
    return sign, error.start + 1


def _modern(text: str, encoding: str) -> Decoded:
    """Return a text that was decoded from GB 18030, with the places that the standard of 2022 gives."""
    utf8 = text.encode("utf-8")  # as the parser wants it anyway
    if _GB_PRIVATE not in utf8:
        return Decoded(text, encoding, utf8)
    return Decoded(text.translate(_GB_2022), encoding)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=64)  # a site's header is the same on all its pages
def _label(content_type: str) -> str | None:
    """Return the WHATWG name of the label in a header; None where there is none, or no decoder for it."""
    match = _LABEL.search(content_type)
    found = webencodings.lookup(match[1]) if match else None
    return found.name if found and found.name not in _WITHOUT_DECODER else None


def _lookup_meta(data: bytes) -> str | None:
    match = _META.search(_COMMENT.sub(b"", data[:_META_WITHIN]))
    found = webencodings.lookup(match[1].decode("ascii")) if match else None
    if found is None or found.name in _WITHOUT_DECODER:
        return None
    return "utf-8" if found.name.startswith("utf-16") else str(found.name)  # it could not have been read
