"""Runs of text as Markdown: emphasis that always acts, links, pictures, line breaks.

Bold is always `**`; italics are `*`, but `_` in a block that holds bold too, so that the two never meet in
one run of stars. White space at the ends of lines is layout and goes; none within a line does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, assert_never

from scraper.blocks import Anchor, Break, CodeSpan, Emphasis, Picture, Strong, Struck, Text
from scraper.values import Value, field
from scraper.writer.address import destination
from scraper.writer.escape import (
    LINK_CLOSE,
    LINK_OPEN,
    MARKS,
    MARKUP,
    STRIKE,
    escape,
    escape_cell,
    escape_heading,
    is_plain,
)
from scraper.writer.flanking import acts, reference
from scraper.writer.normalize import cleaned, normal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.blocks import Inline

Place: TypeAlias = Literal["paragraph", "cell", "heading", "preformatted"]

_ESCAPES: Final = {
    "paragraph": escape,
    "cell": escape_cell,
    "heading": escape_heading,
    "preformatted": escape,
}
_MARK: Final = re.compile(f"[{MARKS}]")
_HOLDERS: Final = (Emphasis, Struck, Anchor)
_STRONG: Final = "**"
_STRUCK: Final = "~~"
_NOTHING: Final = "&#8203;"  # has no width, and parts two delimiters
_ACTS_IN_CODE: Final = re.compile(r"[`<>~|{\n]")  # for Hugo, for marked, in a cell and in a heading
_HARD_BREAK: Final = "\\\n"
_HARD_BREAK_IN_LINK: Final = "  \n"  # where marked knows no backslash before a line end; editors strip blanks


class _Piece(Value, frozen=True):
    """A piece of markup: what is written, and whether it is a delimiter of emphasis."""

    markdown: str
    side: Literal["opens", "closes", "whole"] = "whole"


_LINK_OPENS: Final = _Piece("[")


class _Row(Value):
    """A block's runs laid out in a row: its text with a mark for each piece of markup, and the pieces."""

    text: list[str] = field(default_factory=list)
    pieces: list[_Piece] = field(default_factory=list)

    def put(self, mark: str, piece: _Piece) -> None:
        """Put a piece of markup here."""
        self.text.append(mark)
        self.pieces.append(piece)


def inline(children: Iterable[Inline], place: Place = "paragraph") -> str:
    """Return runs of text as Markdown.

    In cells and headings, which are one line, breaks become blanks. Of what is preformatted no white space
    goes: it must hold no empty lines, and no blanks where Markdown takes them for something.
    """
    children = tuple(children)
    only = children[0] if len(children) == 1 else None
    if type(only) is Text:  # as most paragraphs are
        text = cleaned(only.text)
        return _ESCAPES[place](text if place == "preformatted" else text.strip())
    if type(only) is Picture:
        return picture(only.src)
    match children:
        case ():
            return ""
        case (Strong(children=(Text(text=text),)),) if place == "paragraph" and is_plain(text):
            return f"{_STRONG}{text.strip()}{_STRONG}"
    runs = normal(children)
    row = _Row()
    _lay_out(runs, row, italics="_" if _holds_strong(runs) else "*")
    text = "".join(row.text)
    if "\n" not in text:
        text = text if place == "preformatted" else text.strip()
    elif place != "preformatted":
        lines = filter(None, map(str.strip, text.split("\n")))
        text = ("\n" if place == "paragraph" else " ").join(lines)
    return _joined(_hard(_ESCAPES[place](text)), row.pieces)


def _hard(text: str) -> str:
    """Make the line ends of an escaped text hard breaks."""
    if "\n" not in text:
        return text
    lines = text.split("\n")
    opened = 0
    for place, line in enumerate(lines[:-1]):
        opened += line.count(LINK_OPEN) - line.count(LINK_CLOSE)
        lines[place] += _HARD_BREAK_IN_LINK if opened else _HARD_BREAK
    return "".join(lines)


def picture(src: str) -> str:
    """Return a picture as Markdown. Its text is the same for all, as in the older documents."""
    return f"![图]({destination(src)})"


def _lay_out(children: Iterable[Inline], row: _Row, italics: str) -> None:
    for child in children:
        match child:
            case Text():
                row.text.append(child.text)
            case Anchor():
                row.put(LINK_OPEN, _LINK_OPENS)
                _lay_out(child.children, row, italics)
                row.put(LINK_CLOSE, _Piece(f"]({destination(child.href)})"))
            case Strong() | Emphasis():
                delimiter = _STRONG if type(child) is Strong else italics
                row.put(MARKUP, _Piece(delimiter, "opens"))
                _lay_out(child.children, row, italics)
                row.put(MARKUP, _Piece(delimiter, "closes"))
            case Struck():
                row.put(STRIKE, _Piece(_STRUCK, "opens"))
                _lay_out(child.children, row, italics)
                row.put(STRIKE, _Piece(_STRUCK, "closes"))
            case Picture():
                row.put(MARKUP, _Piece(picture(child.src)))
            case Break():
                row.text.append("\n")
            case CodeSpan():
                _lay_out_code(child, row)
            case _:
                assert_never(child)


def _lay_out_code(child: CodeSpan, row: _Row) -> None:
    """Lay out code; as plain text where something acts even within it, since nothing can be escaped there."""
    shown = child.text
    if _ACTS_IN_CODE.search(shown):
        row.text.append(shown)
        return
    row.put(STRIKE, _Piece(f"`{shown}`"))


def _holds_strong(children: Iterable[Inline]) -> bool:
    for child in children:
        if type(child) is Text:  # as most are
            continue
        if isinstance(child, Strong):
            return True
        if isinstance(child, _HOLDERS) and _holds_strong(child.children):
            return True
    return False


def _joined(text: str, pieces: list[_Piece]) -> str:
    """Return the text with the pieces at their marks, neighbours of delimiters written so that they act."""
    if not pieces:
        return text
    texts = _MARK.split(text)
    parts = [part for text, piece in zip(texts, pieces, strict=False) for part in (text, piece.markdown)]
    parts.append(texts[-1])
    delimiters = [(2 * place + 1, piece) for place, piece in enumerate(pieces) if piece.side != "whole"]
    while any([_mended(parts, here, piece) for here, piece in delimiters]):  # noqa: C419 - each is looked at
        pass  # once more: a reference is punctuation to the delimiter on its other side
    return "".join(parts)


def _mended(parts: list[str], here: int, piece: _Piece) -> bool:
    """Make the delimiter at this place act; tell whether its neighbour had to be written as a reference."""
    before, after = here - 1, here + 1
    while before >= 0 and not parts[before]:
        before -= 1
    while after < len(parts) and not parts[after]:
        after += 1
    first = parts[after][0] if after < len(parts) else ""
    last = parts[before][-1] if before >= 0 else ""
    if piece.side == "opens":
        if acts(piece.markdown, inside=first, outside=last):
            return False
        if before % 2 and last == "~":  # a delimiter too, which cannot be written otherwise
            parts[here - 1] = _NOTHING
        else:
            parts[before] = parts[before][:-1] + reference(last)
    else:
        if acts(piece.markdown, inside=last, outside=first):
            return False
        if after % 2 and first == "~":
            parts[here + 1] = _NOTHING
        else:
            parts[after] = reference(first) + parts[after][1:]
    return True
