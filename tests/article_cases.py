"""What the tests of the extractor share: its case folders, and articles as the case files write them.

A case is a folder: `page.html` as the server sent it, `about.json` (url, content_type), `expected.json`. A
new one is recorded by `nankai-archive extract FILE --url URL --record FOLDER`, which writes `expected.json`
as the extractor reads the page today; a person reads it then, and keeps it only where it is right.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from listing_cases import capture, site

from scraper.app.case_folder import as_expected, as_json
from scraper.extractor import extract
from scraper.model import Article, Capture, Selectors, Site

__all__ = ["as_expected"]

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
