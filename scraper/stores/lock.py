"""One run at a time: a lock that the kernel takes back from whoever dies."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
from datetime import datetime
from typing import TYPE_CHECKING, Self

from scraper.errors import Locked
from scraper.messages import say
from scraper.stores.disk import keep_for_owner, make_folder, set_aside, store_error, write_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_HELD = {errno.EWOULDBLOCK, errno.EACCES}
_LONGEST = 4096  # bytes that are read of what a holder wrote


class Lock:
    """Holds a file locked from `with` to its end; a second holder gets `Locked` at once.

    The file itself stays, also when nobody holds it: to remove it would let two runs lock two files of one
    name. It tells who holds it, and is empty when the last holder ended by itself, unless one before it died
    and what that left has not been `mended`. A child process that is forked, and not started anew, would
    hold the lock on after its parent's death.
    """

    def __init__(self, path: Path, *, now: Callable[[], datetime], what: str = "the archive") -> None:
        """Take the file's path, whose folder need not exist yet, and the name of what it stands for."""
        self._path = path
        self._what = what
        self._now = now
        self._fd: int | None = None
        self.found_dead: str | None = None
        """Who held it last and did not end by itself, as it wrote; None: nobody. Set when it is taken."""
        self._is_mended = False

    def __enter__(self) -> Self:
        """Take the lock or raise `Locked`, which says who has it."""
        make_folder(self._path.parent)
        set_aside(self._path)  # a pipe, a link: nobody holds that
        try:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
            keep_for_owner(self._path, stat.S_IRUSR | stat.S_IWUSR)
        except OSError as error:
            raise store_error(error, "take the lock", self._path) from error
        try:
            self._take(fd)
        except BaseException:
            os.close(fd)
            raise
        self._fd = fd
        return self

    def __exit__(self, *_: object) -> None:
        """Give the lock back."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            try:
                _say(fd, "" if self.found_dead is None or self._is_mended else f"{self.found_dead}\n")
            finally:
                os.close(fd)

    def mended(self) -> None:
        """Take in that what the dead holder left is in order; else the next one finds the same dead."""
        self._is_mended = True

    def _take(self, fd: int) -> None:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _HELD:
                raise store_error(error, "take the lock", self._path) from error
            holder = _holder(fd) or say("it did not say who it is")
            msg = say(
                "another run holds {what}: {holder} ({file})", what=self._what, holder=holder, file=self._path
            )
            raise Locked(msg, since=_since(holder)) from error
        try:
            self.found_dead = _holder(fd) or None
            started = self._now().isoformat(timespec="seconds")
            _say(fd, f"process {os.getpid()} on {socket.gethostname()} since {started}\n")
        except OSError as error:
            raise store_error(error, "take the lock", self._path) from error


def _say(fd: int, text: str) -> None:
    """Write who holds it over what stands there, so that the file is empty at no instant between."""
    data = text.encode()
    os.lseek(fd, 0, os.SEEK_SET)
    write_all(fd, data)
    os.ftruncate(fd, len(data))


def _since(holder: str) -> datetime | None:
    """Return since when a holder says that it runs; None where it does not say."""
    try:
        return datetime.fromisoformat(holder.rpartition(" since ")[2])
    except ValueError:
        return None


def _holder(fd: int) -> str:
    return os.pread(fd, _LONGEST, 0).decode("utf-8", "replace").strip()
