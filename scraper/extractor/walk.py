"""The walk over a body: what is still to be done, what is open, and the line that gathers.

Without recursion, since a page may nest deeper than Python does: nodes to be visited and steps that close
what was opened lie on one stack. Text gathers in a line of pieces until a block begins or ends; `spans` then
makes paragraphs of it. What a tag means is not known here: the handlers in `elements` and `containers` say.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from scraper import dom
from scraper.blocks import Anchor, Block, Break, Figure, Heading, Inline, Paragraph, Picture
from scraper.extractor import inline_runs
from scraper.extractor.inline_runs import PLAIN, Content, Piece, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scraper.extractor.addresses import Addresses
    from scraper.extractor.tables import RawTable

    Handler: TypeAlias = Callable[["Walk", dom.Node], None]

_BREAK = Break()
_DEEPEST = 24  # quotes, items and cells within each other; deeper ones are read as plain blocks


class Walk:
    """The state of one walk. Knows nothing of the page outside the containers that it is given."""

    def __init__(
        self,
        addresses: Addresses,
        handlers: Mapping[str, Handler],
        otherwise: Handler,
        left_out: frozenset[int],
    ) -> None:
        """Take what the tags mean, and the `mem_id` of each element or text that is left out."""
        self.addresses = addresses
        self.blocks: list[Block] = []  # of the innermost open quote, item or cell, or of the body itself
        self.style = PLAIN
        self.level = 0  # of the open heading; 0: none
        self.keeps_lines = False  # within a <pre> that is prose
        self.hrefs = [""]  # of the links met so far; a style names its link by its place here
        self.items: list[tuple[Block, ...]] | None = None  # of the list that is innermost; None: none is
        self.tables: list[RawTable] = []
        self._outer: list[tuple[list[Block], list[tuple[Block, ...]] | None]] = []
        self._line: list[Piece] = []
        self._todo: list[dom.Node | Callable[[], None]] = []
        self._handlers = handlers
        self._otherwise = otherwise
        self.left_out = left_out

    def read(self, container: dom.Node, *, whole: bool) -> None:
        """Walk a container to its end; `whole`: its own tag counts, else only what it holds."""
        if whole:
            self._handlers.get(container.tag or "", self._otherwise)(self, container)
        else:
            self.enter(container)
        todo, handlers, otherwise, left_out = self._todo, self._handlers, self._otherwise, self.left_out
        while todo:
            step = todo.pop()
            if not isinstance(step, dom.Node):
                step()
                continue
            if (following := step.next) is not None:
                todo.append(following)
            tag = step.tag
            if tag == "-text":
                characters = "" if left_out and step.mem_id in left_out else step.text_content
                if characters and (self._line or not characters.isspace()):
                    self.add(characters)
            elif tag is not None and not (left_out and step.mem_id in left_out):
                handlers.get(tag, otherwise)(self, step)
        self.flush()

    # ── what handlers say ─────────────────────────────────────────────────────────────────────────────────

    def enter(self, node: dom.Node, then: Callable[[], None] | None = None) -> None:
        """Go on with what stands in a node, and do `then` after it."""
        if then is not None:
            self._todo.append(then)
        child = node.first_child
        if child is not None:
            self._todo.append(child)

    def enter_styled(self, node: dom.Node, style: Style) -> None:
        """Go on with what stands in a node, all of it in a style."""
        before, self.style = self.style, style
        self.enter(node, partial(setattr, self, "style", before))

    def add(self, content: Content) -> None:
        """Put a text, a picture or a line break on the line."""
        if not self.keeps_lines or not isinstance(content, str):
            self._line.append((content, self.style))
            return
        for at, row in enumerate(content.split("\n")):
            if at:
                self._line.append((_BREAK, self.style))
            self._line.append((row, self.style))

    def flush(self) -> None:
        """Close the line: it becomes paragraphs, a heading, or figures where it is only pictures."""
        if not self._line:
            return
        pieces, self._line = self._line, []
        for paragraph in inline_runs.paragraphs(pieces):
            inlines = inline_runs.inlines(paragraph, self.hrefs)
            figures = _figures(inlines)
            if figures is not None:
                self.blocks.extend(figures)
            elif self.level:
                self.blocks.append(Heading(level=self.level, children=inlines))
            else:
                self.blocks.append(Paragraph(children=inlines))

    @property
    def is_deep(self) -> bool:
        """True where nothing more is to be opened, since those who read the blocks recurse."""
        return len(self._outer) > _DEEPEST

    def open(self, items: list[tuple[Block, ...]] | None = None) -> None:
        """Begin a run of blocks of its own; `items` are those of a list that begins."""
        self.flush()
        self._outer.append((self.blocks, self.items))
        self.blocks, self.items = [], items

    def close(self) -> list[Block]:
        """End that run and return it."""
        self.flush()
        inner = self.blocks
        self.blocks, self.items = self._outer.pop()
        return inner


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
            case _ if inline_runs.is_blank(inline):
                continue
            case _:
                return None
    return found
