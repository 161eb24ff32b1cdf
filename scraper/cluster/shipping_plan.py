"""What of a site must go to the store, by what lies here and what lies there. Pure: sizes in, plans out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PART: Final = 32 * 2**20  # bytes of one object at most: what one retry sends again
SETTLED: Final = 2 * 10**9  # nanoseconds: a file as young as that when it was shipped may have changed since


class Tail(Value, frozen=True, kw_only=True):
    """Bytes of a WARC file that become one object."""

    file: str
    start: int
    end: int


class VolumePlan(Value, frozen=True, kw_only=True):
    """What of the WARC files is to be shipped."""

    tails: tuple[Tail, ...]
    rewritten: tuple[str, ...]  # files whose stored bytes no longer hold: something was taken out of them


def plan_volumes(here: Mapping[str, int], there: Mapping[str, int]) -> VolumePlan:
    """Return the tails that the store lacks, oldest file first. `here`, `there`: names and sizes.

    WARC files only grow. One that is shorter than what the store has of it was rewritten, and goes whole.
    A file that lies there alone was shipped by another machine, and stays.
    """
    rewritten = tuple(file for file, size in sorted(here.items()) if size < there.get(file, 0))
    kept = {file: 0 if file in rewritten else there.get(file, 0) for file in here}
    tails = (tail for file, size in sorted(here.items()) for tail in _tails(file, kept[file], size))
    return VolumePlan(tails=tuple(tails), rewritten=rewritten)


def _tails(file: str, start: int, end: int) -> Iterator[Tail]:
    for at in range(start, end, PART):
        yield Tail(file=file, start=at, end=min(at + PART, end))


def may_have_changed(*, size: int, mtime_ns: int, stored_size: int | None, shipped_ns: int | None) -> bool:
    """Say whether a document must be read to know if the store has it as it is.

    `stored_size`: of the store's copy; None: it has none. `shipped_ns`: when this machine last shipped the
    site, by the clock that also wrote `mtime_ns`; None: never, or that clock has since been set back.
    """
    if stored_size != size or shipped_ns is None:
        return True
    return mtime_ns >= shipped_ns - SETTLED


def packs(files: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """Yield the files that go into one pack each, one pack in memory at a time. A large file is alone."""
    pack: list[tuple[str, bytes]] = []
    total = 0
    for path, data in files:
        if pack and total + len(data) > PART:
            yield pack
            pack, total = [], 0
        pack.append((path, data))
        total += len(data)
    if pack:
        yield pack
