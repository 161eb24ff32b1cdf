"""What a run tells whoever watches it. The crawl speaks; a display listens, or nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Progress(Protocol):
    """A watcher. Each call is cheap and returns at once."""

    def listing(self, site: str, channel: str, page: int | None, pages: int | None) -> None:
        """Hear that a page of a channel's list was read: its number and how many there are, where known."""

    def ahead(self, site: str, channel: str, pages: int | None, rows: int) -> None:
        """Hear how many pages of a channel's list a backfill has still to read, of about so many rows.

        None: nobody knows how many; rows 0: nor of how many rows.
        """

    def article(self, site: str, outcome: str) -> None:
        """Hear that an article came to an outcome: `written`, `unchanged`, `failed` and so on."""

    def picture(self, site: str) -> None:
        """Hear that a picture or a file of an article was asked for; it is no article."""

    def waiting(self, site: str, count: int, delay: float) -> None:
        """Hear how many articles are still to be asked for, at so many seconds between two requests."""

    def paused(self, host: str, until: datetime, seconds: float, cause: str) -> None:
        """Hear that a host is left alone for so many seconds: until when, and why."""


class Unwatched:
    """Nobody watches: cron, tests, `--quiet`."""

    def listing(self, site: str, channel: str, page: int | None, pages: int | None) -> None:
        """Do nothing."""

    def ahead(self, site: str, channel: str, pages: int | None, rows: int) -> None:
        """Do nothing."""

    def article(self, site: str, outcome: str) -> None:
        """Do nothing."""

    def picture(self, site: str) -> None:
        """Do nothing."""

    def waiting(self, site: str, count: int, delay: float) -> None:
        """Do nothing."""

    def paused(self, host: str, until: datetime, seconds: float, cause: str) -> None:
        """Do nothing."""
