"""Small files that say how things stand, each whole, or the one before."""

from __future__ import annotations

import errno
import fcntl
import os
from typing import TYPE_CHECKING, Final

from scraper.stores.disk import make_folder, replace_file, store_error

if TYPE_CHECKING:
    from pathlib import Path

_NO_LOCKS: Final = {errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class StatusFiles:
    """Writes into one folder, under names that are given; reads nothing."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which need not exist yet."""
        self._folder = folder

    def put(self, name: str, text: str) -> None:
        """Write a file in place of the one before: who reads it meanwhile has the old one or the new one.

        Its unfinished forerunner, of a process that was killed, it takes over. Not synced: after a power cut
        the next run writes it again. Raises StoreError.
        """
        try:
            make_folder(self._folder)
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                beside = f".{name}.unfinished" if _is_locked(folder) else f".{name}.{os.getpid()}.unfinished"
                replace_file(folder, name, text.encode("utf-8"), beside=beside, sync=None)
            finally:
                os.close(folder)
        except OSError as error:
            raise store_error(error, "write", self._folder / name) from error


def _is_locked(folder: int) -> bool:
    """Lock an open folder, for several processes may write: one after the other.

    False: it cannot be locked, as NFS has it, where a lock takes a file that is open for writing; then each
    writes beside under its own name. Raises OSError.
    """
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise
    return True
