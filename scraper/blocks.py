"""The body of an article as a tree: what a page says, without how it looked.

Blocks stand below each other, inlines run within a line. The tree is what the extractor makes of a page and
what the writer makes Markdown of; neither knows the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from scraper.values import dataclass

if TYPE_CHECKING:
    from scraper.urls import Url


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Characters as the reader sees them: entities resolved, white space as the page had it folded."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strong:
    """A run in bold. Never empty, never inside another `Strong`."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Emphasis:
    """A run in italics. Never empty, never inside another `Emphasis`."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """A run that is struck out. Never empty, never inside another `Struck`."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSpan:
    """Code within a line, its blanks folded as the page shows them."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A link whose address can be followed (http, https, ftp, mailto). Never inside another `Anchor`."""

    href: str
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture within a line of text, a link or a table's cell."""

    src: Url
    alt: str = ""  # "" : the page gives none


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A line break within a block."""


Inline: TypeAlias = Text | Strong | Emphasis | Struck | CodeSpan | Anchor | Picture | Break


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading, level 1 to 6 as the page had it."""

    level: int
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph. Never without a visible character or a picture."""

    children: tuple[Inline, ...]
    preformatted: bool = False  # True: every blank of it counts, those that indent a line too


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quotation set off from the text."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list; each item is a run of blocks."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None  # None: not numbered; else the first item's number


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table. What stood below each other in it is divided by `Break`."""

    children: tuple[Inline, ...]
    colspan: int = 1
    rowspan: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of data, row by row, as the page wrote its cells (spans not yet spread out)."""

    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture that stands alone, with its caption where the structure of the page says so."""

    src: Url
    alt: str = ""  # "" : the page gives none
    caption: tuple[Inline, ...] = ()  # (): none that the structure names
    href: str | None = None  # None: the picture is no link


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Video, audio, flash or a foreign player: an address that a reader can follow."""

    kind: Literal["video", "audio", "flash", "embed"]
    src: Url
    title: str = ""  # "" : the page gives none


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Preformatted text, every blank and line end as it stands."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A horizontal rule."""


Block: TypeAlias = Heading | Paragraph | Quote | Listing | Table | Figure | Media | Code | Rule
