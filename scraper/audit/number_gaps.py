"""Article numbers between known ones that nobody names."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SERIES = 3  # leading digits of a padded number: the news site began anew at 030000001 in 2019
_LONGEST_RUN = 1_000_000  # a longer jump is a new series, and no run of articles that are missing

_LAST_NUMBER = 10**15  # a longer one is no number of an article, but a key made of digits

Run = tuple[int, int]


def missing_runs(keys: Iterable[str]) -> Iterator[Run]:
    """Yield the runs of numbers, first and last, that lie between known ones of their series.

    `keys`: every known article's; those that are no number are passed over.
    """
    series: dict[int, list[int]] = {}  # by how many digits they are padded to; 0: they are not
    for key in keys:
        number = whole(key, _LAST_NUMBER) if key.isascii() else None
        if number is not None:
            series.setdefault(len(key) if key.startswith("0") else 0, []).append(number)
    for digits, known in sorted(series.items()):
        known.sort()
        for before, after in pairwise(known):
            if after > before + 1 and _one_series(digits, before, after):
                yield before + 1, after - 1


def runs_without(numbers: Iterable[int], last: int) -> Iterator[Run]:
    """Yield the runs of numbers from 1 to the last that are not among these, however many they are."""
    before = 0
    for number in sorted({each for each in numbers if 0 < each <= last}):
        if number > before + 1:
            yield before + 1, number - 1
        before = number
    if before < last:
        yield before + 1, last


def _one_series(digits: int, before: int, after: int) -> bool:
    """Say whether two numbers, padded to so many digits (0: not padded), belong to one series."""
    if after - before > _LONGEST_RUN:
        return False
    return f"{before:0{digits}}"[:_SERIES] == f"{after:0{digits}}"[:_SERIES] if digits else True
