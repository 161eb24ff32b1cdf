"""What blocks tell: their characters, pictures and links, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from scraper import text
from scraper.blocks import (
    Anchor,
    Block,
    Break,
    Code,
    CodeSpan,
    Emphasis,
    Figure,
    Heading,
    Inline,
    Listing,
    Media,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Strong,
    Struck,
    Table,
    Text,
)
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.urls import Url


class Told(Value):
    """What blocks tell, in order."""

    texts: list[str] = field(default_factory=list)
    images: list[Url] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Every character that a reader sees."""
        return text.visible_text("".join(self.texts))


def told_by(blocks: Iterable[Block]) -> Told:
    """Return the characters, pictures and links that blocks tell."""
    told = Told()
    for block in blocks:  # the two that most are first: `match` takes four times as long to find them
        if type(block) is Paragraph:
            _tell_inlines(block.children, told)
        elif type(block) is Figure and not block.caption and not block.href:
            told.images.append(block.src)
        else:
            _tell(block, told)
    return told


def last_line(blocks: Sequence[Block]) -> str:
    """Return the line that ends a body; "" where its last block is no paragraph, or a label stands above."""
    last = blocks[-1] if blocks else None
    if not isinstance(last, Paragraph):
        return ""
    at = max((n for n, inline in enumerate(last.children) if isinstance(inline, Break)), default=-1)
    above, line = Told(), Told()
    if at > 0:
        _tell_inlines(last.children[:at], above)
    elif len(blocks) > 1:
        _tell(blocks[-2], above)
    _tell_inlines(last.children[at + 1 :], line)
    is_labelled = text.fold("".join(above.texts)).endswith((":", "："))
    return "" if is_labelled else text.fold("".join(line.texts))


def _tell(block: Block, told: Told) -> None:  # noqa: C901, PLR0912 - one arm a kind of block, told apart for mypy
    match block:
        case Paragraph() | Heading():
            _tell_inlines(block.children, told)
        case Figure():
            told.images.append(block.src)
            told.links.extend([block.href] if block.href else [])
            _tell_inlines(block.caption, told)
        case Table():
            for row in block.rows:
                for cell in row:
                    _tell_inlines(cell.children, told)
        case Listing():
            for item in block.items:
                for inner in item:
                    _tell(inner, told)
        case Quote():
            for inner in block.blocks:
                _tell(inner, told)
        case Code():
            told.texts.append(block.text)
        case Media() | Rule():
            pass
        case _:
            assert_never(block)


def _tell_inlines(inlines: Iterable[Inline], told: Told) -> None:
    for inline in inlines:
        if type(inline) is Text:  # likewise
            told.texts.append(inline.text)
            continue
        match inline:
            case Anchor():
                told.links.append(inline.href)
                _tell_inlines(inline.children, told)
            case Strong() | Emphasis() | Struck():
                _tell_inlines(inline.children, told)
            case Picture():
                told.images.append(inline.src)
            case Break():
                pass
            case Text() | CodeSpan():
                told.texts.append(inline.text)
            case _:
                assert_never(inline)
