"""The days that a backfill is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.values import Value

if TYPE_CHECKING:
    from datetime import date


class DateRange(Value, frozen=True, kw_only=True):
    """The days that a backfill is asked for, both included; None: open."""

    since: date | None = None
    until: date | None = None

    @property
    def label(self) -> str:
        """Return both days as one text: the name under which a backfill of this span is remembered."""
        return " ".join(day or "" for day in self.as_text())

    def as_text(self) -> tuple[str | None, str | None]:
        """Return both days as ISO text."""
        since, until = (None if day is None else day.isoformat() for day in (self.since, self.until))
        return since, until
