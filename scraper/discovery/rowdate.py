"""The date that a row of a list shows, in the forms that lists write it.

Lists take a date apart as no article does: the day large in one element, year and month small in the next.
A month and a day without a year are no date here: which year they mean is a guess.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from scraper.dates import find_moment

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_LONGEST = 2_000  # characters of a row; what stands behind them is a summary
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_MONTH = r"(?P<m>\d{1,2})"
_DAY = r"(?P<d>\d{1,2})"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = rf"(?P<n>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_FORMS = tuple(
    re.compile(rf"(?<!\d){form}(?!\d)", re.IGNORECASE)
    for form in (
        rf"{_DAY}日?\s*[-/.]?\s+{_YEAR}\s*[-/.年]\s*{_MONTH}月?",  # 05 | 2024-03
        rf"{_YEAR}\s*[-/.年]\s*{_MONTH}月?\s+{_DAY}日?(?![\d:])",  # 2024-03 | 05
        rf"{_MONTH}\s*[-/.月]\s*{_DAY}日?\s+{_YEAR}年?",  # 03-05 | 2024
        rf"{_YEAR}年?\s+{_MONTH}\s*[-/.月]\s*{_DAY}日?",  # 2024 | 03-05
        rf"{_NAME}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",  # Oct 25, 2015
        rf"{_DAY}(?:st|nd|rd|th)?\s+{_NAME},?\s+{_YEAR}",  # 25 Oct 2015
    )
)


def row_date(text: str, tz: ZoneInfo, *, day_first: bool | None = None) -> datetime | None:
    """Return the first date that the text of a row shows, midnight where it shows no time; else None."""
    text = " ".join(text[:_LONGEST].split())
    whole = find_moment(text, tz, day_first=day_first)
    if whole is not None:
        return whole
    found = (_day(match.groupdict(), tz) for form in _FORMS for match in form.finditer(text))
    return next((day for day in found if day is not None), None)


def _day(parts: dict[str, str | None], tz: ZoneInfo) -> datetime | None:
    name = parts.get("n")
    month = _MONTHS.index(name.lower()) + 1 if name else int(parts["m"] or 0)
    try:
        return datetime(int(parts["y"] or 0), month, int(parts["d"] or 0), tzinfo=tz)
    except ValueError:  # the 31st of June
        return None
