"""Asks another archive in a site's name: its index of copies, and the copies themselves. Nothing of the site.

The API is offered to programs, with rules of its own that stand above its robots.txt, which speaks to those
who crawl: one request a second at most, and Retry-After. The pace is kept as everywhere, host by host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scraper import urls
from scraper.model import Site

if TYPE_CHECKING:
    from scraper.crawler.network import Network
    from scraper.model import Capture, Request
    from scraper.urls import Url

PACE = 1.0  # seconds between two requests, at least


def place_of(home: Url, name: str, pace: float = PACE) -> Site:
    """Return the archive at `home` as a site: whom it is asked for, and how fast."""
    host = urls.host(home)
    return Site(
        name=f"{name} at {host}",
        title=host,
        archive_name=host,
        home=home,
        timezone=ZoneInfo("UTC"),
        delay=pace,
        robots="ignore",
    )


class Wayback:
    """A source of captures beside the site's own: whichever site asks, the archive is asked."""

    def __init__(self, network: Network, place: Site) -> None:
        """Take the network, which must know the archive's host, and the archive as a site."""
        self._network = network
        self._place = place

    async def fetch(self, request: Request, site: Site) -> Capture:
        """Return the archive's answer. Raises FetchError."""
        del site  # it is not asked
        return await self._network.fetch(request, self._place)
