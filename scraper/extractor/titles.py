"""The title of an article whose layout nobody wrote down: what the page tells and what it shows.

The `<title>` and what is told to machines carry the site's name, headings may be the site's own: what both
say is the title. The whole of a `<title>` may be the site's name too, and counts only near the body.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper import dom, text
from scraper.extractor import title_and_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.extractor.page import Page

_HEADINGS = "h1, h2, h3, h4, [class*=title i], [id*=title i]"
_REAL = {"h1", "h2", "h3", "h4"}
_LONG = 40  # characters of a text that is no title: with it the body has begun
_TAIL = re.compile(
    r"(?:(?<!\s)\s++)?(?:--+|[-_|–—｜]|::|>>?|»)\s*+"
)  # before a site's name, in a page's `<title>`
_LONGEST_TITLE = 200  # characters
_MOST_PARTS = 12  # of a name
_SHORTEST_TITLE = 4  # visible characters that may be found again by chance otherwise
_GLUED = re.compile(
    r"(?<![\s\[(（【])[\s\[(（【]*+(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?[\s\])）】]*$"
)


def title_of(page: Page, root: dom.Node, told: Sequence[str]) -> str:
    """Return the title of the article whose body is `root`; "" where nothing names one.

    `told`: what the page tells machines, its `<title>` last.
    """
    node = page.first("title")
    head = text.fold((node.text() if node is not None else "") or "")[: title_and_date.LONGEST_HEAD]
    above, inside = title_and_date.headings_above([root]), _headings(root)
    holds_title = dom.first(root, "h1") is not None and bool(inside)
    near = list(dict.fromkeys([*inside, *above] if holds_title else [*above, *inside]))
    runs = title_and_date.runs(root)
    shown = list(dict.fromkeys([*near, *map(text.fold, title_and_date.shown_above(page, [root])), *runs]))
    bare_near, bare_shown = _by_sight(near), _by_sight(shown)
    for name in told:
        for part in parts(name):
            same = (bare_near if part == head else bare_shown).get(text.visible_text(part), "")
            if same:
                return same
    begun = next(filter(None, (_begun(each, told) for each in (near, shown))), "")
    if begun:
        return begun
    within = [each for each in near if len(each) >= _SHORTEST_TITLE and any(each in name for name in told)]
    if within:
        return max(within, key=len)
    if told and told[0] != head:
        return told[0]
    return next((_bare(each) for each in near if len(each) >= _SHORTEST_TITLE), "") or _first_part(head)


def _begun(shown: Sequence[str], told: Sequence[str]) -> str:
    """Return the longest run of text that begins a name, and behind which it goes on with another word."""
    found = [
        run
        for run in shown
        for name in told
        if len(run) >= _SHORTEST_TITLE
        and len(run) < len(name)
        and name.startswith(run)
        and not name[len(run)].isalnum()
    ]
    return max(found, key=len, default="")


def _bare(heading: str) -> str:
    """Return a heading without a day at its end."""
    return _GLUED.sub("", heading) or heading


def _headings(root: dom.Node) -> list[str]:
    """Return the headings at the beginning of a body that holds its own title, real ones first."""
    chosen = {node.mem_id for node in dom.select(root, _HEADINGS)}
    found: list[dom.Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.mem_id in chosen:
            found.append(node)
        elif node.tag == "-text" and len(text.visible_text(node.text_content or "")) >= _LONG:
            break
        elif node.tag not in dom.UNSEEN:
            waiting.extend(reversed(dom.children(node)))
    found.sort(key=lambda node: node.tag not in _REAL)
    inner = (inside for node in found for inside in (dom.first(node, "h1, h2, h3, h4"), node) if inside)
    shown = (text.fold(dom.line_of(node)) for node in inner)
    return [each for each in shown if 0 < len(each) <= _LONGEST_TITLE]


def _by_sight(shown: Sequence[str]) -> dict[str, str]:
    """Return what is shown, without a day at its end, by what a reader sees of it; the first of each."""
    return {text.visible_text(bare): bare for each in reversed(shown) if (bare := _bare(each))}


def parts(name: str) -> Iterator[str]:
    """Yield the parts of a name that a title may be, the longest first; one that ends it comes last."""
    breaks = list(islice(_TAIL.finditer(name), _MOST_PARTS))
    yield name
    yield from (name[: match.start()] for match in reversed(breaks) if name[: match.start()].strip())
    yield from (name[match.end() :] for match in breaks if len(name) - match.end() > _SHORTEST_TITLE)


def _first_part(name: str) -> str:
    """Return a name without the site's: the part before the first break that is longer than what follows."""
    for match in _TAIL.finditer(name):
        if match.start() >= len(name) - match.end():
            return name[: match.start()]
    return name
