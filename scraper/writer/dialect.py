"""What the front matter of both dialects is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.text import fold
from scraper.urls import urlname
from scraper.writer.patterns import fill

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.model import Article, Site
    from scraper.urls import Url


def title(article: Article, site: Site) -> str:
    """Return the title of a document, on one line."""
    values = {"site_title": site.title, "title": article.title, "archive_name": site.archive_name}
    return fold(fill(site.title_pattern, values))


def moment(article: Article, site: Site, captured: datetime) -> datetime:
    """Return what the document is dated: a naive moment in the site's time zone, to the second.

    Naive, because both generators' documents have no offset; whole seconds always, because Hugo refuses a
    moment without them.
    """
    aware = captured if site.date == "captured" else article.published
    return aware.astimezone(site.timezone).replace(microsecond=0, tzinfo=None)


def names(article: Article, site: Site, *, identity: Url, captured: datetime) -> dict[str, object]:
    """Return the keys that both dialects begin with."""
    return {
        "title": title(article, site),
        "date": moment(article, site, captured),
        "urlname": urlname(identity),
    }
