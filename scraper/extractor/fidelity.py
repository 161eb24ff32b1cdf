"""What a body shows, read a second time by a walk that knows nothing of blocks; and what the blocks lost.

The cheap half of the proof that a document says what its page said. The dear half, the rendered Markdown
against the page, is the writer's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from scraper import dom, text
from scraper.blocks import (
    Anchor,
    Block,
    Break,
    Code,
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
    Table,
    Text,
)
from scraper.errors import LostText
from scraper.extractor.body import LEFT_OUT
from scraper.extractor.embeds import TAGS
from scraper.model import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.extractor.addresses import Addresses
    from scraper.urls import Url

_NOT_SHOWN = LEFT_OUT | TAGS
_AROUND = 12  # characters named on each side of the place where two texts part


@dataclass(slots=True)
class _Told:
    """What was met so far."""

    texts: list[str] = field(default_factory=list)
    images: list[Url] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def shown(self) -> Shown:
        return Shown(
            text=text.visible_text("".join(self.texts)), images=tuple(self.images), links=tuple(self.links)
        )


@dataclass(slots=True)
class _Link:
    """A link that is open; it is one if it shows anything of its own."""

    href: str
    shows: bool = False


def shown_by(roots: Iterable[dom.Node], addresses: Addresses, left_out: frozenset[int]) -> Shown:
    """Return the characters, pictures and links that the containers show, in page order."""
    told = _Told()
    for root in roots:
        _look(root, addresses, left_out, told)
    return told.shown()


def _look(root: dom.Node, addresses: Addresses, left_out: frozenset[int], told: _Told) -> None:
    waiting: list[dom.Node | _Link] = [root]
    links: list[_Link] = []  # those open, outermost first
    while waiting:
        node = waiting.pop()
        if isinstance(node, _Link):
            told.links.extend([node.href] if links.pop().shows else [])
            continue
        if node is not root:
            if (following := node.next) is not None:
                waiting.append(following)
            if left_out and node.mem_id in left_out:
                continue
        tag = node.tag
        if tag == "-text":
            _note(node.text_content or "", links, told)
        elif tag not in _NOT_SHOWN:
            if tag in {"img", "a"}:
                waiting.extend(_meet(node, addresses, links, told))
            if (child := node.first_child) is not None:
                waiting.append(child)


def _note(characters: str, links: list[_Link], told: _Told) -> None:
    told.texts.append(characters)
    if links and not links[-1].shows:
        links[-1].shows = bool(text.visible_text(characters))


def _meet(node: dom.Node, addresses: Addresses, links: list[_Link], told: _Told) -> list[_Link]:
    """Note a picture; open a link that can be followed, and return it as what is to be closed after it."""
    attributes = node.attributes
    if node.tag == "img":
        src = addresses.picture(attributes)
        if src is not None:
            told.images.append(src)
            for link in links[-1:]:
                link.shows = True
        return []
    href = addresses.link(attributes.get("href"))
    links.extend([_Link(href)] if href is not None else [])
    return links[-1:] if href is not None else []


def told_by(blocks: Iterable[Block]) -> Shown:
    """Return the characters, pictures and links that blocks tell, in order."""
    told = _Told()
    for block in blocks:
        _tell(block, told)
    return told.shown()


def _tell(block: Block, told: _Told) -> None:  # noqa: C901, PLR0912 - one arm a kind of block, told apart for mypy
    match block:
        case Paragraph() | Heading():
            _tell_inlines(block.children, told)
        case Figure():
            told.images.append(block.src)
            told.links.extend([block.href] if block.href else [])
            _tell_inlines(block.caption, told)
        case Table():
            for row in block.rows:
                for cell in row:
                    _tell_inlines(cell.children, told)
        case Listing():
            for item in block.items:
                for inner in item:
                    _tell(inner, told)
        case Quote():
            for inner in block.blocks:
                _tell(inner, told)
        case Code():
            told.texts.append(block.text)
        case Media() | Rule():
            pass
        case _:
            assert_never(block)


def _tell_inlines(inlines: Iterable[Inline], told: _Told) -> None:
    for inline in inlines:
        match inline:
            case Text():
                told.texts.append(inline.text)
            case Picture():
                told.images.append(inline.src)
            case Anchor():
                told.links.append(inline.href)
                _tell_inlines(inline.children, told)
            case Strong() | Emphasis():
                _tell_inlines(inline.children, told)
            case Break():
                pass
            case _:
                assert_never(inline)


def check(shown: Shown, told: Shown, url: Url) -> None:
    """Raise `LostText` where the blocks tell less than the page shows, or something else.

    The same in another order is no loss: a caption between the rows of its table is told after it.
    """
    if told.text != shown.text and Counter(told.text) != Counter(shown.text):
        at = _parting(shown.text, told.text)
        page, ours = (side.text[max(0, at - _AROUND) : at + _AROUND] for side in (shown, told))
        msg = (
            f"the blocks tell {len(told.text)} of {len(shown.text)} characters: {url}: "
            f"they part at {at}, the page {page!r}, the blocks {ours!r}"
        )
        raise LostText(msg)
    if told.images != shown.images and Counter(told.images) != Counter(shown.images):
        msg = f"the blocks tell {len(told.images)} of {len(shown.images)} pictures: {url}"
        raise LostText(msg)
    lost = Counter(shown.links) - Counter(told.links)  # a link around two paragraphs is one, and told twice
    if lost or set(told.links) - set(shown.links):
        msg = f"the blocks tell {len(shown.links) - lost.total()} of {len(shown.links)} links: {url}"
        raise LostText(msg)


def _parting(one: str, other: str) -> int:
    """Return the place of the first difference."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
