"""Work over all cores: in order, bounded, and over when the process that wanted it is."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from itertools import count, islice
from pathlib import Path

import pytest

from scraper.parallel import spread

PARENT = """
import time
from scraper.parallel import spread
for _ in spread(time.sleep, [0.01] * 64 + [600.0] * 500, few=0):
    print("begun", flush=True)
"""


def test_results_come_in_order_with_their_pieces() -> None:
    pieces = [float(number) for number in range(300)]
    assert list(spread(math.sqrt, pieces, few=10)) == [(piece, math.sqrt(piece)) for piece in pieces]


def test_few_pieces_need_no_other_process() -> None:
    made_here: list[int] = []
    assert [piece for piece, _ in spread(made_here.append, range(5), few=5)] == made_here


def test_pieces_without_end_are_taken_as_they_are_needed() -> None:
    assert [piece for piece, _ in islice(spread(abs, count(), few=10), 100)] == list(range(100))


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="math domain"):
        list(spread(math.sqrt, [1.0] * 20 + [-1.0], few=1))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a process's children stand in /proc")
@pytest.mark.skipif(os.cpu_count() == 1, reason="there is only one core")
def test_workers_end_with_the_process_that_is_killed() -> None:
    parent = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "begun\n"
        workers = children_of(parent.pid)
        assert len(workers) >= 2
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        left = outlasting(workers, seconds=10)
        for worker in left:
            os.kill(worker, signal.SIGKILL)
    assert left == []


def outlasting(workers: list[int], *, seconds: float) -> list[int]:
    """Wait for processes to end, and return those that do not."""
    until = time.monotonic() + seconds
    while (left := [worker for worker in workers if is_alive(worker)]) and time.monotonic() < until:
        time.sleep(0.01)
    return left


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and that nobody has asked about does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("ascii")
    except FileNotFoundError:
        return False
