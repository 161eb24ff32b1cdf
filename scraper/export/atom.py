"""A feed as Atom (RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from scraper.export.feed import fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.export.feed import Feed, FeedEntry

_NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)  # an Atom feed must say when it was updated, an empty one too


def atom(feed: Feed) -> str:
    """Return the feed as a document."""
    return "\n".join(_lines(feed)) + "\n"


def _lines(feed: Feed) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom">'
    yield _element("id", feed.identifier)
    yield _element("title", feed.title)
    yield _element("updated", _moment(feed.updated or _NOTHING_YET))
    if feed.address is not None:
        yield f'<link rel="self" type="application/atom+xml" href={_quoted(feed.address)}/>'
    if feed.home is not None:
        yield f'<link rel="alternate" type="text/html" href={_quoted(feed.home)}/>'
    yield "<author><name>nankai-archive</name></author>"
    for entry in feed.entries:
        yield from _entry(entry)
    yield "</feed>"


def _entry(entry: FeedEntry) -> Iterator[str]:
    yield "<entry>"
    yield _element("id", entry.identifier)
    yield _element("title", entry.title)
    yield _element("published", _moment(entry.published))
    yield _element("updated", _moment(entry.updated))
    yield f'<link rel="alternate" type="text/html" href={_quoted(entry.url)}/>'
    yield f"<author>{_element('name', entry.author)}</author>"
    yield from (f"<category term={_quoted(tag)}/>" for tag in entry.tags)
    if entry.summary:
        yield _element("summary", entry.summary)
    yield f'<content type="html">{escape(fit(entry.html))}</content>'
    yield "</entry>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(fit(text))}</{name}>"


def _quoted(text: str) -> str:
    return quoteattr(fit(text))


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
