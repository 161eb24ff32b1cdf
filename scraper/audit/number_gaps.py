"""Article numbers between known ones that nobody names."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SERIES = 3  # leading digits of a padded number: the news site began anew at 030000001 in 2019
_LONGEST_RUN = 1_000_000  # a longer jump is a new series, and no run of articles that are missing

Run = tuple[int, int]


def missing_runs(keys: Iterable[str]) -> Iterator[Run]:
    """Yield the runs of numbers, first and last, that lie between known ones of their series.

    `keys`: every known article's; those that are no number are passed over.
    """
    known = sorted({(len(key) if key.startswith("0") else 0, int(key)) for key in keys if _is_number(key)})
    for (digits, before), (other_digits, after) in pairwise(known):
        if digits == other_digits and _one_series(digits, before, after) and after > before + 1:
            yield before + 1, after - 1


def runs(numbers: Iterable[int]) -> Iterator[Run]:
    """Yield numbers as runs of neighbours, first and last."""
    first = last = None
    for number in sorted(set(numbers)):
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdigit()


def _one_series(digits: int, before: int, after: int) -> bool:
    """Say whether two numbers, padded to so many digits (0: not padded), belong to one series."""
    if after - before > _LONGEST_RUN:
        return False
    return f"{before:0{digits}}"[:_SERIES] == f"{after:0{digits}}"[:_SERIES] if digits else True
