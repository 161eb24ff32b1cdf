"""The program as a process that can be killed, without the half second that Python takes to start.

A zygote has imported the program and forks a child for each command line: a real process with the program's
own signals, locks and files, of which nothing is left when it is killed. At which instant that is, is told by
what it does and not by a clock: before its n-th touch of the disk. What would outlast a power cut then can be
recorded (`powercut`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    import signal

    from powercut import Disk

    from scraper.demo.server import Server

_STUCK = 180.0  # seconds after which nobody waits any longer: no test passes or fails by it on a busy machine
_GLANCE = 0.001  # seconds

_PROGRAM = """
import json, os, signal, sys
sys.path.insert(0, sys.argv[1])
import powercut

touches_left = None  # of the disk, until the child dies in front of one; None: it does not die of itself

def deadly(touch):
    def touched(*args, **options):
        global touches_left
        if touches_left is not None:
            touches_left -= 1
            if touches_left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return touch(*args, **options)
    return touched

os.fsync = powercut.recorded(os.fsync)
for name in ("write", "fsync", "rename", "replace", "link", "unlink", "mkdir", "ftruncate"):
    setattr(os, name, deadly(getattr(os, name)))

from scraper import cli
import scraper.app.wiring, scraper.app.sites, scraper.commands.backfill, scraper.commands.crawl
import scraper.commands.run, scraper.display, scraper.audit.status, encodings.idna

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        asked = json.loads(line)
        out = os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(out, 1)
        os.dup2(out, 2)
        code = 1
        if asked["disk"] is not None:
            powercut.record(*asked["disk"])
        touches_left = asked["touches"]
        try:
            code = cli.main(asked["argv"])
            sys.stdout.flush()
        finally:
            touches_left = None
            os._exit(code)
    print(pid, flush=True)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    print("ended", flush=True)
    sys.stdin.readline()  # until then its number belongs to nobody else
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Life:
    """One command line at work."""

    def __init__(self, zygote: subprocess.Popen[str], pid: int, out: Path) -> None:
        self.pid = pid
        self._zygote = zygote
        self._out = out
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        assert _pipe(self._zygote.stdout).readline() == "ended\n"
        self._ended.set()

    def send(self, number: signal.Signals) -> None:
        """Send a signal; one that has ended meanwhile does not hear it."""
        os.kill(self.pid, number)

    def has_ended(self, within: float = 0.0) -> bool:
        """Say whether it has ended, or does so within these seconds."""
        return self._ended.wait(within)

    def code(self, within: float = _STUCK) -> int:
        """Return its exit code, negative for the signal that killed it."""
        assert self._ended.wait(within), "it does not end"
        _pipe(self._zygote.stdin).write("reap\n")
        _pipe(self._zygote.stdin).flush()
        return int(_pipe(self._zygote.stdout).readline())

    def said(self) -> str:
        """Return what it wrote to standard output and standard error."""
        return self._out.read_text(encoding="utf-8", errors="replace")


class Zygote:
    """The process that waits with the program in its memory; one child at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start it, and return when its imports are done or under way."""
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _PROGRAM, str(Path(__file__).parent)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        assert self._process is not None
        with self._process:
            self._process.kill()

    def start(self, *argv: str, touches: int | None = None, disk: Disk | None = None) -> Life:
        """Start the program with these arguments.

        `touches`: how often it may touch the disk before it is killed in front of the next time; None: ever.
        `disk`: where it is recorded what a power cut would leave; None: nowhere.
        """
        assert self._process is not None
        out = self._folder / "out.txt"
        places = None if disk is None else (str(disk.root), str(disk.kept))
        asked = {"argv": argv, "out": str(out), "touches": touches, "disk": places}
        _pipe(self._process.stdin).write(json.dumps(asked) + "\n")
        _pipe(self._process.stdin).flush()
        return Life(self._process, int(_pipe(self._process.stdout).readline()), out)


def wait_for(server: Server, requests: int, life: Life) -> None:
    """Return when the server has been asked so often in all, or the life has ended.

    A life that neither asks nor ends for minutes is stuck, however busy the machine is.
    """
    asked, patience = len(server.log), _STUCK
    while len(server.log) < requests and not life.has_ended(_GLANCE):
        patience = patience - _GLANCE if len(server.log) == asked else _STUCK
        asked = len(server.log)
        assert patience > 0, f"it is stuck: {asked} of {requests} requests; it said {life.said()!r}"


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
