"""What the tests of the extractor share: its case folders, and articles as the case files write them.

A case is a folder: `page.html` as the server sent it, `about.json` (url, content_type), `expected.json`. A
new one is recorded by `python tests/article_cases.py FOLDER…`, which writes `expected.json` as the extractor
reads the page today; what it wrote is then read by a person, and kept only where it is right.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from listing_cases import capture, site, url

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
from scraper.extractor import extract
from scraper.model import Article, Capture, Selectors, Site

if TYPE_CHECKING:
    from collections.abc import Iterable

CASES = Path(__file__).parent / "cases"
HOST = "http://news.qingcheng.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCase:
    """One case folder."""

    folder: Path

    @property
    def capture(self) -> Capture:
        """Return the page as the server sent it."""
        about = json.loads((self.folder / "about.json").read_text(encoding="utf-8"))
        return capture(about["url"], (self.folder / "page.html").read_bytes(), about["content_type"])

    @property
    def expected(self) -> dict[str, Any]:
        """Return what the page says."""
        told: dict[str, Any] = json.loads((self.folder / "expected.json").read_text(encoding="utf-8"))
        return told


def article_cases(family: str) -> list[ArticleCase]:
    """Return the case folders of a family, by name."""
    return [ArticleCase(folder=folder) for folder in sorted((CASES / family).iterdir())]


def read_body(body: str, *, address: str = f"{HOST}/article.html") -> Article:
    """Return the article that a page with nothing but a title and this body holds."""
    page = f'<html><body><h1>题目</h1><i class="date">2021-03-12</i><div id="body">{body}</div></body></html>'
    return extract(capture(address, page), bare_site())


def bare_site(**selectors: str) -> Site:
    """Return a site of no family, read by selectors alone."""
    return site(selectors=Selectors(**({"body": "#body", "date": ".date"} | selectors)))


def blocks_of(body: str) -> list[Any]:
    """Return the blocks of a body as the case files write them."""
    return [as_json(block) for block in read_body(body).body]


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


def _record(folders: Iterable[str]) -> None:
    for folder in folders:
        case = ArticleCase(folder=Path(folder))
        article = extract(case.capture, site(f"{url(HOST)}", family=case.folder.parent.name))
        told = json.dumps(as_expected(article), ensure_ascii=False, indent=1)
        (case.folder / "expected.json").write_text(f"{told}\n", encoding="utf-8")


if __name__ == "__main__":
    _record(sys.argv[1:])
