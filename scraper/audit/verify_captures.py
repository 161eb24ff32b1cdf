"""The shelf held against the state: every record whole, every capture known, every known capture there.

Reads alone, also while a run appends: what lies behind the last capture that the state knows is the tail. The
run at work takes it in, or the next one does, and a record that is torn there was never acknowledged.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from scraper.messages import say
from scraper.stores.archive_folder import INSIDE
from scraper.stores.fixity import Sound
from scraper.stores.warc_reader import Damaged
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.model import Capture, CaptureRef, Site
    from scraper.stores.captures import CaptureStore
    from scraper.stores.state import State
    from scraper.stores.state.captures import CaptureEntry

_TO_DO: Final = "`run` fetches again what they held"


class Damage(Value, frozen=True, kw_only=True):
    """One thing that is not as it was written."""

    file: str  # relative to the archive
    what: str
    offset: int | None = None  # of the record in a file of captures; None: the file as a whole


class Reconciling:
    """One site's shelf against its rows in the state: both are read once, in the order of the files."""

    def __init__(self, *, site: Site, state: State, shelf: CaptureStore) -> None:
        """Take the two sides; nothing is read yet."""
        self._site = site.name
        self._state = state
        self._shelf = shelf
        self._rows: Iterator[CaptureEntry] = iter(())
        self._row: CaptureEntry | None = None  # the next one; None: there is none left
        self._last: CaptureRef | None = None  # that the state knows; None: it knows none
        self._named: set[tuple[str, int]] = set()  # where damage was told already
        self._files: set[str] = set()  # that there are
        self._missing: Counter[str] = Counter()  # captures of files that there are not
        self._beyond: dict[str, tuple[int, int]] = {}  # first and number of captures behind their file's end
        self._ends: dict[str, int] = {}  # of what was found of each file
        self.captures = 0  # that are whole
        self.tail = 0  # of these: behind the last one that the state knows

    def damages(self) -> Iterator[Damage | None]:
        """Yield what is wrong, in the order of the files, and None after each record that was looked at."""
        self._last = self._state.captures.last(self._site)
        self._rows = self._state.captures.every(self._site)
        self._row = next(self._rows, None)
        torn: Damaged | None = None  # damage in the tail: a torn record, if nothing follows it
        for found in self._shelf.verify():
            self._files.add(found.file)
            length = found.length if isinstance(found, Sound) else 1
            self._ends[found.file] = found.offset + length
            if torn is not None:
                yield self._damaged(torn)
                torn = None
            if isinstance(found, Damaged):
                if self._is_behind(found):
                    torn = found
                else:
                    yield self._damaged(found)
            elif found.capture is not None and found.said is not None:
                self.captures += 1
                yield from self._whole(found.capture, found.said)
            yield None
        yield from self._lost_before(None)
        for file, count in self._missing.items():
            what = say(
                "the file is missing, and with it {count} captures that the state knows: see `repair`",
                count=count,
            )
            yield Damage(file=_told(self._site, file), what=what)
        for file, (offset, count) in self._beyond.items():
            what = say(
                "it ends before {count} captures that the state knows, as in an older backup: {to_do}",
                count=count,
                to_do=_TO_DO,
            )
            yield Damage(file=_told(self._site, file), offset=offset, what=what)

    def _whole(self, ref: CaptureRef, capture: Capture) -> Iterator[Damage]:
        """Hold a whole capture against its row."""
        yield from self._lost_before(ref)
        if self._row is not None and _place(self._row.ref) == _place(ref):
            yield from self._differs(self._row, ref, capture)
            self._row = next(self._rows, None)
        elif self._is_behind(ref):
            self.tail += 1
        else:
            yield damage_of(
                self._site, ref, say("the state does not know this capture, though it knows later ones")
            )

    def _lost_before(self, ref: CaptureRef | None) -> Iterator[Damage]:
        """Tell of the rows before a place, or of all that are left: no whole capture lies where they say."""
        while (row := self._row) is not None and (ref is None or _place(row.ref) < _place(ref)):
            if row.ref.file not in self._files:
                self._missing[row.ref.file] += 1
            elif row.ref.offset >= self._ends.get(row.ref.file, 0):
                offset, count = self._beyond.get(row.ref.file, (row.ref.offset, 0))
                self._beyond[row.ref.file] = offset, count + 1
            elif _place(row.ref) not in self._named:
                yield damage_of(
                    self._site,
                    row.ref,
                    say("the capture of {url} that the state knows is not here", url=row.url),
                )
            self._row = next(self._rows, None)

    def _is_behind(self, at: CaptureRef | Damaged) -> bool:
        return self._last is None or _place(at) > _place(self._last)

    def _damaged(self, found: Damaged) -> Damage:
        self._named.add(_place(found))
        return damage_of(self._site, found, found.what)

    def _differs(self, row: CaptureEntry, ref: CaptureRef, capture: Capture) -> Iterator[Damage]:
        """Tell in what a capture is not the one that the state knows."""
        wrong = [name for name, known, there in _pairs(row, ref, capture) if known != there]
        if wrong:
            yield damage_of(
                self._site,
                ref,
                say("the state knows another {wrong} of this capture", wrong=" and ".join(wrong)),
            )


def _pairs(row: CaptureEntry, ref: CaptureRef, capture: Capture) -> tuple[tuple[str, object, object], ...]:
    """Return what the state and the shelf each say of a capture, by name."""
    return (
        ("length", row.ref.length, ref.length),
        ("digest", row.ref.digest, ref.digest),
        ("address", row.url, capture.url),
        ("kind", row.kind, capture.kind),
        ("status", row.status, capture.status),
        ("moment", row.fetched_at, capture.fetched_at),
    )


def damage_of(site: str, at: CaptureRef | Damaged, what: str) -> Damage:
    """Return the damage of the record at a place of a site's captures."""
    return Damage(file=_told(site, at.file), offset=at.offset, what=what)


def _told(site: str, file: str) -> str:
    return f"{INSIDE}/{site}/captures/{file}"


def _place(at: CaptureRef | Damaged) -> tuple[str, int]:
    return at.file, at.offset
