"""Every article of the other hosts, and every channel that is one, read whole: against html5lib's text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import html5lib
import pytest
from listing_cases import SHARED, capture, site, url

from scraper import urls
from scraper.extractor import extract
from scraper.text import visible_text
from scraper.writer.loss import loss_of
from scraper.writer.markdown import render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from scraper.model import Article

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SHARED.exists(), reason="the real pages are not here"),
]

TEMPLATES = ("sudy-article", "jeecms-article", "sudy-single", "vsb-single")
UNSEEN = {"script", "style", "noscript", "iframe", "select", "textarea", "input"}


def pages(*templates: str) -> list[dict[str, Any]]:
    if not SHARED.exists():
        return []
    lines = (SHARED / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [page for page in map(json.loads, lines) if page["template"].startswith(templates)]


def read(page: dict[str, Any]) -> Article:
    answer = capture(page["url"], (SHARED / page["file"]).read_bytes(), page["content_type"])
    return extract(answer, site(f"{urls.origin(url(page['url']))}/"))


def is_body(element: Element) -> bool:
    named = {*element.get("class", "").split(), element.get("id", "").partition("content")[0]}
    return bool(named & {"wp_articlecontent", "ccontent", "v_news_content", "vsb_"})


def bodies(element: Element) -> Iterator[Element]:
    """Yield the outermost containers of an article's body."""
    if is_body(element):
        yield element
        return
    for child in element:
        yield from bodies(child)


def texts(element: Element) -> Iterator[str]:
    if element.tag in UNSEEN or not isinstance(element.tag, str):
        return
    if not re.search(r"display\s*:\s*none", element.get("style", "")):
        yield element.text or ""
        for child in element:
            yield from texts(child)
            yield child.tail or ""


@pytest.mark.parametrize("page", pages(*TEMPLATES), ids=lambda page: page["url"])
def test_an_article_is_read_without_loss(page: dict[str, Any]) -> None:
    """As another parser sees its body, and as its rendered document gives it back."""
    html = (SHARED / page["file"]).read_bytes().decode(page["encoding"])
    root = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    article = read(page)
    shown = visible_text("".join("".join(texts(body)) for body in bodies(root)))
    signs = sum(one.count for one in article.left_out if one.what == "symbol")  # told as what they show
    assert article.shown.text == shown.replace("Ø", "", signs)
    loss = loss_of(article.shown, render(article.body))
    assert (loss.characters, loss.images, loss.links) == (0, 0, 0)


@pytest.mark.parametrize("page", pages("sudy-article", "jeecms-article"), ids=lambda page: page["url"])
def test_an_article_s_title_and_date_are_those_that_its_page_shows(page: dict[str, Any]) -> None:
    """In webplus the page's own `<title>` is the article's and nothing else; in jeecms the only `<h1>` is."""
    html = (SHARED / page["file"]).read_bytes().decode(page["encoding"])
    title = re.search(
        r"(?s)<h1>(.*?)</h1>" if "jeecms" in page["template"] else r"(?s)<title>(.*?)</title>", html
    )
    dates = re.findall(r"(?:时间：|时间:|日期：)\s*(\d{4}-\d\d-\d\d)", html)
    article = read(page)
    assert title is not None
    assert article.title == " ".join(title[1].split())
    assert article.published.date().isoformat() == dates[0]
    assert article.published_from == "page"
