"""The date that a row of a list shows, in the forms that lists write it.

Lists take a date apart as few articles do: the day large in one element, year and month small in the next.
A month and a day without a year are no date here: which year they mean is a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.dates import find_moment, find_parts

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

_LONGEST = 2_000  # characters of a row; what stands behind them is a summary


def row_date(text: str, tz: ZoneInfo, *, day_first: bool | None = None) -> datetime | None:
    """Return the first date that the text of a row shows, midnight where it shows no time; else None."""
    text = " ".join(text[:_LONGEST].split())
    return find_moment(text, tz, day_first=day_first) or find_parts(text, tz)
