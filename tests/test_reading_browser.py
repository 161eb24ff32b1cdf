"""Documents say what a browser shows: each page in a real Chromium, beside its document built by a real Hugo.

Held against each other: the visible characters of the body, pictures with a size, links, what is bold. A
document may say more (a file's name, the number of a list); what it says less is listed here by name with its
reason, and nothing else may be.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from article_cases import article_cases, read_body
from browser import needs_chromium, opened
from builders import hugo_renders
from listing_cases import site
from test_reading_kinds import HOST, KINDS

from scraper import urls
from scraper.extractor import extract
from scraper.families import by_name
from scraper.text import visible_text
from scraper.writer import render

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Route

    from scraper.model import Article

pytestmark = needs_chromium

SQUARE = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><rect width='40' height='40'/></svg>"
)
LOOK = """selector => {
  const roots = [...document.querySelectorAll(selector)];
  const all = roots.flatMap(root => [...root.querySelectorAll('*')]);
  const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden';
  const bold = e => ['B', 'STRONG'].includes(e.tagName) && Number(getComputedStyle(e).fontWeight) >= 600;
  return {
    text: roots.map(root => root.innerText).join('\\n'),
    images: all.filter(e => e.tagName === 'IMG' && shown(e) && e.naturalWidth > 1 && e.width > 1)
      .map(e => e.currentSrc),
    links: all.filter(e => e.tagName === 'A' && e.innerText.trim() && /^http/.test(e.href)).map(e => e.href),
    bold: all.filter(e => bold(e) && shown(e) && !all.some(o => o !== e && o.contains(e) && bold(o)))
      .map(e => e.innerText).join(''),
  };
}"""

LESS = {  # what a document says less than the browser shows, and why
    "a formula told twice": "the style sheet that hides one form is not here: both are shown",
    "a formula in a script": "what MathJax draws is told as the TeX that it draws",
    "signs of a font": "the font is not here: the browser shows its letters",
    "the way to other articles": "navigation is left out by rule, and named so",
    "a link that shows an icon alone": "icons are decoration, and named so",
    "counters and spacers": "decoration, and named so; here they are answered with a square",
    "g3-oddities": "a script writes a sentence; links into the page itself are text, a torn host is mended",
    "fields": "fields to be filled in are left out by rule, and named so",
    "a file in an object": "the browser shows its fallback, since nothing answers here",
    "for who has none, again": "a browser runs scripts, and this page has none that would show the picture",
}


def served(route: Route) -> None:
    """Answer every picture with a square, and nothing else: no page of a test asks the network."""
    if route.request.resource_type == "image":
        route.fulfill(body=SQUARE, content_type="image/svg+xml")
    else:
        route.abort()


def seen_in(browser: Browser, html: str, address: str, selector: str) -> dict[str, Any]:
    """Return what a browser shows of the elements that a selector names."""
    page = browser.new_page()
    try:
        page.route(
            "**/*",
            lambda route: (
                route.fulfill(body=html, content_type="text/html; charset=utf-8")
                if route.request.is_navigation_request() and route.request.frame == page.main_frame
                else served(route)
            ),
        )
        page.goto(address, wait_until="load")
        looked: dict[str, Any] = page.evaluate(LOOK, selector)
        return looked
    finally:
        page.close()


def pages() -> list[tuple[str, str, str, str, Article]]:
    """Return each page: its name, markup, address, the selector of its body, its article."""
    found = []
    for name, kind in KINDS.items():
        html = f"<!doctype html><html><body><div id=body>{kind.body}</div></body></html>"
        found.append((name, html, f"{HOST}/article.html", "#body", read_body(kind.body)))
    for family in ("ecms",):
        for case in article_cases(family):
            article = extract(case.capture, site(HOST, family=family))
            known = by_name(family)
            assert known is not None
            layout = next(each for each in known.layouts if each.name == article.layout)
            text = case.capture.body.decode("gb18030" if "g1" in case.folder.name else "utf-8", "replace")
            if layout.only_first or "utf8" in case.folder.name or "g0" in case.folder.name:
                continue  # their bodies are the first of several that one selector names
            found.append((case.folder.name, text, str(case.capture.url), ", ".join(layout.body), article))
    return found


def plain(text: str) -> str:
    """Return the visible characters of a text, its small digits as any others."""
    return visible_text(unicodedata.normalize("NFKC", text))


def missing_of(shown: str, said: str) -> str:
    """Return the characters of one text that another one, read in order, leaves out."""
    rest = iter(said)
    return "" if all(character in rest for character in shown) else shown


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Look at each page and at its document."""
    every = pages()
    folder: Path = tmp_path_factory.mktemp("hugo")
    documents = hugo_renders([render(article.body) for *_, article in every], folder)
    with opened() as browser:
        return {
            name: (
                seen_in(browser, html, address, selector),
                seen_in(
                    browser, document if "<main" in document else f"<main>{document}</main>", address, "main"
                ),
            )
            for (name, html, address, selector, _), document in zip(every, documents, strict=True)
        }


def test_a_document_says_what_a_browser_shows(
    looked: dict[str, tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    less = {
        name
        for name, (page, document) in looked.items()
        if missing_of(plain(page["text"]), plain(document["text"]))
        or len(page["images"]) > len(document["images"])
        or {urls.parse(link) for link in page["links"]} - {urls.parse(link) for link in document["links"]}
    }
    assert less - LESS.keys() == set()


def test_what_is_bold_in_a_browser_is_bold_in_the_document_and_nothing_else(
    looked: dict[str, tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    assert {
        name: (page["bold"], document["bold"])
        for name, (page, document) in looked.items()
        if plain(page["bold"]) != plain(document["bold"])
    } == {}
