"""HTML as a tree: the one module that knows selectolax.

Does not decode bytes (`charset` does) and does not know what a page means. A page that the parser would be
lost in is refused before (`tangles`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from scraper import tangles
from scraper.errors import NotAnArticle
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Told = TypeVar("Told")
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


_LAST_NUMBER: Final = 1_000  # of the tags that the parser knows; those of others are addresses in memory


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


def elements(node: Node) -> list[tuple[Node, str, dict[str, str | None]]]:
    """Return a node and all elements below it in page order, each with its tag and attributes."""
    names = _NAMES
    return [
        (below, tag, below.attributes)
        for below in node.traverse()
        if (tag := names.get(below.tag_id) or below.tag or "") != "-comment"
    ]


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


def by_number(told: Mapping[str, Told]) -> dict[int, Told]:
    """Return what is told of tags by the parser's own numbers of them: `node.tag_id` costs a third of `tag`.

    A tag that the parser does not know has another number on each page, and is left out.
    """
    page = LexborHTMLParser("<body>-<!---->")
    assert page.body is not None  # noqa: S101 - an HTML parser makes one of anything
    shown = {node.tag: node.tag_id for node in page.body.iter(include_text=True)}  # texts and comments
    numbers = {tag: shown.get(tag) or page.create_node(tag).tag_id for tag in told}
    return {numbers[tag]: each for tag, each in told.items() if numbers[tag] <= _LAST_NUMBER}


_COMMON: Final = (
    *("-comment", "a", "b", "em", "font", "i", "img", "span", "strong", "table", "tbody", "th", "u", "ul"),
    *_BREAKING,
)
_NAMES: Final = by_number({tag: tag for tag in _COMMON})

TEXT: Final[int] = next(iter(by_number({"-text": True})))
"""The number of a text."""

_UNSEEN: Final = frozenset(by_number(dict.fromkeys(UNSEEN - {"-doctype"})))
_BREAKS: Final = frozenset(by_number(dict.fromkeys(_BREAKING)))


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


def saying(node: Node, words: Iterable[str]) -> list[Node]:
    """Return the elements with a text right in them that holds any of some words, which need no quotation.

    The node itself, scripts and styles too; one that says several of the words may come several times.
    """
    return node.css(", ".join(f':lexbor-contains("{word}")' for word in words))


def is_unseen(node: Node, root: Node) -> bool:
    """Tell whether an element below `root` is, or stands in, what no browser shows."""
    here: Node | None = node
    while here is not None and here.mem_id != root.mem_id:
        if here.tag in UNSEEN:
            return True
        here = here.parent
    return False


def texts(node: Node) -> Iterator[str]:
    """Yield the texts below a node in page order, white space as it stands, without scripts and styles."""
    if node.tag_id == TEXT:
        yield node.text_content or ""
        return
    below, waiting = node.first_child, list[Node]()
    while below is not None:
        number, following = below.tag_id, below.next
        if number == TEXT:
            yield below.text_content or ""
        elif number not in _UNSEEN and (inner := below.first_child) is not None:
            if following is not None:
                waiting.append(following)
            following = inner
        below = waiting.pop() if following is None and waiting else following


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
            if below.tag_id == TEXT:
                said.append(below.text_content or "")
            elif below.tag_id not in _UNSEEN:
                waiting.append(below.first_child)
        found.append("".join(said))
    return found


def all_text(node: Node) -> str:
    """Return all characters below a node, those of scripts and styles too: at once, without a walk."""
    return node.text_lexbor()


def line_of(node: Node) -> str:
    """Return the characters below a node as `text_of` does, a blank where a browser breaks the line."""
    found: list[str] = []
    below, waiting = node.first_child, list[tuple[Node | None, str]]()  # what follows an element, and its end
    while below is not None or waiting:
        if below is None:
            below, ending = waiting.pop()
            found.append(ending)
            continue
        number, following = below.tag_id, below.next
        if number == TEXT:
            found.append(below.text_content or "")
        elif number not in _UNSEEN:
            breaks = " " if number in _BREAKS else ""
            found.append(breaks)
            waiting.append((following, breaks))
            following = below.first_child
        below = following
    return "".join(found)
