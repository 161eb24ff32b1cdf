"""Spans of time as a person writes them: `10m`, `36h`, `7d`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

PATTERN: Final = r"^[0-9]{1,6}(\.[0-9]{1,3})?[smhdw]$"
"""The form, also for the JSON Schema: a number and its unit (seconds, minutes, hours, days, weeks)."""

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta | None:
    """Return the span, or None for what is none; nothing and less than nothing are no spans."""
    if re.fullmatch(PATTERN, text, re.ASCII) is None:
        return None
    span = timedelta(**{_UNITS[text[-1]]: float(text[:-1])})
    return span or None
