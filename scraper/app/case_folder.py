"""A page and what is read of it, as a folder of the tests: one saved page becomes one case.

page.html       as the server sent it
about.json      its address and Content-Type
expected.json   the article, as it is read today: a person reads it, and keeps it only where it is right
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, assert_never

from scraper import extractor
from scraper.app.sites import site_for
from scraper.blocks import (
    Anchor,
    Block,
    Break,
    Code,
    CodeSpan,
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
    Struck,
    Table,
    Text,
)
from scraper.errors import UsageError, WriteError
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scraper.model import Article, Capture


def record(capture: Capture, content_type: str | None, folder: Path) -> Article:
    """Write a page's case folder and return the article, read without any config.

    The page is written first: one of an unknown layout stays there, for its layout to be written. Raises
    ExtractError then, UsageError where the folder holds another page.
    """
    page = folder / "page.html"
    try:
        if page.exists() and page.read_bytes() != capture.body:
            raise UsageError(say("record: {folder}: holds another page", folder=folder))
        folder.mkdir(parents=True, exist_ok=True)
        page.write_bytes(capture.body)
        _write(folder / "about.json", {"url": capture.url, "content_type": content_type})
        article = extractor.extract(capture, site_for(capture.url, None))
        _write(folder / "expected.json", as_expected(article))
    except OSError as error:
        msg = say("record: {folder}: {strerror}", folder=folder, strerror=error.strerror)
        raise WriteError(msg) from error
    return article


def _write(file: Path, told: dict[str, Any]) -> None:
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def as_expected(article: Article) -> dict[str, Any]:
    """Return an article as the case files write it."""
    return {
        "family": article.family,
        "layout": article.layout,
        "title": article.title,
        "published": article.published.isoformat(),
        "published_from": article.published_from,
        "source": article.source,
        "editor": article.editor,
        "channel": article.channel,
        "images": list(article.images),
        "media": list(article.media),
        "attachments": list(article.attachments),
        "body": [as_json(block) for block in article.body],
    }


def as_json(block: Block) -> Any:  # noqa: ANN401, PLR0911 - one short form a kind of block
    """Return a block in short: a paragraph is the list of its inlines, a text its characters."""
    match block:
        case Paragraph():
            return {"pre" if block.preformatted else "p": _line(block.children)}
        case Heading():
            return {f"h{block.level}": _line(block.children)}
        case Figure():
            told = {"figure": block.src, "alt": block.alt, "href": block.href}
            return {key: value for key, value in told.items() if value} | (
                {"caption": _line(block.caption)} if block.caption else {}
            )
        case Media():
            return {block.kind: block.src} | ({"title": block.title} if block.title else {})
        case Listing():
            items = [[as_json(inner) for inner in item] for item in block.items]
            return {"ul": items} if block.start is None else {"ol": items, "start": block.start}
        case Quote():
            return {"quote": [as_json(inner) for inner in block.blocks]}
        case Table():
            return {"table": [[_cell(cell) for cell in row] for row in block.rows]}
        case Code():
            return {"code": block.text}
        case Rule():
            return "---"
        case _:
            assert_never(block)


def _cell(cell: Any) -> Any:  # noqa: ANN401 - the short form of a cell without spans is its line
    spans = {key: value for key in ("colspan", "rowspan") if (value := getattr(cell, key)) > 1}
    if not spans and not cell.header:
        return _line(cell.children)
    return {"cell": _line(cell.children)} | spans | ({"header": True} if cell.header else {})


def _line(inlines: Iterable[Inline]) -> list[Any]:
    return [_inline(inline) for inline in inlines]


def _inline(inline: Inline) -> Any:  # noqa: ANN401, PLR0911 - as above
    match inline:
        case Text():
            return inline.text
        case Break():
            return "<br>"
        case Picture():
            return {"img": inline.src} | ({"alt": inline.alt} if inline.alt else {})
        case Strong():
            return {"b": _line(inline.children)}
        case Emphasis():
            return {"i": _line(inline.children)}
        case Struck():
            return {"s": _line(inline.children)}
        case CodeSpan():
            return {"code": inline.text}
        case Anchor():
            return {"a": inline.href, "text": _line(inline.children)}
        case _:
            assert_never(inline)
