"""Title and date line of a page whose template nobody wrote down, by where they stand.

A system is known by its body's container; around that every university draws its own page. The title is what
the page's `<title>` begins with and what some element above the body shows; the date is in the smallest
surroundings of the body that show one. Both are looked for only where a layout says so (`Layout.nearby`).
"""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper import dates, dom, text
from scraper.extractor.body import LEFT_OUT
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scraper.extractor.page import Page

_META_TITLES = 'meta[name="ArticleTitle" i], meta[name="pageTitle" i], meta[property="og:title"]'
_HEADINGS = "h1, h2, h3, h4, h5, h6, [class*=title i], [class*=tit i], [class*=head i]"
_HEADING_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_SEPARATORS = re.compile(r"(?:(?<!\s)\s++)?(?:--+|[-_|–—])\s*+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_LONGEST_TITLE = 300  # characters
LONGEST_HEAD = 600  # characters of a `<title>`, the channel and the site with it
_FIRST = 4  # runs of text of a body among which its title may stand
_LEVELS = 5  # that the body may stand below its heading's surroundings
_JOINED = (2, 3)  # runs of text that a title may stand in
_ABOVE = 30  # characters above a title in which its day may stand
_LONGEST_LINE = 400  # characters next to the body in which its date may stand
_MOST_LOOKED_AT = 200_000  # nodes around a body, level by level; real pages need some thousands
_MOST_AROUND = 3_000  # characters around a body that may still be its own head and foot, and no side column


def title(page: Page, roots: list[dom.Node], *, of_article: bool) -> str:
    """Return the title; "" where nothing names one.

    A page's `<title>` is the article's, often with the channel and the site behind it; on some sites it is
    the site's on every page. So its beginning counts where the page shows just that, its whole only next to
    the body; then, of an article, the heading next to the body.
    """
    meta = page.first(_META_TITLES)
    named = text.fold(dom.attribute(meta, "content")) if meta is not None else ""
    if named:
        return named
    node = page.first("title")
    head = text.fold((node.text() if node is not None else "") or "")[:LONGEST_HEAD]
    near = headings_above(roots) if of_article else []
    shown_near = {text.visible_text(each) for each in near}
    shown_there = {text.visible_text(each) for each in shown_above(page, roots)}
    for part in _beginnings(head):
        if text.visible_text(part) in (shown_near if part == head else shown_there):
            return part
    return near[0] if near else _without_tail(head)


def unescaped(shown: str) -> str:
    """Return a line with what was escaped twice undone once."""
    return text.fold(html.unescape(shown)) if _ENTITY.search(shown) else shown


class DateLine(Value, frozen=True):
    """A line next to a body that shows a day."""

    shown: str  # "": there is none
    is_between: bool = False  # it stands between the title and the body


def line(
    roots: list[dom.Node],
    shown_title: str,
    tz: ZoneInfo,
    left_out: frozenset[int] = frozenset(),
    *,
    near: datetime | None = None,
    cut: tuple[str, ...] = (),
) -> DateLine:
    """Return the text of the smallest surroundings of the body that show a date.

    What was cut off the body is nearest, then what stands before the body; the body itself and the title are
    left out, since both may name other days. A line that shows a date behind a label comes before a nearer
    one that shows a date alone. `near` is the day that the address holds.
    """
    nearest, is_between = "", False
    for parts, before in _surroundings(roots, shown_title, left_out, cut):
        dated = [part for part in parts if dates.find_moment(part, tz, near=near) is not None]
        labelled = (part for part in dated if dates.find_labelled(part, tz, near=near) is not None)
        found = next(labelled, "")
        if found or nearest:
            return DateLine(found) if found else DateLine(nearest, is_between)
        apart = (part for part in parts if dates.find_parts(part, tz) is not None)
        nearest = next(iter(dated), "") or next(filter(dates.shows_western, parts), "") or next(apart, "")
        if nearest and before and nearest == parts[0]:
            places = _by_title(before, shown_title)
            at = next((n for n, part in enumerate(places) if _shows_a_day(part, tz, near)), None)
            nearest, is_between = (nearest, False) if at is None else (places[at], at == 0)
    return DateLine(nearest, is_between)


def _shows_a_day(part: str, tz: ZoneInfo, near: datetime | None) -> bool:
    """Tell whether a line shows a day in any form: one that is read, 12/03/2021, or in parts."""
    if dates.find_moment(part, tz, near=near) is not None or dates.shows_western(part):
        return True
    return dates.find_parts(part, tz) is not None


def _by_title(before: str, shown_title: str) -> tuple[str, ...]:
    """Return what stands between title and body, and right above the title.

    What stands higher on a page, such as the day of today, is no article's.
    """
    head, title_found, between = before.rpartition(shown_title) if shown_title else ("", "", "")
    return (between[-_LONGEST_LINE:], head[-_ABOVE:]) if title_found else ()


def _surroundings(
    roots: list[dom.Node], shown_title: str, left_out: frozenset[int], cut: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what stands in the surroundings of the body, the smallest first, each without the title.

    With each all that stands before the body, its title too; "" where that is not known.
    """
    within = cut or [text.fold(" ".join(dom.texts(node))) for node in _within(roots, left_out)]
    yield tuple(part.replace(shown_title, " ") for part in within if len(part) <= _LONGEST_LINE), ""
    ends = frozenset(root.mem_id for root in roots)
    around = roots[0].parent if roots else None
    looked_at = 0
    while around is not None and around.tag != "html":
        before, after, nodes = _around(around, ends)
        looked_at += nodes
        if len(before) + len(after) > _MOST_AROUND or looked_at > _MOST_LOOKED_AT:
            return
        yield (before.replace(shown_title, " ")[-_LONGEST_LINE:], after[:_LONGEST_LINE]), before
        around = around.parent


def next_element(node: dom.Node) -> dom.Node | None:
    """Return the element right after a node; None where text or nothing follows."""
    after = node.next
    while after is not None and after.tag in {"-text", "-comment"}:
        if after.tag == "-text" and (after.text_content or "").strip():
            return None
        after = after.next
    return after


def _beginnings(head: str) -> Iterator[str]:
    """Yield the parts of a head that a title may be, the longest first."""
    ends = [len(head), *(match.start() for match in reversed(list(_SEPARATORS.finditer(head))))]
    yield from (head[:end] for end in ends if head[:end].strip())


def _without_tail(head: str) -> str:
    """Return a head without its last part, which is the site's name."""
    breaks = list(_SEPARATORS.finditer(head))
    return head[: breaks[-1].start()] if breaks and breaks[-1].start() else head


def shown_above(page: Page, roots: list[dom.Node]) -> list[str]:
    """Return the runs of text above the body, what the page's headings show, and runs that follow each other.

    A title of two lines stands in two runs; joined by a blank they are one.
    """
    ends = frozenset(root.mem_id for root in roots)
    body = page.first("body") or page.root
    runs = [node.text_content or "" for node in _until(body, ends) if node.tag == "-text"]
    said = [run for run in runs if run.strip()]
    joined = (" ".join(said[at : at + size]) for size in _JOINED for at in range(len(said) - size + 1))
    return [*runs, *joined] + [shown for node in dom.select(body, _HEADINGS) if (shown := _heading(node))]


def runs(root: dom.Node) -> list[str]:
    """Return the first runs of text in a body."""
    found = (text.fold(node.text_content or "") for node in _until(root, frozenset()) if node.tag == "-text")
    return list(islice((run for run in found if run), _FIRST))


def headings_above(roots: list[dom.Node]) -> list[str]:
    """Return the headings above the body in the smallest surroundings that have any."""
    ends = frozenset(root.mem_id for root in roots)
    around = roots[0].parent if roots else None
    for _ in range(_LEVELS):
        if around is None or around.tag in {"body", "html"}:
            break
        headings = dom.select(around, _HEADINGS)
        above = {node.mem_id for node in _until(around, ends)} if headings else ()
        found = [node for node in headings if node.mem_id in above]
        found.sort(key=lambda node: node.tag not in _HEADING_TAGS)  # real ones first
        shown = [heading for node in found if (heading := _heading(node))]
        if shown:
            return shown
        around = around.parent
    return []


def _heading(node: dom.Node) -> str:
    """Return what a heading shows; "" where it is too long to be one, or holds the body itself."""
    shown = text.fold(dom.line_of(node))
    return shown if len(shown) <= _LONGEST_TITLE else ""


def _until(node: dom.Node, ends: frozenset[int]) -> Iterator[dom.Node]:
    """Yield the nodes below one in page order, up to the first of `ends`."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.mem_id in ends:
            return
        yield each
        if each is not node and (following := each.next) is not None:
            waiting.append(following)
        if each.tag not in LEFT_OUT and (inner := each.first_child) is not None:
            waiting.append(inner)


def _within(roots: list[dom.Node], chosen: frozenset[int]) -> Iterator[dom.Node]:
    """Yield the nodes below some others that are of the chosen, in page order."""
    if chosen:
        yield from (node for root in roots for node in dom.select(root, "*") if node.mem_id in chosen)


def _around(node: dom.Node, ends: frozenset[int]) -> tuple[str, str, int]:
    """Return what a node shows before the first of some elements and after it, without them."""
    parts: tuple[list[str], list[str]] = ([], [])
    at = nodes = 0
    waiting = [node]
    while waiting:
        each = waiting.pop()
        nodes += 1
        if each is not node and (following := each.next) is not None:
            waiting.append(following)
        tag = each.tag
        if each.mem_id in ends:
            at = 1
        elif tag == "-text":
            parts[at].append(each.text_content or "")
        elif tag not in LEFT_OUT and not _is_row(each) and (inner := each.first_child) is not None:
            waiting.append(inner)
    return text.fold(" ".join(parts[0])), text.fold(" ".join(parts[1])), nodes


def _is_row(node: dom.Node) -> bool:
    """Tell whether a node is a row of a list of links, whose date is another article's."""
    return node.tag in {"li", "dd"} and dom.first(node, "a[href]") is not None
