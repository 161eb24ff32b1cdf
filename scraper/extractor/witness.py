"""What a body shows, read a second time by a walk that knows nothing of blocks; and what the blocks lost.

The cheap half of the proof that a document says what its page said. The dear half, the rendered Markdown
against the page, is the writer's.
"""

from __future__ import annotations

from itertools import groupby
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
from scraper.extractor.body import LEFT_OUT, is_hidden
from scraper.extractor.embeds import TAGS
from scraper.model import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.extractor.addresses import Addresses
    from scraper.model import Url

_AROUND = 12  # characters shown on each side of the place where two texts part


def shown_by(containers: Iterable[dom.Node], addresses: Addresses, dropped: frozenset[int]) -> Shown:
    """Return the characters, pictures and links that the containers show, in page order."""
    texts: list[str] = []
    images: list[Url] = []
    links: list[str] = []
    for container in containers:
        _look(container, addresses, dropped, (texts, images, links))
    return Shown(text=text.visible_text("".join(texts)), images=tuple(images), links=tuple(links))


def _look(
    container: dom.Node,
    addresses: Addresses,
    dropped: frozenset[int],
    into: tuple[list[str], list[Url], list[str]],
) -> None:
    texts, images, links = into
    waiting: list[dom.Node | tuple[str, int]] = [container]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):  # the end of a link: it was one if it showed anything
            href, before = node
            if len(images) + len(texts) > before:
                links.append(href)
            continue
        tag = node.tag or ""
        if tag == "-text":
            characters = node.text_content or ""
            if not characters.isspace() and text.visible_text(characters):
                texts.append(characters)
            continue
        if tag in LEFT_OUT or tag in TAGS or (dropped and node.mem_id in dropped):
            continue
        if node is not container and is_hidden(node):
            continue
        if tag == "img":
            src = addresses.picture(node.attributes)
            images.extend([src] if src else [])
        elif tag == "a":
            href = addresses.link(node.attributes.get("href"))
            waiting.extend([(href, len(images) + len(texts))] if href else [])
        waiting.extend(reversed(dom.children(node)))


def told_by(blocks: Iterable[Block]) -> Shown:
    """Return the characters, pictures and links that blocks tell, in order."""
    texts: list[str] = []
    images: list[Url] = []
    links: list[str] = []
    for block in blocks:
        _tell(block, (texts, images, links))
    return Shown(text=text.visible_text("".join(texts)), images=tuple(images), links=tuple(links))


def _tell(block: Block, into: tuple[list[str], list[Url], list[str]]) -> None:
    match block:
        case Paragraph() | Heading():
            _tell_inlines(block.children, into)
        case Figure():
            into[1].append(block.src)
            into[2].extend([block.href] if block.href else [])
            _tell_inlines(block.caption, into)
        case Table():
            for row in block.rows:
                for cell in row:
                    _tell_inlines(cell.children, into)
        case Listing():
            for item in block.items:
                for inner in item:
                    _tell(inner, into)
        case Quote():
            for inner in block.blocks:
                _tell(inner, into)
        case Code():
            into[0].append(block.text)
        case Media() | Rule():
            pass
        case _:
            assert_never(block)


def _tell_inlines(inlines: Iterable[Inline], into: tuple[list[str], list[Url], list[str]]) -> None:
    for inline in inlines:
        match inline:
            case Text():
                into[0].append(inline.text)
            case Picture():
                into[1].append(inline.src)
            case Anchor():
                into[2].append(inline.href)
                _tell_inlines(inline.children, into)
            case Strong() | Emphasis():
                _tell_inlines(inline.children, into)
            case Break():
                pass
            case _:
                assert_never(inline)


def check(shown: Shown, told: Shown, url: Url) -> None:
    """Raise `LostText` where the blocks tell less than the page shows."""
    if told.text != shown.text:
        at = next(
            (at for at, (a, b) in enumerate(zip(shown.text, told.text, strict=False)) if a != b),
            min(len(shown.text), len(told.text)),
        )
        page, ours = (side.text[max(0, at - _AROUND) : at + _AROUND] for side in (shown, told))
        msg = (
            f"the blocks tell {len(told.text)} of {len(shown.text)} characters: {url}: "
            f"they part at {at}, the page {page!r}, the blocks {ours!r}"
        )
        raise LostText(msg)
    if told.images != shown.images:
        msg = f"the blocks tell {len(told.images)} of {len(shown.images)} pictures: {url}"
        raise LostText(msg)
    if _once(told.links) != _once(shown.links):
        msg = f"the blocks tell {len(told.links)} of {len(shown.links)} links: {url}"
        raise LostText(msg)


def _once(links: Iterable[str]) -> list[str]:
    """Return links with runs of one address as one: a link around two paragraphs is one on the page."""
    return [link for link, _ in groupby(links)]
