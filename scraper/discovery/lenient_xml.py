"""XML that is none, read as a person would: for feeds and sitemaps that one small fault would lose whole.

    before and behind the root    a script, a warning of PHP, blanks: not read
    a document type               passed over; one with declarations of its own is refused before
    a bare `&`, `&nbsp;`          the sign itself; a name that HTML has, as HTML has it
    `&#x8;`                       nothing: XML has no such character
    an element that nobody ends   ends with the one around it; a record ends where the next begins

One pass over the text, whatever it holds. What is cut off before the root's end is not read: half a file is
no smaller one.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_ROOT = re.compile(r"<((?:[A-Za-z][\w.-]{0,40}:)?(?:rss|RDF|feed|urlset|sitemapindex))(?=[\s/>])")
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]{0,100}+)((?:[^<>\"']++|\"[^\"<]{0,9999}+\"|'[^'<]{0,9999}+')*+)>")
_ATTRIBUTE = re.compile(r"(?<![\w.:-])([\w.:-]{1,100}+)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'/>]+))")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(\w{1,32}));")
_LAST = 0x10FFFF  # of all characters
_DEEPEST = 100  # elements in each other; what is deeper is text without a place
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_COMMENT, _COMMENT_END = "<!--", "-->"


class Handler(Protocol):
    """Who hears what was met, as expat tells it."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Hear that an element begins."""

    def characters(self, text: str) -> None:
        """Hear what text stands here."""

    def end(self, name: str) -> None:
        """Hear that an element ends."""


def read(text: str, handler: Handler, records: Collection[str]) -> bool:
    """Tell a handler what a file holds; say whether it has a root that begins and ends.

    `records`: local names of elements that never stand in each other.
    """
    root = _ROOT.search(text)
    if root is None:
        return False
    end = text.rfind(f"</{root[1]}")
    if end < root.end():
        return False
    close = text.find(">", end)
    reader = _Stack(handler, records)
    for kind, *found in _tokens(text, root.start(), close + 1 if close >= 0 else len(text)):
        if kind == "start":
            reader.start(*found)
        elif kind == "end":
            reader.end(found[0])
        else:
            handler.characters(found[0])
    reader.end_all()
    return True


class _Stack:
    """The elements that are open."""

    def __init__(self, handler: Handler, records: Collection[str]) -> None:
        self._handler = handler
        self._records = records
        self._open: list[str] = []

    def start(self, name: str, rest: str) -> None:
        if _local(name) in self._records and any(_local(each) == _local(name) for each in self._open):
            at = next(at for at, each in enumerate(self._open) if _local(each) == _local(name))
            self._close(at)
        if len(self._open) >= _DEEPEST:
            return
        self._handler.start(name, _attributes(rest))
        if rest.rstrip().endswith("/"):
            self._handler.end(name)
        else:
            self._open.append(name)

    def end(self, name: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at] == name:
                self._close(at)
                return

    def end_all(self) -> None:
        self._close(0)

    def _close(self, at: int) -> None:
        while len(self._open) > at:
            self._handler.end(self._open.pop())


def _tokens(text: str, at: int, end: int) -> Iterator[tuple[str, ...]]:
    """Yield what stands between two places: starts and ends of elements, and texts."""
    while at < end:
        sign = text.find("<", at, end)
        if sign < 0:
            sign = end
        if sign > at:
            yield "text", _unescaped(text[at:sign])
        at = sign
        if at >= end:
            return
        if text.startswith(_CDATA, at):
            close = text.find(_CDATA_END, at, end)
            close = end if close < 0 else close
            yield "text", text[at + len(_CDATA) : close]
            at = close + len(_CDATA_END)
        elif text.startswith(_COMMENT, at):
            close = text.find(_COMMENT_END, at, end)
            at = end if close < 0 else close + len(_COMMENT_END)
        elif text.startswith(("<!", "<?"), at):
            close = text.find(">", at, end)
            at = end if close < 0 else close + 1
        else:
            tag = _TAG.match(text, at, end)
            if tag is None:
                yield "text", "<"
                at += 1
            else:
                yield ("end", tag[2]) if tag[1] else ("start", tag[2], tag[3])
                at = tag.end()


def _attributes(rest: str) -> dict[str, str]:
    return {
        match[1]: _unescaped(next(value for value in match.groups()[1:] if value is not None))
        for match in _ATTRIBUTE.finditer(rest)
    }


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    """Return what a reference stands for; one that stands for nothing stays as it is."""
    if match[3] is not None:
        return html5.get(f"{match[3]};", match[0])
    number = int(match[1]) if match[1] is not None else int(match[2], 16)
    is_text = number >= 0x20 or number in {0x9, 0xA, 0xD}  # noqa: PLR2004 - XML 1.0, 2.2
    is_text = is_text and not 0xD800 <= number < 0xE000 and number not in {0xFFFE, 0xFFFF}  # noqa: PLR2004
    is_text = is_text and number <= _LAST
    return chr(number) if is_text else ""


def _local(name: str) -> str:
    return name.rpartition(":")[2]
