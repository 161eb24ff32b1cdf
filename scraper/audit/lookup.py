"""Which article an address belongs to: by its number where it has one, else by any address it was met at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import urls
from scraper.families import by_name, identity_key, recognise_url

if TYPE_CHECKING:
    from scraper.article_record import ArticleRecord
    from scraper.model import Site
    from scraper.stores.state import State
    from scraper.urls import Url


def find(url: Url, site: Site, state: State) -> ArticleRecord | None:
    """Return what is known of the article of an address; None: this site has none."""
    family = by_name(site.family) if site.family else recognise_url(url)
    known = state.articles.get(site.name, identity_key(family, urls.identity(url, site.home), site.home))
    if known is not None:
        return known
    schemes = ("http", "https")
    found = (state.articles.find(site.name, urls.with_scheme(url, scheme)) for scheme in schemes)
    return next((known for known in found if known is not None), None)
