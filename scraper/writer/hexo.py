"""The front matter of a Hexo document, as in those of 2020."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.writer import dialect

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.model import Article, Site
    from scraper.urls import Url


def front_matter(article: Article, site: Site, *, identity: Url, captured: datetime) -> dict[str, object]:
    """Return the keys and values in the order in which they are written."""
    return {
        **dialect.names(article, site, identity=identity, captured=captured),
        "tags": list(site.tags),
        "categories": list(site.categories),
    }
