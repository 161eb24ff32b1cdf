"""The body of an article as a tree: what a page says, without how it looked.

Blocks stand below each other, inlines run within a line. The tree is what the extractor makes of a page and
what the writer makes Markdown of; neither knows the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, final

from scraper.values import Value

if TYPE_CHECKING:
    from scraper.urls import Url


class Text(Value, frozen=True, kw_only=True):
    """Characters as the reader sees them: entities resolved, white space as the page had it folded."""

    text: str


class Strong(Value, frozen=True, kw_only=True):
    """A run in bold. Never empty, never inside another `Strong`."""

    children: tuple[Inline, ...]


class Emphasis(Value, frozen=True, kw_only=True):
    """A run in italics. Never empty, never inside another `Emphasis`."""

    children: tuple[Inline, ...]


class Struck(Value, frozen=True, kw_only=True):
    """A run that is struck out. Never empty, never inside another `Struck`."""

    children: tuple[Inline, ...]


class CodeSpan(Value, frozen=True, kw_only=True):
    """Code within a line, its blanks folded as the page shows them."""

    text: str


class Anchor(Value, frozen=True, kw_only=True):
    """A link whose address can be followed (http, https, ftp, mailto). Never inside another `Anchor`."""

    href: str
    children: tuple[Inline, ...]


class Picture(Value, frozen=True, kw_only=True):
    """A picture within a line of text, a link or a table's cell."""

    src: Url
    alt: str = ""  # "" : the page gives none


class Break(Value, frozen=True, kw_only=True):
    """A line break within a block."""


Inline: TypeAlias = Text | Strong | Emphasis | Struck | CodeSpan | Anchor | Picture | Break


class Heading(Value, frozen=True, kw_only=True):
    """A heading, level 1 to 6 as the page had it."""

    level: int
    children: tuple[Inline, ...]


class Paragraph(Value, frozen=True, kw_only=True):
    """A paragraph. Never without a visible character or a picture."""

    children: tuple[Inline, ...]
    preformatted: bool = False  # True: every blank of it counts, those that indent a line too


class Quote(Value, frozen=True, kw_only=True):
    """A quotation set off from the text."""

    blocks: tuple[Block, ...]


@final
class Listing(Value, frozen=True, kw_only=True):
    """A list; each item is a run of blocks."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None  # None: not numbered; else the first item's number


class Cell(Value, frozen=True, kw_only=True):
    """One cell of a table. What stood below each other in it is divided by `Break`."""

    children: tuple[Inline, ...]
    colspan: int = 1
    rowspan: int = 1
    header: bool = False


class Table(Value, frozen=True, kw_only=True):
    """A table of data, row by row, as the page wrote its cells (spans not yet spread out)."""

    rows: tuple[tuple[Cell, ...], ...]


class Figure(Value, frozen=True, kw_only=True):
    """A picture that stands alone, with its caption where the structure of the page says so."""

    src: Url
    alt: str = ""  # "" : the page gives none
    caption: tuple[Inline, ...] = ()  # (): none that the structure names
    href: str | None = None  # None: the picture is no link


class Media(Value, frozen=True, kw_only=True):
    """Video, audio, flash or a foreign player: an address that a reader can follow."""

    kind: Literal["video", "audio", "flash", "embed"]
    src: Url
    title: str = ""  # "" : the page gives none


class Code(Value, frozen=True, kw_only=True):
    """Preformatted text, every blank and line end as it stands."""

    text: str


class Rule(Value, frozen=True, kw_only=True):
    """A horizontal rule."""


Block: TypeAlias = Heading | Paragraph | Quote | Listing | Table | Figure | Media | Code | Rule
