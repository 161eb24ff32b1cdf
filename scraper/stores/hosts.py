"""What was learnt of hosts, in small files that all processes of this machine share, and a lock a host.

A file a topic and name, whole or not at all; a lock that is held for one exchange and says when the last one
ended. Nothing here knows what the texts mean. The folder may be deleted while nobody runs: then each host is
met as for the first time.
"""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper.stores.disk import keep_for_owner, make_folder, read_small, set_aside, store_error
from scraper.stores.status_files import StatusFiles

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
_LONGEST_NAME = 200  # characters: a file system takes 255 bytes
_LONGEST_TEXT = 100  # bytes of the moment in a lock's file, blanks behind it


class HostFiles:
    """Texts by topic and name, and a lock a host, in one folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which need not exist yet."""
        self._folder = folder
        self._files = StatusFiles(folder)
        self._held: dict[str, int] = {}

    def get(self, topic: str, name: str) -> str | None:
        """Return what was remembered; None: nothing."""
        path = _file(self._folder, name, topic)
        try:
            return read_small(path).decode("utf-8", "replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            if set_aside(path):
                return None
            raise store_error(error, "read", path) from error

    def put(self, topic: str, name: str, value: str) -> None:
        """Remember. Not synced: what a power cut loses here is learnt again."""
        path = _file(self._folder, name, topic)
        set_aside(path)
        self._files.put(path.name, value)

    def take(self, name: str) -> bool:
        """Take a host for one exchange; False: another process has it. Who dies gives it back."""
        path = _file(self._folder, name, "lock")
        try:
            fd = self._opened(path)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BaseException:
                os.close(fd)
                raise
        except BlockingIOError:
            return False
        except OSError as error:
            raise store_error(error, "take the lock", path) from error
        self._held[name] = fd
        return True

    def _opened(self, path: Path) -> int:
        """Open the file of a lock, which is made where there is none. Raises OSError, StoreError."""
        with suppress(OSError):  # it is not there, or it is no file
            fd = os.open(path, _FLAGS)
            if stat.S_ISREG(os.fstat(fd).st_mode):
                return fd
            os.close(fd)
        make_folder(self._folder)
        set_aside(path)
        fd = os.open(path, _FLAGS | os.O_CREAT, 0o666)
        keep_for_owner(path, stat.S_IRUSR | stat.S_IWUSR)
        return fd

    def ended(self, name: str) -> str | None:
        """Return when the last exchange with a host ended, which must be held; None: never."""
        return os.pread(self._held[name], _LONGEST_TEXT, 0).decode("ascii", "replace").strip() or None

    def give_back(self, name: str, ended: str | None) -> None:
        """Let others have a host; `ended`: when the exchange ended, None: there was none."""
        fd = self._held.pop(name)
        try:
            if ended is not None:
                # over the one before: to cut the file first makes ext4 and XFS flush it when it is closed
                os.pwrite(fd, ended.encode("ascii").ljust(_LONGEST_TEXT), 0)
        except OSError as error:
            raise store_error(error, "write", _file(self._folder, name, "lock")) from error
        finally:
            os.close(fd)


@lru_cache(maxsize=4_096)  # a host is asked again and again
def _file(folder: Path, name: str, topic: str) -> Path:
    return folder / f"{quote(name, safe='')[:_LONGEST_NAME]}.{topic}"
