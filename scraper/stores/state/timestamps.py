"""Moments as the state keeps them: microseconds since 1970 in UTC: they sort as they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_A_MICROSECOND: Final = timedelta(microseconds=1)
MINUTE: Final = 60_000_000  # microseconds
_A_DAY = timedelta(days=1)
EARLIEST: Final = (datetime.min.replace(tzinfo=UTC) + _A_DAY - _EPOCH) // _A_MICROSECOND
LATEST: Final = (datetime.max.replace(tzinfo=UTC) - _A_DAY - _EPOCH) // _A_MICROSECOND
"""The first and the last moment that every time zone can show; no column holds a whole number beyond them."""


def stored(moment: datetime | None) -> int | None:
    """Return an aware moment in microseconds; None stays None."""
    return None if moment is None else (moment - _EPOCH) // _A_MICROSECOND


def loaded(value: object) -> datetime | None:
    """Return a stored moment, in UTC; None stays None. Raises TypeError, OverflowError."""
    return None if value is None else required(value)


def required(value: object) -> datetime:
    """Return a stored moment of a column that is never NULL. Raises TypeError, OverflowError."""
    if type(value) is not int:
        msg = f"a moment is no whole number but {value!r}"
        raise TypeError(msg)
    if not EARLIEST <= value <= LATEST:
        msg = f"a moment is beyond all time zones: {value}"
        raise OverflowError(msg)
    return _EPOCH + timedelta(microseconds=value)
