"""Small files that say how things stand, each whole, or the one before."""

from __future__ import annotations

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

        Not synced: after a power cut the next run writes it again. Raises StoreError.
        """
        try:
            make_folder(self._folder)
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:  # several processes may write it at once, each beside it under its own name
                beside = f".{name}.{os.getpid()}.unfinished"
                replace_file(folder, name, text.encode("utf-8"), beside=beside, sync=None)
            finally:
                os.close(folder)
        except OSError as error:
            raise store_error(error, "write", self._folder / name) from error
