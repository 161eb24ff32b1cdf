"""Reads a page in this very process, within a bound of memory and time.

For what is read where no reader's process is at hand: by `reextract`, `verify` and `extract`. What the
interpreter or a pattern is busy with is ended in time; what the parser of HTML may cost, `tangles` bounds.
"""

from __future__ import annotations

import resource
import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from scraper.errors import TooCostly
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

T = TypeVar("T")

MOST_MEMORY: Final = 2 << 30  # bytes of address space; a page of 64 MiB needs about a quarter
MOST_SECONDS: Final = 20.0  # of one page, CPU time; the dearest of 7,155 real ones needs 0.2


class _Over(BaseException):
    """The time is over. No `except Exception` on the way takes it for an error of its own."""


def bounded(read: Callable[[], T], *, seconds: float = MOST_SECONDS, memory: int = MOST_MEMORY) -> T:
    """Return what reading comes to. Raises TooCostly where it takes too long or too much, and as it does.

    `seconds` are of CPU time, `memory` bytes beyond what the process has already. Only the main thread can be
    interrupted; another reads on.
    """
    try:
        with _memory(memory), _time(seconds):
            return read()
    except _Over:
        msg = say("too costly: reading the page took more than {seconds} s", seconds=f"{seconds:g}")
        raise TooCostly(msg) from None
    except MemoryError:
        msg = say("too costly: the memory for one page was not enough")
        raise TooCostly(msg) from None


@contextmanager
def _memory(most: int) -> Iterator[None]:
    """Let this process have so much more address space, or what it is allowed already."""
    has = address_space()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if has is None or (soft != resource.RLIM_INFINITY and soft <= has + most):
        yield
        return
    most += has
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def address_space() -> int | None:
    """Return how many bytes of address space this process has; None where the system does not say."""
    try:
        with Path("/proc/self/statm").open("rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return None


@contextmanager
def _time(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise _Over

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
