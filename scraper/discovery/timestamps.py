"""Moments as feeds and sitemaps write them: ISO 8601, RFC 822, or whatever else a page would show."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scraper.dates import find_moment, is_plausible

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_LONGEST = 200  # characters of a moment, with whatever stands around it


def moment(text: str | None, tz: ZoneInfo) -> datetime | None:
    """Return a moment in the site's zone, which one without an offset is in; None where there is none."""
    if text is None:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text.strip()[:_LONGEST])
            told = found.replace(tzinfo=tz) if found.tzinfo is None else found.astimezone(tz)
        except (
            ValueError,
            OverflowError,
            IndexError,
            TypeError,
        ):  # the readers raise all of them
            continue
        return told if is_plausible(told) else None
    return find_moment(text[:_LONGEST], tz)
