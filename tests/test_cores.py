"""Work over all cores: in order, bounded, and over when the process that wanted it is."""

from __future__ import annotations

import itertools
import math
import os
import select
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import count, islice
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from scraper import parallel
from scraper.parallel import WorkerLostError, can_be_copied, spread

if TYPE_CHECKING:
    from collections.abc import Callable

PARENT = """
import time
from scraper import parallel
parallel.can_be_copied = lambda: {copies}
from scraper.parallel import spread
for _ in spread(time.sleep, [0.0] * 64 + [600.0] * 500, few=0):
    print("begun", flush=True)
"""
_STUCK = 60.0  # seconds after which a process that does not end never will


def test_results_come_in_order_with_their_pieces() -> None:
    pieces = [float(number) for number in range(300)]
    assert list(spread(math.sqrt, pieces, few=10)) == [(piece, math.sqrt(piece)) for piece in pieces]


def test_few_pieces_need_no_other_process() -> None:
    made_here: list[int] = []
    assert [piece for piece, _ in spread(made_here.append, range(5), few=5)] == made_here


def test_pieces_without_end_are_taken_as_they_are_needed() -> None:
    assert [piece for piece, _ in islice(spread(abs, count(), few=10), 100)] == list(range(100))


class Large:
    """Work that is dear to send: counts how often it was."""

    sent = 0

    def __call__(self, piece: int) -> int:
        return -piece

    def __reduce__(self) -> tuple[type[Large], tuple[()]]:
        """Tell how to make it again; whoever sends it asks."""
        Large.sent += 1
        return Large, ()


@pytest.mark.parametrize("copies", [False, True])
def test_the_work_is_sent_once_to_a_worker_and_never_to_a_copy(
    monkeypatch: pytest.MonkeyPatch, *, copies: bool
) -> None:
    monkeypatch.setattr(parallel, "can_be_copied", lambda: copies)
    Large.sent = 0
    assert list(spread(Large(), range(400), few=1)) == [(piece, -piece) for piece in range(400)]
    assert Large.sent == 0 if copies else 0 < Large.sent <= len(os.sched_getaffinity(0))


def test_a_process_in_which_a_library_waits_for_events_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy lacks its loop: what a store's client does there ends the worker."""
    plain = [Path("/proc/self/fd/2")]
    monkeypatch.setattr(parallel, "_OPEN", SimpleNamespace(iterdir=lambda: plain))
    assert can_be_copied()
    with select.epoll() as loop:
        plain.append(Path(f"/proc/self/fd/{loop.fileno()}"))
        assert not can_be_copied()


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="math domain"):
        list(spread(math.sqrt, [1.0] * 20 + [-1.0], few=1))


def deadly(piece: int) -> int | str:
    if piece == 7:
        os.kill(os.getpid(), signal.SIGSEGV)  # as the parser of a page may
    if piece == 33:
        sum(itertools.repeat(0))  # never gives the interpreter a chance to end it
    return -piece


def test_a_piece_that_ends_its_worker_costs_that_piece() -> None:
    ended: dict[int, str] = {}

    def lost(piece: int, why: str) -> str:
        ended[piece] = why
        return "lost"

    found = list(spread(deadly, range(100), lost=lost, seconds=0.2))
    assert found == [(piece, "lost" if piece in {7, 33} else -piece) for piece in range(100)]
    assert [(piece, why.rpartition(" ")[2]) for piece, why in ended.items()] == [
        (7, str(-signal.SIGSEGV)),
        (33, str(-signal.SIGVTALRM)),
    ]


def test_a_single_piece_too_is_apart_where_it_may_be_lost() -> None:
    assert list(spread(deadly, [7], lost=lambda *_: "lost")) == [(7, "lost")]


def test_a_piece_without_an_answer_ends_its_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """However short its patience, the worker has its time to begin."""
    monkeypatch.setattr(parallel, "_LEAST_PATIENCE", 0)
    monkeypatch.setattr(parallel, "_PATIENCE", 0)
    assert list(spread(time.sleep, [600.0], lost=lambda *_: None, seconds=0.001)) == [(600.0, None)]


def test_who_gives_the_work_out_does_work_of_its_own_meanwhile(tmp_path: Path) -> None:
    """The worker waits for what only the next step of that work brings."""
    way = tmp_path / "way"
    os.mkfifo(way)
    steps = iter([partial(way.write_text, "brought"), partial(int, "7")])
    found = spread(Path.read_text, [way], lost=lambda *_: "", meanwhile=(step() for step in steps))
    assert list(found) == [(way, "brought")]


def test_work_without_end_meanwhile_holds_no_result_back() -> None:
    found = spread(abs, [-1, -2], lost=lambda *_: 0, meanwhile=count())
    assert list(found) == [(-1, 1), (-2, 2)]


class Stillborn:
    """Work that no process can take over: it ends at once."""

    def __call__(self, piece: int) -> int:
        return piece

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        """Tell how to make it again: not at all."""
        return os._exit, (3,)


def test_a_process_that_cannot_begin_is_no_fault_of_its_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the interpreter may not be read: each page of an archive would be told as damaged."""
    monkeypatch.setattr(parallel, "can_be_copied", lambda: False)
    with pytest.raises(WorkerLostError, match=r"could not begin: .* 3$"):
        list(spread(Stillborn(), [1], lost=lambda *_: -1))


def test_where_nobody_says_what_a_lost_piece_is_the_loss_is_raised() -> None:
    with pytest.raises(WorkerLostError, match="-11"):
        list(spread(deadly, range(20), few=1))


def test_an_error_comes_with_the_place_where_it_was_met() -> None:
    with pytest.raises(ValueError, match="math domain") as told:
        list(spread(math.sqrt, [-1.0], lost=lambda *_: 0.0))
    assert "in _done" in str(told.value.__cause__)


def test_a_copy_holds_nothing_open_of_what_it_is_a_copy_of(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w", encoding="utf-8") as lock:
        ((_, found),) = spread(is_open, [lock.fileno()], lost=lambda *_: True)
    assert not found


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a process's children stand in /proc")
@pytest.mark.skipif(os.cpu_count() == 1, reason="there is only one core")
@pytest.mark.parametrize("copies", [False, True])
def test_workers_end_with_the_process_that_is_killed(*, copies: bool) -> None:
    """Workers have their parent's output: it ends when the last of them does."""
    parent = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PARENT.format(copies=copies)], stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"begun\n"
        workers = children_of(parent.pid)
        assert len(workers) >= 2
        parent.send_signal(signal.SIGKILL)
        ends = comes_to_an_end(parent.stdout.fileno())
        for worker in () if ends else workers:
            os.kill(worker, signal.SIGKILL)
    assert ends


def comes_to_an_end(pipe: int) -> bool:
    """Read a pipe to its end, which comes when nobody can write to it any more; False: it does not come."""
    while select.select([pipe], [], [], _STUCK)[0]:
        if not os.read(pipe, 4096):
            return True
    return False


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
