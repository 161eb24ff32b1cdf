"""The captures on disk, the truth of the archive: what servers answered, appended to WARC files, read back.

Does not know what a page says, nor which of its captures anybody wants. One writer at a time (`stores.lock`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING

from scraper.errors import CaptureDamaged
from scraper.model import CaptureRef
from scraper.stores import fixity, torn_tail, warc_reader, warc_records
from scraper.stores.disk import append_synced, make_folder
from scraper.stores.torn_tail import TornTail
from scraper.stores.warc_files import next_volume, site_folder, volumes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from scraper.model import Capture
    from scraper.stores.disk import Sync, Write
    from scraper.stores.fixity import Finding
    from scraper.stores.warc_reader import Damaged
    from scraper.stores.warc_records import Original

ROLL_BYTES = 256 * 2**20


@dataclass(slots=True, kw_only=True)
class _Tail:
    """The file that a site's next capture goes to."""

    name: str
    size: int
    warcinfo_id: str


class CaptureStore:
    """The captures of all sites, each site in files of its own under `folder`."""

    def __init__(
        self,
        folder: Path,
        *,
        software: str,
        now: Callable[[], datetime],
        new_id: Callable[[], UUID],
        contact: str | None = None,
        roll_bytes: int = ROLL_BYTES,
        write: Write = os.write,
        sync: Sync = os.fsync,
    ) -> None:
        """Take the folder, which need not exist yet, and what goes into each file's first record.

        `software` is name and version; a file is closed before it would pass `roll_bytes`. `write` and `sync`
        are the system's own, given so that a full disk can be tried.
        """
        self._folder = folder
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
        self._tails: dict[str, _Tail] = {}

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────

    def append(self, site_name: str, capture: Capture, same_as: CaptureRef | None = None) -> CaptureRef:
        """Add a capture to a site's newest file; it is on the disk when this returns.

        `same_as` is an earlier capture of the same site (another site's is not relied on): where the body is
        equal, or the answer is a 304, a revisit of it is written instead of a response. Raises `NoRoom` or
        `StoreError`; the file then ends as it did before.
        """
        body_digest = sha256(capture.body).hexdigest()
        own = same_as is not None and same_as.file.startswith(f"{site_name}/")
        original = self._original(capture, body_digest, same_as if own else None)
        tail = self._tails.pop(site_name, None) or self._open_tail(site_name)
        group = self._group(tail, capture, original)
        if tail.size and tail.size + sum(map(len, group)) > self._roll_bytes:
            tail = self._next_tail(site_name, tail.name)
            group = self._group(tail, capture, original)
        data = b"".join(group)
        append_synced(
            site_folder(self._folder, site_name) / tail.name,
            data,
            size=tail.size,
            write=self._write,
            sync=self._sync,
        )
        tail.size += len(data)
        self._tails[site_name] = tail
        length = len(group[-1])
        return CaptureRef(
            file=f"{site_name}/{tail.name}", offset=tail.size - length, length=length, digest=body_digest
        )

    def recover(self, site_name: str) -> TornTail:
        """Cut off what a killed run left torn at the end of a site's newest file, and say what was done.

        Reads only the tail of a file that ends as it should. `append` does it by itself before it first
        writes to a site.
        """
        names = volumes(self._folder, site_name)
        self._tails.pop(site_name, None)
        if not names:
            return TornTail(file=None)
        path = site_folder(self._folder, site_name) / names[-1]
        end = torn_tail.end_of(path)
        if end.offset == 0:
            self._tails[site_name] = self._new_tail(path.name)
        elif end.warcinfo_id is not None:
            self._tails[site_name] = _Tail(name=path.name, size=end.offset, warcinfo_id=end.warcinfo_id)
        file = f"{site_name}/{path.name}"
        if end.offset == end.size:
            return TornTail(file=file, size=end.size)
        kept = f"{site_name}/{torn_tail.cut(path, end.offset).name}"
        return TornTail(file=file, size=end.offset, cut=end.size - end.offset, kept=kept)

    def _open_tail(self, site_name: str) -> _Tail:
        make_folder(site_folder(self._folder, site_name))
        recovered = self.recover(site_name)
        tail = self._tails.pop(site_name, None)
        return tail or self._next_tail(site_name, recovered.file and recovered.file.rpartition("/")[2])

    def _next_tail(self, site_name: str, last: str | None) -> _Tail:
        return self._new_tail(next_volume(site_name, last, self._now()))

    def _new_tail(self, name: str) -> _Tail:
        return _Tail(name=name, size=0, warcinfo_id=warc_records.new_record_id(self._new_id))

    def _group(self, tail: _Tail, capture: Capture, original: Original | None) -> list[bytes]:
        group = warc_records.members(
            capture, warcinfo_id=tail.warcinfo_id, new_id=self._new_id, original=original
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
            return warc_reader.original(self._folder, same_as)
        except CaptureDamaged:
            return None  # what cannot be read must not be relied on: the body is stored once more

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────

    def read(self, ref: CaptureRef) -> Capture:
        """Return the capture at a place, its body checked against the digest; else raise `CaptureDamaged`.

        A revisit gets the body of its original; a 304 has none, as it came. Redirects and the headers that
        were sent are left out: `scan` tells them.
        """
        return warc_reader.read(self._folder, ref)

    def scan(
        self,
        site_name: str,
        after: CaptureRef | None = None,
        on_damage: Callable[[Damaged], None] | None = None,
    ) -> Iterator[tuple[CaptureRef, Capture]]:
        """Yield a site's captures in the order in which they were written, from behind `after` on.

        Damage is handed to `on_damage` and stepped over; without it, it is raised as `CaptureDamaged`. Holds
        one capture in memory at a time.
        """
        return warc_reader.scan(self._folder, site_name, after, on_damage)

    def verify(self, site_name: str) -> Iterator[Finding]:
        """Yield what is found at each record of a site's files: `Sound` or `Damaged`."""
        return fixity.verify(self._folder, site_name)
