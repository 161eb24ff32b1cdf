"""Soup of random tags: whatever the markup, all that is seen is told, and no block is malformed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from article_cases import read_body

from scraper import dom
from scraper.blocks import (
    Anchor,
    Block,
    Break,
    Cell,
    Emphasis,
    Figure,
    Heading,
    Inline,
    Listing,
    Paragraph,
    Picture,
    Quote,
    Strong,
    Struck,
    Table,
    Text,
)
from scraper.extractor import witness
from scraper.extractor.raw_body import RawBody
from scraper.extractor.tables import flat
from scraper.urls import Url, joining
from scraper.writer import render
from scraper.writer.loss import Missing, missing

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = Missing(text=(), images=(), links=())
TAGS = [
    "p",
    "div",
    "span",
    "b",
    "strong",
    "i",
    "em",
    "a",
    "a",
    "a",
    "table",
    "tr",
    "td",
    "td",
    "th",
    "ul",
    "ol",
    "li",
    "h2",
    "blockquote",
    "pre",
    "center",
    "font",
    "u",
    "sup",
    "figure",
    "figcaption",
    "img",
    "img",
    "br",
    "br",
    "hr",
    "video",
    "embed",
    "object",
    "iframe",
    "script",
    "style",
    "dl",
    "dt",
    "dd",
    "section",
    "caption",
    "o:p",
    "tbody",
    "form",
    "select",
    "option",
    "svg",
    "math",
    "noscript",
    "button",
    "label",
    "ruby",
    "rt",
    "details",
    "summary",
]
WORDS = [
    *(
        "橙园",
        "，",
        "。",
        " ",
        "\n",
        "　　",
        "&nbsp;",
        "&nbsp;&nbsp;&nbsp;&nbsp;",
        "abc",
        "\u200b",
        "&amp;",
        "\t",
    ),
    *("&lt;b&gt;", "1.", "★", "<!--注-->"),
]
ATTRIBUTES = {
    "a": ["href=/x", 'href="http://a.example/b c"', 'href="javascript:x"', "name=z", "href=/y"],
    "img": ["src=/a.jpg", 'src=""', 'src="data:x"', 'src=/b.jpg alt="图 "'],
    "video": ["src=/v.mp4", ""],
    "embed": ["src=/a.swf", 'src=""'],
    "td": ["colspan=2", "rowspan=3", "", ""],
}


def soup(seed: int) -> str:
    """Return some hundred tags and words, most of them closed, some by strangers, some hidden."""
    chance, parts, opened = random.Random(seed), list[str](), list[str]()  # noqa: S311 - no secret
    for _ in range(chance.randrange(5, 120)):
        what = chance.random()
        if what < 0.45:
            parts.append(chance.choice(WORDS))
        elif what < 0.8:
            opened.append(chance.choice(TAGS))
            hidden = ' style="display:none"' if chance.random() < 0.04 else ""
            parts.append(f"<{opened[-1]} {chance.choice(ATTRIBUTES.get(opened[-1], ['']))}{hidden}>")
        elif opened:
            at = chance.randrange(len(opened)) if chance.random() < 0.3 else -1
            parts.append(f"</{opened.pop(at)}>")
    return "".join(parts)


@pytest.mark.parametrize("start", range(0, 1_000, 100))
def test_all_that_a_soup_shows_is_told(start: int) -> None:
    """The witness finds nothing that its Markdown loses; the rest is what `blocks` promises of each kind."""
    for seed in range(start, start + 100):
        article = read_body(soup(seed))
        markdown = render(article.body)
        assert missing(article.shown, markdown, (*article.media, *article.attachments)) == NOTHING, seed
        for block in flat(article.body):
            check_block(block)


@pytest.mark.parametrize("start", range(0, 400, 100))
def test_what_the_witness_sees_at_once_is_what_it_sees_on_a_walk(start: int) -> None:
    nobody = witness.Told(images=(), links=(), others=())
    join = joining(Url("http://www.nankai.edu.cn/a/b.htm"))
    for seed in range(start, start + 100):
        (root,) = dom.select(dom.parse(soup(seed)), "body")
        at_once = witness.testify([RawBody(root)], join, nobody, {}, {})
        walked = witness.testify([RawBody(root)], join, nobody, {0: "of no element: but now it walks"}, {})
        assert at_once == walked, f"seed {seed}"


def check_block(block: Block) -> None:
    match block:
        case Paragraph() | Heading():
            check_line(block.children)
            shown = "".join(characters(block.children))
            assert shown
            assert shown == shown.strip() or (isinstance(block, Paragraph) and block.preformatted)
        case Figure(caption=line):
            check_line(line)
        case Listing(items=items):
            assert items
            assert all(items)
        case Quote(blocks=blocks):
            assert blocks
        case Table(rows=rows):
            assert rows
            assert all(rows)
            for cell in (cell for row in rows for cell in row):
                check_cell(cell)
        case _:
            pass


def check_cell(cell: Cell) -> None:
    check_line(cell.children)
    assert cell.colspan >= 1
    assert cell.rowspan >= 1


def check_line(line: tuple[Inline, ...], within: tuple[type, ...] = ()) -> None:
    """No run is empty, within its like, beside its like, or blank at its edges; no text follows a text."""
    for before, inline in zip((None, *line), line, strict=False):
        assert not isinstance(inline, Text) or inline.text
        assert not (isinstance(before, Text) and isinstance(inline, Text))
        if isinstance(inline, Strong | Emphasis | Struck | Anchor):
            assert inline.children
            assert type(inline) not in within
            assert type(inline) is Anchor or type(before) is not type(inline)
            shown = "".join(characters(inline.children))
            assert shown == shown.strip()
            check_line(inline.children, (*within, type(inline)))


def characters(line: tuple[Inline, ...]) -> Iterator[str]:
    for inline in line:
        match inline:
            case Text(text=text):
                yield text
            case Break():
                yield "\n"
            case Picture():
                yield "▣"
            case Strong() | Emphasis() | Struck() | Anchor():
                children = inline.children
                yield from characters(children)
