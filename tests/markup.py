"""A plain notation for trees of blocks in fixtures: a little HTML, read strictly.

Knows the elements of `_MAKERS` and nothing else. White space counts within text alone.
"""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, Final, Literal, TypeAlias

from scraper.blocks import (
    Anchor,
    Block,
    Break,
    Cell,
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
from scraper.urls import Url

_Maker: TypeAlias = Callable[[dict[str, str], tuple[Any, ...]], object]

_VOID: Final = frozenset({"br", "img", "hr", "video", "audio", "embed"})
_CONTAINERS: Final = frozenset({"", "blockquote", "ul", "ol", "li", "table", "tr", "figure"})


def blocks_of(markup: str) -> tuple[Block, ...]:
    """Return the blocks that the notation stands for."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    [(_, _, children)] = reader.stack
    return tuple(children)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, dict[str, str], list[Any]]] = [("", {}, [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.stack.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        opened, attrs, children = self.stack.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}>"
        self.stack[-1][2].append(_node(tag, attrs, children))

    def handle_data(self, data: str) -> None:
        if data.strip("\n ") or self.stack[-1][0] not in _CONTAINERS:
            self.stack[-1][2].append(Text(text=data))


def _node(tag: str, attrs: dict[str, str], children: list[Any]) -> object:
    """Return what an element stands for; a row and an item are tuples."""
    assert tag in _MAKERS, f"<{tag}> is not in the notation"
    return _MAKERS[tag](attrs, tuple(children))


def _heading(level: int) -> _Maker:
    return lambda _, within: Heading(level=level, children=within)


def _media(kind: Literal["video", "audio", "embed"]) -> _Maker:
    return lambda attrs, _: Media(kind=kind, src=Url(attrs["src"]), title=attrs.get("title", ""))


def _cell(attrs: dict[str, str], within: tuple[Any, ...]) -> Cell:
    return Cell(children=within, colspan=int(attrs.get("colspan", 1)), rowspan=int(attrs.get("rowspan", 1)))


def _figure(attrs: dict[str, str], within: tuple[Any, ...]) -> Figure:
    picture, *caption = within
    return Figure(src=picture.src, caption=tuple(caption), href=attrs.get("href"))


def _item(within: tuple[Block | Inline, ...]) -> tuple[Block, ...]:
    """Return an item's blocks; runs of text that stand in it bare are paragraphs."""
    blocks: list[Block] = []
    runs: list[Inline] = []
    for child in within:
        if isinstance(child, Text | Strong | Emphasis | Struck | CodeSpan | Anchor | Picture | Break):
            runs.append(child)
            continue
        if runs:
            blocks.append(Paragraph(children=tuple(runs)))
            runs = []
        blocks.append(child)
    return (*blocks, Paragraph(children=tuple(runs))) if runs else tuple(blocks)


_MAKERS: Final[dict[str, _Maker]] = {
    "p": lambda _, within: Paragraph(children=within),
    **{f"h{level}": _heading(level) for level in range(1, 7)},
    "blockquote": lambda _, within: Quote(blocks=within),
    "ul": lambda _, within: Listing(items=within),
    "ol": lambda attrs, within: Listing(items=within, start=int(attrs.get("start", "1"))),
    "li": lambda _, within: _item(within),
    "table": lambda _, within: Table(rows=within),
    "tr": lambda _, within: within,
    "th": _cell,
    "td": _cell,
    "figure": _figure,
    "video": _media("video"),
    "audio": _media("audio"),
    "embed": _media("embed"),
    "pre": lambda _, within: Code(text="".join(text.text for text in within)),
    "hr": lambda _, __: Rule(),
    "b": lambda _, within: Strong(children=within),
    "i": lambda _, within: Emphasis(children=within),
    "s": lambda _, within: Struck(children=within),
    "code": lambda _, within: CodeSpan(text="".join(text.text for text in within)),
    "a": lambda attrs, within: Anchor(href=attrs["href"], children=within),
    "img": lambda attrs, _: Picture(src=Url(attrs["src"])),
    "br": lambda _, __: Break(),
}
