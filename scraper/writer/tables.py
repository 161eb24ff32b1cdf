"""Tables of data as GFM tables: a grid of one-line cells under a first row that is always the header.

GFM demands a header row. A table whose first row is none gets no empty one above it: its first row stands in
the header's place, so that row and column of every cell are those of the page. Spans are spread out: a cell's
text stands in its first row and column, the others that it covers are empty. Breaks within a cell become
blanks, since the `<br>` that would say more is raw HTML, which Hugo drops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.writer.inline import inline

if TYPE_CHECKING:
    from scraper.blocks import Cell, Table

_WIDEST: Final = 100  # columns; beyond, spans reach no further, and rows are not filled up


def table(block: Table) -> str:
    """Return a table as Markdown; "" where no cell says anything."""
    rows = _grid(block)
    if not any(cell for row in rows for cell in row):
        return ""
    width = max(map(len, rows))
    filled = [_line(row + [""] * (min(width, _WIDEST) - len(row))) for row in rows[1:]]
    first = rows[0] + [""] * (width - len(rows[0]))
    return "\n".join([_line(first), _line(["---"] * width), *filled])


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _grid(block: Table) -> list[list[str]]:
    """Return the cells' Markdown by row and column."""
    rows: list[list[str]] = []
    covered: dict[int, int] = {}  # column → into how many rows from here on a cell above reaches
    for cells in block.rows:
        row: list[str] = []
        begun: dict[int, int] = {}
        for cell in cells:
            while len(row) in covered:
                row.append("")
            _place(cell, row, begun)
        while len(row) in covered:
            row.append("")
        rows.append(row)
        covered = {column: left - 1 for column, left in (covered | begun).items() if left > 1}
    return rows


def _place(cell: Cell, row: list[str], begun: dict[int, int]) -> None:
    """Put a cell at the row's end, and note the columns that it covers."""
    start = len(row)
    span = max(1, min(cell.colspan, _WIDEST - start))
    begun |= dict.fromkeys(range(start, min(start + span, _WIDEST)), cell.rowspan)
    row += [inline(cell.children, "cell"), *[""] * (span - 1)]
