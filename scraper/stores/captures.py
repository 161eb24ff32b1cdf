"""A site's captures on disk, the truth of the archive: what the servers answered.

Does not know what a page says, nor which of its captures anybody wants. One writer at a time (`stores.lock`).
"""

from __future__ import annotations

import os
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING

from scraper.errors import CaptureDamaged
from scraper.model import CaptureRef
from scraper.stores import fixity, tombstones, torn_tail, warc_reader, warc_records
from scraper.stores.disk import append_synced, make_folder, store_error, sync_path
from scraper.stores.takedowns import Takedowns
from scraper.stores.torn_tail import TornTail
from scraper.stores.warc_files import WarcFolder, next_file
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from scraper.model import Capture
    from scraper.stores.disk import Sync, Write
    from scraper.stores.elsewhere import Elsewhere
    from scraper.stores.fixity import Finding
    from scraper.stores.tombstones import Place
    from scraper.stores.warc_reader import Damaged
    from scraper.stores.warc_records import Original

ROLL_BYTES = 256 * 2**20


class _Tail(Value, kw_only=True):
    """The file that a site's next capture goes to."""

    path: Path
    size: int
    warcinfo_id: str

    @property
    def name(self) -> str:
        """Its name, which captures are referred to by."""
        return self.path.name


class CaptureStore:
    """The captures of one site, in the files of one folder."""

    def __init__(  # noqa: PLR0913 - the world's clock, chance and disk, each named
        self,
        folder: Path,
        site: str,
        *,
        software: str,
        now: Callable[[], datetime],
        new_id: Callable[[], UUID],
        contact: str | None = None,
        elsewhere: Elsewhere | None = None,
        roll_bytes: int = ROLL_BYTES,
        write: Write = os.write,
        sync: Sync = os.fsync,
    ) -> None:
        """Take the folder, which need not exist yet, the site's name, and what each file begins with.

        New files bear the site's name, unless there are files that bear another. `software` is name and
        version; a file is closed before it would pass `roll_bytes`. `elsewhere`: where files are that are not
        in the folder; None: there are none. `write` and `sync` are the system's own, given so that a full
        disk can be tried.
        """
        self._folder = folder
        self._files = WarcFolder(folder, elsewhere)
        self._site = site
        self._about = (
            ("software", software),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
            *((("operator", contact),) if contact else ()),
        )
        self._now = now
        self._new_id = new_id
        self._roll_bytes = roll_bytes
        self._write = write
        self._sync = sync
        self._tail: _Tail | None = None  # None: not looked at yet
        self.takedowns = Takedowns(folder)

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────

    def append(self, capture: Capture, same_as: CaptureRef | None = None) -> CaptureRef:
        """Add a capture to the newest file; it is on the disk when this returns.

        `same_as` is an earlier capture: where the body is equal, or the answer is a 304, a revisit of it is
        written instead of a response. Raises `NoRoom` or `StoreError`; the file then ends as it did before.
        """
        body_digest = sha256(capture.body).hexdigest()
        payload = self._original(capture, body_digest, same_as) or body_digest
        tail, self._tail = self._tail or self._open_tail(), None
        group = self._group(tail, capture, payload)
        if tail.size and tail.size + sum(map(len, group)) > self._roll_bytes:
            tail = self._next_tail(tail.name)
            group = self._group(tail, capture, payload)
        data = b"".join(group)
        append_synced(tail.path, data, size=tail.size, write=self._write, sync=self._sync)
        tail.size += len(data)
        self._tail = tail
        length = len(group[-1])
        return CaptureRef(file=tail.name, offset=tail.size - length, length=length, digest=body_digest)

    def recover(self) -> TornTail:
        """Cut off what a killed run left torn at the end of the newest file, and say what was done.

        Reads only the tail of a file that ends as it should. `append` does it by itself before it first
        writes.
        """
        names = self._files.names()
        self._tail = None
        if not names or not self._files.is_here(
            names[-1]
        ):  # what lies elsewhere was whole when it went there
            return TornTail(file=names[-1] if names else None)
        path = self._folder / names[-1]
        end = torn_tail.end_of(path)
        if end.offset == 0:
            self._tail = self._new_tail(path.name)
        elif end.warcinfo_id is not None:
            self._tail = _Tail(path=path, size=end.offset, warcinfo_id=end.warcinfo_id)
        if end.offset == end.size:
            return TornTail(file=path.name, size=end.size)
        kept = torn_tail.cut(path, end.offset).name
        return TornTail(file=path.name, size=end.offset, cut=end.size - end.offset, kept=kept)

    def sync_newest(self) -> None:
        """Make what stands in the newest file durable: a run that was killed may have written it, unsynced.

        Raises StoreError.
        """
        names = self._files.names()
        if names and self._files.is_here(names[-1]):
            path = self._folder / names[-1]
            try:
                sync_path(path)
            except OSError as error:
                raise store_error(error, "write", path) from error

    def size(self, file: str) -> int | None:
        """Return how many bytes of a file are here; None: it lies elsewhere, whole. 0: there is none."""
        try:
            return (self._folder / file).stat().st_size
        except FileNotFoundError:
            return None if file in self._files.names() else 0
        except OSError as error:
            raise store_error(error, "read", self._folder / file) from error

    def is_empty(self) -> bool:
        """Say whether there is not one file."""
        return not self._files.names()

    def places(self, refs: Iterable[CaptureRef]) -> tuple[Place, ...]:
        """Return where the whole groups of these captures lie, of those that are there. Raises StoreError."""
        return tuple(tombstones.places_of(self._files, refs))

    def bury(self, place: Place, reason: str) -> None:
        """Put a tombstone of the same length in the place of a capture, durably. Raises StoreError."""
        tombstones.bury(
            self._files, place, reason=reason, now=self._now, new_id=self._new_id, sync=self._sync
        )

    def _open_tail(self) -> _Tail:
        make_folder(self._folder)
        recovered = self.recover()
        return self._tail or self._next_tail(recovered.file)

    def _next_tail(self, last: str | None) -> _Tail:
        return self._new_tail(next_file(self._site, last, self._now(), self._new_id().hex[:8]))

    def _new_tail(self, name: str) -> _Tail:
        warcinfo_id = warc_records.new_record_id(self._new_id)
        return _Tail(path=self._folder / name, size=0, warcinfo_id=warcinfo_id)

    def _group(self, tail: _Tail, capture: Capture, payload: Original | str) -> list[bytes]:
        group = warc_records.members(
            capture, warcinfo_id=tail.warcinfo_id, new_id=self._new_id, payload=payload
        )
        if tail.size:
            return group
        opening = warc_records.warcinfo(
            record_id=tail.warcinfo_id, file=tail.name, moment=self._now(), about=self._about
        )
        return [opening, *group]

    def _original(self, capture: Capture, digest: str, same_as: CaptureRef | None) -> Original | None:
        """Return the response that a revisit may refer to; None: it differs, or cannot be read."""
        not_modified = capture.status == HTTPStatus.NOT_MODIFIED
        if same_as is None or not (not_modified or digest == same_as.digest):
            return None
        try:
            return warc_reader.original(self._files, same_as)
        except CaptureDamaged:
            return None  # what cannot be read must not be relied on: the body is stored once more

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────

    def read(self, ref: CaptureRef) -> Capture:
        """Return the capture at a place, its body checked against the digest; else raise `CaptureDamaged`.

        A revisit gets the body of its original; a 304 has none, as it came. Redirects and the headers that
        were sent are left out: `scan` tells them.
        """
        return warc_reader.read(self._files, ref)

    def scan(
        self,
        after: CaptureRef | None = None,
        on_damage: Callable[[Damaged], None] | None = None,
    ) -> Iterator[tuple[CaptureRef, Capture]]:
        """Yield the captures in the order in which they were written, from behind `after` on.

        Damage is handed to `on_damage` and stepped over; without it, it is raised as `CaptureDamaged`. Holds
        one capture in memory at a time.
        """
        return warc_reader.scan(self._files, after, on_damage)

    def verify(self) -> Iterator[Finding]:
        """Yield what is found at each record: `Sound` or `Damaged`."""
        return fixity.verify(self._files)
