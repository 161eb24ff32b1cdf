"""What a capture of a list names, whatever kind of list it is: a page of a channel, a sitemap, a feed.

Reads the state and changes nothing in it. What is no list is an error, but where that is how the channel is.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scraper import urls
from scraper.errors import ArchiveError, EmptyListing, ProgramError, SingleColumn
from scraper.families import identity_key
from scraper.ingest.article_decision import family_of
from scraper.model import Kind, Link, ListingPage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.ingest.page_reader import Reader
    from scraper.model import Capture, Channel, Site
    from scraper.stores.state import State
    from scraper.urls import Url

_log = logging.getLogger(__name__)
NEWEST = 30  # articles that a run takes of a sitemap that it never met: as many as a list shows at once


def read_list(capture: Capture, site: Site, state: State, reader: Reader) -> ListingPage:
    """Return what a list names. Raises ExtractError, ProgramError.

    An empty one is a list where the channel never named anything. An index that is one article names that
    article, itself; where the channel had named others, it is a list no more, and somebody should look at it.
    """
    channel = channel_of(capture, site)
    try:
        return reader.listing(capture, site, channel)
    except SingleColumn:
        if channel is None or channel.index != capture.url or _named_others(capture, site, state):
            raise
        return ListingPage(links=(_itself(capture, channel),))
    except EmptyListing:
        if state.listings.has_rows(site.name, capture.channel or ""):
            raise
        return ListingPage(links=())
    except ArchiveError:
        raise
    except Exception as error:
        _log.critical(
            "program-error", exc_info=True, extra={"fields": {"site": site.name, "url": capture.url}}
        )
        raise program_error(capture, error) from error


def channel_of(capture: Capture, site: Site) -> Channel | None:
    """Return the channel that a list was read for; None: the config names none such."""
    return next((channel for channel in site.channels if channel.name == capture.channel), None)


def key_of(url: Url, site: Site) -> str:
    """Return what names an article within its site."""
    return identity_key(family_of(site, url), urls.identity(url, site.home), site.home)


def newest(links: Iterable[Link]) -> frozenset[Url]:
    """Return the newest articles that a sitemap names, by their dates; those without one as they stand."""
    undated = [link for link in links if link.date is None]
    dated = [(link.date, link.url) for link in links if link.date is not None]
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return frozenset([*(url for _, url in dated), *(link.url for link in undated)][:NEWEST])


def program_error(capture: Capture, error: Exception) -> ProgramError:
    """Return an error of the program's own as that of the one capture that it met."""
    return ProgramError(f"{capture.kind}: {capture.url}: {type(error).__name__}: {error}")


def _named_others(capture: Capture, site: Site, state: State) -> bool:
    """Say whether a channel ever named anything but its own index."""
    place = (site.name, capture.channel or "")
    return state.listings.has_rows(*place) and not state.listings.is_named(*place, key_of(capture.url, site))


def _itself(capture: Capture, channel: Channel) -> Link:
    """Return the one row of an index that is an article."""
    return Link(
        url=capture.url, kind=Kind.ARTICLE, title=channel.title, channel=channel.name, found_on=capture.url
    )
