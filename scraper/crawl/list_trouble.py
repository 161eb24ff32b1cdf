"""What goes wrong with one list, and when that is too much of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import Blocked, Paused, Unreachable

if TYPE_CHECKING:
    from scraper.crawl.site_report import SiteReporter
    from scraper.errors import ArchiveError
    from scraper.urls import Url

BROKEN_PAGES = 3  # of one list in a row, after which its channel is left alone for this run


class ChannelLeft(Exception):  # noqa: N818 - no error: a decision
    """The channel's list is left alone for this run; the site is not."""


class Trouble:
    """What could not be read of one list, in one walk over it."""

    def __init__(self, reporter: SiteReporter) -> None:
        """Begin with none; `reporter` hears of each page."""
        self._reporter = reporter
        self._in_row = 0
        self.met = 0

    def hear(self, url: Url, error: ArchiveError) -> None:
        """Tell of a page. Raises ChannelLeft after some in a row that were refused or did not answer."""
        self._reporter.broken_page(url, error)
        self.met += 1
        self._in_row = self._in_row + 1 if isinstance(error, Blocked | Paused | Unreachable) else 0
        if self._in_row >= BROKEN_PAGES:
            raise ChannelLeft

    def over(self) -> None:
        """Begin to count anew: a page was read."""
        self._in_row = 0
