"""An event loop whose clock jumps to the next thing that is due, so that hours pass in a test at once.

Sockets work as ever: the clock jumps only when nothing is ready to be read or written. Threads do not: what
runs in one is overtaken by the clock.
"""

from __future__ import annotations

import asyncio
import selectors
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")
BEGINNING = datetime(2024, 3, 5, 10, 20, tzinfo=UTC)
_DEADLOCK = 60.0  # real seconds without a timer and without traffic


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits for a timer: tells the loop how far to jump instead."""

    def __init__(self) -> None:
        super().__init__()
        self.jumped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout is not None else _DEADLOCK)
        if timeout is None and not ready:
            msg = "every task waits for something that nobody will do"
            raise RuntimeError(msg)
        if timeout and not ready:
            self.jumped += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its `time` starts at 0 and is only moved by waiting."""

    def __init__(self) -> None:
        """Begin at second 0."""
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the virtual seconds since the beginning."""
        return self._jumping.jumped


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)


def monotonic() -> float:
    """Return the running loop's seconds."""
    return asyncio.get_running_loop().time()


def now() -> datetime:
    """Return the running loop's moment."""
    return BEGINNING + timedelta(seconds=monotonic())


def clock_at(start: datetime) -> Callable[[], datetime]:
    """Return a `now` that begins at another moment: a later run's."""
    return lambda: start + timedelta(seconds=monotonic())
