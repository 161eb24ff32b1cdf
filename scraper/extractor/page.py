"""A capture as a page: decoded, parsed, its elements found once each."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from scraper import charset, dom, urls
from scraper.errors import NotAnArticle
from scraper.extractor import truncation
from scraper.link_encoding import encode_queries
from scraper.messages import say
from scraper.model import MAX_BYTES

if TYPE_CHECKING:
    from scraper.model import Capture
    from scraper.urls import Url

"""Of a decoded body, where the caller names no other bound."""

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office file"),
    (b"\xd0\xcf\x11\xe0", "an old office file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"BM", "a bitmap"),
    (b"RIFF", "a RIFF file"),
    (b"ID3", "an MP3 file"),
    (b"FLV", "a flash video"),
)
_BEGINNINGS = tuple(magic for magic, _ in _MAGIC)
_CONTROLS = bytes([*range(8), *range(14, 27), *range(28, 32)])
_AS_ZEROS = bytes.maketrans(_CONTROLS, bytes(len(_CONTROLS)))  # far quicker than to drop them
_LOOKED_AT = 4_096  # bytes
_SHADOW = re.compile(r"<template\s[^<>]{0,200}?shadowroot[^<>]{0,200}>", re.IGNORECASE)
_HEAD = 16_384  # characters
_TAIL = 65_536  # characters; what follows the end is comments and counters


class Page:
    """One page. Looks each selector up once, since layouts share their marks and fields."""

    def __init__(self, url: Url, text: str, root: dom.Node) -> None:
        """Take a parsed page; `url` is the address that answered."""
        self.url = url
        self.text = text
        self.root = root
        self._found: dict[str, dom.Node | None] = {}
        self._all: dict[str, list[dom.Node]] = {}

    def all(self, selector: str) -> list[dom.Node]:
        """Return the elements that a selector names, in page order."""
        if selector not in self._all:
            self._all[selector] = dom.select(self.root, selector)
        return self._all[selector]

    def first(self, selector: str) -> dom.Node | None:
        """Return the first element that a selector names, or None."""
        if selector not in self._found:
            self._found[selector] = dom.first(self.root, selector)
        return self._found[selector]

    @cached_property
    def base(self) -> Url:
        """What relative references stand on: the page's `<base>`, else its own address."""
        named = [node.attributes for node in dom.tagged(self.root, "base")]
        base = next((each["href"] or "" for each in named if "href" in each), None)
        return (base is not None and urls.join(self.url, base)) or self.url

    @property
    def breaks_off(self) -> bool:
        """True for a page that begins as a whole one and does not end as one."""
        if self.text.rfind("</html", -_TAIL) >= 0:
            return False
        head = self.text[:_HEAD].lower()
        begins = "<html" in head or "<!doctype" in head
        return begins and "</html" not in self.text[-_TAIL:].lower()

    def breaks_off_within(self, containers: list[dom.Node]) -> bool:
        """Tell whether the page was cut off on its way, before these elements ended.

        The tags that end a page may be left out; a tag, a script or a container that is still open where the
        page ends may not.
        """
        return self.breaks_off and (
            truncation.breaks_off_in_markup(self.text) or truncation.is_open_at_end(self.text, containers)
        )


def open_page(capture: Capture, max_bytes: int = MAX_BYTES) -> Page:
    """Return a capture as a page. Raises `NotAnArticle` for what is no HTML or too tangled, `TooLarge`."""
    data = charset.body_bytes(capture, max_bytes)
    content_type = capture.header("Content-Type")
    _refuse_other_formats(data, content_type, capture.url)
    text, encoding, utf8 = charset.decoded(data, content_type)
    if "<" not in text:
        msg = say("not HTML: {url}: no tag in {count} bytes", url=capture.url, count=len(data))
        raise NotAnArticle(msg, what="not-html")
    if "shadowroot" in text:
        text, utf8 = _SHADOW.sub("<div>", text), None  # what browsers show of it, where it stands
    root = dom.parse(text, utf8)
    encode_queries(root, text, encoding)
    return Page(capture.final_url, text, root)


def _refuse_other_formats(data: bytes, content_type: str | None, url: Url) -> None:
    if not data or data.isspace():
        msg = say("empty: {url}: the answer has no content", url=url)
        raise NotAnArticle(msg, what="empty")
    mime = (content_type or "").partition(";")[0].strip().lower()
    if mime.startswith(("image/", "audio/", "video/", "font/")) or mime in {
        "application/pdf",
        "application/zip",
    }:
        msg = say("not HTML: {url}: the header says {mime}", url=url, mime=mime)
        raise NotAnArticle(msg, what="not-html")
    head = data[:_LOOKED_AT]
    for magic, name in _MAGIC if head.startswith(_BEGINNINGS) else ():
        if head.startswith(magic) and b"<html" not in head.lower():
            msg = say("not HTML: {url}: the bytes are {name}", url=url, name=name)
            raise NotAnArticle(msg, what="not-html")
    is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    controls = head.translate(_AS_ZEROS).count(0)
    if controls * 100 > len(head) and not is_utf16:
        msg = say("not HTML: {url}: the bytes are binary", url=url)
        raise NotAnArticle(msg, what="not-html")
