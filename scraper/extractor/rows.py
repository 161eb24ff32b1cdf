"""Rows that stand side by side and lead to other articles: with them a page is a list."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from scraper import dom, text
from scraper.extractor.density import is_linked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.extractor.page_lines import Line

_LEVELS = 3  # that a link may stand below its row
_LONGEST_ROW = 200  # characters of a row without an abstract
_MOST_OF_ROW = 600  # nodes of a row and its abstract: rows that stand in each other are none
_SAY = ("-text", "img")  # what of a line a link may hold
_TITLE = 6  # visible characters of a link that is a row's title
_SEVERAL = 4  # rows with abstracts
_MOSTLY = 0.6  # of an article's characters: rows with abstracts that hold more are what the page is
_DAY = re.compile(r"(?<!\d)(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}(?!\d)")


def dated_rows(root: dom.Node, lines: Sequence[Line]) -> int:
    """Return how many rows of a link and a date stand side by side below a node, among some of its lines.

    A row may hold an abstract, where such rows are most of what is shown.
    """
    shown = _around(node for line in lines for node in line.nodes if node.tag in _SAY)
    size = sum(len(line.said) for line in lines)
    plain: Counter[int] = Counter()
    long: Counter[int] = Counter()
    looked_at: set[int] = set()
    for link in dom.select(root, "a[href]"):
        if link.mem_id not in shown:
            continue
        row = link.parent
        for _ in range(_LEVELS):
            if row is None or row.parent is None or row.mem_id == root.mem_id or row.mem_id in looked_at:
                break
            looked_at.add(row.mem_id)
            told = dom.text_within(row, _MOST_OF_ROW)
            if told is None:
                break  # nor is what stands around it a row
            said = text.fold(told)
            if _is_dated(said, link):
                plain[row.parent.mem_id] += len(said) <= _LONGEST_ROW
                long[row.parent.mem_id] += len(text.visible_text(said)) if _begins(row, link) else 0
                break
            row = row.parent
    mostly = max(long.values(), default=0) > _MOSTLY * size
    return max(plain.values(), default=0) if not mostly else max(len(looked_at), 0)


def have_abstracts(lines: Sequence[Line]) -> bool:
    """Tell whether lines are a list whose rows have abstracts: links, each with sentences below it."""
    begins = [
        n
        for n in range(len(lines) - 1)
        if lines[n].links and is_linked(lines[n]) and len(lines[n].said) >= _TITLE and lines[n + 1].is_prose
    ]
    if len(begins) < _SEVERAL:
        return False
    within = sum(len(line.said) for line in lines[begins[0] : begins[-1] + 2] if line.is_prose)
    return within > _MOSTLY * sum(len(line.said) for line in lines if line.is_prose)


def _around(nodes: Iterable[dom.Node]) -> set[int]:
    """Return the elements that hold any of some nodes, each by its identity."""
    found: set[int] = set()
    for node in nodes:
        above = node.parent
        while above is not None and above.mem_id not in found:
            found.add(above.mem_id)
            above = above.parent
    return found


def _is_dated(said: str, link: dom.Node) -> bool:
    return bool(_DAY.search(said.replace(text.fold(dom.text_of(link)), "")))


def _begins(row: dom.Node, link: dom.Node) -> bool:
    """Tell whether a row begins with its link, which is a title: so does an abstract's, and no sentence's."""
    title = text.visible_text(dom.text_of(link))
    said = text.visible_text(dom.text_of(row))
    return len(title) >= _TITLE and 0 <= said.find(title) <= len(title)
