"""The head of an article: a title that the page tells of itself, and by it a day.

A head shows that a page is an article, however little it says, or however many links: lists have a title, and
no day of their own.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from scraper import dom, text, urls
from scraper.extractor import titles
from scraper.extractor.density import is_linked, shows_moment
from scraper.families import generic as known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extractor.page import Page
    from scraper.extractor.page_lines import Line, PageLines, Place

_FULL = re.compile("[。！？；，]|[.!?,;](?=\\s|$)")  # what a sentence has, and a label does not
_ENOUGH = 50  # characters of sentences below a head without a day
_DIRECTLY = 3  # lines above an article, in one of which its author and day stand
_BEGINS, _LONG = 25, 40  # characters of a sentence that begins an article; of the longest title above it
_ROW, _ROWS = 10, 3  # characters of a link, and so many of these, below which no article of the title stands
_DAY = 12  # characters of a day beside a title
_NEAR = 12  # lines above an article in which its title stands
_BESIDE = 20  # characters that may stand beside a title in its line
_LEAST = 4  # characters of a title
_NAME = re.compile(
    r"(?:大学|学院|学校|系|网站?|中心|办公室|[处部所院馆]|University|College|School)$", re.IGNORECASE
)
_LONGEST_NAME = 20  # characters of a site's name
_ABOVE, _BELOW = 2, 4  # lines between a title and its day
_SHOWN = 4  # characters of what stands below a head


class Head(NamedTuple):
    """A head, and the block that holds it with what stands below."""

    title: str
    place: Place
    lines: list[Line]  # below the head


def stands_above(seen: PageLines, lines: Sequence[Line], title: str, told: Sequence[str]) -> bool:
    """Tell whether a head stands right above an article: its title, or who wrote it and when."""
    sentences = (line for line in lines if line.is_prose and _FULL.search(line.shown))
    if sum(len(line.said) for line in sentences) < _ENOUGH:
        return False
    at = _number(seen, lines[0])
    before = [line for line in seen.lines[max(0, at - _DIRECTLY) : at] if line.said]
    begun = max(
        (n for n, line in enumerate(before, 1) if line.is_prose and len(line.said) >= _BEGINS), default=0
    )
    before = before[begun:]  # a sentence between begins another article
    signed = any(line.is_about and line.linked < _ROW and known.DAY.search(line.plain) for line in before)
    return signed or above(seen, lines, title, told) is not None


def leads_away(page: Page, lines: Sequence[Line], title: str) -> bool:
    """Tell whether a title is always a link to another page, with a day beside it: so it is a row's."""
    wanted = text.visible_text(title)
    longest = len(wanted) + _DAY
    shown = [
        n for n, line in enumerate(lines) if wanted and wanted in line.said and len(line.said) <= longest
    ]
    return bool(shown) and all(
        _leads_away(page, lines[n]) and any(known.DAY.search(line.plain) for line in lines[n : n + 2])
        for n in shown
    )


def _leads_away(page: Page, line: Line) -> bool:
    for node in line.nodes:
        above = node.parent
        while above is not None and above.tag in {"font", "span", "b", "strong", "em"}:
            above = above.parent
        if above is not None and above.tag == "a":
            url = urls.join(page.base, dom.attribute(above, "href"))
            return url is not None and url != page.url
    return False


def unnamed(seen: PageLines, place: Place) -> str:
    """Return the line above an article that may be its title, where the page names none; "" where none is."""
    first = next((line for line in seen.inside(place) if line.is_prose and len(line.said) >= _BEGINS), None)
    if first is None:
        return ""
    at = _number(seen, first)
    near = [line for line in seen.lines[max(0, at - _NEAR) : at] if line.said]
    return next((line.shown for line in reversed(near) if _may_be_title(line)), "")


def above_day(seen: PageLines, place: Place, title: str, told: Sequence[str]) -> str:
    """Return the line above the day that stands before an article, where the page is called as its site is.

    "": it is not, it shows that name there too, or no such line is there.
    """
    wanted = text.visible_text(title)
    if not told or title != told[-1] or len(wanted) > _LONGEST_NAME or _NAME.search(title) is None:
        return ""
    first = next((line for line in seen.inside(place) if line.is_prose and len(line.said) >= _BEGINS), None)
    if first is None:
        return ""
    at = _number(seen, first)
    near = [line for line in seen.lines[max(0, at - _DIRECTLY - 1) : at] if line.said]
    if any(len(line.said) >= _LEAST and line.said in wanted for line in near):
        return ""
    found = (one.shown for one, day in pairwise(near) if known.DAY.search(day.plain) and _may_be_title(one))
    return next(found, "")


def _begins(line: Line) -> bool:
    """Tell whether a line is a sentence that begins an article: what follows is not below its head."""
    return line.is_prose and len(line.said) >= _BEGINS and _FULL.search(line.shown) is not None


def _may_be_title(line: Line) -> bool:
    plain = not (line.links or line.is_about or line.around or shows_moment(line))
    return plain and _LEAST <= len(line.said) <= _LONG


def _number(seen: PageLines, line: Line) -> int:
    return next(n for n, each in enumerate(seen.lines) if each is line)


def above(seen: PageLines, lines: Sequence[Line], title: str, told: Sequence[str]) -> Line | None:
    """Return the line that shows the title above some lines; None where none does, or no name holds it."""
    wanted = text.visible_text(title)
    if len(wanted) < _LEAST or not lines or not any(_names(name, wanted) for name in told):
        return None
    at = _number(seen, next((line for line in lines if line.is_prose), lines[0]))
    passed = 0
    for line in reversed(seen.lines[max(0, at - _NEAR) : at]):
        passed += line.links > 0 and len(line.said) >= _ROW
        if passed >= _ROWS or known.IMPRINT.search(line.shown) or _begins(line):
            return None
        if wanted in line.said and len(line.said) <= len(wanted) + _BESIDE and not line.links:
            return line
    return None


def _names(name: str, title: str) -> bool:
    """Tell whether a name holds a title."""
    return title in text.visible_text(name)


def below(seen: PageLines, told: Sequence[str], *, is_sure: bool = False) -> Head | None:
    """Return the head of an article with what stands below it; None where the page has no head.

    `is_sure`: the page is no list: then the line of its day may hold a long link, such as its source's.
    """
    lines = seen.lines
    for name in told:
        for part in titles.parts(name):
            wanted = text.visible_text(part)
            if len(wanted) < _LEAST:
                continue
            titled = [at for at in range(len(lines) - 1, -1, -1) if _is_title(lines[at], wanted)]
            for at in sorted(
                titled, key=lambda at: lines[at].said != wanted
            ):  # those that show no more first
                day = _day_by(lines, at, is_sure=is_sure)
                found = _content(seen, max(at, day)) if day is not None else None
                if found is not None:
                    return Head(part, *found)
    return None


def _is_title(line: Line, wanted: str) -> bool:
    return (
        wanted in line.said and len(line.said) <= len(wanted) + _BESIDE and not line.links and not line.around
    )


def _day_by(lines: Sequence[Line], at: int, *, is_sure: bool) -> int | None:
    """Return the number of the line by a title that shows the article's day; None where none does."""
    order = [at, *range(at + 1, at + 1 + _BELOW), *range(at - 1, at - 1 - _ABOVE, -1)]
    return next((n for n in order if 0 <= n < len(lines) and _is_day(lines, n, is_sure=is_sure)), None)


def _is_day(lines: Sequence[Line], n: int, *, is_sure: bool) -> bool:
    """Tell whether a line shows a day that is no row's: none of a link, or beside one."""
    line = lines[n]
    if not known.DAY.search(line.plain):
        return False
    if line.is_about:
        return is_sure or line.linked < _ROW
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
