"""Work spread over all cores: many small pieces, their results in order, memory bounded.

Workers are copies of this process where the system makes them at a small price, else processes started anew.
A copy closes at once whatever it was born with: it keeps no lock and no open state beyond the death of the
process that holds them. Workers end when that process does, however it ends.

A piece that ends its worker, by a fault of the parser's own, by its memory or by work without end, costs that
piece where the caller says what becomes of it (`lost`); the next worker goes on behind it.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import selectors
import signal
import sys
import threading
import time
import traceback
import warnings
from collections import deque
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar, TypeVarTuple

from scraper.errors import ArchiveError
from scraper.messages import say
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Piece = TypeVar("Piece")
Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")

FEW: Final = 150  # pieces that one process has done before another has started
MOST_SECONDS: Final = (
    30.0  # of one piece, CPU time in its worker; more than a page may take (`ingest.bounds`)
)
_PATIENCE: Final = 6  # times as long by the clock, where the machine has other work
_LEAST_PATIENCE: Final = 60.0  # seconds by the clock
_TO_BEGIN: Final = 60.0  # seconds by the clock, until a new process says that it is there
_CHUNK: Final = 16  # pieces that a worker is given at once
_AHEAD: Final = 4  # chunks a worker that are on their way: bounds the memory, not the speed
_OPEN: Final = Path("/proc/self/fd")
_THREADS: Final = Path("/proc/self/task")
_WATCH: Final = "end with the parent"  # a thread that waits, and holds nothing that a copy would miss
_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_DONE: Final = object()
NOTHING_ELSE: Final[Iterator[object]] = iter(())


class WorkerLostError(ArchiveError):
    """A worker ended at a piece, and nobody says what becomes of that; or before it had one."""


class RemoteTraceback(Exception):  # noqa: N818 - the cause of an error, shown as it was there
    """Where in a worker an error was met."""


def spread(
    work: Callable[[Piece], Result],
    pieces: Iterable[Piece],
    *,
    few: int = FEW,
    lost: Callable[[Piece, str], Result] | None = None,
    seconds: float = MOST_SECONDS,
    meanwhile: Iterator[object] = NOTHING_ELSE,
) -> Iterator[tuple[Piece, Result]]:
    """Yield each piece with what `work` makes of it, in order; `work` is a function that can be sent.

    So `few` pieces, or all of them where there is only one core, are done here; with `lost` none is. What
    `work` raises is raised. `lost`: the result of a piece that ended its worker, given the piece and how that
    ended; None: that raises WorkerLostError. `seconds`: of CPU time, after which a piece ends its worker,
    where `lost` is given. `meanwhile`: work of this process, a step of which is done where the next result
    has not come yet; what is left of it at the end is the caller's.
    """
    pieces = iter(pieces)
    most = cores()
    first = list(islice(pieces, few + 1))
    is_small = len(first) <= few or most == 1
    if is_small and lost is None:
        for piece in first:
            yield piece, work(piece)
        for piece in pieces:
            yield piece, work(piece)
        return
    if not first:
        return
    crew = _Crew(work, first, pieces, most=1 if is_small else most, lost=lost, seconds=seconds)
    try:
        yield from crew.results(meanwhile)
    finally:
        crew.end()


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Ended(Value, frozen=True):
    """What is heard last of a companion."""

    code: int  # 0: as it should; below: of the signal that killed it


class Companion:
    """A process with one long work, which tells how it goes, and ends when this process does."""

    def __init__(
        self, work: Callable[[Callable[[object], None], *Arguments], object], *arguments: *Arguments
    ) -> None:
        """Begin it: a function that can be sent is given a way to tell us things, and its arguments.

        It may tell from any thread. SIGINT, SIGTERM and SIGHUP wait until `work` lets them in.
        """
        if not can_be_copied():
            from multiprocessing import resource_tracker  # noqa: PLC0415 - few processes are begun so

            resource_tracker.ensure_running()  # which lets SIGINT and SIGTERM in
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            self._process, self.pipe = _begin(_accompany, work, arguments)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def signal(self, number: int) -> None:
        """Send it a signal, where it is there."""
        if self._process.exitcode is None:
            os.kill(self._process.pid, number)

    def heard(self) -> object:
        """Return what it tells next, `Ended` at last."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            return Ended(self._process.exitcode)


class Speaker(Protocol):
    """Whoever has something to tell."""

    pipe: Any  # where that shows: a descriptor, or what has one

    def heard(self) -> object:
        """Return what it tells next, which is there."""


def listen(companions: Sequence[Companion], *beside: Speaker) -> Iterator[tuple[int, Any]]:
    """Yield what companions tell, with the number of each, until all have ended.

    `beside`: who is heard meanwhile too, numbered after them.
    """
    speakers, left = (*companions, *beside), len(companions)
    with selectors.DefaultSelector() as speaking:
        for number, speaker in enumerate(speakers):
            speaking.register(speaker.pipe, selectors.EVENT_READ, number)
        while left:
            for key, _ in speaking.select():
                heard = speakers[key.data].heard()
                if isinstance(heard, Ended):
                    speaking.unregister(key.fileobj)
                    left -= 1
                yield key.data, heard


def can_be_copied() -> bool:
    """Tell whether a copy of this process could go on: on Linux, and no library waits for events of its own.

    A store's client does, with threads and descriptors that a copy lacks: it panics there at its first use.
    Elsewhere than on Linux a copy of a process that has threads may hang.
    """
    if sys.platform != "linux":
        return False
    try:
        return not any(map(_is_of_a_loop, _OPEN.iterdir()))
    except OSError:  # nobody can tell
        return False


def is_alone() -> bool:
    """Tell whether a copy of this process lacks no thread that it needs. Raises OSError: nobody can tell."""
    watching = sum(thread.name == _WATCH for thread in threading.enumerate())
    return len(list(_THREADS.iterdir())) == 1 + watching


@contextmanager
def copying() -> Iterator[None]:
    """Hush what Python says of threads that a copy lacks: it needs none, nor what they hold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def _is_of_a_loop(descriptor: Path) -> bool:
    try:
        return str(descriptor.readlink()).startswith("anon_inode:[event")
    except FileNotFoundError:  # that of the very look at them
        return False


# ── whoever gives the work out ────────────────────────────────────────────────────────────────────────────


class _Chunk(Value, Generic[Piece]):
    """Pieces given to a worker at once, and what came of those that are done."""

    pieces: list[Piece]
    results: list[Any] = field(default_factory=list)


class _Worker(Value):
    """A process, the pipe to it, and what it has to do."""

    process: Any  # of multiprocessing, of whichever way to begin one
    pipe: Connection
    chunk: _Chunk[Any] | None = None
    has_begun: bool = False  # it has said that it is there
    since: float = 0.0  # by the clock: when it was last heard of


class _Crew(Generic[Piece, Result]):
    """The workers of one call, as many as there is work for."""

    def __init__(
        self,
        work: Callable[[Piece], Result],
        first: list[Piece],
        pieces: Iterator[Piece],
        *,
        most: int,
        lost: Callable[[Piece, str], Result] | None,
        seconds: float,
    ) -> None:
        self._work, self._lost, self._seconds, self._most = work, lost, seconds, most
        self._waiting = deque(_chunks(first))
        self._more = iter(lambda: list(islice(pieces, _CHUNK)), [])
        self._order: deque[_Chunk[Piece]] = deque()  # given out and not yet yielded whole
        self._workers: list[_Worker] = []
        self._busy = selectors.PollSelector()  # the pipes of workers that have something to do

    def results(self, meanwhile: Iterator[object]) -> Iterator[tuple[Piece, Result]]:
        """Yield each piece with its result, in order; `meanwhile` as `spread` has it."""
        self._give()
        while self._order:
            chunk = self._order[0]
            for number, piece in enumerate(chunk.pieces):
                self._hear(patient=False)
                while len(chunk.results) <= number:
                    self._hear(patient=next(meanwhile, _DONE) is _DONE)
                yield piece, chunk.results[number]
            self._order.popleft()
            self._give()

    def end(self) -> None:
        """End the workers that are left."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.process.close()
            worker.pipe.close()
        self._workers.clear()
        self._busy.close()

    def _give(self) -> None:
        """Give every idle worker a chunk; begin one where there is work for it."""
        for worker in self._workers:
            if worker.chunk is None and (chunk := self._next()) is not None:
                self._send(worker, chunk)
        while len(self._workers) < self._most and (chunk := self._next()) is not None:
            worker = self._begun()
            self._workers.append(worker)
            self._send(worker, chunk)

    def _next(self) -> _Chunk[Piece] | None:
        if len(self._order) >= _AHEAD * self._most:
            return None
        pieces = self._waiting.popleft() if self._waiting else next(self._more, None)
        if pieces is None:
            return None
        chunk = _Chunk(pieces)
        self._order.append(chunk)
        return chunk

    def _send(self, worker: _Worker, chunk: _Chunk[Piece]) -> None:
        worker.chunk, worker.since = chunk, time.monotonic()
        self._busy.register(worker.pipe, selectors.EVENT_READ, worker)
        try:
            worker.pipe.send(chunk.pieces[len(chunk.results) :])
        except OSError:  # it is gone already; that is heard like any other end
            return

    def _hear(self, *, patient: bool) -> None:
        """Take in what workers have to say; `patient`: wait for one of them."""
        for key, _ in self._busy.select(self._patience if patient else 0):
            self._listen(key.data)
        now = time.monotonic()
        for worker in list(self._workers):
            patience = self._patience if worker.has_begun else _TO_BEGIN
            if worker.chunk and now - worker.since > patience:
                worker.process.kill()
                self._replace(worker, f"no answer came in {patience:g} s")
        self._give()

    def _listen(self, worker: _Worker) -> None:
        chunk = worker.chunk
        if chunk is None:
            return
        try:
            said = worker.pipe.recv_bytes()
        except (OSError, EOFError):
            worker.process.join()
            self._replace(worker, f"its worker ended with {worker.process.exitcode}")
            return
        worker.since = time.monotonic()
        if not worker.has_begun:
            worker.has_begun = True
            return
        is_done, value = pickle.loads(said)  # noqa: S301 - of our own process
        if not is_done:
            error, trace = value
            raise error from RemoteTraceback(trace)
        chunk.results.append(value)
        if len(chunk.results) == len(chunk.pieces):
            worker.chunk = None
            self._busy.unregister(worker.pipe)

    def _replace(self, worker: _Worker, why: str) -> None:
        """Leave the piece behind at which a worker ended, and let another go on. Raises WorkerLostError."""
        self._workers.remove(worker)
        self._busy.unregister(worker.pipe)
        worker.process.join()
        worker.process.close()
        worker.pipe.close()
        chunk = worker.chunk
        if not worker.has_begun:  # no piece is to blame
            raise WorkerLostError(say("a process to share the work could not begin: {why}", why=why))
        if self._lost is None or chunk is None:
            raise WorkerLostError(why)
        chunk.results.append(self._lost(chunk.pieces[len(chunk.results)], why))
        if len(chunk.results) < len(chunk.pieces):
            following = self._begun()
            self._workers.append(following)
            self._send(following, chunk)

    @property
    def _patience(self) -> float:
        return max(self._seconds * _PATIENCE, _LEAST_PATIENCE)

    def _begun(self) -> _Worker:
        seconds = None if self._lost is None else self._seconds
        return _Worker(*_begin(_serve, self._work, seconds))


def _begin(
    work: Callable[[Connection, *Arguments], object], *arguments: *Arguments
) -> tuple[Any, Connection]:
    """Begin a process that does work and ends with it; return it and our side of a pipe."""
    import multiprocessing  # noqa: PLC0415 - 9 ms, which few runs need

    copied = can_be_copied()
    context: Any = multiprocessing.get_context("fork" if copied else "spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_born, args=(theirs, copied, work, arguments), daemon=True)
    with copying():
        process.start()
    theirs.close()
    return process, ours


def _chunks(pieces: list[Piece]) -> Iterator[list[Piece]]:
    return (pieces[at : at + _CHUNK] for at in range(0, len(pieces), _CHUNK))


# ── a worker ──────────────────────────────────────────────────────────────────────────────────────────────


def _born(
    pipe: Connection,
    copied: bool,  # noqa: FBT001 - as it is started
    work: Callable[[Connection, *Arguments], object],
    arguments: tuple[*Arguments],
) -> None:
    """Do the work of a process that was just begun, and leave nothing behind."""
    from multiprocessing import parent_process  # noqa: PLC0415 - as in `_begin`

    parent = parent_process()
    gc.freeze()  # nothing of the process that this is a copy of is ended here
    signal.set_wakeup_fd(-1)
    if copied:
        _keep_only(pipe, parent)
    threading.Thread(target=_end_with, args=(parent,), name=_WATCH, daemon=True).start()
    code = 1
    try:
        work(pipe, *arguments)
        code = 0
    finally:
        os._exit(code)  # what this process has of its parent's, unwritten lines among it, stays its parent's


def _accompany(pipe: Connection, work: Callable[..., object], arguments: tuple[object, ...]) -> None:
    turn = threading.Lock()

    def tell(said: object) -> None:
        with turn:
            try:
                pipe.send(said)
            except OSError:
                os._exit(1)  # nobody is there to be told: this process ends with whoever began it

    work(tell, *arguments)


def _serve(pipe: Connection, work: Callable[[Any], Any], seconds: float | None) -> None:
    """Do what is asked for until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a person's Ctrl-C is for the process that they started
    for number in (signal.SIGTERM, signal.SIGVTALRM):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(EOFError):  # nobody asks any more
        pipe.send_bytes(b"here")
        while True:
            for piece in pipe.recv():
                if seconds is not None:
                    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)  # SIGVTALRM ends the process
                pipe.send_bytes(_done(work, piece))


def _done(work: Callable[[Any], Any], piece: Any) -> bytes:  # noqa: ANN401 - the caller's own
    """Return what became of a piece: True and the result, or False, the error and where it was met."""
    try:
        return pickle.dumps((True, work(piece)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - raised again by the process that asked
        return pickle.dumps((False, (error, traceback.format_exc())), pickle.HIGHEST_PROTOCOL)


def _keep_only(pipe: Connection, parent: BaseProcess | None) -> None:
    """Close what this process was born with, but for its streams and the ways to whoever began it."""
    kept = sorted({0, 1, 2, pipe.fileno(), *([] if parent is None else [parent.sentinel])})
    for before, after in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(before + 1, after)


def _end_with(parent: BaseProcess | None) -> None:
    if parent is not None:
        parent.join()
        os._exit(1)  # the main thread waits for work that nobody will send
