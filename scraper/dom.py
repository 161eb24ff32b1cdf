"""HTML as a tree: the one module that knows selectolax.

Does not decode bytes (`charset` does) and does not know what a page means. A page that the parser would be
lost in is refused before (`tangles`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from scraper import tangles
from scraper.errors import NotAnArticle
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Node: TypeAlias = LexborNode
"""An element, a text (`tag` is `-text`, `text_content` its characters) or a comment; keeps its tree alive."""

UNSEEN = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "title",
        "meta",
        "link",
        "base",
        "-comment",
        "-doctype",
    ]
)
"""Tags whose content no browser shows."""

_BREAKING: Final = frozenset(
    [*("br", "div", "p", "li", "tr", "td", "center", "section"), *("h1", "h2", "h3", "h4", "h5", "h6")]
)


def parse(text: str, utf8: bytes | None = None) -> Node:
    """Return the root element of a page. Raises `NotAnArticle` for a page that is too tangled to be read.

    `utf8`: the text in the parser's own encoding; None: it is encoded here.
    """
    tangles.check(text)
    root = LexborHTMLParser(text if utf8 is None else utf8).root
    if root is None:
        msg = say("the page has no element")
        raise NotAnArticle(msg)
    return root


def parse_own(text: str) -> Node:
    """Return the root element of HTML that this program made itself: it is not measured first."""
    root = LexborHTMLParser(text).root
    assert root is not None  # noqa: S101 - an HTML parser makes an element of anything
    return root


def select(node: Node, selector: str) -> list[Node]:
    """Return what a CSS selector names below a node, in page order."""
    return node.css(selector)


def first(node: Node, selector: str) -> Node | None:
    """Return the first that a CSS selector names below a node; None where there is none."""
    return node.css_first(selector)


def tagged(root: Node, tag: str) -> list[Node]:
    """Return all elements of one tag on the page of a node, in page order: far quicker than by a selector."""
    return root.parser.tags(tag)


def is_selector(selector: str) -> bool:
    """Tell whether the engine can read a CSS selector."""
    try:
        LexborHTMLParser("").css(selector)
    except SelectolaxError:
        return False
    return True


def attribute(node: Node, name: str) -> str:
    """Return an attribute's value, `""` where the element has none."""
    return node.attributes.get(name) or ""


def children(node: Node) -> list[Node]:
    """Return the nodes directly below a node, texts and comments included."""
    found = []
    child = node.first_child
    while child is not None:
        found.append(child)
        child = child.next
    return found


def text_nodes(node: Node) -> Iterator[tuple[Node, str]]:
    """Yield the texts below a node that are no blanks, each with its characters, scripts and styles too."""
    for below in node.traverse(include_text=True, skip_empty=True):
        if below.tag == "-text":
            yield below, below.text_content or ""


def is_unseen(text: Node, root: Node) -> bool:
    """Tell whether a text below `root` stands in what no browser shows."""
    above = text.parent
    while above is not None and above.mem_id != root.mem_id:
        if above.tag in UNSEEN:
            return True
        above = above.parent
    return False


def texts(node: Node) -> Iterator[str]:
    """Yield the texts below a node in page order, white space as it stands, without scripts and styles."""
    if node.tag == "-text":
        yield node.text_content or ""
        return
    waiting = [node.first_child]
    while waiting:
        below = waiting.pop()
        if below is None:
            continue
        waiting.append(below.next)
        tag = below.tag
        if tag == "-text":
            yield below.text_content or ""
        elif tag not in UNSEEN:
            waiting.append(below.first_child)


def text_of(node: Node) -> str:
    """Return the characters below a node, without scripts, styles and comments."""
    return "".join(texts(node))


def text_within(node: Node, most: int) -> str | None:
    """Return the characters below a node as `text_of` does; None where more than `most` nodes are there."""
    found = texts_within((node,), most)
    return None if found is None else found[0]


def texts_within(nodes: Iterable[Node], most: int) -> list[str] | None:
    """Return the characters below each of some nodes; None where more than `most` nodes are there in all.

    Nodes that stand in each other are each looked through: a thousand of them hold a million.
    """
    found: list[str] = []
    for node in nodes:
        waiting = [node.first_child]
        said: list[str] = []
        while waiting:
            below = waiting.pop()
            if below is None:
                continue
            most -= 1
            if most < 0:
                return None
            waiting.append(below.next)
            if below.tag == "-text":
                said.append(below.text_content or "")
            elif below.tag not in UNSEEN:
                waiting.append(below.first_child)
        found.append("".join(said))
    return found


def all_text(node: Node) -> str:
    """Return all characters below a node, those of scripts and styles too: at once, without a walk."""
    return node.text(deep=True)


def line_of(node: Node) -> str:
    """Return the characters below a node as `text_of` does, a blank where a browser breaks the line."""
    found: list[str] = []
    waiting: list[Node | str | None] = [node.first_child]
    while waiting:
        below = waiting.pop()
        if below is None or isinstance(below, str):
            found.append(below or "")
            continue
        waiting.append(below.next)
        if below.tag == "-text":
            found.append(below.text_content or "")
        elif below.tag not in UNSEEN:
            breaks = " " if below.tag in _BREAKING else ""
            found.append(breaks)
            waiting += (breaks, below.first_child)
    return "".join(found)
