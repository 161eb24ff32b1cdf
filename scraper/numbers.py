"""Numbers as foreign text writes them, read only as far as somebody can use them.

A number of 5,000 digits is an error of Python's, one of nine a list that a program walks for years. Whoever
reads a number off a page, an address or a header says up to where he believes it.
"""

from __future__ import annotations

from typing import Final

_MOST_DIGITS: Final = 18  # that fit a column of SQLite; Python itself refuses 4,301


def whole(digits: str | None, most: int) -> int | None:
    """Return a number written in digits alone; None for anything else, and for more than `most`."""
    if digits is None or not digits.isdecimal():
        return None
    shown = digits.lstrip("0") or "0"
    number = int(shown) if len(shown) <= _MOST_DIGITS else most + 1
    return number if number <= most else None
