"""The walk over a body: what is still to be done, what is open, and the line that gathers.

Without recursion, since a page may nest deeper than Python does: nodes to be visited and steps that close
what was opened lie on one stack. Text gathers in a line of pieces until a block begins or ends; `inline_runs`
then makes paragraphs of it. What a tag means is not known here: the handlers in `elements` and `containers`
say. The three by which most are read stand below; what they do, the walk does itself, on its way.
"""

from __future__ import annotations

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
    _Step: TypeAlias = (
        dom.Node | Style | Callable[[], None] | None
    )  # a style to go back to; None: the line ends

_BREAK = Break()
_DEEPEST = 24  # quotes, items and cells within each other; deeper ones are read as plain blocks


class Walk:
    """The state of one walk. Knows nothing of the page outside the containers that it is given."""

    def __init__(
        self,
        addresses: Addresses,
        handlers: Mapping[str, Handler],
        numbered: Mapping[int, Handler],
        special: Mapping[int, Handler],
        shown_by_page: Callable[[], frozenset[Url]] = frozenset,
    ) -> None:
        """Take what the tags mean by name and by number, and what nodes mean that mean something else.

        `numbered`: as `dom.by_number` has it; `special`: by their `mem_id`, texts too.
        """
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
        self._todo: list[_Step] = []
        self._handlers = handlers
        self._numbered = numbered
        self._special = special

    def read(self, container: dom.Node, *, whole: bool) -> None:
        """Walk a container to its end; `whole`: its own tag counts, else only what it holds."""
        (self.usual if whole else self.enter)(container)
        self._go_on()
        self.flush()

    def _go_on(self) -> None:  # noqa: C901, PLR0912 - a call for each node would cost more than all else here
        """Do all that is to be done; from a node its first child or the next one comes at once."""
        todo, line, special, handlers = self._todo, self._line, self._special, self._handlers
        is_node, text, numbered = dom.Node, dom.TEXT, self._numbered
        while todo:
            step = todo.pop()
            if not isinstance(step, is_node):
                if step is not None:
                    self._do(step)
                elif line:
                    self.flush()
                continue
            node: dom.Node | None = step
            while node is not None:
                number, following = node.tag_id, node.next
                handler = special.get(node.mem_id) if special else None
                if handler is None:
                    if number == text:
                        if line or not node.is_empty_text_node:  # as most blanks between blocks are
                            self._read_text(node.text_content)
                        node = following
                        continue
                    handler = numbered.get(number) or handlers.get(node.tag or "", as_inline)
                if handler is as_nothing:
                    node = following
                    continue
                if following is not None:
                    todo.append(following)
                if handler is as_inline:
                    node = node.first_child
                elif handler is as_block:
                    if line:
                        self.flush()
                    todo.append(None)
                    node = node.first_child
                else:
                    handler(self, node)
                    node = None

    def _do(self, step: Style | Callable[[], None]) -> None:
        if isinstance(step, Style):
            self.style = step
        else:
            step()

    def _read_text(self, characters: str | None) -> None:
        """Put a text on the line, unless it is a blank that the line would begin with."""
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
        self._handlers.get(node.tag or "", as_inline)(self, node)

    def enter(self, node: dom.Node, then: Callable[[], None] | None = None) -> None:
        """Go on with what stands in a node, and do `then` after it."""
        if then is not None:
            self._todo.append(then)
        child = node.first_child
        if child is not None:
            self._todo.append(child)

    def enter_styled(self, node: dom.Node, style: Style) -> None:
        """Go on with what stands in a node, all of it in a style."""
        self._todo.append(self.style)
        self.style = style
        self.enter(node)

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
        pieces = self._line.copy()
        self._line.clear()
        if self.keeps_blanks:
            if rows := preformatted.rows(pieces):
                shown = inline_runs.inlines(rows, self.hrefs)
                self.blocks.append(Paragraph(children=shown, preformatted=True))
                return
        else:  # most lines are one piece then
            while len(pieces) > 1 and isinstance(content := pieces[-1][0], str) and content.isspace():
                pieces.pop()
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
        elif type(content) is Picture:
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


def as_inline(walk: Walk, node: dom.Node) -> None:
    """Read what changes nothing: spans, fonts, `<o:p>`, `<founder-content>`, tags that nobody knows."""
    walk.enter(node)


def as_block(walk: Walk, node: dom.Node) -> None:
    """Read what begins and ends a line and says no more: `<p>`, `<div>`, `<center>`, `<section>`."""
    walk.flush()
    walk.enter(node, walk.flush)


def as_nothing(_walk: Walk, _node: dom.Node) -> None:
    """Pass over what no browser shows: scripts, styles, comments."""


def _figures(inlines: tuple[Inline, ...]) -> list[Figure] | None:
    """Return a paragraph's pictures as figures; None where it shows anything else."""
    found: list[Figure] = []
    for inline in inlines:
        if type(inline) is Text:  # as mostly
            if inline.text.strip():
                return None
        elif type(inline) is Picture:
            found.append(Figure(src=inline.src, alt=inline.alt))
        elif type(inline) is Anchor:
            inner = _figures(inline.children)
            if inner is None:
                return None
            found.extend(Figure(src=figure.src, alt=figure.alt, href=inline.href) for figure in inner)
        elif type(inline) is not Break:
            return None
    return found
