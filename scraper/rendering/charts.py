"""Counts as pictures: a bar a month over the years, a square a day over a year. SVG to stand within a page.

No style and no script within: colours are classes of the page's own style sheet. Whoever does not see them
has the same counts as links or a table beside them, so a screen reader passes them over.
"""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from math import log1p
from typing import TYPE_CHECKING, Final

from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_HEIGHT: Final = 96  # of the bars
_FOOT: Final = 18  # below them, for the years
_WHOLE: Final = 100.0  # percent of the width there is
_WIDEST: Final = 2.0  # percent, of one month
_SHARE: Final = 0.84  # of a month's width is its bar
_NAME: Final = 3.0  # percent that the name of a year takes at least
_ROOM: Final = ((8, "always"), (4, "narrow"), (2, "middle"), (1, "broad"))
_CELL: Final = 13  # a square of the calendar and the gap behind it
_LEVELS: Final = 4


class Bar(Value, frozen=True, kw_only=True):
    """A month."""

    month: str  # YYYY-MM
    count: int
    missing: int = 0  # on top of the count, in another colour
    href: str | None = None  # None: it leads nowhere
    marked: bool = False


def bars(months: Sequence[Bar]) -> str:
    """Return bars from the first month to the last, the months between them that have none left empty.

    Places along the years are shares of the whole: the picture is as wide as there is room, its words as
    large as all others.
    """
    if not months:
        return ""
    first, last = _index(months[0].month), _index(months[-1].month)
    width = min(_WHOLE / (last - first + 1), _WIDEST)
    most = max(1, *(bar.count + bar.missing for bar in months))
    parts = [
        f'<svg class="bars" width="100%" height="{_HEIGHT + _FOOT}" aria-hidden="true" focusable="false">'
    ]
    parts += (_bar(bar, (_index(bar.month) - first) * width, width, most) for bar in months)
    parts += _years(first, last, width)
    return "".join((*parts, "</svg>"))


def _bar(bar: Bar, x: float, width: float, most: int) -> str:
    low = _HEIGHT * bar.count / most
    high = _HEIGHT * (bar.count + bar.missing) / most
    told = f"{bar.month}: {bar.count}" + (f" (+{bar.missing})" if bar.missing else "")
    inner = f"<title>{told}</title>{_rectangle('reach', x, width, 0, _HEIGHT)}"
    wide = width * _SHARE
    if bar.count:
        inner += _rectangle("held", x, wide, _HEIGHT - low, low)
    if bar.missing:
        inner += _rectangle("missing", x, wide, _HEIGHT - high, high - low)
    kind = ' class="now"' if bar.marked else ""
    if bar.href is None:
        return f"<g{kind}>{inner}</g>"
    return f'<a{kind} href="{escape(bar.href)}" tabindex="-1">{inner}</a>'


def _rectangle(kind: str, x: float, width: float, y: float, height: float) -> str:
    return f'<rect class="{kind}" x="{x:.2f}%" y="{y:.1f}" width="{width:.2f}%" height="{height:.1f}"/>'


def _years(first: int, last: int, width: float) -> Iterator[str]:
    """Yield the names of years below the bars, each with the class of the width from which it has room."""
    starts = [index for index in range(first, last + 1) if index % 12 == 0]
    for number, index in enumerate(starts):
        x = (index - first) * width
        if x <= _WHOLE - _NAME:
            room = next(name for step, name in _ROOM if number % step == 0)
            yield f'<text class="{room}" x="{x:.2f}%" y="{_HEIGHT + 14}">{index // 12}</text>'


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def calendar(year: int, counts: Mapping[str, int], href: Callable[[str], str]) -> str:
    """Return a year as squares, a column a week, Monday on top; a day with captures leads to them."""
    start = date(year, 1, 1)
    offset = start.weekday()
    days = (date(year + 1, 1, 1) - start).days
    weeks = (offset + days + 6) // 7
    most = max(counts.values(), default=1)
    wide, high = weeks * _CELL, 7 * _CELL + _FOOT
    size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
    parts = [f'<svg class="calendar" {size} aria-hidden="true" focusable="false">']
    for number in range(days):
        day = (start + timedelta(days=number)).isoformat()
        week, weekday = divmod(offset + number, 7)
        parts.append(_square(day, counts.get(day, 0), most, (week * _CELL, weekday * _CELL), href))
        if day.endswith("-01"):
            parts.append(f'<text x="{week * _CELL}" y="{7 * _CELL + 13}">{int(day[5:7])}</text>')
    return "".join((*parts, "</svg>"))


def _square(day: str, count: int, most: int, place: tuple[int, int], href: Callable[[str], str]) -> str:
    level = 0 if not count else 1 + min(int(_LEVELS * log1p(count) / log1p(most)), _LEVELS - 1)
    x, y = place
    square = (
        f'<rect class="level-{level}" x="{x}" y="{y}" width="{_CELL - 2}" height="{_CELL - 2}" rx="2">'
        f"<title>{day}: {count}</title></rect>"
    )
    return f'<a href="{escape(href(day))}" tabindex="-1">{square}</a>' if count else square
