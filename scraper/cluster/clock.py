"""The clock of leases: it only goes forward, for all processes of a machine alike, also while it sleeps."""

from __future__ import annotations

import time

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # the first counts a suspended machine's sleep


def monotonic() -> float:
    """Return the seconds since some moment before this machine's processes began."""
    return time.clock_gettime(_CLOCK)
