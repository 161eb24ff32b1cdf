"""Documents built by the real Hugo and the real Hexo show what their articles say."""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from builders import hexo_builds, hugo_builds
from forest import Forest
from seen import said_by, seen_in
from writer_samples import BEIJING, CAPTURED, HEXO, SITE, article, paragraph

from scraper.text import fold, visible_text
from scraper.urls import Url, urlname
from scraper.values import replace
from scraper.writer import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.model import Article, Document, Site

HUGO_DOCUMENTS = 1000
HEXO_DOCUMENTS = 200
LAST = "转入文章首发地址"
FIRST_EVENING = datetime(2003, 5, 1, 23, 59, 59, tzinfo=BEIJING)  # in UTC another day


def articles(number: int) -> Iterator[tuple[Url, Article]]:
    """Yield articles whose titles and bodies are nasty, one a week, with their identity URLs."""
    forest = Forest(random.Random(number))  # noqa: S311 -- nothing to guess
    for count in range(number):
        tree = forest.tree()
        images = tuple(said_by(tree).images)
        one = article(*tree, title=f"{forest.text()}字{forest.text()}", images=images)
        identity = Url(f"http://news.beichen.example/ywsd/{count}.shtml")
        yield identity, replace(one, published=FIRST_EVENING + timedelta(weeks=count))


def test_a_thousand_documents_survive_a_real_hugo(tmp_path: Path) -> None:
    """Title, moment, address from the slug, categories, text, pictures and summary; none is missing."""
    news = list(articles(HUGO_DOCUMENTS))
    site = replace(SITE, summary_after=30)
    documents = [_document(identity, one, site) for identity, one in news]
    pages = hugo_builds({document.path: document.text for document in documents}, tmp_path)
    for (identity, one), document in zip(news, documents, strict=True):
        page = pages[f"{urlname(identity)}/index.html"]
        _check(page, one)
        if "\n\n<!--more-->\n\n" in document.text:
            summary = seen_in(_part(page, "aside")).text
            assert len(summary) >= site.summary_after
            assert said_by(one.body).text.startswith(summary)


def test_hundreds_of_documents_survive_a_real_hexo(tmp_path: Path) -> None:
    """Title, moment, address from the urlname, categories, text and pictures; none is missing."""
    news = list(articles(HEXO_DOCUMENTS))
    documents = [_document(identity, one, HEXO) for identity, one in news]
    pages = hexo_builds({document.path: document.text for document in documents}, tmp_path)
    for identity, one in news:
        _check(pages[f"{urlname(identity)}.html"], one)


@pytest.mark.parametrize("position", ["end", "inline"])
def test_pictures_are_shown_in_either_position(position: str, tmp_path: Path) -> None:
    """All in page order, whether between the text or after it."""
    site = replace(SITE, image_position="end" if position == "end" else "inline")
    news = list(articles(50))
    documents = [_document(identity, one, site) for identity, one in news]
    pages = hugo_builds({document.path: document.text for document in documents}, tmp_path)
    for identity, one in news:
        assert seen_in(pages[f"{urlname(identity)}/index.html"]).images == list(one.images)


def test_a_document_of_today_shows_though_the_builder_is_in_another_zone(tmp_path: Path) -> None:
    """With `timeZone` in Hugo's config, as the README says: without it, Beijing's last hours are future."""
    today = replace(article(paragraph("甲")), published=datetime(2026, 6, 1, 9, 30, tzinfo=BEIJING))
    identity = Url("http://news.beichen.example/ywsd/1.shtml")
    document = _document(identity, today, SITE)
    shown = hugo_builds({document.path: document.text}, tmp_path, now="2026-06-01T01:31:00Z")
    assert f"{urlname(identity)}/index.html" in shown


def _document(identity: Url, one: Article, site: Site) -> Document:
    return write(one, site, identity=identity, captured=CAPTURED)


def _check(page: str, one: Article) -> None:
    """Hold a page against its article."""
    title = fold(f"北辰大学->{one.title} | beichen.info")
    assert visible_text(unescape(_part(page, "title"))) == visible_text(title)
    assert _part(page, "time") == f"{one.published:%Y-%m-%d %H:%M:%S}"
    assert re.findall("<li>(.*?)</li>", _part(page, "ul")) == ["beichen.info", "北辰大学"]
    seen = seen_in(page)
    assert seen.text == said_by(one.body).text + LAST
    assert seen.images == list(one.images)


def _part(page: str, element: str) -> str:
    """Return what the first element of this name in the bare theme holds."""
    return page.partition(f"<{element}>")[2].partition(f"</{element}>")[0]
