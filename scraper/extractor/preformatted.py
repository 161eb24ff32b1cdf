"""Preformatted text: what of it is code, what is prose, and which of its blanks count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scraper import dom, text
from scraper.blocks import Break
from scraper.extractor.inline_runs import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extractor.inline_runs import Piece

_PROSE: Final = re.compile("[，。；：、！？]")
_WIDE: Final = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"  # compiled for the first text in lines: 2 ms
_LINES: Final = frozenset(["code", "div", "p", "li", "tr"])  # elements that are a line each within `<pre>`
_INDENT: Final = re.compile(r"(?:^|\n)(?: {2,}|\t)\S| {3}\S|\S\t")


def characters(node: dom.Node) -> str:
    """Return the text of a `<pre>`: a line for each block, and for each of several `<code>`."""
    parts: list[str] = []
    waiting: list[dom.Node | str | None] = [node.first_child]
    while waiting:
        below = waiting.pop()
        if isinstance(below, str):
            if parts and not parts[-1].endswith("\n"):
                parts.append(below)
            continue
        if below is None:
            continue
        waiting.append(below.next)
        if below.tag == "-text":
            parts.append(below.text_content or "")
        elif below.tag == "br":
            parts.append("\n")
        elif below.tag not in dom.UNSEEN:
            if below.tag in _LINES and _is_a_line(below):
                waiting.append("\n")
            waiting.append(below.first_child)
    return text.without_faceless("".join(parts).replace("\r\n", "\n").replace("\r", "\n"))


def _is_a_line(node: dom.Node) -> bool:
    """Tell an element that is a line: a block, or a `<code>` right after which another one stands."""
    following = node.next
    return node.tag != "code" or (following is not None and following.tag == "code")


def is_code(shown: str) -> bool:
    """Tell code from prose: it holds no sentence of Chinese, or few characters of it."""
    if _PROSE.search(shown) is None:
        return True
    visible = text.visible_text(shown)
    return len(re.findall(_WIDE, visible)) * 2 < len(visible)


def rows(pieces: list[Piece]) -> list[Piece] | None:
    """Return the pieces of lines whose blanks count; None where none of their blanks says anything."""
    told = "".join(content if isinstance(content, str) else "\n" for content, _ in pieces)
    if _INDENT.search(told) is None or not text.visible_text(told):
        return None
    first, last = 0, len(pieces)
    while first < last and _is_empty(pieces[first]):
        first += 1
    while last > first and _is_empty(pieces[last - 1]):
        last -= 1
    start = first
    while start and not isinstance(pieces[start - 1][0], Break):  # the blanks that indent the first line
        start -= 1
    return [part for piece in pieces[start:last] for part in _parted(piece)]


def _parted(piece: Piece) -> Iterator[Piece]:
    """Yield a piece, the blanks at its edges as plain ones of their own."""
    content, style = piece
    if not isinstance(content, str) or style == PLAIN:
        yield from [piece] if content else []
        return
    core = content.strip()
    lead, _, trail = content.partition(core) if core else (content, "", "")
    yield from ((part, look) for part, look in ((lead, PLAIN), (core, style), (trail, PLAIN)) if part)


def _is_empty(piece: Piece) -> bool:
    content = piece[0]
    return isinstance(content, Break) or (isinstance(content, str) and not content.strip())
