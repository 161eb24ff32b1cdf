"""Title and date line of a page whose template nobody wrote down, by where they stand.

A system is known by its body's container; around that every university draws its own page. The title is what
the page's `<title>` begins with and what some element above the body shows; the date is in the smallest
surroundings of the body that show one. Both are looked for only where a layout says so (`Layout.nearby`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import dates, dom, text
from scraper.extractor.body import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from scraper.extractor.page import Page

_META_TITLES = 'meta[name="ArticleTitle" i], meta[name="pageTitle" i], meta[property="og:title"]'
_HEADINGS = "h1, h2, h3, h4, h5, h6, [class*=title i], [class*=tit i], [class*=head i]"
_SEPARATORS = re.compile(r"\s*(?:--+|[-_|–—])\s*")
_LONGEST_TITLE = 300  # characters
_LONGEST_LINE = 400  # characters next to the body in which its date may stand
_MOST_AROUND = 3_000  # characters around a body that may still be its own head and foot, and no side column


def title(page: Page, roots: Iterable[dom.Node]) -> str:
    """Return the title; "" where the page's head names none."""
    meta = page.first(_META_TITLES)
    named = text.fold(dom.attribute(meta, "content")) if meta is not None else ""
    if named:
        return named
    node = page.first("title")
    head = text.fold((node.text() if node is not None else "") or "")
    shown = set(_shown_above(page, frozenset(root.mem_id for root in roots)))
    for part in _beginnings(head):
        if text.visible_text(part) in shown:
            return part
    parts = _SEPARATORS.split(head)
    return head if len(parts) == 1 else head[: head.rindex(parts[-1])].rstrip(" -_|–—")


def line(roots: list[dom.Node], shown_title: str, tz: ZoneInfo) -> str:
    """Return the text of the smallest surroundings of the body that show a date; "" where none do.

    What stands before the body comes first; the body itself and the title are left out, since both may name
    other days.
    """
    ends = frozenset(root.mem_id for root in roots)
    around = roots[0].parent if roots else None
    while around is not None and around.tag != "html":
        before, after = _around(around, ends)
        if len(before) + len(after) > _MOST_AROUND:
            return ""
        for part in (before.replace(shown_title, " ")[-_LONGEST_LINE:], after[:_LONGEST_LINE]):
            if dates.find_moment(part, tz) is not None:
                return part
        around = around.parent
    return ""


def _beginnings(head: str) -> Iterator[str]:
    """Yield the parts of a head that a title may be, the longest first."""
    ends = [len(head), *(match.start() for match in reversed(list(_SEPARATORS.finditer(head))))]
    yield from (head[:end] for end in ends if head[:end].strip())


def _shown_above(page: Page, roots: frozenset[int]) -> Iterator[str]:
    """Yield what runs of text and headings above the body show, in the form that texts are compared in."""
    body = page.first("body") or page.root
    for node in _until(body, roots):
        if node.tag == "-text":
            yield text.visible_text(node.text_content or "")
    for node in dom.select(body, _HEADINGS):
        shown = dom.text_of(node)
        if len(shown) <= _LONGEST_TITLE:
            yield text.visible_text(shown)


def _until(node: dom.Node, ends: frozenset[int]) -> Iterator[dom.Node]:
    """Yield the nodes below one in page order, up to the first of `ends`."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.mem_id in ends:
            return
        yield each
        if each.tag not in LEFT_OUT:
            waiting.extend(reversed(dom.children(each)))


def _around(node: dom.Node, ends: frozenset[int]) -> tuple[str, str]:
    """Return what a node shows before the first of some elements and after it, without them."""
    parts: tuple[list[str], list[str]] = ([], [])
    at = 0
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.mem_id in ends:
            at = 1
        elif each.tag == "-text":
            parts[at].append(each.text_content or "")
        elif each.tag not in LEFT_OUT and not _is_row(each):
            waiting.extend(reversed(dom.children(each)))
    return text.fold(" ".join(parts[0])), text.fold(" ".join(parts[1]))


def _is_row(node: dom.Node) -> bool:
    """Tell whether a node is a row of a list of links, whose date is another article's."""
    return node.tag in {"li", "dd"} and dom.first(node, "a[href]") is not None
