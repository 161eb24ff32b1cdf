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

    from scraper.stores.warc_files import WarcFolder


class Sound(Value, frozen=True, kw_only=True):
    """A record that is whole: its gzip member, its length, its digests, and what it refers to."""

    file: str  # relative to the captures folder
    offset: int
    length: int
    capture: CaptureRef | None  # None: a record beside a capture's own (warcinfo, request, redirect)


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
        return Sound(
            file=file, offset=found.offset, length=found.length, capture=_checked(files, file, found)
        )
    except BrokenRecord as error:
        return Damaged(file=file, offset=found.offset, what=str(error))


def _checked(files: WarcFolder, file: str, member: Member) -> CaptureRef | None:
    record = member.record
    if record.required("WARC-Block-Digest") != digest(record.block):
        msg = say("the record does not have its digest")
        raise BrokenRecord(msg)
    if record.field("WARC-Type") not in {"response", "revisit"}:
        return None
    stated = warc_records.stated_digest(record)
    warc_records.capture_of(record, body_of(files, record, stated))
    if not warc_records.closes_group(record):
        return None
    return CaptureRef(file=file, offset=member.offset, length=member.length, digest=stated)
