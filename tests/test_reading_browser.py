"""Documents say what a browser shows: each page in a real Chromium, beside its document built by a real Hugo.

Held against each other: the visible characters of the body, pictures with a size, links, what is bold, line
breaks and the cells of tables. A document may say more (a file's name, the number of a list); what it says
less, or on other lines, is listed here by name with its reason, and nothing else may be.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from article_cases import CASES, read_body
from browser import needs_chromium, opened
from builders import hugo_renders
from listing_cases import capture, site
from test_families_cases import FAMILIES_WITH_CASES
from test_reading_kinds import HOST, KINDS

from scraper import charset, urls
from scraper.extractor import extract
from scraper.families import by_name
from scraper.text import visible_text
from scraper.writer import render

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, Route

    from scraper.model import Article, Capture

pytestmark = needs_chromium

SQUARE = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><rect width='40' height='40'/></svg>"
)
LOOK = """selector => {
  const found = [...document.querySelectorAll(selector)];
  const roots = found.filter(e => !found.some(o => o !== e && o.contains(e)));
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
    "signs of other fonts": "as above",
    "a foot of a table above its rows": "it is drawn below them, and `innerText` has it where it is written",
    "several heads and feet of a table": "the first foot is drawn below all, as above",
    "names of files that no script hides": "a link into the page itself is text",
    "readings behind all words": "each is drawn above its word, and `innerText` has it where it is written",
    "the way to other articles": "navigation is left out by rule, and named so",
    "the size of the letters": "as the way to other articles",
    "the way to other articles, in English": "as above",
    "a link that shows an icon alone": "icons are decoration, and named so",
    "counters and spacers": "decoration, and named so; here they are answered with a square",
    "g3-oddities": "a script writes a sentence; links into the page itself are text, a torn host is mended",
    "fields": "fields to be filled in are left out by rule, and named so",
    "a file in an object": "the browser shows its fallback, since nothing answers here",
    "webplus/page-news": "the icon before an attachment is decoration, and named so",
    "wordpress/entry": "the way to share is left out by rule, and named so",
    "words that a script writes": "nobody but the script knows what comes of them: named as left out",
    "a formula that MathJax has drawn": "as above, in the elements of its other version",
    "for who has none, again": "a browser runs scripts, and this page has none that would show the picture",
}
TORN = {  # whose lines stand otherwise in the document, and why
    "a line for each code": "the style sheet that breaks the lines is not here: the browser glues them",
    "marks of a quotation": "the browser draws the marks, its text has none",
    "a reading": "a reading stands in brackets",
    "expressions above and below": "what is drawn above or below the line stands behind a sign",
    "what is raised and no power": "what is a power stands behind a sign",
    "a heading in a table of data": "a break in a cell of a table is a blank",
    "a formula in elements": "a formula is told in one line, its fractions and roots in signs",
    "a numbered list in a table": "the number is written before its line, and a break is a blank",
    "numbers that Markdown has not": "the number is written before its line",
    "g3-oddities": "a break in a cell of a table is a blank: the `<br>` that would say more is raw HTML",
}


def served(route: Route) -> None:
    """Answer every picture with a square, and nothing else: no page of a test asks the network."""
    if route.request.resource_type == "image":
        route.fulfill(body=SQUARE, content_type="image/svg+xml")
    else:
        route.abort()


def seen_in(page: Page, html: str, address: str, selector: str) -> dict[str, Any]:
    """Return what a browser shows of the elements that a selector names."""
    page.unroute_all()
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


def pages() -> list[tuple[str, str, str, str, Article]]:
    """Return each page: its name, markup, address, the selector of its body, its article."""
    found = []
    for name, kind in KINDS.items():
        html = f"<!doctype html><html><body><div id=body>{kind.body}</div></body></html>"
        found.append((name, html, f"{HOST}/article.html", "#body", read_body(kind.body)))
    for family in ("ecms", *FAMILIES_WITH_CASES):
        known = by_name(family)
        assert known is not None
        layouts = {layout.name: layout for layout in known.layouts}
        for folder in sorted((CASES / family).iterdir()):
            answer = capture_of(folder)
            article = extract(answer, site(HOST, family=family))
            layout = layouts.get(article.layout)
            if layout is None or layout.only_first:
                continue  # no selector names the body, or the first of several that it names is it
            text = charset.text_of(answer.body, answer.header("Content-Type"))
            name = folder.name if family == "ecms" else f"{family}/{folder.name}"
            found.append((name, text, str(answer.url), ", ".join(layout.body), article))
    return found


def capture_of(folder: Path) -> Capture:
    """Return the page of a case folder, as either form of them describes it."""
    about = folder / "about.json"
    told = json.loads((about if about.exists() else folder / "expected.json").read_text(encoding="utf-8"))
    content_type = told.get("content_type", "text/html; charset=utf-8")
    return capture(told["url"], (folder / "page.html").read_bytes(), content_type)


def plain(text: str) -> str:
    """Return the visible characters of a text, its small digits as any others."""
    return visible_text(unicodedata.normalize("NFKC", text))


def lines_of(shown: str) -> list[str]:
    """Return what stands between two line breaks, or in a cell of a table, in order."""
    return [line for each in re.split(r"[\n\t]", shown) if (line := plain(each))]


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
        window = browser.new_page()
        return {
            name: (
                seen_in(window, html, address, selector),
                seen_in(
                    window, document if "<main" in document else f"<main>{document}</main>", address, "main"
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


def test_line_breaks_and_cells_of_tables_stand_where_the_browser_shows_them(
    looked: dict[str, tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    """Each line and each cell of a page is one of its document: none is glued to another, none is cut."""
    apart = {}
    for name, (page, document) in looked.items():
        told = set(lines_of(document["text"]))
        torn = [line for line in lines_of(page["text"]) if line not in told]
        if torn:
            apart[name] = torn
    assert {name: torn for name, torn in apart.items() if name not in TORN | LESS} == {}
