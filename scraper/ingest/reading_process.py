"""Processes that read pages, seen by who begins them: a copy of this process, or one begun anew.

    this process ── control ── fork server, copied before anything was opened
         └──────── a socket ─────── reader, its copy

A copy begins with all that this process had imported: it costs a hundredth of one that is begun anew. Only a
process of one thread can be copied safely, so the fork server is copied early, does nothing but copy itself,
and has closed whatever it found open. Where there is none, readers are begun anew.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from scraper import parallel
from scraper.ingest import reading_worker

if TYPE_CHECKING:
    from collections.abc import Callable

_SOON: Final = 2.0  # seconds that a process may take from the end of its pipe to its own
_FORK, _WAIT = b"f", b"w"
_NUMBER: Final = 8  # bytes of a number, with its sign
_MOST_NAME: Final = 32  # bytes of a job's name
_BUFFER: Final = 1 << 16  # bytes: a page goes at once, and who waits for it is woken once
_GONE: Final = (OSError, EOFError, ValueError)  # ValueError: the pipe was closed by `kill`
_MAIN: Final = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from scraper.ingest.reading_worker import main; "
    "main(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[2]), float(sys.argv[3]))"
)


class ReadingProcess:
    """One process that reads, and the way to it and back."""

    def __init__(self, inner: _Inner, to: IO[bytes], back: IO[bytes]) -> None:
        """Take the process itself, and what it reads and writes."""
        self._inner = inner
        self._to, self._back = to, back
        self._site: object = None  # of the job before: it is sent once

    @property
    def is_alive(self) -> bool:
        """Tell whether it could take another job: it is there, and has nothing to say."""
        return not self._back.closed and not _has_said(self._back, 0.0)

    def kill(self) -> None:
        """End it, whatever it does."""
        self._inner.kill()
        self._inner.wait()
        for pipe in (self._to, self._back):
            with suppress(OSError):
                pipe.close()

    def ask(self, job: tuple[Any, ...], seconds: float) -> reading_worker.Answer | str:
        """Return what a job came to, or how its process ended instead."""
        try:
            self._send(job)
            if _has_said(self._back, seconds):
                return _received(self._back)
        except _GONE:
            return self._end()
        return self._leave(seconds)

    async def ask_on_loop(self, job: tuple[Any, ...], seconds: float) -> reading_worker.Answer | str:
        """Do as `ask` does, while others go on: for a job that fits into a pipe.

        Where this is cancelled the process is ended.
        """
        loop, said = asyncio.get_running_loop(), asyncio.Event()
        try:
            number = self._back.fileno()
            self._send(job)
            loop.add_reader(number, said.set)
            try:
                async with asyncio.timeout(seconds):
                    await said.wait()
            finally:
                loop.remove_reader(number)
            return _received(self._back)
        except TimeoutError:
            return self._leave(seconds)
        except _GONE:
            return self._end()
        except asyncio.CancelledError:
            self.kill()
            raise

    def _send(self, job: tuple[Any, ...]) -> None:
        reading_worker.send(self._to, job, same_site=job[2] is self._site)
        self._site = job[2]

    def _leave(self, seconds: float) -> str:
        self.kill()
        return f"no answer came in {seconds:g} s"

    def _end(self) -> str:
        code = self._inner.ended(_SOON)
        self.kill()
        return f"its reader ended with {code}"


class _Inner(Protocol):
    """A process that is ours."""

    def kill(self) -> None:
        """End it."""

    def wait(self) -> int:
        """Return the code that it ended with, once it has."""

    def ended(self, seconds: float) -> int | None:
        """Return the code that it ends with, where it does so in time."""


def _received(pipe: IO[bytes]) -> reading_worker.Answer:
    """Return what comes next. Raises EOFError where the other side is gone."""
    found = reading_worker.receive(pipe)
    if found is None:
        raise EOFError
    answer: reading_worker.Answer = pickle.loads(found)  # noqa: S301 - of our own process
    return answer


def _has_said(pipe: IO[bytes], seconds: float) -> bool:
    """Wait until a process has said something, or is gone; False: neither came in time.

    By poll: an epoll is opened and closed again for each question, and costs six calls of the system for one.
    """
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


# ── begun anew ────────────────────────────────────────────────────────────────────────────────────────────


class _Anew:
    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen

    def kill(self) -> None:
        self._popen.kill()

    def wait(self) -> int:
        return self._popen.wait()

    def ended(self, seconds: float) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)
        return self._popen.poll()


def begin_anew(memory: int, seconds: float) -> ReadingProcess:
    """Begin a process of this interpreter and this program, with nothing of this process."""
    command = [sys.executable, "-c", _MAIN, json.dumps(sys.path), str(memory), str(seconds)]
    popen = subprocess.Popen(  # noqa: S603 - this interpreter, this program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0
    )
    if popen.stdin is None or popen.stdout is None:
        msg = "a pipe was asked for, and there is none"
        raise RuntimeError(msg)
    return ReadingProcess(_Anew(popen), popen.stdin, popen.stdout)


# ── copied ────────────────────────────────────────────────────────────────────────────────────────────────


class ForkServer:
    """A copy of this process as it was when this was made, that copies itself for each reader."""

    def __init__(self, memory: int, seconds: float) -> None:
        """Copy this process, which has one thread. `memory` is what a reader may take beyond it."""
        self._control, theirs = socket.socketpair()
        self._turn = threading.Lock()
        with parallel.copying():
            self._pid = os.fork()
        if self._pid == 0:
            _in_copy(lambda: _serve(theirs, memory, seconds))
        theirs.close()

    def begin(self, job: str) -> ReadingProcess:
        """Begin a reader that has imported what a job needs. Raises OSError, EOFError: it cannot."""
        ours, theirs = socket.socketpair()
        with theirs, ours:
            pid = self._asked(_FORK + job.encode(), theirs)
            reader = _Copy(pid, os.pidfd_open(pid), self)
            back, to = _ways(ours)
            return ReadingProcess(reader, to, back)

    def code_of(self, pid: int) -> int:
        """Return the code that a reader ended with, once it has. A server that is gone has killed it."""
        try:
            return self._asked(_WAIT + pid.to_bytes(_NUMBER, "big"))
        except (OSError, EOFError):
            return -signal.SIGKILL

    def close(self) -> None:
        """End the server and its readers."""
        with self._turn:
            self._control.close()
            with suppress(ChildProcessError):  # somebody else has waited for it
                os.waitpid(self._pid, 0)

    def _asked(self, question: bytes, given: socket.socket | None = None) -> int:
        with self._turn:
            socket.send_fds(self._control, [question], [] if given is None else [given.fileno()])
            answer = self._control.recv(_NUMBER, socket.MSG_WAITALL)
        if len(answer) < _NUMBER:
            raise EOFError
        return int.from_bytes(answer, "big", signed=True)


class _Copy:
    """A reader that the server has begun, held by a handle: its number may be another's one day."""

    def __init__(self, pid: int, handle: int, server: ForkServer) -> None:
        self._pid = pid
        self._handle = handle
        self._server = server
        self._turn = threading.Lock()
        self._code: int | None = None  # None: nobody has waited for it

    def kill(self) -> None:
        with self._turn:
            if self._code is None:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def wait(self) -> int:
        with self._turn:
            if self._code is None:
                self._code = self._server.code_of(self._pid)
                os.close(self._handle)
            return self._code

    def ended(self, seconds: float) -> int | None:
        """Return the code that it ends with. Its socket is closed: it ends now, or is killed without harm."""
        del seconds
        self.kill()
        return self.wait()


def fork_server(memory: int, seconds: float) -> ForkServer | None:
    """Copy this process, as long as its copy would be whole; None: it would not, or nobody can tell."""
    try:
        os.close(os.pidfd_open(os.getpid()))
        alone = parallel.is_alone()
    except (OSError, AttributeError):  # no Linux, or one that holds it back
        return None
    return ForkServer(memory, seconds) if alone and parallel.can_be_copied() else None


def _in_copy(work: Callable[[], object]) -> None:
    """Do work, and end this copy of a process without a word of what its original has begun."""
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def _serve(control: socket.socket, memory: int, seconds: float) -> None:
    """Copy this process for each reader that is asked for, until whoever asks is gone."""
    _let_go(control.fileno())
    gc.freeze()  # what is there already stays, and is not looked through by each reader
    readers: set[int] = set()
    while True:
        question, given, _, _ = socket.recv_fds(control, _MOST_NAME, 1)
        if not question:
            break
        if question[:1] == _FORK:
            reading_worker.work_of(question[1:].decode())  # imported here, once for all readers
            pid = os.fork()
            if pid == 0:
                control.close()
                _in_copy(lambda: _read(given[0], memory, seconds))  # noqa: B023 - called at once
            os.close(given[0])
            readers.add(pid)
            told = pid
        else:
            pid = int.from_bytes(question[1:], "big")
            told = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            readers.discard(pid)
        control.sendall(told.to_bytes(_NUMBER, "big", signed=True))
    for pid in readers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _read(number: int, memory: int, seconds: float) -> None:
    with socket.socket(fileno=number) as way:
        reading_worker.main(*_ways(way), memory, seconds, beyond=True)


def _ways(end: socket.socket) -> tuple[IO[bytes], IO[bytes]]:
    """Return what comes from the other end of a socket, and what goes to it."""
    return end.makefile("rb", _BUFFER), end.makefile("wb", _BUFFER)  # type: ignore[return-value] # typeshed: IOBase


def _let_go(kept: int) -> None:
    """Close whatever the original has open but one, and hear no signal that is meant for it."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for meant in (signal.SIGINT, signal.SIGTERM):
        signal.signal(meant, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
