"""Pages: from bytes to an article, to a document, and to the proof that nothing is missing in it.

The floor is the bare parse of the same pages. Of the converters of others that are installed (`pip install
-e .[bench]`) each is a figure too, and our way to a document its floor. Over the real pages beside the
repository, where they are, else over those of the invented site.
"""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from figures import Figure, best_in_groups
from invented import answer
from selectolax.lexbor import LexborHTMLParser

from scraper import charset, extractor, writer
from scraper.app import saved_page, site_for
from scraper.demo import beichen
from scraper.errors import ArchiveError
from scraper.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scraper.model import Article, Capture, Site

MANIFEST = Path(__file__).resolve().parents[2] / "shared" / "pages" / "manifest.jsonl"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SMALL = 12  # pages, where it is only tried whether it works
TOGETHER = 2  # pages that are measured before the next step takes its turn
ROUNDS = 7
OURS = "page → document"


class Page(NamedTuple):
    """A page, and what each step of its way gives the next."""

    capture: Capture
    site: Site
    html: str
    article: Article
    markdown: str


def measure(*, small: bool) -> Iterator[Figure]:
    """Yield microseconds of CPU a page."""
    pages = list(islice(pages_of(captures()), SMALL if small else None))
    groups = [pages[at : at + TOGETHER] for at in range(0, len(pages), TOGETHER)]
    scale = 1e6 / len(pages)
    works = {name: partial(_each, step) for name, step in STEPS.items()}
    peers = {name: partial(_convert_each, convert) for name, convert in _peers()}
    spent = best_in_groups(works, groups, 1 if small else ROUNDS, peers)
    written = spent["read"] + spent["write"]
    for name, value in (
        ("page → article", spent["read"]),
        (OURS, written),
        ("page → document, proved", written + spent["prove"]),
    ):
        yield Figure(
            name=name,
            value=value * scale,
            unit="µs CPU a page",
            floor=spent["parse"] * scale,
            floor_name="bare parse",
        )
    for name in peers:
        yield Figure(
            name=f"{name} of the same pages",
            value=spent[name] * scale,
            unit="µs CPU a page",
            floor=written * scale,
            floor_name=OURS,
        )


def _convert_each(convert: Callable[[str], object], pages: Iterable[Page]) -> list[object]:
    return [convert(page.html) for page in pages]


def captures() -> Iterator[Capture]:
    """Yield the pages that may be measured, as a server answered them."""
    if MANIFEST.exists():
        for line in MANIFEST.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if entry.get("kind") == "article":
                file = str(MANIFEST.parent / entry["file"])
                yield saved_page.saved_capture(
                    file, saved_page.address(entry["url"]), entry.get("content_type")
                )
        return
    world = beichen.site()
    for number in world.stories:
        yield answer(world, world.address(number), Kind.ARTICLE, NOW)


def pages_of(captures: Iterable[Capture]) -> Iterator[Page]:
    """Yield the pages that are articles."""
    for capture in captures:
        site = site_for(capture.url)
        try:
            article = extractor.extract(capture, site)
        except ArchiveError:
            continue
        html = charset.text_of(capture.body, capture.header("Content-Type"))
        yield Page(capture, site, html, article, writer.render(article.body))


def _each(step: Callable[[Page], object], pages: Iterable[Page]) -> list[object]:
    """Return what a step makes of some pages, held together: none is made in the memory of the one before."""
    return [step(page) for page in pages]


# ── the steps ─────────────────────────────────────────────────────────────────────────────────────────────


def _parse(page: Page) -> object:
    return LexborHTMLParser(page.html)


def _read(page: Page) -> Article:
    return extractor.extract(page.capture, page.site)


def _write(page: Page) -> object:
    return _document(page.article, page.site)


def _prove(page: Page) -> object:
    return writer.loss_of(page.article.shown, page.markdown)


def _document(article: Article, site: Site) -> object:
    return writer.write(article, site, identity=article.url, captured=NOW)


STEPS: Final[Mapping[str, Callable[[Page], object]]] = {
    "parse": _parse,
    "read": _read,
    "write": _write,
    "prove": _prove,
}


# ── the peers ─────────────────────────────────────────────────────────────────────────────────────────────


def _peers() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Yield the converters of others that are installed, by what they make of a page's text."""
    for name, module, of in (
        ("trafilatura's Markdown", "trafilatura", _of_trafilatura),
        ("magic-html's article as HTML", "magic_html", _of_magic_html),
        ("markdownify's Markdown of all", "markdownify", _of_markdownify),
    ):
        try:
            yield name, of(importlib.import_module(module))
        except ImportError:
            continue


def _of_trafilatura(library: Any) -> Callable[[str], object]:  # noqa: ANN401 - a module
    return partial(library.extract, output_format="markdown", include_images=True)


def _of_magic_html(library: Any) -> Callable[[str], object]:  # noqa: ANN401 - a module
    return partial(library.GeneralExtractor().extract, base_url="http://www.example.org/")


def _of_markdownify(library: Any) -> Callable[[str], object]:  # noqa: ANN401 - a module
    convert: Callable[[str], object] = library.markdownify
    return convert
