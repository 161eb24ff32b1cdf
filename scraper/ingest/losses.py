"""What the shelf has lost: struck off the state's list of captures, and what it held made due again.

A shelf lacks what the state knows where a file is damaged or deleted, and where captures were restored from a
backup that is older than the state. Articles keep their documents meanwhile; they are asked for at once and
unconditionally. What its site no longer has is lost for good: that is remembered, with the day it was seen.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from scraper.article_record import AT_ONCE, AssetStatus, Status
from scraper.errors import StoreError
from scraper.ingest.article_decision import OK
from scraper.ingest.list_reader import key_of
from scraper.mementos import as_of_site, key_of_copies
from scraper.model import Kind
from scraper.stores.archive_folder import INSIDE
from scraper.stores.state.captures import entry_of
from scraper.stores.warc_reader import Damaged
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.article_record import Asset
    from scraper.model import CaptureRef
    from scraper.stores.opening import SiteContext
    from scraper.stores.state.captures import CaptureEntry
    from scraper.stores.state.losses import Fate

_COPY: Final = key_of_copies("")
_NO_LONGER: Final = {Status.GONE, Status.REFUSED, Status.ALIASED}


class ShelfLosses:
    """The losses of one site's shelf."""

    def __init__(self, context: SiteContext) -> None:
        """Take the site, whose lock is held."""
        self._context = context
        self._name = context.name
        self._state = context.state
        self._captures = context.captures

    # ── what is lost ──────────────────────────────────────────────────────────────────────────────────────

    def strike_missing(self) -> int:
        """Strike off what lies beyond the ends of the files that are there; return how many captures.

        Reads no capture: quick enough for each run.
        """
        lost: list[CaptureEntry] = []
        for last in list(self._state.captures.last_of_each_file(self._name)):
            size = self._captures.size(last.file)
            if size is not None and size < last.offset + last.length:
                lost += self._state.captures.behind(self._name, last.file, size)
        self._strike(lost)
        return len(lost)

    def strike_damaged(self) -> int:
        """Read the whole shelf and strike off all that is not whole; return how many captures.

        The damage itself is known from then on: what it took is told capture by capture. A whole capture that
        the state does not know, though it knows later ones, is noted.
        """
        last = self._state.captures.last(self._name)
        there: dict[tuple[str, int], CaptureRef] = {}
        damaged: list[Damaged] = []
        for found in self._captures.verify():
            if isinstance(found, Damaged):
                damaged.append(found)
            elif found.capture is not None:
                there[found.file, found.offset] = found.capture
        lost = [entry for entry in self._state.captures.every(self._name) if not _is_there(entry, there)]
        self._strike(lost)
        with self._state.transaction():
            for one in damaged:
                if last is not None and (one.file, one.offset) <= (last.file, last.offset):
                    file = f"{INSIDE}/{self._name}/captures/{one.file}"
                    self._state.losses.accept(self._name, file, one.offset, one.what, self._context.now())
        if last is not None:
            self._note(ref for place, ref in there.items() if place < (last.file, last.offset))
        return len(lost)

    def _note(self, refs: Iterable[CaptureRef]) -> None:
        for ref in refs:
            if self._state.captures.at(self._name, ref.file, ref.offset) is not None:
                continue
            capture = self._captures.read(ref)
            key = None
            if capture.kind in {Kind.ARTICLE, Kind.COPY}:
                key = key_of(as_of_site(capture).url, self._context.site)
                key = key_of_copies(key) if capture.kind is Kind.COPY else key
            with self._state.transaction():
                self._state.captures.put(entry_of(self._name, capture, ref, key=key))

    def _strike(self, lost: Iterable[CaptureEntry]) -> None:
        """Move captures to the lost ones, and make due what they held, all of it or nothing."""
        lost, now = list(lost), self._context.now()
        if not lost:
            return
        with self._state.transaction():
            for entry in lost:
                self._state.losses.put(entry, now)
            for entry in lost:
                fate = self._fate_of(entry)
                if fate is not None:
                    self._state.losses.settle(entry, fate)

    def _fate_of(self, entry: CaptureEntry) -> Fate | None:
        """Make due what a capture held; return what became of it where that is known at once."""
        if entry.kind in {Kind.IMAGE, Kind.FILE}:
            return self._picture_due(entry)
        if entry.key is None:  # a list, robots.txt: read anew in any case
            self._state.listings.unsettle(self._name, entry.url)
            return "had"
        own = entry.key.removeprefix(_COPY)
        known = self._state.articles.get(self._name, own)
        if known is None or entry.status not in OK:
            return "had"
        if known.capture is None or (known.capture.file, known.capture.offset) != _place(entry):
            rest = self._state.captures.of_article(self._name, entry.key)
            return "had" if any(other.ref.digest == entry.ref.digest for other in rest) else "gone"
        gone = own != entry.key  # what another archive kept, its site does not have
        due = known.due if gone else AT_ONCE
        wanted = known.wanted or not gone
        self._state.articles.put(
            replace(known, capture=None, due=due, wanted=wanted, etag=None, last_modified=None)
        )
        return "gone" if gone else None

    def _picture_due(self, entry: CaptureEntry) -> Fate | None:
        asset = self._state.assets.get(self._name, entry.url)
        if asset is None or asset.capture is None or _at(asset.capture) != _place(entry):
            return "had"
        asset = replace(asset, capture=None, due=AT_ONCE)
        if not self._is_sound(asset):
            asset = replace(asset, status=AssetStatus.WAITING, path=None, digest=None)
        if self._context.site.images == "link":  # pictures are not asked for any more
            asset = replace(asset, due=None)
        self._state.assets.put(asset)
        return None

    def _is_sound(self, asset: Asset) -> bool:
        try:
            data = None if asset.path is None else self._context.documents.read_file(asset.path)
        except StoreError:
            return False
        return data is not None and sha256(data).hexdigest() == asset.digest

    # ── what became of it ─────────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """Remember what became of each loss since it was asked for."""
        fates = list(self._fates())
        if fates:
            with self._state.transaction():
                for entry, fate in fates:
                    self._state.losses.settle(entry, fate)

    def _fates(self) -> Iterator[tuple[CaptureEntry, Fate]]:
        for entry in self._state.losses.waiting(self._name):
            if entry.key is None:
                asset = self._state.assets.get(self._name, entry.url)
                is_had = asset is not None and asset.capture is not None
                is_gone = asset is None or asset.due is None or asset.status is AssetStatus.GONE
            else:
                known = self._state.articles.get(self._name, entry.key)
                is_had = known is not None and known.capture is not None
                is_gone = known is None or known.status in _NO_LONGER
            if is_had or is_gone:
                yield entry, "had" if is_had else "gone"


def _is_there(entry: CaptureEntry, there: dict[tuple[str, int], CaptureRef]) -> bool:
    found = there.get(_place(entry))
    return found is not None and (found.length, found.digest) == (entry.ref.length, entry.ref.digest)


def _place(entry: CaptureEntry) -> tuple[str, int]:
    return _at(entry.ref)


def _at(ref: CaptureRef) -> tuple[str, int]:
    return ref.file, ref.offset
