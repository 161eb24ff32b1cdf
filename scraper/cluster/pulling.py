"""A site taken out of the store into an archive's folder, without a lease: to look at, or to have it whole.

Who pulls may meet a commit in between: objects of the manifest that was read are gone then, and it is read
again. What lies in the folder already, as the store has it, is not fetched again.
"""

from __future__ import annotations

import os
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from scraper.cluster.bringing import CATALOGUE, STATE, fetch
from scraper.cluster.claiming import read
from scraper.cluster.holding import Held, Holding, put_durably
from scraper.errors import StoreError
from scraper.messages import say
from scraper.stores.disk import append_synced, make_folder, store_error
from scraper.stores.elsewhere.catalogue import Catalogue
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scraper.cluster.manifest import Manifest
    from scraper.stores.elsewhere.catalogue import StoredFile, VolumePart
    from scraper.stores.elsewhere.object_store import ObjectStore

_TRIES: Final = 3
_TOGETHER: Final = 2**20  # bytes of a pack between two wanted files, below which they are read at once


class Wanted(Value, frozen=True, kw_only=True):
    """What of a site is pulled beside its state."""

    documents: bool = False
    captures: bool = False


def pull(archive: Path, site: str, store: ObjectStore, wanted: Wanted) -> Manifest | None:
    """Pull a site into an archive's folder; return its manifest, None where the store has nothing of it."""
    for tries in range(_TRIES):
        manifest, _ = read(store, site)
        if manifest.state is None or manifest.catalogue is None:
            return None
        try:
            _pull(Holding(archive, site), manifest, store, wanted)
        except StoreError:
            if tries + 1 == _TRIES or read(store, site)[0].serial == manifest.serial:
                raise
            continue
        return manifest
    return None


def _pull(holding: Holding, manifest: Manifest, store: ObjectStore, wanted: Wanted) -> None:
    holding.say_where(store.where)
    held = holding.held()
    if held is None or held.serial != manifest.serial:
        _pull_state(holding, manifest, store)
    with Catalogue(holding.catalogue, reading=True) as catalogue:
        if wanted.documents:
            _pull_documents(holding, catalogue, store)
        if wanted.captures:
            _pull_captures(holding, catalogue, store)
    holding.remember(Held(serial=manifest.serial, shipped_ns=0))


def _pull_state(holding: Holding, manifest: Manifest, store: ObjectStore) -> None:
    if manifest.state is None or manifest.catalogue is None:
        return
    catalogue, state = fetch(store, manifest.catalogue), fetch(store, manifest.state)
    holding.forget()
    put_durably(holding.catalogue, catalogue)
    for suffix in ("-wal", "-shm"):
        holding.state.with_name(holding.state.name + suffix).unlink(missing_ok=True)
    put_durably(holding.state, state)
    holding.remember_pages(STATE, state)
    holding.remember_pages(CATALOGUE, catalogue)


# ── documents and pictures ────────────────────────────────────────────────────────────────────────────────


def _pull_documents(holding: Holding, catalogue: Catalogue, store: ObjectStore) -> None:
    wanted = [file for file in catalogue.files() if not _is_here(holding.archive, file)]
    for key, files in groupby(wanted, attrgetter("object")):
        for run in _runs(files):
            start, end = run[0].offset, run[-1].offset + run[-1].size
            data = store.get_range(key, start, end - start) if end > start else b""
            for file in run:
                at = file.offset - start
                _put(holding.archive / file.path, data[at : at + file.size], file.digest)


def _runs(files: Iterable[StoredFile]) -> Iterator[list[StoredFile]]:
    """Yield the files of a pack that are best read by one request each time."""
    run: list[StoredFile] = []
    for file in files:
        if run and file.offset - (run[-1].offset + run[-1].size) > _TOGETHER:
            yield run
            run = []
        run.append(file)
    if run:
        yield run


def _is_here(archive: Path, file: StoredFile) -> bool:
    path = archive / file.path
    try:
        return path.stat().st_size == file.size and sha256(path.read_bytes()).hexdigest() == file.digest
    except FileNotFoundError:
        return False
    except OSError as error:
        raise store_error(error, "read", path) from error


def _put(path: Path, data: bytes, digest: str) -> None:
    if sha256(data).hexdigest() != digest:
        raise StoreError(say("{path}: the store gives other bytes than were shipped", path=f"{path}"))
    put_durably(path, data)


# ── captures ──────────────────────────────────────────────────────────────────────────────────────────────


def _pull_captures(holding: Holding, catalogue: Catalogue, store: ObjectStore) -> None:
    make_folder(holding.captures)
    here = holding.volumes()
    for file, size in catalogue.volumes().items():
        have = here.get(file, 0)
        if have > size:
            raise StoreError(say("{file}: has more here than in the store", file=file))
        for part in catalogue.parts(file):
            if part.offset >= have:
                _append(holding.captures / file, part, store)
            elif part.end > have:  # broken off within a part: begun anew
                os.truncate(holding.captures / file, part.offset)
                _append(holding.captures / file, part, store)


def _append(path: Path, part: VolumePart, store: ObjectStore) -> None:
    data = store.get_range(part.object, 0, part.length)
    if sha256(data).hexdigest() != part.digest:
        raise StoreError(say("{key}: the store gives other bytes than were shipped", key=part.object))
    append_synced(path, data, size=part.offset)
