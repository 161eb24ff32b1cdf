"""Tombstones: what stands in a captures file where the records of a forgotten capture stood.

The one thing that ever changes bytes of a capture. A tombstone is as long as the whole group of records whose
place it takes, so that every other capture stays where the state knows it. Writing one can be cut off by a
kill: who asks for it notes the places durably before (`stores.takedowns`), and asks again.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scraper.errors import StoreError
from scraper.messages import say
from scraper.stores import warc_records
from scraper.stores.disk import store_error, write_all
from scraper.stores.warc import BrokenRecord, Member, unpack, walk
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from scraper.model import CaptureRef
    from scraper.stores.warc_files import WarcFolder


class Place(Value, frozen=True):
    """The bytes of a capture's whole group in a captures file: redirects, request and answer."""

    file: str
    offset: int
    length: int


def places_of(files: WarcFolder, refs: Iterable[CaptureRef]) -> Iterator[Place]:
    """Yield where the groups of these captures lie. A capture that is not there any more has no place.

    A damaged one has: its bytes may still tell something. Raises StoreError for a file that is not in the
    folder, but lies elsewhere.
    """
    wanted: dict[str, dict[int, CaptureRef]] = {}
    for ref in refs:
        wanted.setdefault(ref.file, {})[ref.offset] = ref
    for file, offsets in sorted(wanted.items()):
        if files.is_here(file):
            yield from _in_file(files, file, offsets)
        elif file in files.names():
            msg = say(
                "captures: {file}: it does not lie on this machine, so nothing of it can be forgotten here",
                file=file,
            )
            raise StoreError(msg)


def _in_file(files: WarcFolder, file: str, offsets: dict[int, CaptureRef]) -> Iterator[Place]:
    left = dict(offsets)
    start: int | None = None  # of the group that is being read; None: it has not begun
    with files.open(file) as opened:
        for found in walk(opened):
            if not isinstance(found, Member):
                start = None
                continue
            record = found.record
            if record.field("WARC-Type") == "warcinfo" or warc_records.is_tombstone(record):
                start = None
                left = {at: ref for at, ref in left.items() if not found.offset <= at < found.end}
                continue
            start = found.offset if start is None else start
            if not warc_records.closes_group(record):
                continue
            if left.pop(found.offset, None) is not None:
                yield Place(file, start, found.end - start)
            start = None
        opened.seek(0, os.SEEK_END)
        size = opened.tell()
    for ref in left.values():
        if ref.offset + ref.length <= size:
            yield Place(file, ref.offset, ref.length)


def bury(
    files: WarcFolder,
    place: Place,
    *,
    reason: str,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    sync: Callable[[int], None] = os.fsync,
) -> None:
    """Put a tombstone into a place, durably, unless one stands there. Raises StoreError."""
    path = files.path / place.file
    try:
        with path.open("r+b") as file:
            first = next(walk(file), None)
            file.seek(place.offset)
            if _is_buried(file.read(place.length)):
                sync(file.fileno())  # whoever put it there was killed, it may be
                return
            known = first.record.field("WARC-Record-ID") if isinstance(first, Member) else None
            record_id = warc_records.new_record_id(new_id)
            data = warc_records.tombstone(
                place.length, record_id=record_id, warcinfo_id=known, moment=now(), reason=reason
            )
            os.lseek(file.fileno(), place.offset, os.SEEK_SET)  # the file's own seek may stay in its buffer
            write_all(file.fileno(), data)
            sync(file.fileno())
    except FileNotFoundError:  # it is gone with all that it held
        return
    except BrokenRecord as error:
        msg = say("captures: {file} at {offset}: {error}", file=place.file, offset=place.offset, error=error)
        raise StoreError(msg) from error
    except OSError as error:
        raise store_error(error, "write a tombstone into", path) from error


def _is_buried(data: bytes) -> bool:
    try:
        return warc_records.is_tombstone(unpack(data))
    except BrokenRecord:
        return False
