"""The real pages of ../shared: nothing of any article is lost, in any reader; the seeds come out again."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import hexo_renders, hugo_renders
from markdown_it import MarkdownIt
from seen import difference, said_by, seen_in
from writer_samples import BEIJING, CAPTURED, SITE

from scraper import extractor, urls, writer
from scraper.blocks import Figure, Paragraph, Strong, Text
from scraper.errors import ExtractError
from scraper.model import Article, Capture, Loss, Shown, Site
from scraper.text import visible_text
from scraper.urls import Url
from scraper.writer.loss import missing, read_back

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
PAGES = SHARED / "pages"
SEEDS = SHARED / "seeds"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PAGES.is_dir() or not SEEDS.is_dir(), reason="../shared is not here"),
]


@cache
def articles() -> tuple[Article, ...]:
    """Return every article that the extractor reads off the real pages."""
    return tuple(_articles())


def _articles() -> Iterator[Article]:
    for line in (PAGES / "manifest.jsonl").read_text("utf-8").splitlines():
        page = json.loads(line)
        url = urls.parse(page["url"])
        assert url is not None
        header = (b"Content-Type", page["content_type"].encode())
        body = (PAGES / page["file"]).read_bytes()
        capture = Capture(
            url=url, final_url=url, fetched_at=CAPTURED, status=200, reason="OK", headers=(header,), body=body
        )
        try:
            yield extractor.extract(capture, SITE)
        except ExtractError:
            continue  # lists, error pages, layouts that nobody knows: the extractor's tests name them


def test_there_are_articles_to_judge_by() -> None:
    assert len(articles()) > 300


def test_nothing_of_any_real_article_is_lost() -> None:
    lossy = {}
    for article in articles():
        markdown = writer.render(article.body)
        if writer.loss_of(article.shown, markdown) != Loss():
            lossy[article.url] = missing(article.shown, markdown)
    assert lossy == {}


def test_nothing_is_added_to_any_real_article() -> None:
    """The words of a page without players, files and signs are, in order, those of its document."""
    plain = [article for article in articles() if not (article.media or article.attachments)]
    plain = [
        article for article in plain if not {"symbol", "formula"} & {one.what for one in article.left_out}
    ]
    assert [
        article.url
        for article in plain
        if _plain(read_back(writer.render(article.body)).text) != _plain(visible_text(article.shown.text))
    ] == []


def _plain(text: str) -> str:
    """Return a text with its small digits as any others."""
    return unicodedata.normalize("NFKC", text)


def test_readers_of_markdown_agree_on_every_real_article(tmp_path: Path) -> None:
    """Characters, bold runs, pictures, links, tables cell by cell: markdown-it, Hexo and Hugo."""
    markdowns = [writer.render(article.body) for article in articles()]
    (tmp_path / "hexo").mkdir()
    (tmp_path / "hugo").mkdir()
    commonmark = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    shown_by = {
        "markdown-it": [commonmark.render(markdown) for markdown in markdowns],
        "hexo": hexo_renders(markdowns, tmp_path / "hexo"),
        "hugo": hugo_renders(markdowns, tmp_path / "hugo"),
    }
    told = [
        (reader, article.url, different)
        for reader, pages in shown_by.items()
        for article, page in zip(articles(), pages, strict=True)
        if (different := difference(said_by(article.body), seen_in(page)))
    ]
    assert told == []


# ── the seeds ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A seed document taken apart: its lines, and what its article must have been."""

    lines: list[str]
    site: Site
    article: Article
    captured: datetime


def _seed(name: str, layout: str) -> Seed:
    text = (SEEDS / name).read_text("utf-8")
    body = text.partition("\n---\n")[2].replace("\n<!--more-->\n", "")
    parts = body.split("\n\n")
    [identity] = re.findall(r"\[转入文章首发地址\]\((.*)\)$", body)
    [title] = re.findall(r"^title: 南开大学->(.*) \| nankai\.info$", text, re.MULTILINE)
    [moment] = re.findall(r"^date: (.*)$", text, re.MULTILINE)
    pictures = [Url(src) for src in reversed(re.findall(r"!\[图\]\((.*?)\)", body))]
    runs = [part for part in parts if not part.startswith(("![", "[转入"))]
    return Seed(
        lines=text.split("\n"),
        site=Site(
            name="nankai",
            title="南开大学",
            archive_name="nankai.info",
            home=Url("http://news.nankai.edu.cn/"),
            timezone=BEIJING,
            tags=("南开大学",),
            categories=("nankai.info", "南开大学"),
            layout="hugo" if layout == "hugo" else "hexo",
            date="captured",
        ),
        article=Article(
            url=Url(identity),
            title=title,
            published=CAPTURED,
            published_from="page",
            family="ecms",
            layout="g3-text",
            body=(*map(_paragraph, runs), *(Figure(src=src) for src in pictures)),
            shown=Shown(),
            images=tuple(pictures),
        ),
        captured=datetime.fromisoformat(moment).replace(tzinfo=BEIJING),
    )


def _paragraph(markdown: str) -> Paragraph:
    """Return a paragraph of a seed, indented as the page has it; only its first run is ever bold."""
    bold, _, rest = (
        markdown.removeprefix("**").partition("**") if markdown.startswith("**") else ("", "", markdown)
    )
    indent = Text(text="\u3000\u3000")
    runs = (Strong(children=(Text(text=bold),)),) if bold else ()
    return Paragraph(children=(indent, *runs, Text(text=rest)))


def _written(seed: Seed) -> list[str]:
    return writer.write(
        seed.article, seed.site, identity=seed.article.url, captured=seed.captured
    ).text.split("\n")


def test_the_hexo_seed_comes_out_again() -> None:
    """Line by line, but for the order of its pictures, which the contract turns around."""
    seed = _seed("hexo-2020.md", "hexo")
    pictures = [line for line in seed.lines if line.startswith("![")]
    turned = iter(reversed(pictures))
    assert _written(seed) == [next(turned) if line in pictures else line for line in seed.lines]


def test_the_hugo_seed_comes_out_again() -> None:
    """Line by line, but for its two defects and the fractions of a second, as the contract says."""
    seed = _seed("hugo-2021.md", "hugo")
    expected = "\n".join(seed.lines).replace(".536139\n", "\n")
    before, _, after = expected.partition(
        "\n<!--more-->\n"
    )  # within a sentence: it belongs behind its paragraph
    rest, _, others = after.partition("\n\n")
    text, _, _ = others.partition("\n\n![")
    pictures = [f"![图]({src})" for src in seed.article.images]
    assert "\n".join(_written(seed)) == "\n\n".join(
        (before + rest, "<!--more-->", text, *pictures, seed.lines[-1])
    )
