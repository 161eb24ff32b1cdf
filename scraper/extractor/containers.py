"""What the tags mean that hold blocks: quotes, lists and their items, tables and their cells."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scraper.blocks import Listing, Quote
from scraper.extractor import elements, tables
from scraper.numbers import whole

if TYPE_CHECKING:
    from scraper import dom
    from scraper.blocks import Block
    from scraper.extractor.walk import Walk

_LAST_NUMBER = 2**31 - 1  # of a list, as browsers have it


def quote(walk: Walk, node: dom.Node) -> None:
    """Read a `<blockquote>`."""
    if walk.is_deep:
        elements.block(walk, node)
        return
    walk.open()
    walk.enter(node, partial(_close_quote, walk))


def _close_quote(walk: Walk) -> None:
    inner = walk.close()
    if inner:
        walk.blocks.append(Quote(blocks=tuple(inner)))


def listing(walk: Walk, node: dom.Node) -> None:
    """Read a list, numbered or not."""
    if walk.is_deep:
        elements.block(walk, node)
        return
    start = None if node.tag != "ol" else _number(node.attributes.get("start"))
    items: list[tuple[Block, ...]] = []
    walk.open(items)
    walk.enter(node, partial(_close_listing, walk, items, start))


def _close_listing(walk: Walk, items: list[tuple[Block, ...]], start: int | None) -> None:
    _take_strays(walk, items)
    walk.close()
    if items:
        walk.blocks.append(Listing(items=tuple(items), start=start))


def item(walk: Walk, node: dom.Node) -> None:
    """Read an item; outside any list it is a paragraph."""
    items = walk.items
    if items is None:
        elements.block(walk, node)
        return
    _take_strays(walk, items)
    walk.open()
    walk.enter(node, partial(_close_item, walk, items))


def _close_item(walk: Walk, items: list[tuple[Block, ...]]) -> None:
    inner = walk.close()
    if inner:
        items.append(tuple(inner))


def _take_strays(walk: Walk, items: list[tuple[Block, ...]]) -> None:
    """Give what stands in a list outside its items a place: a list within goes to the item before it."""
    walk.flush()
    if not walk.blocks:
        return
    if items and all(isinstance(block, Listing) for block in walk.blocks):
        items[-1] = (*items[-1], *walk.blocks)
    else:
        items.append(tuple(walk.blocks))
    walk.blocks.clear()


def table(walk: Walk, node: dom.Node) -> None:
    """Read a table; what it is, one of data or of layout, shows at its end."""
    if walk.is_deep:
        elements.block(walk, node)
        return
    walk.open()
    walk.tables.append(tables.RawTable())
    walk.enter(node, partial(_close_table, walk))


def _close_table(walk: Walk) -> None:
    after, raw = walk.close(), walk.tables.pop()
    walk.blocks.extend([*raw.before, *tables.settle(raw), *after])


def row(walk: Walk, node: dom.Node) -> None:
    """Read a `<tr>`."""
    if walk.tables and not walk.is_deep:
        raw = walk.tables[-1]
        if not raw.rows:
            walk.flush()
            raw.before, walk.blocks = walk.blocks, []
        raw.rows.append([])
    elements.block(walk, node)


def cell(walk: Walk, node: dom.Node) -> None:
    """Read a `<td>` or `<th>`; outside any table it is a paragraph."""
    if not walk.tables or walk.is_deep:
        elements.block(walk, node)
        return
    walk.open()
    walk.enter(node, partial(_close_cell, walk, node))


def _close_cell(walk: Walk, node: dom.Node) -> None:
    attributes = node.attributes
    walk.tables[-1].add(
        tables.RawCell(
            blocks=walk.close(),
            colspan=tables.span(attributes.get("colspan")),
            rowspan=tables.span(attributes.get("rowspan")),
            header=node.tag == "th",
        )
    )


def _number(value: str | None) -> int:
    """Return the number that a list begins with, as HTML reads it; 1 where it names none that can be told."""
    digits = (value or "").strip()
    number = whole(digits.removeprefix("-").removeprefix("+"), _LAST_NUMBER)
    return 1 if number is None else -number if digits.startswith("-") else number
