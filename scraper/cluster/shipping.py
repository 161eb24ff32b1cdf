"""What a run brought, shipped and committed: objects first, the manifest last.

Until the manifest is written nothing has changed for anybody else. A shipment that was broken off leaves
objects that no manifest names; the next holder of the site sweeps them away.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from scraper.cluster import keys
from scraper.cluster.bringing import CATALOGUE, STATE
from scraper.cluster.claiming import Claimed, commit, read
from scraper.cluster.holding import Held, held_paths
from scraper.cluster.manifest import Part, ShippedFile
from scraper.cluster.page_delta import changes
from scraper.cluster.shipping_plan import may_have_changed, packs, plan_volumes
from scraper.errors import LeaseLost, ObjectStoreAway
from scraper.messages import say
from scraper.stores.disk import make_folder, store_error
from scraper.stores.elsewhere.catalogue import Catalogue, StoredFile, VolumePart
from scraper.stores.state import open_state
from scraper.values import Value, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from scraper.cluster.holding import Holding
    from scraper.stores.elsewhere.object_store import ObjectStore


class Told(Value, frozen=True, kw_only=True):
    """What a commit says beside what it ships."""

    machine: str
    now: datetime
    now_ns: int  # the same moment, as the clock of this machine's files has it
    last_run: Mapping[str, Any] | None = None  # the report of the run that is shipped; None: as before
    standing: Mapping[str, Any] | None = None  # the site's line of `status`; None: as before
    hosts: Mapping[str, Any] = field(default_factory=dict)
    last: bool = True  # the holder hands the site back after this commit


class Shipped(Value, frozen=True, kw_only=True):
    """A commit that went through."""

    claimed: Claimed
    bytes: int


class Shipment:
    """One shipment of one site, by whoever holds its lease and its lock."""

    def __init__(self, holding: Holding, claimed: Claimed, store: ObjectStore, mark: str) -> None:
        """Take what the shipment is built upon, and a mark that no other try has. Ships nothing yet."""
        self._holding = holding
        self._claimed = claimed
        self._store = store
        self._names = keys.Shipment(holding.site, claimed.manifest.epoch, mark)
        self._bytes = 0
        self._number = 0
        self._left: list[str] = []  # objects that nobody names once this is committed

    def ship(self, told: Told) -> Shipped:
        """Ship what the store lacks, and commit it. Raises LeaseLost, ObjectStoreAway, StoreError."""
        holding = self._holding
        with open_state(holding.state) as state:
            state.checkpoint()
            paths = held_paths(state, holding.site)
        self._copy_catalogue()
        with Catalogue(holding.next_catalogue) as catalogue:
            self._ship_volumes(catalogue)
            self._ship_files(catalogue, paths, told)
            totals, newest = catalogue.totals(), max(catalogue.volumes(), default=None)
        before = self._claimed.manifest
        state_bytes, catalogue_bytes = _read(holding.state), _read(holding.next_catalogue)
        after = replace(
            before,
            serial=before.serial + 1,
            holder=None if told.last else before.holder,
            machine=told.machine,
            written=told.now,
            state=self._ship_pages(STATE, state_bytes, before.state),
            catalogue=self._ship_pages(CATALOGUE, catalogue_bytes, before.catalogue),
            last_volume=newest,
            totals=totals,
            hosts=told.hosts,
            last_run=told.last_run or before.last_run,
            standing=told.standing or before.standing,
        )
        claimed = commit(self._store, self._claimed, after)
        _remember(holding, Held(serial=after.serial, shipped_ns=told.now_ns), state_bytes, catalogue_bytes)
        with suppress(ObjectStoreAway):  # it is committed: what nobody names is swept away some other day
            self._store.delete(self._left)
        return Shipped(claimed=claimed, bytes=self._bytes)

    # ── captures ──────────────────────────────────────────────────────────────────────────────────────────

    def _ship_volumes(self, catalogue: Catalogue) -> None:
        plan = plan_volumes(self._holding.volumes(), catalogue.volumes())
        for file in plan.rewritten:
            self._left += catalogue.drop_volume(file)
        for tail in plan.tails:
            data = _read(self._holding.captures / tail.file, tail.start, tail.end)
            key = self._names.capture_part(tail.file, tail.start)
            self._put(key, data)
            catalogue.add_part(
                VolumePart(
                    file=tail.file,
                    offset=tail.start,
                    length=len(data),
                    digest=sha256(data).hexdigest(),
                    object=key,
                )
            )

    # ── documents and pictures ────────────────────────────────────────────────────────────────────────────

    def _ship_files(self, catalogue: Catalogue, paths: tuple[str, ...], told: Told) -> None:
        known = {file.path: file for file in catalogue.files()}
        catalogue.drop_files(known.keys() - set(paths))
        for pack in packs(self._changed(known, paths, told)):
            key = self._names.pack(self._next_number())
            self._put(key, b"".join(data for _, data in pack))
            at = 0
            for path, data in pack:
                digest = sha256(data).hexdigest()
                file = StoredFile(path=path, size=len(data), digest=digest, object=key, offset=at)
                catalogue.put_file(file)
                at += len(data)

    def _changed(
        self, known: Mapping[str, StoredFile], paths: tuple[str, ...], told: Told
    ) -> Iterator[tuple[str, bytes]]:
        """Yield the documents here that are not as the store has them; what lies elsewhere is passed."""
        held = self._holding.held()
        shipped_ns = held.shipped_ns if held is not None and held.shipped_ns <= told.now_ns else None
        for path in paths:
            file, stored = self._holding.archive / path, known.get(path)
            try:
                about = file.stat()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise store_error(error, "read", file) from error
            if may_have_changed(
                size=about.st_size,
                mtime_ns=about.st_mtime_ns,
                stored_size=None if stored is None else stored.size,
                shipped_ns=shipped_ns,
            ):
                data = _read(file)
                if stored is None or sha256(data).hexdigest() != stored.digest:
                    yield path, data

    # ── state and catalogue ───────────────────────────────────────────────────────────────────────────────

    def _ship_pages(self, part: str, data: bytes, before: ShippedFile | None) -> ShippedFile:
        """Ship the pages of a file that changed; all of them where the store has none, or a long chain."""
        digest = sha256(data).hexdigest()
        if before is not None and before.digest == digest:
            return before
        known = (
            b"" if before is None or before.is_long() else self._holding.shipped_pages(part, before.digest)
        )
        key = self._names.state_part(self._next_number(), part)
        pages = changes(data, known)
        self._put(key, pages)
        shipped = Part(key=key, bytes=len(pages))
        if before is not None and known:
            return ShippedFile(size=len(data), digest=digest, parts=(*before.parts, shipped))
        self._left += [] if before is None else [old.key for old in before.parts]
        return ShippedFile(size=len(data), digest=digest, parts=(shipped,))

    def _copy_catalogue(self) -> None:
        """Write into a copy: the catalogue itself stands for the last commit, until there is a new one."""
        make_folder(self._holding.folder)
        try:
            self._holding.next_catalogue.unlink(missing_ok=True)
            if self._holding.catalogue.exists():
                shutil.copyfile(self._holding.catalogue, self._holding.next_catalogue)
        except OSError as error:
            raise store_error(error, "copy", self._holding.catalogue) from error

    def _put(self, key: str, data: bytes) -> None:
        self._store.put(key, data)
        self._bytes += len(data)

    def _next_number(self) -> int:
        self._number += 1
        return self._number


def settle(holding: Holding, claimed: Claimed, store: ObjectStore) -> Claimed:
    """Find out whether a commit went through whose answer did not come; return what is to be built upon.

    Raises LeaseLost, where another holder has written the manifest meanwhile.
    """
    stands, etag = read(store, holding.site)
    if etag == claimed.etag:
        return claimed
    if etag is None or stands.epoch != claimed.manifest.epoch:
        raise LeaseLost(say("{site}: another machine has taken it", site=holding.site))
    if not holding.next_catalogue.exists():  # remembered already, and something after that broke off
        return Claimed(manifest=stands, etag=etag)
    state, catalogue = _read(holding.state), _read(holding.next_catalogue)
    if stands.catalogue is not None and sha256(catalogue).hexdigest() == stands.catalogue.digest:
        _remember(holding, Held(serial=stands.serial, shipped_ns=0), state, catalogue)
    return Claimed(manifest=stands, etag=etag)


def _remember(holding: Holding, held: Held, state: bytes, catalogue: bytes) -> None:
    """Make the new catalogue the one that stands for the last commit; `held` comes last."""
    holding.next_catalogue.replace(holding.catalogue)
    holding.remember_pages(STATE, state)
    holding.remember_pages(CATALOGUE, catalogue)
    holding.remember(held)


def _read(path: Path, start: int = 0, end: int | None = None) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read() if end is None else file.read(end - start)
    except OSError as error:
        raise store_error(error, "read", path) from error
