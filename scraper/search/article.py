"""An article as the search index knows it: what its document says of itself, and its plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.values import Value

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.urls import Url


class IndexedArticle(Value, frozen=True, kw_only=True):
    """One article of the archive."""

    site: str
    key: str  # as the state names it
    url: Url  # the identity URL
    urlname: str
    title: str  # the article's own: no site's and no archive's name around it
    published: datetime  # in the site's time zone
    path: str  # of the document, relative to the archive
    channel: str | None = None  # None: no list named it
    version: str = ""  # of the text that was indexed; another one is indexed anew
