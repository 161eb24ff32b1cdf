"""What of the block that holds an article is no part of it: its head, and what stands behind.

    head    all above the title; then lines of labels, dates and links, up to the first sentence
    within  what stands around an article by its name; links to other articles with their days
    foot    from the line on behind which no article goes on; then lines of labels and links at the end

A picture is kept where no name speaks against it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import text
from scraper.extractor.density import is_linked, shows_moment
from scraper.families import generic as known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.extractor.page_lines import Line

_SENTENCES = 40  # characters of sentences with which the article has begun
_NEAR = 2  # lines below the title, or the beginning, in which a day stands that is the article's
_DOUBTFUL = 100  # characters of lines between two that are none of the article, and may be
_LEADING = 3  # links with which an article may begin
_WITHIN = frozenset(["a", "span", "font", "b", "strong", "em", "i", "u"])
_NEAR_BLOCK = 12  # lines before a block in which its title stands
_BESIDE = 40  # characters that may stand beside a title in its line
_BEFORE = 0.35  # of a block's sentences that may stand above the title, as a summary of it
_PASSED = 0.4  # of a block's sentences, behind which its foot may begin
_REST = 0.35  # of a block's sentences that may stand in its foot
_DATE = 14  # characters of a day beside a link
_SEVERAL = 3  # rows of links with their days
_DAY = re.compile(r"(?<!\d)(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}(?!\d)")


def kept(lines: Sequence[Line], title: str, before: Sequence[Line] = ()) -> list[Line]:
    """Return the lines of a block that are the article's, in order. `title` is no part of it.

    `before`: the lines that stand before the block.
    """
    wanted = text.visible_text(title)
    whole = sum(len(line.said) for line in lines if line.is_prose)
    own = [line for line in lines if not line.around]
    titled = _title_at(own, wanted, whole, alone=any(line.said == wanted for line in before[-_NEAR_BLOCK:]))
    begin = _head(own, titled)
    end = _foot(own, begin, whole)
    above = 0 if titled is None else titled + 1
    pictures = [line for line in own[above:begin] if line.images and not is_linked(line)]
    within = own[begin:end]
    rows = _rows(within, whole)
    return pictures + [line for line in within if id(line) not in rows]


def without_foot(lines: Sequence[Line]) -> list[Line]:
    """Return the lines below a head without the foot."""
    begin = next(
        (n for n, line in enumerate(lines) if line.value >= 0 or is_linked(line) or line.files), len(lines)
    )
    whole = sum(len(line.said) for line in lines if line.is_prose)
    end = _behind(lines, begin, whole)
    while end > begin and (lines[end - 1].is_about or known.IMPRINT.search(lines[end - 1].shown)):
        end -= 1
    return list(lines[begin:end])


def _title_at(lines: Sequence[Line], title: str, whole: int, *, alone: bool) -> int | None:
    """Return the number of the line that shows the title, the last one above the article; None: none does.

    A line that shows nothing else comes before one that holds it, which may be the first of the article:
    `alone` says that there is such a line before the block.
    """
    said, found = 0, None
    for at, line in enumerate(lines):
        if said > max(_SENTENCES, _BEFORE * whole):
            break
        if title and line.said == title:
            found, alone = at, True
        elif title and not alone and title in line.said and len(line.said) <= len(title) + _BESIDE:
            found = at
        said += len(line.said) if line.is_prose else 0
    return found


def _head(lines: Sequence[Line], titled: int | None) -> int:
    """Return the number of the first line below the head; `titled`: of the line that shows the title."""
    begin = 0 if titled is None else titled + 1
    said = doubtful = 0
    for number in range(begin, len(lines)):
        line = lines[number]
        if (line.value < 0 and not line.files and not (line.is_moment and said)) or (
            number <= begin + _NEAR and not said and shows_moment(line)
        ):
            begin, doubtful = number + 1, 0
        elif line.is_prose:
            said += len(line.said)
        else:
            doubtful += len(line.said)
        if said >= _SENTENCES or doubtful > _DOUBTFUL:
            break
    return _with_its_links(lines, begin, 0 if titled is None else titled + 1)


def _with_its_links(lines: Sequence[Line], begin: int, least: int) -> int:
    """Return the number of the first line with the links before it that are paragraphs as it is one.

    What an article begins with, such as the name of the paper that it explains, stands where its text does.
    """
    text_in = _paragraph_in(lines[begin]) if begin < len(lines) else None
    if text_in is None:
        return begin
    first = begin
    while (
        first > max(least, begin - _LEADING)
        and is_linked(lines[first - 1])
        and _paragraph_in(lines[first - 1]) == text_in
    ):
        first -= 1
    return first if first == least or lines[first - 1].is_about or shows_moment(lines[first - 1]) else begin


def _paragraph_in(line: Line) -> int | None:
    """Return the element (`mem_id`) in which a line is a paragraph; None: it is none."""
    node = line.nodes[0].parent if line.nodes else None
    while node is not None and node.tag in _WITHIN:
        node = node.parent
    above = node.parent if node is not None and node.tag == "p" else None
    return above.mem_id if above is not None else None


def _foot(lines: Sequence[Line], begin: int, whole: int) -> int:
    """Return the number of the first line of the foot."""
    end = _behind(lines, begin, whole)
    said = doubtful = 0
    for number in range(end - 1, begin - 1, -1):
        line = lines[number]
        if _stays(line):
            break
        if line.value < 0 and not line.files:
            end, doubtful = number, 0
        elif line.is_prose:
            said += len(line.said)
        else:
            doubtful += len(line.said) + (_DOUBTFUL if line.images or line.files else 0)
        if said >= _SENTENCES or doubtful > _DOUBTFUL:
            break
    return end


def _stays(line: Line) -> bool:
    """Tell whether a line ends an article for sure: the day that signs a notice, the name of a file."""
    return known.ATTACHED.search(line.shown) is not None or (shows_moment(line) and not line.is_about)


def _behind(lines: Sequence[Line], begin: int, whole: int) -> int:
    """Return the number of the line behind which no article goes on; that of the end where there is none."""
    said = 0
    rest = sum(len(line.said) for line in lines[begin:] if line.is_prose)
    for number in range(begin, len(lines)):
        line = lines[number]
        size = len(line.said) if line.is_prose else 0
        rest -= size
        if known.COMMENTS.fullmatch(line.shown) and said >= _SENTENCES:
            return number
        passed = said > 0 and said >= _PASSED * whole and rest <= _REST * whole
        if passed and known.BEHIND.search(line.plain):
            return number
        said += size
    return len(lines)


def _is_row(line: Line) -> bool:
    """Tell whether a line is a link and a day, and nothing else."""
    return line.links > 0 and len(line.said) - line.linked <= _DATE and _DAY.search(line.shown) is not None


def _rows(lines: Sequence[Line], whole: int) -> set[int]:
    """Return the identities of lines that name other articles with their days, if the article is longer."""
    places = [n for n, line in enumerate(lines) if _is_row(line)]
    if len(places) < _SEVERAL or sum(len(lines[n].said) for n in places) > whole:
        return set()
    between = sum(len(line.said) for line in lines[places[0] : places[-1]] if line.is_prose)
    return {id(lines[n]) for n in places} if between <= _REST * whole else set()  # else they have abstracts
