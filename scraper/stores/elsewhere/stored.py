"""What of a site lies in the store and not on this machine: captures read by ranges, documents one by one.

Only what is asked for is fetched, and none of it is kept.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.errors import StoreError
from scraper.messages import say
from scraper.stores.elsewhere.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scraper.stores.elsewhere.catalogue import VolumePart
    from scraper.stores.elsewhere.object_store import ObjectStore

_AHEAD = 2**16  # bytes read at once where little is asked for: most records are smaller


class StoredElsewhere:
    """The store's copy of one site, as the catalogue of this machine's last commit has it."""

    def __init__(self, catalogue: Path, store: ObjectStore) -> None:
        """Take the catalogue's file and the store. Nothing is asked yet."""
        self._catalogue = catalogue
        self._store = store

    def warc_files(self) -> dict[str, int]:
        """Return the WARC files that the store has, and how many bytes of each."""
        with Catalogue(self._catalogue, reading=True) as catalogue:
            return catalogue.volumes()

    def open_warc(self, name: str) -> BinaryIO:
        """Open a WARC file of the store. Raises FileNotFoundError."""
        with Catalogue(self._catalogue, reading=True) as catalogue:
            parts = catalogue.parts(name)
        if not parts:
            raise FileNotFoundError(name)
        return io.BufferedReader(_RangedFile(self._store, parts), _AHEAD)

    def has_file(self, path: str) -> bool:
        """Say whether the store has a document or picture."""
        with Catalogue(self._catalogue, reading=True) as catalogue:
            return catalogue.file(path) is not None

    def read_file(self, path: str) -> bytes | None:
        """Return a document or picture of the store; None: it has none of this path."""
        with Catalogue(self._catalogue, reading=True) as catalogue:
            file = catalogue.file(path)
        if file is None:
            return None
        return self._store.get_range(file.object, file.offset, file.size) if file.size else b""


class _RangedFile(io.RawIOBase):
    """A file whose bytes are runs of several objects, fetched as they are read."""

    def __init__(self, store: ObjectStore, parts: Sequence[VolumePart]) -> None:
        super().__init__()
        self._store = store
        self._parts = parts
        self._starts = [part.offset for part in parts]
        self._size = parts[-1].end
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - whatever can be written into
        view = memoryview(buffer).cast("B")
        if self._at >= self._size or not view:
            return 0
        part = self._parts[bisect_right(self._starts, self._at) - 1]
        length = min(len(view), part.end - self._at)
        if length <= 0:
            raise StoreError(say("{file}: the store lacks bytes from {at} on", file=part.file, at=self._at))
        data = self._store.get_range(part.object, self._at - part.offset, length)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
