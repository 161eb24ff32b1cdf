"""Where each page is: the addresses that links are made of. The routes in `serve.app` answer to them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from scraper.search.article import IndexedArticle
    from scraper.stores.catalogue import Entry, Span
    from scraper.stores.state.captures import CaptureEntry


def article(entry: Entry | IndexedArticle) -> str:
    """Return an article's address: its permalink."""
    return f"/{entry.urlname}/"


def versions(entry: Entry) -> str:
    """Return the address of what changed in an article."""
    return f"/{entry.urlname}/versions/"


def span(site: str | None = None, channel: str | None = None, date: str = "", page: int = 1) -> str:
    """Return the address of a list of articles. `date`: a year, month or day as in `catalogue.Span`."""
    parts = [] if site is None else ["sites", quote(site)]
    if site is not None and channel is not None:
        parts += ["channels", quote(channel, safe="")]
    if date or site is None:
        parts += ["dates", *filter(None, date.split("-"))]
    return "/" + "/".join(parts) + "/" + (f"?page={page}" if page > 1 else "")


def of_span(which: Span, page: int = 1) -> str:
    """Return the address of a list of articles."""
    return span(which.site, which.channel, which.date, page)


def feed(which: Span) -> str:
    """Return the address of a list's Atom feed."""
    return f"{span(which.site, which.channel, which.date)}feed.atom"


def search(words: str, page: int = 1, *, atom: bool = False) -> str:
    """Return the address of a search."""
    values = {"q": words} | ({"page": str(page)} if page > 1 else {})
    return f"/search{'.atom' if atom else ''}?{urlencode(values)}"


def captures(site: str, day: str | None = None, page: int = 1) -> str:
    """Return the address of a site's calendar of captures, or of one of its days."""
    return (
        f"/sites/{quote(site)}/captures/" + (f"{day}/" if day else "") + (f"?page={page}" if page > 1 else "")
    )


def capture(entry: CaptureEntry) -> str:
    """Return the address of a capture, shown within a page that says what it is."""
    name = entry.ref.file.rpartition("/")[2]
    return f"/sites/{quote(entry.site)}/captures/{quote(name)}/{entry.ref.offset}/"


def replay(entry: CaptureEntry) -> str:
    """Return the address of a captured page alone, as it is shown in its frame."""
    return f"{capture(entry)}replay"


def raw(entry: CaptureEntry) -> str:
    """Return the address of a capture's bytes, to be saved."""
    return f"{capture(entry)}bytes"
