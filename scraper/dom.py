"""HTML as a tree: the one module that knows selectolax.

Does not decode bytes (`extractor.decode` does) and does not know what a page means. The parser is quadratic
in the depth of a tree and in the attributes of one element, and one `<p>` after another repeats every
formatting element left open before: a page of 40 kB can ask for gigabytes. `parse` counts first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from scraper.errors import NotAnArticle

if TYPE_CHECKING:
    from collections.abc import Iterator

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

_FEW_TAGS = 1_500  # so few cannot make a tree that is dear
_FEW_CHARACTERS = 30_000  # so few cannot hold attributes enough to be dear
_MOST_TAGS = 500_000  # of one page
_MOST_WORK = 40_000_000  # depth times tags: about a tenth of a second
_MOST_COPIES = 300_000  # open formatting elements times tags: the nodes that the parser might add
_MOST_ATTRIBUTES = 512  # of one element; the richest of 7,155 real pages has some dozens
_LONG_TAG = 1_024  # characters, below which no tag holds that many attributes

_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*)((?:[^>=]+|=\s*+(?:"[^"]*"|'[^']*'|[^\s"'>][^\s>]*+)?)*+)""")
_SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""[^\s"'/=>]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?""")
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr")
_SELF_CLOSING = ("p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option")  # by the next
_NO_CONTENT = frozenset([*_VOID, *_SELF_CLOSING, "html", "body", "head"])


def parse(text: str) -> Node:
    """Return the root element of a page. Raises `NotAnArticle` for a page that is too tangled to be read."""
    tags = text.count("<")
    if tags > _FEW_TAGS or len(text) > _FEW_CHARACTERS:
        text = _untangled(text, tags)
    root = LexborHTMLParser(text).root
    if root is None:
        msg = "the page has no element"
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


def _untangled(text: str, most: int) -> str:
    """Return the page if it can be read, else without what its scripts say, which may only look like tags.

    What is counted is what will be parsed. Raises `NotAnArticle` where that would still be dear.
    """
    try:
        _refuse_tangles(text, most)
    except NotAnArticle:
        bare = "".join(_without_scripts(text))
        if len(bare) == len(text):
            raise
        _refuse_tangles(bare, bare.count("<"))
        return bare
    return text


def _without_scripts(text: str) -> Iterator[str]:
    """Yield a page piece by piece, without what stands in its scripts; their tags stay."""
    kept_to = 0
    while (begin := _SCRIPT.search(text, kept_to)) is not None:
        end = _SCRIPT_END.search(text, begin.end())
        if end is None:
            break
        yield text[kept_to : begin.end()]
        kept_to = end.start()
    yield text[kept_to:]


def _refuse_tangles(text: str, most: int) -> None:
    """Raise `NotAnArticle` where the tree would be dear: an upper bound, counted in one pass."""
    if most > _MOST_TAGS:
        msg = f"too tangled to be read: more than {_MOST_TAGS} tags"
        raise NotAnArticle(msg)
    tags, deepest, left_open = _measure(text)
    if deepest * tags > _MOST_WORK or left_open * tags > _MOST_COPIES:
        msg = f"too tangled to be read: {tags} tags, {deepest} deep, {left_open} left open"
        raise NotAnArticle(msg)


def _measure(text: str) -> tuple[int, int, int]:
    """Return the number of tags, the deepest nesting there can be, and that of formatting elements alone."""
    tags = depth = formatting = deepest = most_formatting = 0
    opened: dict[str, int] = {}
    for match in _TAG.finditer(text):
        tags += 1
        closing, name = match[1], match[2].lower()
        if match.end() - match.start() > _LONG_TAG:
            _refuse_attributes(name, match[3])
        if name in _NO_CONTENT or (closing and not opened.get(name)):
            continue
        step = -1 if closing else 1
        opened[name] = opened.get(name, 0) + step
        depth += step
        deepest = max(deepest, depth)
        if name in _FORMATTING:
            formatting += step
            most_formatting = max(most_formatting, formatting)
    return tags, deepest, most_formatting


def _refuse_attributes(name: str, rest: str) -> None:
    if len(_ATTRIBUTE.findall(rest)) > _MOST_ATTRIBUTES:
        msg = f"too tangled to be read: a <{name}> with more than {_MOST_ATTRIBUTES} attributes"
        raise NotAnArticle(msg)
