"""Pages: from bytes to an article, to a document, and to the proof that nothing is missing in it.

The floor is the bare parse of the same pages. Over the real pages beside the repository, where they are, else
over those of the invented site.
"""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure, best
from selectolax.lexbor import LexborHTMLParser

from scraper import charset, extractor, writer
from scraper.app import saved_page, site_for
from scraper.demo import beichen
from scraper.demo.exchange import Ask
from scraper.errors import ArchiveError
from scraper.model import Capture
from scraper.urls import Url, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.model import Article, Site

MANIFEST = Path(__file__).resolve().parents[2] / "shared" / "pages" / "manifest.jsonl"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SMALL = 12  # pages, where it is only tried whether it works


def measure(*, small: bool) -> Iterator[Figure]:
    """Yield microseconds of CPU a page."""
    pages = [(capture, site_for(capture.url)) for capture in _captures()]
    pages = [(capture, site) for capture, site in pages if _reads(capture, site)][: SMALL if small else None]
    texts = [charset.text_of(capture.body, capture.header("Content-Type")) for capture, _ in pages]
    articles = [(extractor.extract(capture, site), site) for capture, site in pages]
    bodies = [(article, writer.render(article.body)) for article, _ in articles]
    rounds = 1 if small else 5
    parse = best(lambda: [LexborHTMLParser(text) for text in texts], rounds)
    reading = best(lambda: [extractor.extract(capture, site) for capture, site in pages], rounds)
    writing = best(lambda: [_document(article, site) for article, site in articles], rounds)
    proof = best(lambda: [writer.loss_of(article.shown, body) for article, body in bodies], rounds)
    peers = {name: best(partial(_all, convert, texts), 1) for name, convert in _peers()}
    scale = 1e6 / len(pages)
    for name, value, beside in (
        ("page → article", reading, {}),
        ("page → document", reading + writing, peers),
        ("page → document, proved", reading + writing + proof, {}),
    ):
        yield Figure(
            name=name,
            value=value * scale,
            unit="µs CPU a page",
            floor=parse * scale,
            floor_name="bare parse",
            peers={peer: spent * scale for peer, spent in beside.items()},
        )


def _captures() -> Iterator[Capture]:
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
    for number in world.articles:
        url = Url(world.address(number))
        said = world.answer(Ask(host=world.host, path=split(url).path))
        headers = tuple((name.encode(), value.encode()) for name, value in said.headers)
        yield Capture(
            url=url, final_url=url, fetched_at=NOW, status=said.status, headers=headers, body=said.body
        )


def _reads(capture: Capture, site: Site) -> bool:
    try:
        extractor.extract(capture, site)
    except ArchiveError:
        return False
    return True


def _document(article: Article, site: Site) -> object:
    return writer.write(article, site, identity=article.url, captured=NOW)


def _all(convert: Callable[[str], object], texts: list[str]) -> None:
    for text in texts:
        convert(text)


def _peers() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Yield the converters of others that are installed, by name."""
    for name, module, function, options in (
        ("trafilatura", "trafilatura", "extract", {"output_format": "markdown", "include_images": True}),
        ("markdownify (whole page)", "markdownify", "markdownify", {}),
    ):
        try:
            yield name, partial(getattr(importlib.import_module(module), function), **options)
        except ImportError:
            continue
