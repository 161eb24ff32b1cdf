"""Small files beside the state, for whoever watches from outside: each whole, or the one before."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from scraper.stores.disk import keep_for_owner, make_folder, store_error, write_all

if TYPE_CHECKING:
    from pathlib import Path

_READABLE = stat.S_IRUSR | stat.S_IWUSR


class StatusFiles:
    """Writes into one folder, under names that are given; reads nothing."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which need not exist yet."""
        self._folder = folder

    def put(self, name: str, text: str) -> None:
        """Write a file in place of the one before: who reads it meanwhile has the old one or the new one.

        Not synced: after a power cut the next run writes it again. Raises StoreError.
        """
        path, beside = self._folder / name, self._folder / f".{name}.unfinished"
        try:
            make_folder(self._folder)
            fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
            try:
                write_all(fd, text.encode("utf-8"))
            finally:
                os.close(fd)
            keep_for_owner(beside, _READABLE)
            beside.replace(path)
        except OSError as error:
            raise store_error(error, "write", path) from error
