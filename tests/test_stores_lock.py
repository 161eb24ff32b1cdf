from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, NoReturn

import pytest
from stores_samples import NOON

from scraper.errors import Locked, StoreError
from scraper.stores.lock import Lock

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from scraper.stores.lock import Lock
with Lock(Path(sys.argv[1]), now=lambda: datetime(2026, 3, 5, tzinfo=UTC)):
    print("held", flush=True)
    sys.stdin.read()
"""


def lock(path: Path) -> Lock:
    """Return a lock that is not yet taken."""
    return Lock(path, now=lambda: NOON)


def held_by_another(path: Path) -> subprocess.Popen[str]:
    """Start a process that holds the lock until its input ends."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_is_told_at_once_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / ".scraper" / "lock"
    with lock(path), pytest.raises(Locked) as caught, lock(path):
        pytest.fail("both held it")
    assert f"another run holds the archive: process {os.getpid()} on " in str(caught.value)
    assert f"since 2026-03-05T12:00:00+00:00 ({path})" in str(caught.value)


def test_a_refused_run_leaves_the_lock_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with lock(path):
        for _ in range(2):
            with pytest.raises(Locked, match=f"process {os.getpid()}"):
                lock(path).__enter__()
    with lock(path) as again:
        assert again.found_dead is None


def test_another_process_is_kept_out_until_the_lock_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held_by_another(path) as process:
        with pytest.raises(Locked, match=f"process {process.pid} on .* since 2026-03-05"):
            lock(path).__enter__()
        process.communicate()
    with lock(path) as again:
        assert again.found_dead is None


def test_a_killed_run_holds_nothing_and_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held_by_another(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with lock(path) as taken:
        assert taken.found_dead is not None
        assert taken.found_dead.startswith(f"process {process.pid} on ")
        taken.mended()
    with lock(path) as again:
        assert again.found_dead is None


def test_a_lock_that_another_run_has_put_in_the_place_of_a_pipe_stays_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs find a pipe there; when the second has its turn to take it away, the first holds a file."""
    path = tmp_path / "lock"
    os.mkfifo(path)
    first = lock(path)
    flock = fcntl.flock

    def after_another(file: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        first.__enter__()
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", after_another)
    with pytest.raises(Locked):
        lock(path).__enter__()
    assert path.is_file()
    first.__exit__()
    with lock(path) as again:
        assert again.found_dead is None


def test_an_error_within_gives_the_lock_back(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with pytest.raises(ZeroDivisionError), lock(path):
        raise ZeroDivisionError
    with lock(path) as again:
        assert again.found_dead is None


def test_the_lock_is_not_inherited_by_a_program_that_is_started(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", "import sys; print('started', flush=True); sys.stdin.read()"]
    with lock(path):
        child = subprocess.Popen(  # noqa: S603 - our own
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, close_fds=False
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "started\n"
    with child, lock(path):
        child.communicate()


def test_an_archive_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file stands in the way")
    with pytest.raises(StoreError, match="archive") as caught:
        lock(tmp_path / "archive" / ".scraper" / "lock").__enter__()
    assert not isinstance(caught.value, Locked)


def test_a_link_in_the_locks_place_is_not_followed(tmp_path: Path) -> None:
    """It is taken away: nobody can hold it, and what it leads to is not ours."""
    (tmp_path / "elsewhere").write_text("not ours")
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with lock(tmp_path / "lock"), pytest.raises(Locked):
        lock(tmp_path / "lock").__enter__()
    assert (tmp_path / "elsewhere").read_text() == "not ours"
    assert not (tmp_path / "lock").is_symlink()


def test_a_dead_run_is_remembered_until_somebody_has_mended_what_it_left(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text("process 1 on here since yesterday\n")
    for _ in range(2):
        with lock(path) as taken:
            assert taken.found_dead == "process 1 on here since yesterday"
    with lock(path) as taken:
        taken.mended()
    with lock(path) as again:
        assert again.found_dead is None


@pytest.mark.parametrize("call", ["scraper.stores.lock.write_all", "os.ftruncate"])
def test_whoever_dies_while_taking_the_lock_of_a_dead_run_is_found_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "lock"
    path.write_text("process 1 on here since yesterday\n")

    def killed(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(call, killed)
        with pytest.raises(KeyboardInterrupt):
            lock(path).__enter__()
    with lock(path) as again:
        assert again.found_dead is not None
