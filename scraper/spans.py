"""Spans of time as a person reads them: `45 s`, `12 min`, `16 h 40 min`, `3 d 4 h`; how long ago."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.messages import say

if TYPE_CHECKING:
    from datetime import timedelta

    from scraper.messages import Message

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAYS_FROM: Final = 48  # hours: from there on single hours say little


def span(seconds: float) -> Message:
    """Return a span in its two largest units."""
    if seconds < _MINUTE:
        return say("{seconds:.0f} s", seconds=seconds)
    if seconds < _HOUR:
        return say("{minutes:.0f} min", minutes=seconds / _MINUTE)
    hours, rest = divmod(int(seconds), _HOUR)
    if hours < _DAYS_FROM:
        return say("{hours} h {minutes} min", hours=hours, minutes=rest // _MINUTE)
    return say("{days} d {hours} h", days=hours // 24, hours=hours % 24)


def ago(passed: timedelta) -> Message:
    """Return how long ago something was, in its largest unit."""
    minutes = int(passed.total_seconds() // _MINUTE)
    if minutes < 1:
        return say("just now")
    if minutes < _MINUTE:
        return say("{count} min ago", count=minutes)
    hours = minutes // _MINUTE
    if hours < _DAYS_FROM:
        return say("{count} h ago", count=hours)
    return say("{count} d ago", count=hours // 24)
