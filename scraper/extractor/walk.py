"""The walk over a body: what is still to be done, what is open, and the line that gathers.

Without recursion, since a page may nest deeper than Python does: nodes to be visited and steps that close
what was opened lie on one stack. Text gathers in a line of pieces until a block begins or ends; `spans` then
makes paragraphs of it. What a tag means is not known here: the handlers in `elements` and `containers` say.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from scraper import dom
from scraper.blocks import Anchor, Block, Break, Figure, Heading, Inline, Paragraph, Picture, Text
from scraper.extractor import inline_runs, preformatted
from scraper.extractor.account import Account
from scraper.extractor.files import name_of
from scraper.extractor.inline_runs import PLAIN, Content, Piece, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scraper.extractor.addresses import Addresses
    from scraper.extractor.numbering import Numbers
    from scraper.extractor.tables import RawTable
    from scraper.extractor.walk_items import Item
    from scraper.urls import Url

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
        special: Mapping[int, Handler],
        shown_by_page: Callable[[], frozenset[Url]] = frozenset,
    ) -> None:
        """Take what the tags mean, and by its `mem_id` each node that means something else, texts too."""
        self.addresses = addresses
        self.account = Account()
        self.pictures: set[Url] = set()  # met so far
        self._shown_by_page = shown_by_page
        self._elsewhere: frozenset[Url] | None = None
        self.files: list[Url] = []  # met as files though their addresses do not say so
        self.file_words: list[str] = []  # what scripts call their files
        self.played: list[Url] = []  # by players, wherever they stand
        self.blocks: list[Block] = []  # of the innermost open quote, item or cell, or of the body itself
        self.style = PLAIN
        self.level = 0  # of the open heading; 0: none
        self.keeps_lines = False  # within preformatted text that is prose
        self.keeps_blanks = False  # likewise, where the blanks that indent a line count too
        self.hrefs = [""]  # of the links met so far; a style names its link by its place here
        self.items: list[Item] | None = None  # of the list that is innermost; None: none is
        self.numbers: Numbers | None = None  # of that list; None: it has none
        self.tables: list[RawTable] = []
        self._outer: list[tuple[list[Block], list[Item] | None]] = []
        self._line: list[Piece] = []
        self._todo: list[dom.Node | Callable[[], None]] = []
        self._handlers = handlers
        self._otherwise = otherwise
        self._special = special

    def read(self, container: dom.Node, *, whole: bool) -> None:
        """Walk a container to its end; `whole`: its own tag counts, else only what it holds."""
        if whole:
            self._handlers.get(container.tag or "", self._otherwise)(self, container)
        else:
            self.enter(container)
        todo, handlers, otherwise, special = self._todo, self._handlers, self._otherwise, self._special
        is_node = dom.Node
        while todo:
            step = todo.pop()
            if not isinstance(step, is_node):
                step()
                continue
            node: dom.Node | None = step
            if not special and step.tag == "-text":  # as mostly between blocks: read on the way
                self._read_text(step)
                node = step.next
            if node is None:
                continue
            if (following := node.next) is not None:
                todo.append(following)
            tag = node.tag
            handler = special.get(node.mem_id) if special else None
            if handler is not None:
                handler(self, node)
            elif tag == "-text":
                self._read_text(node)
            elif tag is not None:
                handlers.get(tag, otherwise)(self, node)
        self.flush()

    def _read_text(self, node: dom.Node) -> None:
        """Put a text on the line, unless it is a blank that the line would begin with."""
        if not self._line and node.is_empty_text_node:  # as every other text is
            return
        characters = node.text_content
        if not characters or (not self._line and characters.isspace()):
            return
        if self.keeps_lines:
            self.add(characters)
        else:
            self._line.append((characters, self.style))

    # ── what handlers say ─────────────────────────────────────────────────────────────────────────────────

    def after(self, then: Callable[[], None]) -> None:
        """Do `then` after what is entered next."""
        self._todo.append(then)

    def is_special(self, node: dom.Node) -> bool:
        """Tell whether an element means something else than its tag."""
        return node.mem_id in self._special

    def is_shown_elsewhere(self, picture: Url) -> bool:
        """Tell whether an element of the body shows this picture without the help of a `<noscript>`."""
        if self._elsewhere is None:
            self._elsewhere = self._shown_by_page()
        return picture in self._elsewhere

    def usual(self, node: dom.Node) -> None:
        """Read an element as its tag says, whatever else holds of it."""
        self._handlers.get(node.tag or "", self._otherwise)(self, node)

    def enter(self, node: dom.Node, then: Callable[[], None] | None = None) -> None:
        """Go on with what stands in a node, and do `then` after it: at once where it holds texts alone."""
        child = node.first_child
        if child is not None and not self._special and child.tag == "-text":
            self._read_text(child)
            child = child.next
        if then is not None:
            if child is None:
                then()
                return
            self._todo.append(then)
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
        if not self.keeps_blanks:
            _drop_blanks_behind(pieces)
        if self.keeps_blanks and (rows := preformatted.rows(pieces)):
            self.blocks.append(Paragraph(children=inline_runs.inlines(rows, self.hrefs), preformatted=True))
            return
        if len(pieces) == 1 and pieces[0][1] is PLAIN and not self.level:  # as most lines are
            self._put_alone(pieces[0][0])
            return
        for paragraph in inline_runs.paragraphs(pieces):
            inlines = inline_runs.inlines(paragraph, self.hrefs)
            figures = _figures(inlines)
            if figures is not None:
                self.blocks.extend(figures)
            elif self.level:
                self.blocks.append(Heading(level=self.level, children=inlines))
            else:
                self.blocks.append(Paragraph(children=inlines))

    def _put_alone(self, content: Content) -> None:
        """Make a block of the one piece of a line, where it has no style and shows anything."""
        if isinstance(content, str):
            shown = inline_runs.trimmed(content)
            if shown:
                self.blocks.append(Paragraph(children=(Text(text=shown),)))
        elif isinstance(content, Picture):
            self.blocks.append(Figure(src=content.src, alt=content.alt))

    @property
    def last_character(self) -> str:
        """The character that stands last on the line; "" where none does."""
        content = self._line[-1][0] if self._line else None
        return content[-1:] if isinstance(content, str) else ""

    @property
    def last_characters(self) -> str:
        """The two characters that stand last on the line; a blank for what is none."""
        shown = (content if isinstance(content, str) else " " for content, *_ in self._line[-2:])
        return "".join(shown)[-2:]

    def file(self, url: Url, words: str = "") -> None:
        """Put a link to a file on a line of its own; its words are the file's name where it has none."""
        self.flush()
        name = Text(text=words or name_of(url))
        self.blocks.append(Paragraph(children=(Anchor(href=url, children=(name,)),)))
        self.files.append(url)

    @property
    def is_deep(self) -> bool:
        """True where nothing more is to be opened, since those who read the blocks recurse."""
        return len(self._outer) > _DEEPEST

    def open(self, items: list[Item] | None = None) -> None:
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


def _drop_blanks_behind(pieces: list[Piece]) -> None:
    """Take off what shows nothing at the end of a line: most lines are one piece then."""
    while len(pieces) > 1 and isinstance(content := pieces[-1][0], str) and content.isspace():
        pieces.pop()


def _figures(inlines: tuple[Inline, ...]) -> list[Figure] | None:
    """Return a paragraph's pictures as figures; None where it shows anything else."""
    if inlines[0].__class__ is Text and not inline_runs.is_blank(inlines[0]):  # as most lines begin
        return None
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
