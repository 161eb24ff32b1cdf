"""The WARC files of a site: their names, their order, the next one.

A name is `<prefix>-<UTC timestamp>-<serial>-<mark>.warc.gz`; files of the first format have no mark. The
prefix is the name that the site had when its first file was written. Serials rise by one, and a timestamp is
never earlier than that of the file before, whatever the clock says: the alphabet's order is the order of
writing. The mark is eight digits of chance, so that no two files ever have one name, though two machines
wrote them.
"""

from __future__ import annotations

import os
import re
from datetime import UTC
from typing import TYPE_CHECKING

from scraper.errors import StoreError
from scraper.messages import say
from scraper.stores.disk import open_file, store_error

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from scraper.stores.elsewhere import Elsewhere

_NAME = re.compile(
    r"(?P<prefix>.+)-(?P<stamp>[0-9]{14})-(?P<serial>[0-9]{5})(?:-[0-9a-f]{8})?\.warc\.gz", re.DOTALL
)


def warc_files(folder: Path) -> list[str]:
    """Return the names of a folder's WARC files, oldest first; none where there is no folder yet."""
    try:
        names = [entry.name for entry in folder.iterdir() if entry.is_file()] if folder.is_dir() else []
    except OSError as error:
        raise store_error(error, "list the captures in", folder) from error
    return sorted(name for name in names if _NAME.fullmatch(name) and name.isprintable())


class WarcFolder:
    """A site's WARC files: those of its folder, and those that lie elsewhere."""

    def __init__(self, folder: Path, elsewhere: Elsewhere | None = None) -> None:
        """Take the folder, which need not exist yet. `elsewhere`: None: all files are in the folder."""
        self.path = folder
        self._elsewhere = elsewhere

    def names(self) -> list[str]:
        """Return the names of all files, oldest first."""
        here = warc_files(self.path)
        if self._elsewhere is None:
            return here
        return sorted({*here, *(name for name in self._elsewhere.warc_files() if _NAME.fullmatch(name))})

    def is_here(self, name: str) -> bool:
        """Say whether a file is in the folder."""
        return (self.path / name).is_file()

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading. Raises FileNotFoundError, OSError."""
        if self._elsewhere is None or self.is_here(name):
            return os.fdopen(open_file(self.path / name), "rb")
        return self._elsewhere.open_warc(name)


def serial(name: str) -> int:
    """Return a file's serial number."""
    return int(_parts(name)["serial"])


def next_file(site: str, last: str | None, now: datetime, mark: str) -> str:
    """Return the name of the file that follows `last`; None: the site has none."""
    stamp = now.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    if last is None:
        return f"{site}-{stamp}-00001-{mark}.warc.gz"
    before = _parts(last)
    return f"{before['prefix']}-{max(stamp, before['stamp'])}-{serial(last) + 1:05d}-{mark}.warc.gz"


def _parts(name: str) -> re.Match[str]:
    match = _NAME.fullmatch(name)
    if match is None:
        msg = say("not the name of a captures file: {name}", name=name)
        raise StoreError(msg)
    return match
