"""What a coverage is judged by: the lists as they were read, and the articles that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from scraper.values import Value

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.urls import Url

Why: TypeAlias = Literal["waiting", "failed", "refused", "gone"]
WHYS: tuple[Why, ...] = ("waiting", "failed", "refused", "gone")


class ListedArticle(Value, frozen=True, kw_only=True):
    """One article, as one channel's list names it. One that several channels name comes once for each."""

    channel: str
    key: str  # its number, or its identity URL where the system has none
    url: Url  # the identity URL
    why: Why | None  # why there is no document; None: there is one
    error: str | None = None  # of the last failure; None: there was none
    month: str | None = None  # YYYY-MM of its publication, in the site's time zone; None: nobody knows


class ListPage(Value, frozen=True, kw_only=True):
    """One page of a list that was read."""

    url: Url
    read_at: datetime
    number: int | None  # None: the system does not number it
    next_url: Url | None  # None: it names no older page
    rows: int  # that lead to an article of the site
    elsewhere: int  # that lead off the site
    listed: int  # articles that it names today, by identity
    held: int  # of these, in the archive
    unread_pager: bool = False  # True: it has a pager that is not understood; older pages nobody can find
    sublists: tuple[Url, ...] = ()  # of an overview: lists of which it shows the newest rows, and no channels


class ChannelFacts(Value, frozen=True, kw_only=True):
    """One channel's list: what it says of itself, and its pages."""

    name: str
    title: str
    index: Url
    read_at: datetime | None = None  # None: its index was never read
    broken: str | None = None  # why its index could not be read the last time; None: it could
    broken_since: datetime | None = None  # None: likewise
    gap: bool = False  # True: between what was known and the index there are pages that nobody read
    counted: bool = False  # True: a script counts its pages, from the oldest on; the index is beside them
    pages: int | None = None  # how many it has, as the site states; None: it does not
    stated: int | None = None  # how many articles it has, as the site states; None: it does not
    read: tuple[ListPage, ...] = ()
