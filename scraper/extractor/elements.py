"""What the tags within and around a line mean: text styles, links, pictures, headings, players, captions."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from scraper import dom, text
from scraper.blocks import Break, Code, Figure, Paragraph, Picture, Rule
from scraper.extractor import embeds, tables
from scraper.extractor.inline_runs import Style

if TYPE_CHECKING:
    from scraper.extractor.walk import Walk

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PROSE = re.compile("[，。；：、！？]")
_OF_CODE = frozenset(["b", "code", "em", "font", "i", "kbd", "pre", "samp", "span", "strong", "tt", "u"])


def inline(walk: Walk, node: dom.Node) -> None:
    """Read what changes nothing: spans, fonts, `<o:p>`, `<founder-content>`, tags that nobody knows."""
    walk.enter(node)


def strong(walk: Walk, node: dom.Node) -> None:
    """Read a bold run. Weight by style sheet alone is no emphasis: it is how a template looks."""
    walk.enter_styled(node, walk.style._replace(strong=True))


def emphasis(walk: Walk, node: dom.Node) -> None:
    """Read a run in italics."""
    walk.enter_styled(node, walk.style._replace(emphasis=True))


def anchor(walk: Walk, node: dom.Node) -> None:
    """Read a link; one that leads nowhere is the text that it shows."""
    href = walk.addresses.link(node.attributes.get("href"))
    if href is None:
        walk.enter(node)
        return
    walk.hrefs.append(href)
    strong, emphasis, _ = walk.style
    walk.enter_styled(node, Style(strong, emphasis, len(walk.hrefs) - 1))


def line_break(walk: Walk, node: dom.Node) -> None:
    """Read a `<br>`, and what a broken page hung below it."""
    walk.add(Break())
    walk.enter(node)


def image(walk: Walk, node: dom.Node) -> None:
    """Read a picture; one whose address cannot be asked for is not there."""
    attributes = node.attributes
    src = walk.addresses.picture(attributes)
    if src is not None:
        walk.add(Picture(src=src, alt=text.fold(attributes.get("alt") or "")))


def block(walk: Walk, node: dom.Node) -> None:
    """Read what begins and ends a line and says no more: `<p>`, `<div>`, `<center>`, `<section>`."""
    walk.flush()
    walk.enter(node, walk.flush)


def rule(walk: Walk, _node: dom.Node) -> None:
    """Read an `<hr>`."""
    walk.flush()
    walk.blocks.append(Rule())


def heading(walk: Walk, node: dom.Node) -> None:
    """Read a heading of any level."""
    walk.flush()
    walk.enter(node, partial(_close_heading, walk, walk.level))
    walk.level = HEADINGS[node.tag or "h6"]


def _close_heading(walk: Walk, level: int) -> None:
    walk.flush()
    walk.level = level


def pre(walk: Walk, node: dom.Node) -> None:
    """Read preformatted text: code where it looks so, else prose whose lines are kept."""
    walk.flush()
    characters = text.without_faceless(dom.text_of(node))
    is_plain = all(
        below.tag in _OF_CODE and below.mem_id not in walk.left_out for below in dom.select(node, "*")
    )
    if is_plain and not walk.style.anchor and not _PROSE.search(characters):
        code = characters.strip("\n").rstrip()
        if code.strip():
            walk.blocks.append(Code(text=code))
        return
    walk.enter(node, partial(_close_pre, walk, walk.keeps_lines))
    walk.keeps_lines = True


def _close_pre(walk: Walk, keeps_lines: bool) -> None:  # noqa: FBT001 - the state to go back to
    walk.flush()
    walk.keeps_lines = keeps_lines


def media(walk: Walk, node: dom.Node) -> None:
    """Read a player, and nothing of what would be shown in its stead."""
    played = embeds.media_of(node, walk.addresses)
    if played is not None:
        walk.flush()
        walk.blocks.append(played)


def caption(walk: Walk, node: dom.Node) -> None:
    """Read a `<figcaption>`: it belongs to the figure right above it, else it is a paragraph."""
    walk.open()
    walk.enter(node, partial(_close_caption, walk))


def _close_caption(walk: Walk) -> None:
    inner = walk.close()
    last = walk.blocks[-1] if walk.blocks else None
    if isinstance(last, Figure) and not last.caption and all(isinstance(part, Paragraph) for part in inner):
        told = tables.line_of(inner)
        walk.blocks[-1] = Figure(src=last.src, alt=last.alt, href=last.href, caption=told)
    else:
        walk.blocks.extend(inner)
