"""Walks over the tree of blocks: what it names, and the same tree with pictures or addresses changed."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from scraper.blocks import (
    Anchor,
    Break,
    Code,
    CodeSpan,
    Emphasis,
    Figure,
    Heading,
    Listing,
    Media,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Strong,
    Struck,
    Table,
    Text,
)
from scraper.text import visible_text
from scraper.urls import Url
from scraper.values import replace
from scraper.writer.normalize import hold_picture, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scraper.blocks import Block, Cell, Inline

Runs: TypeAlias = "tuple[Inline, ...]"

MEDIA_NAMES: Final = {"video": "视频", "audio": "音频", "flash": "Flash 动画", "embed": "嵌入内容"}
GONE: Final = "图（已不存在）"


def framed(figure: Figure) -> Inline:
    """Return the picture of a figure, within its link where it has one that leads further than itself."""
    shown = Picture(src=figure.src, alt=figure.alt)
    if figure.href is None or figure.href == figure.src:
        return shown
    return Anchor(href=figure.href, children=(shown,))


def named(media: Media) -> Anchor:
    """Return a medium as a link that says what it is."""
    name = MEDIA_NAMES[media.kind] + (f"：{media.title}" if media.title else "")
    return Anchor(href=media.src, children=(Text(text=name),))


def text_of(block: Block) -> str:
    """Return the text of a block, as far as a reader sees it."""
    match block:
        case Paragraph(children=(Text(text=text),)):  # as most are
            return text
        case _:
            return "".join(map(plain, _runs((block,))))


def figures(blocks: Iterable[Block]) -> Iterator[Figure]:
    """Yield every picture in page order, with the link around it where there is one."""
    for block in blocks:  # `match` takes long to tell that a block is of another kind
        if type(block) is Paragraph:
            yield from _figures(block.children)
        elif type(block) is Figure:
            yield block
            yield from _figures(block.caption)
        else:
            for runs in _runs((block,)):
                yield from _figures(runs)


def hrefs(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield every address that can be followed, media and links alike."""
    for runs in _runs(blocks):
        yield from _hrefs(runs)


def without_pictures(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return the tree without its pictures; captions stay where they stood, as paragraphs."""
    saying = [block for block in blocks if type(block) is not Figure or block.caption]
    return tuple(_changed(saying, _without_pictures))


def relinked(blocks: Iterable[Block], assets: Mapping[str, str | None]) -> tuple[Block, ...]:
    """Return the tree with the addresses that `assets` holds replaced.

    A picture whose own is None is gone: words that say so stand in its place and link to where it was.
    """
    return tuple(_changed(blocks, lambda runs: _relinked(runs, assets)) if assets else blocks)


def without_media(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks but for video, audio and the like: no word that the page does not show."""
    for block in blocks:
        match block:
            case Media():
                continue
            case Quote():
                yield Quote(blocks=tuple(without_media(block.blocks)))
            case Listing():
                yield replace(block, items=tuple(tuple(without_media(item)) for item in block.items))
            case _:
                yield block


def _runs(blocks: Iterable[Block]) -> Iterator[Runs]:
    """Yield the runs of text of every block, nested ones too, in page order."""
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                yield block.children
            case Quote():
                yield from _runs(block.blocks)
            case Listing():
                yield from _runs(chain.from_iterable(block.items))
            case Table():
                yield from (cell.children for cell in chain.from_iterable(block.rows))
            case Figure():
                yield from ((framed(block),), block.caption)
            case Media():
                yield (named(block),)
            case Code():
                yield (Text(text=block.text),)
            case Rule():
                pass
            case _:
                assert_never(block)


def _figures(runs: Runs, href: str | None = None) -> list[Figure]:
    found: list[Figure] = []
    for run in runs:
        if type(run) is Text:  # as most are
            continue
        match run:
            case Picture():
                found.append(Figure(src=run.src, alt=run.alt, href=href))
            case Anchor():
                found += _figures(run.children, run.href)
            case Strong() | Emphasis() | Struck():
                found += _figures(run.children, href)
            case Text() | Break() | CodeSpan():
                pass
            case _:
                assert_never(run)
    return found


def _hrefs(runs: Runs) -> Iterator[str]:
    for run in runs:
        if isinstance(run, Anchor):
            yield run.href
        if isinstance(run, Strong | Emphasis | Struck | Anchor):
            yield from _hrefs(run.children)


def _changed(blocks: Iterable[Block], change: Callable[[Runs], Runs]) -> Iterator[Block]:
    """Yield the blocks, every run of text in them changed; figures and media become paragraphs.

    What is left with nothing to say is dropped.
    """
    for block in blocks:
        match block:
            case Paragraph(children=(Text(),)):  # as most are
                yield block
            case Paragraph() | Heading():
                children = change(block.children)
                yield block if children is block.children else replace(block, children=children)
            case Quote():
                yield Quote(blocks=tuple(_changed(block.blocks, change)))
            case Listing():
                yield replace(block, items=tuple(tuple(_changed(item, change)) for item in block.items))
            case Table():
                yield Table(rows=tuple(tuple(_changed_cells(row, change)) for row in block.rows))
            case Figure():
                yield from map(_paragraph, filter(None, map(change, ((framed(block),), block.caption))))
            case Media():
                yield Paragraph(children=change((named(block),)))
            case Code() | Rule():
                yield block
            case _:
                assert_never(block)


def _paragraph(runs: Runs) -> Paragraph:
    return Paragraph(children=runs)


def _changed_cells(row: Iterable[Cell], change: Callable[[Runs], Runs]) -> Iterator[Cell]:
    return (replace(cell, children=change(cell.children)) for cell in row)


def _without_pictures(runs: Runs) -> Runs:
    if not hold_picture(runs):
        return runs
    kept: list[Inline] = []
    for run in runs:
        match run:
            case Text() | CodeSpan() | Break():
                kept.append(run)
            case Picture():
                pass
            case Strong() | Emphasis() | Struck() | Anchor():
                children = _without_pictures(run.children)
                if children == run.children or visible_text(plain(children)):
                    kept.append(replace(run, children=children))
            case _:
                assert_never(run)
    return tuple(kept)


def _relinked(runs: Runs, assets: Mapping[str, str | None], *, linked: bool = False) -> Runs:
    changed: list[Inline] = []
    for run in runs:
        match run:
            case Text() | CodeSpan() | Break():
                changed.append(run)
            case Picture():
                changed.append(_kept_picture(run, assets, linked=linked))
            case Anchor():
                children = _relinked(run.children, assets, linked=True)
                changed.append(Anchor(href=assets.get(run.href) or run.href, children=children))
            case Strong() | Emphasis() | Struck():
                changed.append(replace(run, children=_relinked(run.children, assets, linked=linked)))
            case _:
                assert_never(run)
    return tuple(changed)


def _kept_picture(picture: Picture, assets: Mapping[str, str | None], *, linked: bool) -> Inline:
    address = assets.get(picture.src, picture.src)
    if address is not None:
        return Picture(src=Url(address), alt=picture.alt)
    words = Text(text=GONE)
    return words if linked else Anchor(href=picture.src, children=(words,))
