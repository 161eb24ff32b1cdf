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
    from scraper.model import Url

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

    def has_grown(self, texts: int, images: int) -> bool:
        """Tell whether anything that can be seen came after so many texts and pictures."""
        return len(self.images) > images or bool(text.visible_text("".join(self.texts[texts:])))


def shown_by(roots: Iterable[dom.Node], addresses: Addresses, left_out: frozenset[int]) -> Shown:
    """Return the characters, pictures and links that the containers show, in page order."""
    told = _Told()
    for root in roots:
        _look(root, addresses, left_out, told)
    return told.shown()


def _look(root: dom.Node, addresses: Addresses, left_out: frozenset[int], told: _Told) -> None:
    waiting: list[dom.Node | tuple[str, int, int]] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):  # the end of a link: it was one if it showed anything
            href, texts, images = node
            told.links.extend([href] if told.has_grown(texts, images) else [])
            continue
        if node is not root:
            if (following := node.next) is not None:
                waiting.append(following)
            if left_out and node.mem_id in left_out:
                continue
        tag = node.tag
        if tag == "-text":
            told.texts.append(node.text_content or "")
        elif tag not in _NOT_SHOWN:
            if tag in {"img", "a"}:
                waiting.extend(_met(node, addresses, told))
            if (child := node.first_child) is not None:
                waiting.append(child)


def _met(node: dom.Node, addresses: Addresses, told: _Told) -> list[tuple[str, int, int]]:
    """Note a picture; of a link that can be followed, return what is to be done at its end."""
    attributes = node.attributes
    if node.tag == "img":
        src = addresses.picture(attributes)
        told.images.extend([src] if src is not None else [])
        return []
    href = addresses.link(attributes.get("href"))
    return [(href, len(told.texts), len(told.images))] if href is not None else []


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
