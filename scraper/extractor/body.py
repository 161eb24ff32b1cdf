"""From the containers of a body to blocks: which tag is read how, and what is left out.

Left out are scripts, styles, comments, form fields, and what a page itself says is not to be shown. Nothing
else: `witness` holds the result against the page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import dom
from scraper.extractor import containers, elements, embeds
from scraper.extractor.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.blocks import Block
    from scraper.extractor.addresses import Addresses
    from scraper.extractor.walk import Handler

LEFT_OUT = dom.UNSEEN | {"select", "textarea", "datalist", "svg", "canvas", "rp", "input", "annotation"}
"""Tags whose text is no part of an article: scripts, styles, comments, form fields, drawings."""

_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MAYBE_HIDDEN = '[hidden], [style*="display" i]'
_BLOCKS = (
    *("address", "article", "aside", "body", "caption", "center", "col", "colgroup", "dd", "details"),
    *("dialog", "dir", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "header", "hgroup", "html"),
    *("legend", "main", "marquee", "nav", "p", "section", "summary", "tbody", "tfoot", "thead"),
)
_WHOLE = frozenset(["table", "ul", "ol", "pre", "blockquote", "figure", "img", "video", "h1", "h2", "h3"])
"""Tags that say something of their own when the body's selector names one of them."""

HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(_BLOCKS, elements.block),
    **dict.fromkeys(LEFT_OUT, lambda _walk, _node: None),
    **dict.fromkeys(elements.HEADINGS, elements.heading),
    **dict.fromkeys(embeds.TAGS, elements.media),
    **dict.fromkeys(("b", "strong"), elements.strong),
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), elements.emphasis),
    **dict.fromkeys(("ul", "ol", "menu"), containers.listing),
    **dict.fromkeys(("td", "th"), containers.cell),
    "a": elements.anchor,
    "blockquote": containers.quote,
    "br": elements.line_break,
    "figcaption": elements.caption,
    "hr": elements.rule,
    "img": elements.image,
    "li": containers.item,
    "pre": elements.pre,
    "table": containers.table,
    "tr": containers.row,
}


def read(roots: Sequence[dom.Node], addresses: Addresses, left_out: frozenset[int]) -> tuple[Block, ...]:
    """Return what stands in the containers, in page order, without what `left_out` names by its `mem_id`."""
    walk = Walk(addresses, _with_players(roots), elements.inline, left_out)
    for root in roots:
        walk.read(root, whole=root.tag in _WHOLE)
    return tuple(walk.blocks)


def _with_players(roots: Iterable[dom.Node]) -> dict[str, Handler]:
    """Return what the tags mean where some elements are players in disguise: empty ones with an address."""
    players = {node.mem_id: node.tag or "" for root in roots for node in dom.select(root, embeds.DISGUISED)}
    if not players:
        return HANDLERS

    def reading(usual: Handler) -> Handler:
        return lambda walk, node: (elements.media if node.mem_id in players else usual)(walk, node)

    return HANDLERS | {tag: reading(HANDLERS.get(tag, elements.inline)) for tag in players.values()}


def left_out(
    roots: Iterable[dom.Node], drop: tuple[str, ...], reveal: tuple[str, ...] = ()
) -> frozenset[int]:
    """Return the identities of the elements below that are hidden and not revealed, or dropped."""
    found: set[int] = set()
    for root in roots:
        for node in dom.select(root, _MAYBE_HIDDEN):
            attributes = node.attributes
            if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
                found.add(node.mem_id)
        if reveal:
            found.difference_update(node.mem_id for node in dom.select(root, ", ".join(reveal)))
        if drop:
            found.update(node.mem_id for node in dom.select(root, ", ".join(drop)))
    return frozenset(found)
