"""One article as it is handed on, and the columns that every form of it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scraper.values import Value

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.urls import Url

COLUMNS: Final = (
    *("url", "urlname", "site", "channel", "title", "published", "captured", "checked", "status", "origin"),
    *("layout", "path", "images", "text", "markdown"),
)


class ExportedArticle(Value, frozen=True, kw_only=True):
    """An article of the archive: what the state knows of it, and what its document says."""

    url: Url  # the identity URL
    urlname: str
    site: str
    channel: str | None  # None: no list named it
    title: str
    published: datetime | None  # in the site's time zone; None: nobody knows
    captured: datetime | None  # the first capture that gave it; None: it was adopted and never asked for
    checked: datetime | None  # the last answer; None: likewise
    status: str  # `held`, or `gone`: the site no longer has it
    origin: str | None  # whose copy it is; None: the site's own page
    layout: str | None  # that its page wore; None: it was adopted
    path: str
    images: tuple[Url, ...]
    text: str  # as a reader sees it, a paragraph a line
    markdown: str  # the body: no front matter, no last line

    def row(self) -> dict[str, Any]:
        """Return it with its columns in order, moments as they are."""
        return {
            "url": self.url,
            "urlname": self.urlname,
            "site": self.site,
            "channel": self.channel,
            "title": self.title,
            "published": self.published,
            "captured": self.captured,
            "checked": self.checked,
            "status": self.status,
            "origin": self.origin,
            "layout": self.layout,
            "path": self.path,
            "images": list(self.images),
            "text": self.text,
            "markdown": self.markdown,
        }
