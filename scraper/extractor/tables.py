"""Tables: a table of data stays one, a table that only lays out the page is undone to what stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from scraper.blocks import (
    Anchor,
    Block,
    Break,
    Cell,
    Code,
    CodeSpan,
    Figure,
    Heading,
    Inline,
    Listing,
    Media,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Table,
    Text,
)
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLACES = {"thead": -1, "tfoot": 1}
_FEWEST_ROWS = 2  # and columns
_SHORT = 60  # characters of the longest cell of a table that does not say that it holds data
_LONGEST_DECLARED = 3_000  # likewise of one that does: more is a column of the page
_COLUMN = 4  # blocks; so many in a cell of a table's only row are a column of text
_NO_DATA = frozenset([Table, Media, Rule, Code])
_MOST_COLUMNS = 1_000  # as in the HTML standard
_MOST_FIELDS = 100_000  # of a table with its spans spread out; one that asks for more loses its spans


class RawCell(Value, kw_only=True):
    """A cell as it was read: whole blocks."""

    blocks: list[Block]
    colspan: int
    rowspan: int
    header: bool


class RawTable(Value, kw_only=True):
    """A table while it is read."""

    is_declared: bool = False  # its markup says that it holds data: a border, a head, a caption
    before: list[Block] = field(default_factory=list)  # its caption
    rows: list[list[RawCell]] = field(default_factory=list)
    groups: list[int | None] = field(default_factory=list)  # of each row: which group of rows it stands in
    places: list[int] = field(default_factory=list)  # of each row: the head first, the foot last
    moved: dict[str, int | None] = field(default_factory=dict)  # the first group of either tag: others stay

    def begin_row(self, group: int | None, tag: str | None = None) -> None:
        """Begin a row of a group (`<tbody>`), by its tag; None: nobody knows which."""
        self.rows.append([])
        self.groups.append(group)
        place = _PLACES.get(tag or "", 0)
        self.places.append(place if self.moved.setdefault(tag or "", group) == group else 0)

    def add(self, cell: RawCell) -> None:
        """Put a cell into the last row."""
        if not self.rows:
            self.begin_row(None)
        self.rows[-1].append(cell)


def span(value: str | None) -> int:
    """Return a colspan or rowspan as HTML reads it: leading digits, at least 1."""
    digits = ""
    for character in (value or "").strip():
        if not character.isascii() or not character.isdigit():
            break
        digits += character
    return max(1, min(int(digits[:6] or 1), _MOST_COLUMNS))


def rows_spanned(value: str | None) -> int:
    """Return a rowspan; 0 stands for all rows of the group that are left."""
    return 0 if (value or "").strip() == "0" else span(value)


def has_border(value: str | None) -> bool:
    """Tell whether a table's `border` draws lines."""
    return value is not None and value.strip() not in {"0", "0px"}


def settle(raw: RawTable) -> list[Block]:
    """Return a table as one block, or as the blocks of its cells where it only lays out the page."""
    kept = [(row, group) for row, group in zip(raw.rows, raw.groups, strict=True) if row]
    if raw.places != sorted(raw.places):  # a foot that stands before what it is shown below
        order = sorted(zip(raw.places, raw.rows, raw.groups, strict=True), key=lambda each: each[0])
        kept = [(row, group) for _, row, group in order if row]
    rows = [row for row, _ in kept]
    left = _left_in_group([group for _, group in kept])
    if _lays_out(rows, is_declared=raw.is_declared or bool(raw.before)):
        return [block for row in rows for cell in row for block in cell.blocks]
    _narrow(rows)
    width = max(sum(cell.colspan for cell in row) for row in rows)
    keeps_spans = width <= _MOST_COLUMNS and width * len(rows) <= _MOST_FIELDS
    table = tuple(
        tuple(
            Cell(
                children=line_of(cell.blocks),
                colspan=cell.colspan if keeps_spans else 1,
                rowspan=min(cell.rowspan or left[at], len(rows) - at) if keeps_spans else 1,
                header=cell.header,
            )
            for cell in row
        )
        for at, row in enumerate(rows)
    )
    return [Table(rows=table)]


def _narrow(rows: list[list[RawCell]]) -> None:
    """Take from the last cells what they span beyond every column that any row begins."""
    if any(cell.rowspan != 1 for row in rows for cell in row):
        return
    width = max(sum(cell.colspan for cell in row[:-1]) + 1 for row in rows)
    for row in rows:
        row[-1].colspan = min(row[-1].colspan, max(1, width - sum(cell.colspan for cell in row[:-1])))


def _left_in_group(groups: list[int | None]) -> list[int]:
    """Return for each row how many rows of its group are left, itself counted."""
    left: list[int] = []
    for at in range(len(groups) - 1, -1, -1):
        same = at + 1 < len(groups) and groups[at + 1] == groups[at]
        left.append(left[-1] + 1 if same else 1)
    return left[::-1]


def _lays_out(rows: list[list[RawCell]], *, is_declared: bool) -> bool:
    """Tell a table of layout: one column, pictures only, or cells that hold what no cell of data can."""
    filled = [[cell for cell in row if cell.blocks] for row in rows]
    if all(len(row) <= 1 for row in filled):
        return True
    if _is_grid(rows, is_declared=is_declared or any(cell.header for row in rows for cell in row)):
        return False
    cells = [cell.blocks for row in filled for cell in row]
    if any(_is_more_than_data(blocks, alone=len(filled) == 1) for blocks in cells):
        return True
    return all(isinstance(block, Figure) and not block.caption for blocks in cells for block in blocks)


def _is_grid(rows: list[list[RawCell]], *, is_declared: bool) -> bool:
    """Tell a table whose cells stand in rows and columns, and which says so, or whose cells are all short."""
    filled = [row for row in rows if any(cell.blocks for cell in row)]
    widths = {sum(cell.colspan for cell in row) for row in filled}
    if len(filled) < _FEWEST_ROWS or max(widths) < _FEWEST_ROWS:
        return False
    cells = [cell.blocks for row in filled for cell in row]
    if not is_declared and any(_heads(blocks) for blocks in cells):
        return False
    pictures = all(isinstance(block, Figure) for blocks in cells for block in blocks)
    if is_declared:
        return not pictures and max(map(_length, cells)) <= _LONGEST_DECLARED
    return (
        len(widths) == 1
        and not pictures
        and all(len(blocks) <= 1 for blocks in cells)
        and max(map(_length, cells)) <= _SHORT
    )


def _length(blocks: list[Block]) -> int:
    """Return how many characters the paragraphs of a cell hold."""
    return sum(
        _characters(block.children) for block in flat(blocks) if isinstance(block, Paragraph | Heading)
    )


def _characters(inlines: Iterable[Inline]) -> int:
    return sum(
        len(inline.text)
        if isinstance(inline, Text | CodeSpan)
        else _characters(getattr(inline, "children", ()))
        for inline in inlines
    )


def _is_more_than_data(blocks: list[Block], *, alone: bool) -> bool:
    """Tell a cell that is a part of a page: another table, a player, a heading over text, columns of text."""
    if any(type(block) in _NO_DATA for block in flat(blocks)):
        return True
    return _heads(blocks) or (alone and len(blocks) >= _COLUMN)


def _heads(blocks: list[Block]) -> bool:
    """Tell whether a heading stands over something in a cell."""
    return len(blocks) > 1 and any(isinstance(block, Heading) for block in blocks)


def flat(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks and those within their quotes and lists, in order."""
    for block in blocks:
        yield block
        match block:
            case Quote():
                yield from flat(block.blocks)
            case Listing():
                for item in block.items:
                    yield from flat(item)


def line_of(blocks: Iterable[Block]) -> tuple[Inline, ...]:
    """Return blocks as one run of inlines, what stood below each other divided by `Break`."""
    lines: list[Inline] = []
    for block in blocks:
        inlines = _inlines(block)
        if inlines:
            lines.extend([Break(), *inlines] if lines else inlines)
    return tuple(lines)


def _numbered(block: Listing, at: int, item: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks of an item of a list in a cell, the number that it has written before its words."""
    if block.start is None or not item or not isinstance(item[0], Paragraph):
        return item
    number = Text(text=f"{block.start + at}. ")
    return (Paragraph(children=(number, *item[0].children)), *item[1:])


def _inlines(block: Block) -> tuple[Inline, ...]:  # noqa: PLR0911 - one arm a kind of block
    match block:
        case Paragraph() | Heading():
            return block.children
        case Figure():
            picture = Picture(src=block.src, alt=block.alt)
            shown: Inline = Anchor(href=block.href, children=(picture,)) if block.href else picture
            return (shown, Break(), *block.caption) if block.caption else (shown,)
        case Listing():
            return line_of(
                inner for at, item in enumerate(block.items) for inner in _numbered(block, at, item)
            )
        case Quote():
            return line_of(block.blocks)
        case Code():
            return line_of(Paragraph(children=(Text(text=line),)) for line in block.text.splitlines() if line)
        case Media():
            return (Anchor(href=block.src, children=(Text(text=block.title or block.src),)),)
        case Table():
            return line_of(Paragraph(children=cell.children) for row in block.rows for cell in row)
        case Rule():
            return ()
        case _:
            assert_never(block)
