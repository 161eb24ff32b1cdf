"""Small files that say how things stand, each whole, or the one before."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from scraper.stores.disk import make_folder, replace_file, store_error

if TYPE_CHECKING:
    from pathlib import Path


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
                fcntl.flock(folder, fcntl.LOCK_EX)  # several processes may write it: one after the other
                replace_file(folder, name, text.encode("utf-8"), beside=f".{name}.unfinished", sync=None)
            finally:
                os.close(folder)
        except OSError as error:
            raise store_error(error, "write", self._folder / name) from error
