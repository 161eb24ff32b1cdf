"""The body of an article as Markdown that CommonMark, goldmark and marked read alike.

No raw HTML is ever written, and no text of the page acts as markup. Paragraphs, items and cells begin and end
without white space: an indent of U+3000 is layout.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final, assert_never

from scraper.blocks import Code, Figure, Heading, Listing, Media, Paragraph, Quote, Rule, Table
from scraper.writer.code import code, lines
from scraper.writer.inline import inline
from scraper.writer.tables import table
from scraper.writer.tree import framed, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.blocks import Block

_RULE: Final = "***"  # in a list of dashes `- ---` would be one rule
_BULLETS: Final = ("-", "+")  # two lists that follow each other would be one under the same sign
_POINTS: Final = (".", ")")
_LAST_NUMBER: Final = 999_999_999  # more digits are no list
_DEEPEST: Final = 6  # markdown-it counts a list twice, and stops at twenty
_EMPTY_LINE: Final = "\n\n"


def render(blocks: Iterable[Block]) -> str:
    """Return blocks as Markdown, pictures in place, without a line end at the end."""
    return _EMPTY_LINE.join(markdown for _, markdown in render_each(blocks))


def render_each(blocks: Iterable[Block], depth: int = 0) -> Iterator[tuple[Block, str]]:
    """Yield each block that says anything with its Markdown; empty lines are to stand between them.

    `depth` counts the quotations and lists around. Below the deepest that every reader follows the blocks of
    further ones stand there plainly.
    """
    sign = ""  # of the list just above
    for block in blocks if depth <= _DEEPEST else _without_containers(blocks):
        if type(block) is Listing:
            signs = _BULLETS if block.start is None else _POINTS
            here = signs[1] if sign == signs[0] else signs[0]
            markdown = _listing(block, here, depth)
        else:
            here, markdown = "", _block(block, depth)
        if markdown:
            yield block, markdown
            sign = here


def _block(block: Heading | Paragraph | Quote | Table | Figure | Media | Code | Rule, depth: int) -> str:
    markdown: str
    match block:
        case Paragraph():
            markdown = lines(block) if block.preformatted else inline(block.children)
        case Heading():
            markdown = _heading(block)
        case Quote():
            text = _EMPTY_LINE.join(markdown for _, markdown in render_each(block.blocks, depth + 1))
            markdown = _set_off(text, "> ", "> ") if text else ""
        case Table():
            markdown = table(block)
        case Figure():
            markdown = _EMPTY_LINE.join(filter(None, (inline((framed(block),)), inline(block.caption))))
        case Media():
            markdown = inline((named(block),))
        case Code():
            markdown = code(block, nested=depth > 0)
        case Rule():
            markdown = _RULE
        case _:
            assert_never(block)
    return markdown


def _without_containers(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        match block:
            case Quote():
                yield from _without_containers(block.blocks)
            case Listing():
                yield from _without_containers(chain.from_iterable(block.items))
            case _:
                yield block


def _heading(block: Heading) -> str:
    text = inline(block.children, "heading")
    return f"{'#' * min(max(block.level, 1), 6)} {text}" if text else ""


def _listing(block: Listing, sign: str, depth: int) -> str:
    """Return a list; its items stand close where each is one line of text, with or without a list below."""
    items = [list(render_each(item, depth + 1)) for item in block.items]
    between = "\n" if all(map(_is_close, items)) else _EMPTY_LINE
    lines = []
    for number, item in enumerate(items, start=block.start or 0):
        text = between.join(markdown for _, markdown in item)
        if block.start is None:
            mark = f"{sign} "
        else:
            mark = f"{min(max(number, 0), _LAST_NUMBER)}{sign} "
            text = text or "&nbsp;"  # so that those below keep their numbers
        if text:
            lines.append(_set_off(text, mark, " " * len(mark)))
    return between.join(lines)


def _is_close(item: list[tuple[Block, str]]) -> bool:
    """Tell whether an item needs no empty line within: its second block can break into its first."""
    if any(_EMPTY_LINE in markdown for _, markdown in item):
        return False
    kinds = [block for block, _ in item]
    match kinds:
        case [] | [Paragraph() | Figure() | Media()]:
            return True
        case [Paragraph(), Listing(start=None | 1)]:
            return True
        case _:
            return False


def _set_off(text: str, first: str, others: str) -> str:
    """Put one prefix before the first line and one before the others; empty lines get no blanks."""
    return first + re.sub(r"\n(?=(\n?))", lambda end: "\n" + (others.rstrip() if end[1] else others), text)
