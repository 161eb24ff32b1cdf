"""Work spread over all cores: many small pieces, their results in order, memory bounded.

Workers are started anew and not forked, but where nothing is open yet: a fork would keep the archive's lock,
and its open state, beyond the death of the process that holds them. They end when that process does, however
it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

Piece = TypeVar("Piece")
Result = TypeVar("Result")

FEW: Final = 150  # pieces that one process has done before another has started
_CHUNK: Final = 16  # pieces that a worker is given at once
_AHEAD: Final = 4  # chunks a worker that are on their way: bounds the memory, not the speed


def spread(
    work: Callable[[Piece], Result], pieces: Iterable[Piece], *, few: int = FEW, fork: bool = False
) -> Iterator[tuple[Piece, Result]]:
    """Yield each piece with what `work` makes of it, in order; `work` is a function that can be sent.

    So `few` pieces, or all of them where there is only one core, are done here. What `work` raises is raised.
    `fork`: nothing is open that workers could keep, and they may begin as copies of this process, at once.
    """
    pieces = iter(pieces)
    first = list(islice(pieces, few + 1))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if len(first) <= few or cores == 1:
        yield from ((piece, work(piece)) for piece in chain(first, pieces))
        return
    context = multiprocessing.get_context("fork" if fork else "spawn")
    workers = ProcessPoolExecutor(max_workers=cores, mp_context=context, initializer=_begin, initargs=(work,))
    try:
        yield from _in_order(workers, chain(first, pieces), ahead=_AHEAD * cores)
    finally:
        workers.shutdown(cancel_futures=True)


def _in_order(
    workers: ProcessPoolExecutor, pieces: Iterator[Piece], *, ahead: int
) -> Iterator[tuple[Piece, Any]]:
    chunks = iter(lambda: list(islice(pieces, _CHUNK)), [])
    given: deque[tuple[list[Piece], Future[list[Any]]]] = deque(
        (chunk, workers.submit(_each, chunk)) for chunk in islice(chunks, ahead)
    )
    while given:
        chunk, done = given.popleft()
        results = done.result()
        given.extend((following, workers.submit(_each, following)) for following in islice(chunks, 1))
        yield from zip(chunk, results, strict=True)


_given: list[Callable[[Any], Any]] = []  # in a worker: its work, sent once and not with every piece


def _each(chunk: list[Any]) -> list[Any]:
    (work,) = _given
    return [work(piece) for piece in chunk]


def _begin(work: Callable[[Any], Any]) -> None:
    """Leave Ctrl-C to the process that a person started, and end when that process is no more."""
    _given[:] = [work]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end with the parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # the main thread waits for work that nobody will send
