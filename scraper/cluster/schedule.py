"""When a site's run is due, and which of the waiting ones goes first. Pure: moments and chances are given.

Each run is due `every` after the one before it was put into the queue, a little earlier or later, so that
sites which began together part. A site whose job still waits is not put there a second time: under a backlog
runs grow rarer, and none is lost. What waits longer than its `every` rises, until it goes before all that is
punctual: no site starves behind more important ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import timedelta

JITTER: Final = 0.1  # of `every`, to both sides
PATIENCE: Final = 60.0  # seconds: a job waits so long for the machine that has the site's files
AGEING: Final = 10  # the priority that a job gains for each `every` that it waits beyond the first
HIGHEST: Final = 100  # a site's own priority goes from minus this to this


def stretch_of(chance: float) -> float:
    """Return by what the next `every` is multiplied. `chance`: from 0 up to 1."""
    return 1 - JITTER + 2 * JITTER * chance


def pause_between_upkeeps(ttl: float) -> int:
    """Return the seconds from one upkeep to the next: a part of a lease's length that divides a minute."""
    return max(each for each in (1, 2, 3, 5, 6, 10, 15) if each <= max(ttl / 4, 1))


def queue_priority(priority: int, waited: timedelta, every: timedelta) -> int:
    """Return the place in the queue of a job that has waited so long."""
    return priority + AGEING * int(waited / every)


def queue_of(machine: str | None) -> str:
    """Return the queue in which a site waits for the machine that has its files; None: for any."""
    return "any" if machine is None else f"at:{machine}"
