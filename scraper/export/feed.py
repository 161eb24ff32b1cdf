"""What a feed says, however it is written: `atom` and `json_feed` write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scraper.urls import Url

MOST: Final = 50  # articles of a feed
_UNFIT: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


class FeedEntry(Value, frozen=True, kw_only=True):
    """One article in a feed."""

    urlname: str
    url: Url
    title: str
    published: datetime
    updated: datetime  # when its document was last revised; else when it was published
    author: str  # the site's name, for people
    html: str  # the article
    summary: str = ""  # plain text; "": none
    tags: tuple[str, ...] = ()

    @property
    def identifier(self) -> str:
        """Return what names it for ever: the MD5 of its permalink."""
        return f"urn:md5:{self.urlname}"


class Feed(Value, frozen=True, kw_only=True):
    """A feed: its name and its newest articles."""

    identifier: str  # a URI that never changes
    title: str
    entries: Sequence[FeedEntry]  # newest first
    home: str | None = None  # a page for people; None: there is none
    address: str | None = None  # its own; None: nobody knows where it will be served

    @property
    def updated(self) -> datetime | None:
        """Return when anything of it last changed; None: there is nothing."""
        return max((entry.updated for entry in self.entries), default=None)


def fit(text: str) -> str:
    """Return a text without the characters that no XML may hold."""
    return _UNFIT.sub("\ufffd", text)
