"""A page as the lines that it shows, and the elements that hold them.

A line is what stands between two breaks: the beginnings and ends of blocks, and `<br>`. Which lines are an
article's is not decided here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from scraper import dom, text
from scraper.extractor.body import LEFT_OUT
from scraper.extractor.files import is_attachment, is_file_name, is_played_name
from scraper.families import generic as known
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Attributes: TypeAlias = Mapping[str, str | None]

_INLINE = frozenset(
    [
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "data",
            "del",
            "dfn",
            "em",
            "font",
        ),
        *("i", "img", "ins", "kbd", "mark", "nobr", "o:p", "q", "rb", "rt", "ruby", "s", "samp", "small"),
        *("span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    ]
)
_NEVER_SHOWN = LEFT_OUT | {"iframe", "noframes", "frameset", "object", "embed", "audio", "video", "map"}
_PLAYS = frozenset(["iframe", "object", "embed", "audio", "video"])
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|zip|rar|7z)$", re.IGNORECASE
)  # what a link calls itself
_NO_LINK = 150  # characters with the end of a sentence, that no link has: the text itself leads somewhere
_MOST_IN_LINK = 200  # nodes: what holds more is no link to a file
_ENDS = re.compile("[。！？]")
_LONGEST_LABELLED = 400  # characters of a line in which labels are looked for
_SMALL = re.compile(r"\s*(?:[1-9]|[1-5]\d)(?:px)?\s*")  # the width or height of an icon
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Line(Value):
    """What one line of a page shows."""

    place: int  # the number of the block that it stands in
    words: list[str] = field(default_factory=list)
    nodes: list[dom.Node] = field(default_factory=list)  # its texts and pictures
    linked: int = 0  # visible characters in links about the site
    links: int = 0
    files: int = 0  # links to files
    images: int = 0
    said: str = ""  # visible characters alone
    shown: str = ""  # folded
    plain: str = ""  # the same as labels and days are written; of a long line no other than `shown`
    value: float = 0.0  # what it counts for an article, or against
    is_prose: bool = False
    is_about: bool = False  # it tells about the article or the site
    is_moment: bool = False  # it shows a date before the first sentence; later it signs a notice
    around: bool = False  # it stands around an article, by the name of what it stands in


class Place(Value):
    """A block of a page, and what counts for and against it."""

    node: dom.Node
    above: int | None  # the number of the block that it stands in; None: it is the outermost
    marked: bool  # it stands around an article, by its name
    first: int  # the number of its first line, should it have one
    end: int = 0  # the number of the first line behind it
    around: bool = False  # so does what it stands in, or it itself
    score: float = 0.0
    prose: int = 0  # characters of sentences


class PageLines(Value):
    """The lines of a page and its blocks, both in page order."""

    lines: list[Line] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def inside(self, place: Place) -> list[Line]:
        """Return the lines of a block and of all that it holds."""
        return self.lines[place.first : place.end]

    def below(self, place: Place) -> Iterator[Place]:
        """Yield the blocks that stand in a block."""
        at = next(n for n, each in enumerate(self.places) if each is place)
        for each in self.places[at + 1 :]:
            if each.first >= place.end or each.above is None or each.above < at:
                return
            yield each

    def around(self, line: Line) -> Iterator[Place]:
        """Yield the blocks around a line, the innermost first."""
        at: int | None = line.place
        while at is not None:
            yield self.places[at]
            at = self.places[at].above


def read_lines(top: dom.Node) -> PageLines:
    """Return the lines of what stands below a node."""
    page = PageLines()
    open_lines: dict[int, Line] = {}  # by the number of the block whose line it is
    waiting: list[tuple[dom.Node | None, int | None, bool]] = [(top, None, False)]  # node, block, in a link
    while waiting:
        node, block, linked = waiting.pop()
        if node is None:
            assert block is not None  # noqa: S101 - only blocks are closed
            page.places[block].end = len(page.lines)
            open_lines.pop(block, None)
            continue
        if node is not top and (following := node.next) is not None:
            waiting.append((following, block, linked))
        tag = node.tag or ""
        if tag == "-text":
            _say(page, open_lines, node, block, linked=linked)
        elif tag == "br" and block is not None:
            open_lines.pop(block, None)
        elif block is not None and tag in _PLAYS and _shows_file(node):
            line = _line(page, open_lines, block)
            line.images += 1
            line.nodes.append(node)
        elif tag not in _NEVER_SHOWN and not _hides(attributes := node.attributes):
            if block is None or not (tag in _INLINE or ":" in tag):  # what Word left is inline
                open_lines.pop(-1 if block is None else block, None)
                block = _open(page, node, attributes, block)
                waiting.append((None, block, False))
            else:
                linked = _meet(page, open_lines, node, attributes, block) or linked
            if (inner := node.first_child) is not None:
                waiting.append((inner, block, linked))
    _close(page)
    return page


def _shows_file(node: dom.Node) -> bool:
    """Tell whether an element plays something, or shows a file in a viewer."""
    src = dom.attribute(node, "src") or dom.attribute(node, "data")
    return node.tag in {"video", "audio"} or is_file_name(src) or is_played_name(src)


def _open(page: PageLines, node: dom.Node, attributes: Attributes, above: int | None) -> int:
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    marked = node.tag in known.AROUND_TAGS or known.SURROUNDINGS.search(named) is not None
    page.places.append(
        Place(node=node, above=above, marked=marked and above is not None, first=len(page.lines))
    )
    return len(page.places) - 1


def _line(page: PageLines, open_lines: dict[int, Line], block: int) -> Line:
    line = open_lines.get(block)
    if line is None:
        line = open_lines[block] = Line(place=block)
        page.lines.append(line)
    return line


def _say(
    page: PageLines, open_lines: dict[int, Line], node: dom.Node, block: int | None, *, linked: bool
) -> None:
    words = node.text_content or ""
    if block is None or not words or (block not in open_lines and words.isspace()):
        return
    line = _line(page, open_lines, block)
    line.words.append(words)
    line.nodes.append(node)
    if linked and not (len(words) >= _NO_LINK and _ENDS.search(words)):
        line.linked += len(text.visible_text(words))


def _meet(
    page: PageLines, open_lines: dict[int, Line], node: dom.Node, attributes: Attributes, block: int
) -> bool:
    """Note a picture or a link; return whether what the node holds stands in a link about the site."""
    if node.tag == "img":
        if not any(_SMALL.fullmatch(attributes.get(side) or "") for side in ("width", "height")):
            line = _line(page, open_lines, block)
            line.images += 1
            line.nodes.append(node)
        return False
    href = attributes.get("href") if node.tag == "a" else None
    if not href:
        return False
    line = _line(page, open_lines, block)
    said = (dom.text_within(node, _MOST_IN_LINK) or "").strip()
    if is_attachment(href if href.startswith("http") else f"http://x/{href.lstrip('/')}") or _FILE.search(
        said
    ):
        line.files += 1
        return False
    shows_itself = said.startswith(("http", "www."))
    line.links += not shows_itself
    return not shows_itself


def _hides(attributes: Attributes) -> bool:
    return _HIDDEN.search(attributes.get("style") or "") is not None


def _close(page: PageLines) -> None:
    for line in page.lines:
        whole = "".join(line.words)
        line.said, line.shown = text.visible_text(whole), text.fold(whole)
        line.plain = known.plain(line.shown) if len(line.said) <= _LONGEST_LABELLED else line.shown
