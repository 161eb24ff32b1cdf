"""The end of a captures file: where its last whole capture ends, and what a killed run left behind it.

A capture is acknowledged only when its bytes are synced, so what is torn was never acknowledged, and cutting
it loses nothing. All the same nothing is destroyed: the cut bytes are kept beside, as `<file>.<offset>.torn`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

from scraper.stores.disk import store_error, sync_folder, write_all
from scraper.stores.warc import Gap, Member, find, walk
from scraper.stores.warc_records import closes_group, is_tombstone
from scraper.values import Value

if TYPE_CHECKING:
    from pathlib import Path

_WINDOWS = (2**16, 2**20, 2**24)  # bytes of the tail to look at, the smallest first


class TornTail(Value, frozen=True, kw_only=True):
    """What `recover` found at the end of a site's captures, and did."""

    file: str | None  # relative to the captures folder; None: the site has no captures yet
    size: int = 0  # of the file now
    cut: int = 0  # bytes that were cut; 0: the file ended as it should
    kept: str | None = None  # where the cut bytes lie, relative to the captures folder; None: nothing was cut


class End(Value, frozen=True, kw_only=True):
    """Where a file's last whole capture ends."""

    offset: int
    size: int  # of the file
    warcinfo_id: str | None  # None: the file does not begin as ours do; nothing may be added to it


def end_of(path: Path) -> End:
    """Find the end of a file's last whole capture, reading no more of its tail than that takes.

    Damage before it is left to `verify`: what stands behind damage was acknowledged and must stay.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            first = next(walk(file), None)
            if first is None:
                return End(offset=0, size=0, warcinfo_id=None)
            if isinstance(first, Gap):
                torn = find(file, 1, None) is None
                return End(offset=0 if torn else size, size=size, warcinfo_id=None)
            if first.record.field("WARC-Filename") != path.name:
                return End(offset=size, size=size, warcinfo_id=None)
            warcinfo_id = first.record.field("WARC-Record-ID")
            offset = _last_end(file, size, warcinfo_id)
            return End(offset=offset, size=size, warcinfo_id=warcinfo_id)
    except OSError as error:
        raise store_error(error, "read", path) from error


def _last_end(file: BinaryIO, size: int, warcinfo_id: str | None) -> int:
    """Return the end of the last whole capture, or of the warcinfo where there is none."""
    for window in (*_WINDOWS, size):
        start = find(file, max(0, size - window), warcinfo_id)
        members = () if start is None else walk(file, start, warcinfo_id)
        ends = [member.end for member in members if isinstance(member, Member) and _may_end_a_file(member)]
        if ends:
            return ends[-1]
    return 0


def _may_end_a_file(member: Member) -> bool:
    """Tell a capture's last record, a tombstone or a warcinfo from what waits for its capture."""
    record = member.record
    return closes_group(record) or is_tombstone(record) or record.field("WARC-Type") == "warcinfo"


def cut(path: Path, offset: int) -> Path:
    """Cut a file at `offset`, durably, and return where the cut bytes are kept."""
    kept = path.with_name(f"{path.name}.{offset}.torn")
    try:
        with path.open("r+b") as file:
            file.seek(offset)
            torn = file.read()
            fd = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
            try:
                write_all(fd, torn)
                os.fsync(fd)
            finally:
                os.close(fd)
            file.truncate(offset)
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        raise store_error(error, "cut the torn end off", path) from error
    return kept
