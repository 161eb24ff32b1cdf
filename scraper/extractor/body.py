"""From the container of a body to blocks.

One walk without recursion (a page may nest deeper than Python does): what is still to be done lies on a
stack, nodes to be visited and steps that close what was opened. Text gathers in a line of pieces until a
block begins or ends; `spans` then makes paragraphs of it. Nothing that is visible is left out on purpose but
form fields; `witness` holds the result against the page.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from scraper import dom, text
from scraper.blocks import (
    Anchor,
    Block,
    Break,
    Code,
    Figure,
    Heading,
    Inline,
    Listing,
    Paragraph,
    Picture,
    Quote,
    Rule,
)
from scraper.extractor import embeds, spans, tables
from scraper.extractor.spans import PLAIN, Piece, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.extractor.addresses import Addresses

HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
LEFT_OUT = dom.UNSEEN | {"select", "textarea", "datalist", "svg", "canvas", "rp", "input", "annotation"}
"""Tags whose text is no part of an article: scripts, styles, comments, form fields, drawings."""

_BLOCKS = frozenset(
    "address article aside body center dd details dialog dir div dl dt fieldset footer form header hgroup "
    "html legend main marquee nav p section summary menuitem optgroup tbody thead tfoot colgroup col".split()
)
_STRONG = frozenset(["b", "strong"])
_EMPHASIS = frozenset(["em", "i", "cite", "dfn", "var"])
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PROSE = re.compile("[，。；：、！？]")
_MARKUP = "a, img, table, ul, ol, video, audio, embed, object, iframe"
_DEEPEST = 24  # lists and quotes within each other; deeper ones are read as plain blocks
_BREAK = Break()


def read(containers: Iterable[dom.Node], addresses: Addresses, dropped: frozenset[int]) -> tuple[Block, ...]:
    """Return what stands in the containers, in page order; `dropped` holds the `mem_id` of what is left out."""
    walk = _Walk(addresses, dropped)
    for container in containers:
        walk.read(container)
    return tuple(walk.blocks)


def flat(blocks: Iterable[Block]) -> Iterable[Block]:
    """Yield blocks and those within their quotes and lists, in order."""
    for block in blocks:
        yield block
        match block:
            case Quote():
                yield from flat(block.blocks)
            case Listing():
                for item in block.items:
                    yield from flat(item)


class _Walk:
    """The state of one walk. Knows nothing of the page outside the container."""

    def __init__(self, addresses: Addresses, dropped: frozenset[int]) -> None:
        self.addresses = addresses
        self.dropped = dropped
        self.blocks: list[Block] = []  # of the innermost open quote, item, cell or of the body itself
        self.outer: list[list[Block]] = []  # those around it
        self.todo: list[dom.Node | Callable[[], None]] = []
        self.line: list[Piece] = []
        self.style = PLAIN
        self.level = 0  # of the open heading; 0: none
        self.keeps_lines = False  # within a <pre> that is prose
        self.hrefs = [""]
        self.lists: list[list[tuple[Block, ...]] | None] = []  # items of the open lists; None: a cell between
        self.open_tables: list[tables.RawTable] = []
        self.special: dict[str, Callable[[dom.Node], None]] = {
            "-text": self._text,
            "br": self._br,
            "img": self._img,
            "a": self._a,
            "hr": self._hr,
            "ul": self._list,
            "ol": self._list,
            "menu": self._list,
            "li": self._item,
            "blockquote": self._quote,
            "table": self._table,
            "tr": self._row,
            "td": self._cell,
            "th": self._cell,
            "caption": self._plain_block,
            "pre": self._pre,
            "figure": self._figure,
            "figcaption": self._figcaption,
            **dict.fromkeys(embeds.TAGS, self._media),
            **dict.fromkeys(_HEADINGS, self._heading),
            **dict.fromkeys(_BLOCKS, self._plain_block),
        }

    def read(self, container: dom.Node) -> None:
        """Walk one container to its end."""
        if container.tag in {"table", "ul", "ol", "pre", "blockquote", "figure", "img"}:
            self.todo.append(container)
        else:
            self._enter(container)
        while self.todo:
            step = self.todo.pop()
            if isinstance(step, dom.Node):
                self._visit(step)
            else:
                step()
        self._flush()

    def _visit(self, node: dom.Node) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._text(node)
        elif tag not in LEFT_OUT and not (self.dropped and node.mem_id in self.dropped):
            if tag != "br" and is_hidden(node):
                return
            self.special.get(tag, self._inline)(node)

    def _enter(self, node: dom.Node) -> None:
        self.todo.extend(reversed(dom.children(node)))

    # ── within a line ─────────────────────────────────────────────────────────────────────────────────────

    def _text(self, node: dom.Node) -> None:
        characters = node.text_content or ""
        if not self.keeps_lines:
            self.line.append((characters, self.style))
            return
        for at, row in enumerate(characters.split("\n")):
            if at:
                self.line.append((_BREAK, self.style))
            self.line.append((row, self.style))

    def _br(self, _node: dom.Node) -> None:
        self.line.append((_BREAK, self.style))

    def _img(self, node: dom.Node) -> None:
        attributes = node.attributes
        src = self.addresses.picture(attributes)
        if src is not None:
            self.line.append((Picture(src=src, alt=text.fold(attributes.get("alt") or "")), self.style))

    def _inline(self, node: dom.Node) -> None:
        style = self.style
        if node.tag in _STRONG:
            style = style._replace(strong=True)
        elif node.tag in _EMPHASIS:
            style = style._replace(emphasis=True)
        self._styled(node, style)

    def _a(self, node: dom.Node) -> None:
        href = self.addresses.link(node.attributes.get("href"))
        if href is None:
            self._enter(node)
            return
        self.hrefs.append(href)
        self._styled(node, self.style._replace(anchor=len(self.hrefs) - 1))

    def _styled(self, node: dom.Node, style: Style) -> None:
        if style != self.style:
            self.todo.append(partial(setattr, self, "style", self.style))
            self.style = style
        self._enter(node)

    def _flush(self) -> None:
        """Close the line: what gathered becomes paragraphs, a heading, or figures where it is only pictures."""
        if not self.line:
            return
        pieces, self.line = self.line, []
        for paragraph in spans.paragraphs(pieces):
            inlines = spans.inlines(paragraph, self.hrefs)
            figures = _figures(inlines)
            if figures is not None:
                self.blocks.extend(figures)
            elif self.level:
                self.blocks.append(Heading(level=self.level, children=inlines))
            else:
                self.blocks.append(Paragraph(children=inlines))

    # ── blocks ────────────────────────────────────────────────────────────────────────────────────────────

    def _plain_block(self, node: dom.Node) -> None:
        self._flush()
        self.todo.append(self._flush)
        self._enter(node)

    def _hr(self, _node: dom.Node) -> None:
        self._flush()
        self.blocks.append(Rule())

    def _heading(self, node: dom.Node) -> None:
        self._flush()
        self.todo.append(partial(self._close_heading, self.level))
        self.level = _HEADINGS[node.tag or ""]
        self._enter(node)

    def _close_heading(self, level: int) -> None:
        self._flush()
        self.level = level

    def _pre(self, node: dom.Node) -> None:
        self._flush()
        characters = dom.text_of(node)
        if dom.first(node, _MARKUP) is None and not _PROSE.search(characters):
            code = text.without_faceless(characters).strip("\n").rstrip()
            if code.strip():
                self.blocks.append(Code(text=code))
            return
        self.todo.append(partial(self._close_pre, keeps=self.keeps_lines))
        self.keeps_lines = True
        self._enter(node)

    def _close_pre(self, *, keeps: bool) -> None:
        self._flush()
        self.keeps_lines = keeps

    def _media(self, node: dom.Node) -> None:
        media = embeds.media_of(node, self.addresses)
        if media is not None:
            self._flush()
            self.blocks.append(media)

    # ── blocks that hold blocks ───────────────────────────────────────────────────────────────────────────

    def _open(self) -> None:
        """Begin a run of blocks of its own."""
        self._flush()
        self.outer.append(self.blocks)
        self.blocks = []

    def _close(self) -> list[Block]:
        """End it and return it."""
        self._flush()
        inner, self.blocks = self.blocks, self.outer.pop()
        return inner

    def _quote(self, node: dom.Node) -> None:
        if len(self.outer) > _DEEPEST:
            self._plain_block(node)
            return
        self._open()
        self.todo.append(self._close_quote)
        self._enter(node)

    def _close_quote(self) -> None:
        inner = self._close()
        if inner:
            self.blocks.append(Quote(blocks=tuple(inner)))

    def _list(self, node: dom.Node) -> None:
        if len(self.outer) > _DEEPEST:
            self._plain_block(node)
            return
        start = None if node.tag != "ol" else _number(node.attributes.get("start"))
        self._open()
        self.lists.append([])
        self.todo.append(partial(self._close_list, start))
        self._enter(node)

    def _item(self, node: dom.Node) -> None:
        if not self.lists or self.lists[-1] is None:  # an <li> outside any list
            self._plain_block(node)
            return
        self._take_strays()
        self._open()
        self.lists.append(None)
        self.todo.append(self._close_item)
        self._enter(node)

    def _close_item(self) -> None:
        self.lists.pop()
        inner, items = self._close(), self.lists[-1]
        if inner and items is not None:
            items.append(tuple(inner))

    def _take_strays(self) -> None:
        """Give what stands in a list outside its items a place: a list within goes to the item before it."""
        self._flush()
        items = self.lists[-1]
        if not self.blocks or items is None:
            return
        if items and all(isinstance(block, Listing) for block in self.blocks):
            items[-1] = (*items[-1], *self.blocks)
        else:
            items.append(tuple(self.blocks))
        self.blocks.clear()

    def _close_list(self, start: int | None) -> None:
        self._take_strays()
        items = self.lists.pop()
        self._close()
        if items:
            self.blocks.append(Listing(items=tuple(items), start=start))

    def _table(self, node: dom.Node) -> None:
        self._open()
        self.open_tables.append(tables.RawTable())
        self.lists.append(None)
        self.todo.append(self._close_table)
        self._enter(node)

    def _close_table(self) -> None:
        self.lists.pop()
        strays = self._close()  # a caption
        self.blocks.extend([*strays, *tables.settle(self.open_tables.pop())])

    def _row(self, node: dom.Node) -> None:
        if self.open_tables:
            self.open_tables[-1].rows.append([])
        self._plain_block(node)

    def _cell(self, node: dom.Node) -> None:
        if not self.open_tables:
            self._plain_block(node)
            return
        self._open()
        self.todo.append(partial(self._close_cell, node))
        self._enter(node)

    def _close_cell(self, node: dom.Node) -> None:
        attributes = node.attributes
        cell = tables.RawCell(
            blocks=self._close(),
            colspan=tables.span(attributes.get("colspan")),
            rowspan=tables.span(attributes.get("rowspan")),
            header=node.tag == "th",
        )
        self.open_tables[-1].add(cell)

    def _figure(self, node: dom.Node) -> None:
        self._plain_block(node)

    def _figcaption(self, node: dom.Node) -> None:
        self._open()
        self.todo.append(self._close_figcaption)
        self._enter(node)

    def _close_figcaption(self) -> None:
        """Give a caption to the figure right above it; where there is none, it is a paragraph."""
        inner = self._close()
        last = self.blocks[-1] if self.blocks else None
        if isinstance(last, Figure) and not last.caption and all(isinstance(b, Paragraph) for b in inner):
            self.blocks[-1] = Figure(
                src=last.src, alt=last.alt, href=last.href, caption=tables.line_of(inner)
            )
        else:
            self.blocks.extend(inner)


def is_hidden(node: dom.Node) -> bool:
    """Tell whether an element says itself that it is not to be shown."""
    attributes = node.attributes
    if not attributes:
        return False
    return "hidden" in attributes or bool(HIDDEN.search(attributes.get("style") or ""))


def _number(value: str | None) -> int:
    try:
        return int(value or "1")
    except ValueError:
        return 1


def _figures(inlines: tuple[Inline, ...]) -> list[Figure] | None:
    """Return a paragraph's pictures as figures; None where it shows anything else."""
    found: list[Figure] = []
    for inline in inlines:
        match inline:
            case Picture():
                found.append(Figure(src=inline.src, alt=inline.alt))
            case Anchor(href=href, children=children):
                inner = _figures(children)
                if inner is None:
                    return None
                found.extend(Figure(src=figure.src, alt=figure.alt, href=href) for figure in inner)
            case Break():
                continue
            case _ if spans.is_blank(inline):
                continue
            case _:
                return None
    return found
