"""What a capture names, whatever kind of list it is: a page of a channel, a sitemap, a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.discovery.feed import read_feed
from scraper.discovery.listing import read_listing
from scraper.discovery.sitemap import read_sitemap
from scraper.model import Kind

if TYPE_CHECKING:
    from scraper.model import Capture, Channel, ListingPage, Site


def read_links(capture: Capture, site: Site, channel: Channel | None) -> ListingPage:
    """Return what a list names. Raises as the readers of its kind do."""
    match capture.kind:
        case Kind.SITEMAP:
            return read_sitemap(capture, site)
        case Kind.FEED:
            return read_feed(capture, site, channel)
        case _:
            return read_listing(capture, site, channel)
