"""The front matter of a Hugo document, as in those of 2021, and its summary divider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.urls import urlname
from scraper.writer import dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from scraper.model import Article, Site
    from scraper.urls import Url

MORE: Final = "<!--more-->"  # exactly so, or Hugo does not know it


def front_matter(article: Article, site: Site, *, identity: Url, captured: datetime) -> dict[str, object]:
    """Return the keys and values in the order in which they are written."""
    return {
        **dialect.names(article, site, identity=identity, captured=captured),
        "slug": urlname(identity),
        "tags": list(site.tags),
        "categories": list(site.categories),
        "authorbox": False,
        "sidebar": False,
    }


def divided(parts: Sequence[str], sizes: Iterable[int], summary_after: int) -> list[str]:
    """Return the parts of a body with the divider after the part that holds the character of this number.

    `sizes` are the visible characters of the first parts, those of text, counted while needed; what stands
    after them (pictures) counts nothing. No divider where the text is shorter, or where nothing follows; none
    for 0.
    """
    seen = 0
    for place, size in enumerate(sizes, start=1):
        seen += size
        if 0 < summary_after <= seen:
            return [*parts[:place], MORE, *parts[place:]] if parts[place:] else list(parts)
    return list(parts)
