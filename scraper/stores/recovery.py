"""The end of a captures file: where its last whole capture ends, and what a killed run left behind it.

A capture is acknowledged only when its bytes are synced, so what is torn was never acknowledged, and cutting
it loses nothing. All the same nothing is destroyed: the cut bytes are kept beside, as `<file>.<offset>.torn`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from scraper.stores.disk import store_error, sync_folder, write_all
from scraper.stores.records import closes_group
from scraper.stores.warc import Gap, Member, find, walk

if TYPE_CHECKING:
    from pathlib import Path

_WINDOWS = (2**16, 2**20, 2**24)  # bytes of the tail to look at, the smallest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What `recover` found at the end of a site's captures, and did."""

    file: str | None  # relative to the captures folder; None: the site has no captures yet
    size: int = 0  # of the file now
    cut: int = 0  # bytes that were cut; 0: the file ended as it should
    kept: str | None = None  # where the cut bytes lie, relative to the captures folder; None: nothing was cut


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a file's last whole capture ends."""

    offset: int
    size: int  # of the file
    warcinfo_id: str | None  # None: the file's first record is damaged; nothing may be added to such a file


def end_of(path: Path) -> End:
    """Find the end of a file's last whole capture, reading no more than the tail of a file that is well.

    A file that is not is read from its start; damage in its midst is left to `verify`, for what stands after
    it must stay.
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
            warcinfo_id = first.record.field("WARC-Record-ID")
            offset = _tail_end(file, size, warcinfo_id)
            if offset is None:
                offset = _whole_end(file, warcinfo_id)
            return End(offset=offset, size=size, warcinfo_id=warcinfo_id)
    except OSError as error:
        raise store_error(error, "read", path) from error


def _tail_end(file: BinaryIO, size: int, warcinfo_id: str | None) -> int | None:
    """Return the end of the last capture of the tail; None: the tail is not whole, or holds no capture."""
    for window in _WINDOWS:
        start = find(file, max(0, size - window), warcinfo_id)
        if start is None:
            continue
        end = None
        for member in walk(file, start, warcinfo_id):
            if isinstance(member, Gap):
                return None
            end = _end_after(member, end)
        if end is not None:
            return end
    return None


def _whole_end(file: BinaryIO, warcinfo_id: str | None) -> int:
    end = 0
    for member in walk(file, 0, warcinfo_id):
        if isinstance(member, Member):
            end = _end_after(member, end) or 0
    return end


def _end_after(member: Member, before: int | None) -> int | None:
    """Return the member's end where it may end a file: a request or a redirect waits for its capture."""
    whole = closes_group(member.record) or member.record.field("WARC-Type") == "warcinfo"
    return member.end if whole else before


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
