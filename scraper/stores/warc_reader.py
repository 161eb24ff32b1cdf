"""Captures read back from their WARC files: one by its place, or all of a site in order."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from typing import TYPE_CHECKING

from scraper.errors import CaptureDamaged, StoreError
from scraper.messages import say
from scraper.model import CaptureRef
from scraper.stores import warc_records
from scraper.stores.disk import store_error
from scraper.stores.warc import BrokenRecord, Gap, Member, unpack, walk
from scraper.stores.warc_records import Original
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scraper.model import Capture
    from scraper.stores.warc import Record
    from scraper.stores.warc_files import WarcFolder


_MOST_OF_GROUP = 24  # records: a request and a response for each of some redirects


class Damaged(Value, frozen=True, kw_only=True):
    """Bytes of the captures that are not what was written there."""

    file: str  # relative to the captures folder
    offset: int
    what: str

    def __str__(self) -> str:
        """Say it as errors do."""
        return f"a capture is damaged: {self.file} at {self.offset}: {self.what}"


def read(files: WarcFolder, ref: CaptureRef) -> Capture:
    """Return the capture at a place, its body checked against the digest; else raise `CaptureDamaged`.

    A revisit gets the body of its original; a 304 has none, as it came. `hops` and `request_headers` stay in
    their own records: `scan` tells them.
    """
    record = load(files, ref)
    try:
        return warc_records.capture_of(record, body_of(files, record, ref.digest))
    except BrokenRecord as error:
        raise _damaged(ref, str(error)) from error


def load(files: WarcFolder, ref: CaptureRef) -> Record:
    """Return the record at a place; a revisit stays one."""
    try:
        with files.open(_checked(ref)) as file:
            size = file.seek(0, os.SEEK_END)
            if not 0 <= ref.offset <= ref.offset + ref.length <= size:
                raise _damaged(ref, say("the file has only {size} bytes", size=size))
            file.seek(ref.offset)
            data = file.read(ref.length)
    except FileNotFoundError as error:
        raise _damaged(ref, "the file is missing") from error
    except OSError as error:
        raise store_error(error, "read", files.path / ref.file) from error
    try:
        return unpack(data)
    except BrokenRecord as error:
        raise _damaged(ref, str(error)) from error


def original(files: WarcFolder, ref: CaptureRef) -> Original:
    """Return the response that holds the body of the capture at a place, itself or what it revisits.

    Raises `CaptureDamaged` where that body cannot be read as it was.
    """
    try:
        record = load(files, ref)
        body_of(files, record, ref.digest)
        place = warc_records.original_of(record)
        if place is not None:
            ref, record = place, load(files, place)
        url, date = record.required("WARC-Target-URI"), record.required("WARC-Date")
        return Original(ref=ref, url=url, date=date)
    except BrokenRecord as error:
        raise _damaged(ref, str(error)) from error


def scan(
    files: WarcFolder, after: CaptureRef | None, on_damage: Callable[[Damaged], None] | None
) -> Iterator[tuple[CaptureRef, Capture]]:
    """Yield a folder's captures in the order in which they were written, one in memory at a time."""
    before: deque[Record] = deque(maxlen=_MOST_OF_GROUP)  # what belongs to no group is not gathered
    for file, found in walk_all(files, after):
        if isinstance(found, Member) and not warc_records.closes_group(found.record):
            before.append(found.record)
            continue
        try:
            yield _assemble(files, file, found, before)
        except BrokenRecord as error:
            damaged = Damaged(file=file, offset=found.offset, what=str(error))
            if on_damage is None:
                raise CaptureDamaged(str(damaged)) from error
            on_damage(damaged)
        before.clear()


def walk_all(files: WarcFolder, after: CaptureRef | None = None) -> Iterator[tuple[str, Member | Gap]]:
    """Yield every member of a folder's files in order, and the gaps between them, each with its file."""
    for file in files.names():
        if after is not None and file < after.file:
            continue
        start = after.offset + after.length if after is not None and file == after.file else 0
        try:
            with files.open(file) as opened:
                first = next(walk(opened), None)
                warcinfo_id = first.record.field("WARC-Record-ID") if isinstance(first, Member) else None
                for found in walk(opened, start, warcinfo_id):
                    yield file, found
        except OSError as error:
            raise store_error(error, "read", files.path / file) from error


def body_of(files: WarcFolder, record: Record, digest: str) -> bytes:
    """Return the body that belongs to a response or revisit; `BrokenRecord` where it is not `digest`."""
    original = warc_records.original_of(record)
    if original is None:
        body = warc_records.body_of(record)
    else:
        try:
            body = warc_records.body_of(load(files, original))
        except CaptureDamaged as error:
            msg = say("its original cannot be read: {error}", error=error)
            raise BrokenRecord(msg) from error
    if hashlib.sha256(body).hexdigest() != digest:
        msg = say("the body does not have its digest")
        raise BrokenRecord(msg)
    return body


def _assemble(
    files: WarcFolder, file: str, found: Member | Gap, before: Sequence[Record]
) -> tuple[CaptureRef, Capture]:
    if isinstance(found, Gap):
        raise BrokenRecord(found.what)
    digest = warc_records.stated_digest(found.record)
    ref = CaptureRef(file=file, offset=found.offset, length=found.length, digest=digest)
    capture = warc_records.capture_of(found.record, body_of(files, found.record, digest))
    return ref, warc_records.with_group(capture, found.record, before)


def _checked(ref: CaptureRef) -> str:
    """Return the name of a capture's file; what names none is a `StoreError`."""
    if not ref.file or "/" in ref.file or "\0" in ref.file or ref.file.startswith("."):
        msg = say("this names no captures file: {file!r}", file=ref.file)
        raise StoreError(msg)
    return ref.file


def _damaged(ref: CaptureRef, what: str) -> CaptureDamaged:
    return CaptureDamaged(str(Damaged(file=ref.file, offset=ref.offset, what=what)))
