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


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _padded(text: str, width: int, to_right: bool) -> str:  # noqa: FBT001 - called by `map`
    blanks = " " * (width - cells(text))
    return blanks + text if to_right else text + blanks
