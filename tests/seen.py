"""What a reader sees: of a tree of blocks, and of the HTML that was made of its Markdown.

What a tree says is read here by a plain walk that shares nothing with the writer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote

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
from scraper.text import visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MEDIA = {"video": "视频", "audio": "音频", "flash": "Flash 动画", "embed": "嵌入内容"}


@dataclass(slots=True)
class Seen:
    """What a reader sees: each visible character with its look, then pictures, links, tables."""

    characters: list[tuple[str, bool, bool, bool]] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    elements: Counter[str] = field(
        default_factory=Counter
    )  # lists, items, quotations, headings, rules, intruders

    @property
    def text(self) -> str:
        """Return the characters alone."""
        return "".join(character for character, *_ in self.characters)

    def say(self, text: str, *, strong: bool = False, emphasis: bool = False, struck: bool = False) -> None:
        """Note characters, as far as they are visible."""
        self.characters += [(character, strong, emphasis, struck) for character in visible_text(text)]


def said_by(blocks: Iterable[Block]) -> Seen:
    """Return what a tree says."""
    seen = Seen()
    for block in blocks:
        _read(block, seen)
    return seen


def _read(block: Block, seen: Seen) -> None:
    match block:
        case Heading() | Paragraph():
            seen.elements["h"] += isinstance(block, Heading)
            _read_runs(block.children, seen)
        case Quote():
            seen.elements["blockquote"] += 1
            _read_all(block.blocks, seen)
        case Listing():
            seen.elements.update({"ul" if block.start is None else "ol": 1, "li": len(block.items)})
            _read_all([inner for item in block.items for inner in item], seen)
        case Table():
            seen.tables.append(_grid(block))
            _read_runs([run for row in block.rows for cell in row for run in cell.children], seen)
        case Figure():
            seen.images.append(block.src)
            seen.links += [block.href] if block.href else []
            _read_runs(block.caption, seen)
        case Media():
            seen.links.append(block.src)
            seen.say(_MEDIA[block.kind] + (block.title and f"：{block.title}"))
        case Code():
            seen.say(block.text)
        case Rule():
            seen.elements["hr"] += 1


def _read_all(blocks: Sequence[Block], seen: Seen) -> None:
    for block in blocks:
        _read(block, seen)


def _read_runs(runs: Sequence[Inline], seen: Seen, **look: bool) -> None:
    for run in runs:
        match run:
            case Text() | CodeSpan():
                seen.say(run.text, **look)
            case Picture():
                seen.images.append(run.src)
            case Anchor():
                seen.links.append(run.href)
                _read_runs(run.children, seen, **look)
            case Strong():
                _read_runs(run.children, seen, **look | {"strong": True})
            case Emphasis():
                _read_runs(run.children, seen, **look | {"emphasis": True})
            case Struck():
                _read_runs(run.children, seen, **look | {"struck": True})
            case Break():
                pass


def _grid(table: Table) -> list[list[str]]:
    """Return the cells' texts by row and column, as HTML lays a table out."""
    texts: dict[tuple[int, int], str] = {}
    for number, row in enumerate(table.rows):
        column = 0
        for cell in row:
            while (number, column) in texts:
                column += 1
            inner = Seen()
            _read_runs(cell.children, inner)
            for across in range(cell.colspan):
                for down in range(cell.rowspan):
                    texts.setdefault((number + down, column + across), "")
            texts[number, column] = inner.text
            column += cell.colspan
    width = max(column for _, column in texts) + 1
    return [[texts.get((number, column), "") for column in range(width)] for number in range(len(table.rows))]


class _Reader(HTMLParser):
    """Reads HTML made of Markdown. Hexo's line numbers beside code, and its anchors, are no text."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen()
        self._open: Counter[str] = Counter()
        self._hidden = 0
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._open[tag] += 1
        if tag == "figure" or self._code:
            self._code += tag == "figure"
            self._hidden += tag == "td" and given.get("class") == "gutter"
            return
        match tag:
            case "img":
                self.seen.images.append(given["src"] or "")
            case "a" if given.get("class") != "headerlink":
                self.seen.links.append(given["href"] or "")
            case "ul" | "ol" | "li" | "blockquote" | "hr" | "input" | "script" | "dl":
                self.seen.elements[tag] += 1
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self.seen.elements["h"] += 1
            case "table":
                self.seen.tables.append([])
            case "tr":
                self.seen.tables[-1].append([])
            case "td" | "th":
                self.seen.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._open[tag] -= 1
        self._hidden -= tag == "td" and self._hidden > 0
        self._code -= tag == "figure"

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if (self._open["td"] or self._open["th"]) and not self._code:
            self.seen.tables[-1][-1][-1] += visible_text(data)
        self.seen.say(
            data,
            strong=self._open["strong"] > 0,
            emphasis=self._open["em"] > 0,
            struck=self._open["del"] + self._open["s"] > 0,
        )


def seen_in(html: str) -> Seen:
    """Return what a reader sees of HTML."""
    reader = _Reader()
    reader.feed(html.partition("<main>")[2].rpartition("</main>")[0] or html)
    reader.close()
    return reader.seen


def same_address(one: str, other: str) -> bool:
    """Tell whether two addresses are one, whoever percent-encoded them."""
    return unquote(one) == unquote(other)


def difference(said: Seen, seen: Seen) -> str:
    """Return what differs between what was to be said and what is seen; "" for nothing."""
    if said.text != seen.text:
        return f"text: {said.text!r} is shown as {seen.text!r}"
    for name in ("characters", "tables"):
        if getattr(said, name) != getattr(seen, name):
            return f"{name}: {getattr(said, name)} are shown as {getattr(seen, name)}"
    for name in ("images", "links"):
        if list(map(unquote, getattr(said, name))) != list(map(unquote, getattr(seen, name))):
            return f"{name}: {getattr(said, name)} are shown as {getattr(seen, name)}"
    if +said.elements != +seen.elements:
        return f"elements: {said.elements} are shown as {seen.elements}"
    return ""
