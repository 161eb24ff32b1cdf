"""How much a run may do: a number of articles and pictures, a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta


class BudgetSpent(Exception):  # noqa: N818 - no error: the run did what it was allowed to
    """The run may not ask for anything more."""


class Budget:
    """Shared by all sites of a run.

    `limit` counts the articles, pictures and files that are asked for; None: as many as there are.
    """

    def __init__(self, *, now: Callable[[], datetime], limit: int | None, deadline: datetime | None) -> None:
        """Begin with nothing spent."""
        self._now = now
        self._left = limit
        self.deadline = deadline  # None: no end but the work's own

    @classmethod
    def of(cls, now: Callable[[], datetime], *, limit: int | None, time_limit: timedelta | None) -> Self:
        """Begin with so much time from now on; None: no end but the work's own."""
        return cls(now=now, limit=limit, deadline=None if time_limit is None else now() + time_limit)

    def now(self) -> datetime:
        """Return the moment, by the run's clock."""
        return self._now()

    def check(self) -> None:
        """Raise BudgetSpent once the time is over."""
        if self.deadline is not None and self._now() >= self.deadline:
            raise BudgetSpent

    def spend(self) -> None:
        """Take one article, picture or file from the budget; raise BudgetSpent where none is left."""
        self.check()
        if self._left is None:
            return
        if self._left <= 0:
            raise BudgetSpent
        self._left -= 1

    def seconds_left(self) -> float | None:
        """Return how long the run may still take; None: as long as it wants."""
        return None if self.deadline is None else (self.deadline - self._now()).total_seconds()
