"""The head of an article: a title that the page tells of itself, and by it a day.

A head shows that a page is an article, however little it says, or however many links: lists have a title, and
no day of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scraper import text
from scraper.extractor import titles
from scraper.extractor.density import is_linked, shows_moment
from scraper.families import generic as known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extractor.page_lines import Line, PageLines, Place

_NEAR = 12  # lines above an article in which its title stands
_BESIDE = 20  # characters that may stand beside a title in its line
_LEAST = 4  # characters of a title
_ABOVE, _BELOW = 2, 4  # lines between a title and its day
_SHOWN = 4  # characters of what stands below a head


class Head(NamedTuple):
    """A head, and the block that holds it with what stands below."""

    title: str
    place: Place
    lines: list[Line]  # below the head


def above(seen: PageLines, lines: Sequence[Line], title: str, told: Sequence[str]) -> Line | None:
    """Return the line that shows the title above some lines; None where none does, or no name holds it."""
    wanted = text.visible_text(title)
    if len(wanted) < _LEAST or not lines or not any(_names(name, wanted) for name in told):
        return None
    numbers = {id(line): number for number, line in enumerate(seen.lines)}
    at = numbers[id(lines[0])]
    near = [line for line in seen.lines[max(0, at - _NEAR) : at] if line.said and not line.links]
    return next(
        (line for line in reversed(near) if wanted in line.said and len(line.said) <= len(wanted) + _BESIDE),
        None,
    )


def _names(name: str, title: str) -> bool:
    """Tell whether a name holds a title."""
    return title in text.visible_text(name)


def below(seen: PageLines, told: Sequence[str]) -> Head | None:
    """Return the head of an article with what stands below it; None where the page has no head."""
    lines = seen.lines
    for name in told:
        for part in titles.parts(name):
            wanted = text.visible_text(part)
            if len(wanted) < _LEAST:
                continue
            for at in range(len(lines) - 1, -1, -1):
                if not _is_title(lines[at], wanted):
                    continue
                day = _day_by(lines, at)
                found = _content(seen, max(at, day)) if day is not None else None
                if found is not None:
                    return Head(part, *found)
    return None


def _is_title(line: Line, wanted: str) -> bool:
    return (
        wanted in line.said and len(line.said) <= len(wanted) + _BESIDE and not line.links and not line.around
    )


def _day_by(lines: Sequence[Line], at: int) -> int | None:
    """Return the number of the line by a title that shows the article's day; None where none does."""
    order = [at, *range(at + 1, at + 1 + _BELOW), *range(at - 1, at - 1 - _ABOVE, -1)]
    return next((n for n in order if 0 <= n < len(lines) and _is_day(lines, n)), None)


def _is_day(lines: Sequence[Line], n: int) -> bool:
    """Tell whether a line shows a day that is no row's: none of a link, or beside one."""
    line = lines[n]
    if not known.DAY.search(line.shown):
        return False
    if line.is_about:
        return True
    beside = [lines[each] for each in (n - 1, n + 1) if 0 <= each < len(lines)]
    return (
        shows_moment(line) and not line.links and not any(is_linked(each) and each.links for each in beside)
    )


def _content(seen: PageLines, at: int) -> tuple[Place, list[Line]] | None:
    """Return the smallest block around a line that shows anything below it, and what that is."""
    for place in seen.around(seen.lines[at]):
        lines = [line for line in seen.lines[at + 1 : place.end] if not line.around]
        if sum(len(line.said) for line in lines if not line.is_about) >= _SHOWN or any(
            line.images or line.files for line in lines
        ):
            return place, lines
    return None
