"""Which elements of a page hold its body: all that a layout names, the innermost and the full ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper import dom, families, text
from scraper.errors import MissingField, NotAnArticle
from scraper.messages import say
from scraper.model import LeftOut
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.extractor.layout_match import LayoutMatch
    from scraper.extractor.page import Page

_SHOWS: Final = "img, video, audio, iframe, embed, object, [pdfsrc], [sudy-wp-src], [vurl], script"
_MOST_BEHIND: Final = 80  # characters without links behind a wrapped container; more are words of the article
_MOST_WRAPPED: Final = 16  # elements of its kind within a container that are looked at; real ones hold two
_ENDLESS: Final = frozenset(["body", "html"])  # their ends may be left out
_SAMPLE: Final = 60  # characters


class Containers(Value, frozen=True, kw_only=True):
    """The elements of a body in page order, and what stands beside them in the container around them."""

    nodes: list[dom.Node]
    around: tuple[LeftOut, ...] = ()


def of(page: Page, worn: LayoutMatch, *, is_whole: bool) -> Containers:
    """Return the elements that hold the body. `is_whole`: HTTP says that nothing of the page is missing.

    Raises `MissingField` where there is none, `NotAnArticle` where the page breaks off before they end.
    """
    found = _found(page, worn)
    ended = found if worn.found is None else _around(worn.found.root)
    if not is_whole and page.breaks_off_within(ended):
        msg = say("truncated: {url}: the page breaks off, its end is missing", url=page.url)
        raise NotAnArticle(msg, what="truncated")
    if worn.found is not None:
        return Containers(nodes=found)
    if not any(map(_says_anything, found)):
        found = _full_ones(page, worn) or found
    return _unwrapped(found)


def _around(root: dom.Node) -> list[dom.Node]:
    """Return an element and all around it whose end may not be left out."""
    around = []
    here: dom.Node | None = root
    while here is not None and here.tag not in _ENDLESS:
        around.append(here)
        here = here.parent
    return around


def _found(page: Page, worn: LayoutMatch) -> list[dom.Node]:
    """Return what the layout names, outermost only; of those that only look like it the first alone."""
    if worn.found is not None:
        return [worn.found.root]
    layout = worn.layout
    found = page.all(", ".join(layout.body))
    if not found:
        msg = say(
            "no body: {url}: {join} of layout {name} select nothing",
            url=page.url,
            join=" and ".join(layout.body),
            name=layout.name,
        )
        raise MissingField(msg)
    if layout.only_first:
        return [next(filter(_says_anything, found), found[0])]
    return _outermost(found)


def _outermost(nodes: list[dom.Node]) -> list[dom.Node]:
    """Return the nodes that stand in none of the others, each once: several selectors may name one."""
    if len(nodes) == 1:
        return nodes
    chosen = {node.mem_id: node for node in nodes}
    return [node for node in chosen.values() if not any(above.mem_id in chosen for above in _above(node))]


def _above(node: dom.Node) -> Iterator[dom.Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _says_anything(node: dom.Node) -> bool:
    return any(map(text.is_seen, dom.texts(node))) or dom.first(node, _SHOWS) is not None


def _full_ones(page: Page, worn: LayoutMatch) -> list[dom.Node]:
    """Return the full containers of any layout of the family: broken tables tear the text out of others."""
    family = families.by_name(worn.family)
    selectors = dict.fromkeys(each for layout in (family.layouts if family else ()) for each in layout.body)
    if not selectors:
        return []
    return _outermost(list(filter(_says_anything, dom.select(page.root, ", ".join(selectors)))))


def _unwrapped(nodes: list[dom.Node]) -> Containers:
    """Return the innermost containers, where a component of the page wraps one in a second of its kind.

    Such a wrapper begins with what it wraps, and has little of its own behind it: files, the way to others.
    """
    inner: list[dom.Node] = []
    around: list[str] = []
    for node in nodes:
        wrapped = _wrapped(node)
        inner.append(node if wrapped is None else wrapped)
        if wrapped is not None and (behind := _behind(node, wrapped)):
            around.append(behind)
    if not around:
        return Containers(nodes=inner)
    left = LeftOut(what="surroundings", count=len(around), sample=around[0][:_SAMPLE])
    return Containers(nodes=inner, around=(left,))


def _wrapped(node: dom.Node) -> dom.Node | None:
    """Return the innermost container that a container wraps; None where it wraps none."""
    marks = _marks(node)
    if not marks:
        return None
    candidates = [each for each in dom.select(node, ", ".join(marks)) if each.mem_id != node.mem_id]
    full = [each for each in candidates[:_MOST_WRAPPED] if _says_anything(each)]
    if not full or any(text.is_seen(words) for words in _before(node, full[0])):
        return None
    innermost = full[0]
    for deeper in full[1:]:  # in the order of the page: what stands in another comes behind it
        if _stands_right_in(deeper, innermost):
            innermost = deeper
    return innermost if _is_all(node, innermost) else None


def _marks(node: dom.Node) -> list[str]:
    """Return selectors for elements of the same kind as a container: its classes, or an id like its own."""
    attributes = node.attributes
    classes = (attributes.get("class") or "").split()
    named = [f".{name}" for name in classes if name.replace("_", "").replace("-", "").isalnum()]
    own = attributes.get("id") or ""
    return [*named, *([f'[id="{own}"]'] if own and '"' not in own else [])]


def _before(node: dom.Node, inner: dom.Node) -> Iterator[str]:
    """Yield the texts of a container that stand before an element within it."""
    waiting: list[dom.Node | None] = [node.first_child]
    while waiting:
        below = waiting.pop()
        if below is None:
            continue
        if below.mem_id == inner.mem_id:
            return
        waiting.append(below.next)
        if below.tag == "-text":
            yield below.text_content or ""
        elif below.tag not in dom.UNSEEN:
            if below.tag in {"img", "video", "iframe"}:
                yield "picture"
            waiting.append(below.first_child)


def _stands_right_in(node: dom.Node, outer: dom.Node) -> bool:
    """Tell an element that begins another one and is not that one."""
    if node.mem_id == outer.mem_id or all(above.mem_id != outer.mem_id for above in _above(node)):
        return False
    return not any(text.is_seen(words) for words in _before(outer, node))


def _is_all(node: dom.Node, inner: dom.Node) -> bool:
    """Tell whether a container has no words of its own, but for links and the labels around them."""
    linked = sum(_length(dom.select(each, "a")) for each in (node,)) - _length(dom.select(inner, "a"))
    own = _length([node]) - _length([inner]) - linked
    pictures = len(dom.select(node, "img")) - len(dom.select(inner, "img"))
    return own <= _MOST_BEHIND and not pictures


def _length(nodes: Iterable[dom.Node]) -> int:
    return sum(len(text.visible_text(dom.text_of(node))) for node in nodes)


def _behind(node: dom.Node, inner: dom.Node) -> str:
    """Return the words of a container behind the element that it wraps."""
    return text.fold(dom.text_of(node)).removeprefix(text.fold(dom.text_of(inner))).strip()
