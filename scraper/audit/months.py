"""Articles a month, and the months that have fewer than their neighbours let expect.

Universities publish little in February and August, each year again: a month is thin only where it has far
fewer than the months around it and than the same month of the years around it.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHARE = 0.5  # of what is expected; a month with more is not thin
_SIGMAS = 4.0  # by which it must fall short of what is expected, counts being as uneven as their root
_YEAR = 12
_AROUND = (-3, -2, -1, 1, 2, 3)  # months
_FEWEST = 3  # neighbours that must be there to expect anything


class Month(Value, frozen=True, kw_only=True):
    """One month's articles."""

    month: str  # YYYY-MM
    listed: int
    held: int


class ThinMonth(Value, frozen=True, kw_only=True):
    """A month with fewer articles than its neighbours let expect."""

    month: str  # YYYY-MM
    listed: int
    expected: int


def filled(listed: Mapping[str, int], held: Mapping[str, int]) -> tuple[Month, ...]:
    """Return every month from the first to the last that has an article, those without any too."""
    if not listed:
        return ()
    first, last = _index(min(listed)), _index(max(listed))
    names = map(_name, range(first, last + 1))
    return tuple(Month(month=name, listed=listed.get(name, 0), held=held.get(name, 0)) for name in names)


def thin_months(months: Sequence[Month]) -> tuple[ThinMonth, ...]:
    """Return the thin months. The first and the last are none: they may have only begun, or still go on."""
    counts = [month.listed for month in months]
    found = []
    for at in range(1, len(months) - 1):
        expected = _expected(counts, at)
        if counts[at] < expected * _SHARE and expected - counts[at] > _SIGMAS * sqrt(expected):
            found.append(ThinMonth(month=months[at].month, listed=counts[at], expected=round(expected)))
    return tuple(found)


def _expected(counts: Sequence[int], at: int) -> float:
    """Return what a month should have at least, by its neighbours and its own season; 0: nobody can say."""
    inner = range(1, len(counts) - 1)
    around = [counts[at + step] for step in _AROUND if at + step in inner]
    if len(around) < _FEWEST:
        return 0.0
    from statistics import median  # noqa: PLC0415 - 6 ms, which a run's status need not spend

    season = [counts[year] for year in (at - _YEAR, at + _YEAR) if year in inner]
    return min([median(around), *season])


def _index(month: str) -> int:
    year, number = month.split("-")
    return int(year) * _YEAR + int(number) - 1


def _name(index: int) -> str:
    return f"{index // _YEAR:04}-{index % _YEAR + 1:02}"
