"""What the tags mean that hold blocks: quotes, lists and their items, tables and their cells."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from scraper.blocks import Listing, Paragraph, Quote, Text
from scraper.extractor import tables
from scraper.extractor.numbering import Numbers, counts
from scraper.extractor.walk import as_block
from scraper.extractor.walk_items import Item

if TYPE_CHECKING:
    from scraper import dom
    from scraper.blocks import Block
    from scraper.extractor.walk import Walk


def quote(walk: Walk, node: dom.Node) -> None:
    """Read a `<blockquote>`."""
    if walk.is_deep:
        as_block(walk, node)
        return
    walk.open()
    walk.enter(node, partial(_close_quote, walk))


def _close_quote(walk: Walk) -> None:
    inner = walk.close()
    if inner:
        walk.blocks.append(Quote(blocks=tuple(inner)))


def listing(walk: Walk, node: dom.Node) -> None:
    """Read a list, numbered or not; an item of a numbered one knows its number."""
    if walk.is_deep:
        as_block(walk, node)
        return
    outer = walk.numbers
    walk.numbers = Numbers(node) if counts(node) else None
    items: list[Item] = []
    walk.open(items)
    walk.enter(node, partial(_close_listing, walk, items, outer))


def _close_listing(walk: Walk, items: list[Item], outer: Numbers | None) -> None:
    _take_strays(walk, items)
    walk.close()
    walk.numbers = outer
    if len(items) == 1 and len(items[0].blocks) == 1 and isinstance(items[0].blocks[0], Listing):
        walk.blocks.extend(items[0].blocks)  # the outer list shows nothing of its own
        return
    for _, run in groupby(items, key=_Runs()):
        walk.blocks.extend(_told(list(run)))


def _told(items: list[Item]) -> list[Block]:
    """Return a run of items as a list, or as text where Markdown cannot number them so."""
    first = items[0]
    if first.label is None:
        return [Listing(items=tuple(item.blocks for item in items), start=first.number)]
    return [block for item in items for block in _labelled(item)]


def _labelled(item: Item) -> tuple[Block, ...]:
    """Return the blocks of an item, its number written before the first of its words."""
    label = Text(text=item.label or "")
    match item.blocks:
        case [Paragraph(children=[Text(text=words), *others], preformatted=kept), *rest]:
            joined = Text(text=f"{label.text}{words}")
            return (Paragraph(children=(joined, *others), preformatted=kept), *rest)
        case [Paragraph(children=children, preformatted=kept), *rest]:
            return (Paragraph(children=(label, *children), preformatted=kept), *rest)
        case blocks:
            return (Paragraph(children=(Text(text=label.text.rstrip()),)), *blocks)


def item(walk: Walk, node: dom.Node) -> None:
    """Read an item; outside any list it is a paragraph."""
    items = walk.items
    if items is None:
        as_block(walk, node)
        return
    _take_strays(walk, items)
    number, label = walk.numbers.of(node) if walk.numbers is not None else (None, None)
    walk.open()
    walk.enter(node, partial(_close_item, walk, items, number, label))


def _close_item(walk: Walk, items: list[Item], number: int | None, label: str | None) -> None:
    inner = walk.close()
    if inner:
        items.append(Item(tuple(inner), number, label))


def _take_strays(walk: Walk, items: list[Item]) -> None:
    """Give what stands in a list outside its items a place: a list within goes to the item before it."""
    walk.flush()
    if not walk.blocks:
        return
    strays = tuple(walk.blocks)
    if items and all(isinstance(block, Listing) for block in strays):
        items[-1] = items[-1]._replace(blocks=(*items[-1].blocks, *strays))
    else:
        number = walk.numbers.next if walk.numbers is not None else None
        items.append(Item(strays, number, None))
    walk.blocks.clear()


class _Runs:
    """Parts the items of a list where Markdown would count otherwise than its page."""

    def __init__(self) -> None:
        self._run = 0
        self._before: Item | None = None

    def __call__(self, item: Item) -> int:
        before, self._before = self._before, item
        if before is not None and not _follows(before, item):
            self._run += 1
        return self._run


def _follows(before: Item, item: Item) -> bool:
    if (before.label is None) != (item.label is None):
        return False
    if item.label is not None or item.number is None or before.number is None:
        return (item.number is None) == (before.number is None) or item.label is not None
    return item.number in {before.number + 1, before.number}


def table(walk: Walk, node: dom.Node) -> None:
    """Read a table; what it is, one of data or of layout, shows at its end."""
    if walk.is_deep:
        as_block(walk, node)
        return
    walk.open()
    walk.tables.append(tables.RawTable(is_declared=tables.has_border(node.attributes.get("border"))))
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
        above = node.parent
        raw.begin_row(None if above is None else above.mem_id, None if above is None else above.tag)
        raw.is_declared |= above is not None and above.tag == "thead"
    as_block(walk, node)


def cell(walk: Walk, node: dom.Node) -> None:
    """Read a `<td>` or `<th>`; outside any table it is a paragraph."""
    if not walk.tables or walk.is_deep:
        as_block(walk, node)
        return
    walk.open()
    walk.enter(node, partial(_close_cell, walk, node))


def _close_cell(walk: Walk, node: dom.Node) -> None:
    attributes = node.attributes
    walk.tables[-1].add(
        tables.RawCell(
            blocks=walk.close(),
            colspan=tables.span(attributes.get("colspan")),
            rowspan=tables.rows_spanned(attributes.get("rowspan")),
            header=node.tag == "th",
        )
    )
