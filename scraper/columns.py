"""Tables as plain text: columns that stand straight also where Chinese characters take two cells each."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP = "  "


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> str:
    """Return a table, a line a row. `right`: heads of the columns that stand to the right, as numbers do."""
    lines = [head, *rows]
    widths = [max(cells(line[at]) for line in lines) for at in range(len(head))]
    to_right = [title in right for title in head]
    return "\n".join(_GAP.join(map(_padded, line, widths, to_right)).rstrip() for line in lines)


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return sum(_width(character) for character in text)


def padded(text: str, width: int) -> str:
    """Return a text with blanks behind it up to so many cells."""
    return text + " " * (width - cells(text))


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many cells, broken at blanks and between Chinese characters.

    No line begins with a closing sign of punctuation. A word that is longer than a line stands alone.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and cells(line) + cells(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def _pieces(text: str) -> list[str]:
    """Return what may not be broken: a word, a Chinese character, with what closes it, the blanks after."""
    from scraper.line_pieces import PIECE  # noqa: PLC0415 - 5 ms, which only help and long tables need

    return PIECE.findall(text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _padded(text: str, width: int, to_right: bool) -> str:  # noqa: FBT001 - called by `map`
    blanks = " " * (width - cells(text))
    return blanks + text if to_right else text + blanks
