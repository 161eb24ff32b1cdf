"""Moments as the state writes them: ISO 8601 in UTC, to the microsecond, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime


def stored(moment: datetime | None) -> str | None:
    """Return an aware moment as text; None stays None."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def loaded(text: str | None) -> datetime | None:
    """Return a stored moment, in UTC; None stays None."""
    return None if text is None else required(text)


def required(text: str) -> datetime:
    """Return a stored moment of a column that is never NULL. Raises ValueError, TypeError."""
    return datetime.fromisoformat(text)
