"""The lease of a site: who may ask its hosts, until when, and under which number. Pure: moments are given.

The holder's deadline counts from before the claim was sent, on its own monotonic clock; the database counts
from after it arrived. So the holder always stops before anybody else can begin, whatever their clocks say and
however long the claim was under way. Only the rates of the clocks must agree, within `MARGIN`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from scraper.values import Value

MARGIN: Final = 0.05  # of the lease's length: what the holder gives away, for clocks that differ in rate
RENEWALS: Final = 4  # within a lease's length, so that three may fail

DEFAULT_TTL: Final = timedelta(minutes=2)


class Lease(Value, frozen=True, kw_only=True):
    """The right to work one site."""

    site: str
    epoch: int  # rises by one with every claim; whoever has a lower one is fenced
    holder: str  # the worker's name: unique for each start of a worker
    ttl: float  # seconds
    deadline: float  # on the holder's monotonic clock; no request is under way after it

    def renewed(self, sent: float) -> Lease:
        """Return the lease as a renewal made it, that was sent at this moment."""
        return Lease(
            site=self.site,
            epoch=self.epoch,
            holder=self.holder,
            ttl=self.ttl,
            deadline=max(self.deadline, deadline_of(sent, self.ttl)),
        )


def deadline_of(sent: float, ttl: float) -> float:
    """Return until when a claim or renewal holds that was sent at this moment of the monotonic clock."""
    return sent + ttl * (1 - MARGIN)


def pause_between_renewals(ttl: float) -> float:
    """Return the seconds from one renewal to the next."""
    return ttl / RENEWALS
