"""Every byte of a site's captures held against what was written there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from scraper.messages import say
from scraper.model import CaptureRef
from scraper.stores import warc_records
from scraper.stores.warc import BrokenRecord, Gap, Member, digest
from scraper.stores.warc_files import serial
from scraper.stores.warc_reader import Damaged, body_of, walk_all
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.model import Capture
    from scraper.stores.warc import Record
    from scraper.stores.warc_files import WarcFolder


class Sound(Value, frozen=True, kw_only=True):
    """A record that is whole: its gzip member, its length, its digests, and what it refers to."""

    file: str  # relative to the captures folder
    offset: int
    length: int
    capture: CaptureRef | None  # None: a record beside a capture's own (warcinfo, request, redirect)
    said: Capture | None = None  # what that record says of its capture; None: it is none's own


Finding: TypeAlias = Sound | Damaged


def verify(files: WarcFolder) -> Iterator[Finding]:
    """Yield what is found at each record of a site's files, in order, one in memory at a time.

    Files that are missing between others are told first. That one is missing at the end, or was cut at a
    record's end, only the state can know.
    """
    yield from _missing(files)
    last = ""
    for file, found in walk_all(files):
        if file != last and found.offset == 0:
            yield from _misnamed(file, found)
        last = file
        yield _finding(files, file, found)


def _missing(files: WarcFolder) -> Iterator[Damaged]:
    expected = 1
    for name in files.names():
        for number in range(expected, serial(name)):
            what = f"the file with the number {number:05d} that came before it is missing"
            yield Damaged(file=name, offset=0, what=what)
        expected = serial(name) + 1


def _misnamed(file: str, first: Member | Gap) -> Iterator[Damaged]:
    if isinstance(first, Member) and first.record.field("WARC-Filename") != file:
        yield Damaged(
            file=file, offset=0, what="the file does not begin with a warcinfo record that names it"
        )


def _finding(files: WarcFolder, file: str, found: Member | Gap) -> Finding:
    if isinstance(found, Gap):
        return Damaged(file=file, offset=found.offset, what=found.what)
    try:
        said = _checked(files, found.record)
        ref = None if said is None else _ref(file, found)
        return Sound(file=file, offset=found.offset, length=found.length, capture=ref, said=said)
    except BrokenRecord as error:
        return Damaged(file=file, offset=found.offset, what=str(error))


def _checked(files: WarcFolder, record: Record) -> Capture | None:
    """Return the capture whose own record this is; None: it is none's. Raises BrokenRecord."""
    if record.required("WARC-Block-Digest") != digest(record.block):
        msg = say("the record does not have its digest")
        raise BrokenRecord(msg)
    if record.field("WARC-Type") not in {"response", "revisit"}:
        return None
    stated = warc_records.stated_digest(record)
    said = warc_records.capture_of(record, body_of(files, record, stated))
    return said if warc_records.closes_group(record) else None


def _ref(file: str, member: Member) -> CaptureRef:
    stated = warc_records.stated_digest(member.record)
    return CaptureRef(file=file, offset=member.offset, length=member.length, digest=stated)
