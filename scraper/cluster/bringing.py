"""A site's state brought to a machine that lacks it: the state and the catalogue, no captures, no documents.

Nothing is brought where the machine's own files stand for the store's last commit. Otherwise another machine
has worked the site since: what lies here is out of date. What the store has of it is removed; WARC files with
captures that nobody committed are set aside, for what they hold may be gone from the site by now.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from scraper.cluster import keys
from scraper.cluster.holding import Held, held_paths, put_durably
from scraper.cluster.page_delta import applied
from scraper.errors import StoreError
from scraper.messages import say
from scraper.stores.disk import make_folder, store_error
from scraper.stores.elsewhere.catalogue import Catalogue
from scraper.stores.opening import view_state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.cluster.claiming import Claimed
    from scraper.cluster.holding import Holding
    from scraper.cluster.manifest import Manifest, ShippedFile
    from scraper.stores.elsewhere.object_store import ObjectStore

STATE = "state"
CATALOGUE = "catalogue"


def bring(holding: Holding, claimed: Claimed, store: ObjectStore, now_ns: int) -> int:
    """Make this machine's files stand for the store's last commit; return how many bytes were brought.

    Whoever calls it holds the site's lock. Killed anywhere, it is done again from the start.
    """
    manifest = claimed.manifest
    holding.say_where(store.where)
    if manifest.state is None or manifest.catalogue is None:
        _begin(holding)
        return 0
    brought = 0
    if not _is_current(holding, claimed):
        holding.forget()
        catalogue = fetch(store, manifest.catalogue)
        put_durably(holding.catalogue, catalogue)
        with Catalogue(holding.catalogue, reading=True) as stored:
            _set_aside(holding, stored.volumes())
            _remove_outdated(holding, stored)
        state = fetch(store, manifest.state)
        for suffix in ("-wal", "-shm"):
            holding.state.with_name(holding.state.name + suffix).unlink(missing_ok=True)
        put_durably(holding.state, state)
        holding.remember_pages(STATE, state)
        holding.remember_pages(CATALOGUE, catalogue)
        holding.remember(Held(serial=manifest.serial, shipped_ns=now_ns))
        brought = manifest.state.bytes + manifest.catalogue.bytes
    if claimed.interrupted:
        with Catalogue(holding.catalogue, reading=True) as stored:
            sweep(store, manifest, stored, manifest.epoch - 1)
    return brought


def fetch(store: ObjectStore, file: ShippedFile) -> bytes:
    """Return a shipped file, made of its parts and held against its digest."""
    data = b""
    for part in file.parts:
        data = applied(data, store.get_range(part.key, 0, part.bytes))
    if len(data) != file.size or sha256(data).hexdigest() != file.digest:
        raise StoreError(say("{key}: the store gives other bytes than were shipped", key=file.parts[-1].key))
    return data


def _begin(holding: Holding) -> None:
    """Make ready to ship a site for the first time: whatever lies here is the truth."""
    holding.forget()
    for file in (holding.catalogue, holding.next_catalogue):
        file.unlink(missing_ok=True)


def _is_current(holding: Holding, claimed: Claimed) -> bool:
    """Say whether the files here stand for the last commit, and the catalogue is whole.

    A machine that was killed between its commit and its remembering it has the very catalogue of that commit.
    """
    shipped = claimed.manifest.catalogue
    try:
        here = sha256(holding.catalogue.read_bytes()).hexdigest()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise store_error(error, "read", holding.catalogue) from error
    held = holding.held()
    whole = shipped is not None and here == shipped.digest and holding.state.is_file()
    return whole and held is not None and held.serial == claimed.manifest.serial


def _set_aside(holding: Holding, stored: dict[str, int]) -> None:
    """Remove the WARC files that the store has whole, and keep aside those that hold more."""
    for name, size in holding.volumes().items():
        file = holding.captures / name
        try:
            if size <= stored.get(name, 0):
                file.unlink()
            else:
                make_folder(holding.unshipped)
                file.replace(holding.unshipped / name)
        except OSError as error:
            raise store_error(error, "set aside", file) from error


def _remove_outdated(holding: Holding, stored: Catalogue) -> None:
    """Remove the documents and pictures here that are not as the store has them."""
    for path in _paths_here(holding):
        file = holding.archive / path
        known = stored.file(path)
        try:
            if known is None or sha256(file.read_bytes()).hexdigest() != known.digest:
                file.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise store_error(error, "remove", file) from error


def _paths_here(holding: Holding) -> Iterable[str]:
    """Return where the state here has documents and pictures; none where it cannot be read any more."""
    try:
        with view_state(holding.archive, holding.site) as state:
            return held_paths(state, holding.site)
    except StoreError:
        return ()


def sweep(store: ObjectStore, manifest: Manifest, catalogue: Catalogue, through: int) -> int:
    """Remove what was put into the store under an epoch up to `through`, and never committed.

    Returns how many objects that were.
    """
    named = catalogue.objects()
    for file in (manifest.state, manifest.catalogue):
        named |= {part.key for part in file.parts} if file else set()
    left = [
        key
        for key, _ in store.names(keys.site_folder(manifest.site))
        if key not in named and (epoch := keys.epoch_of(key)) is not None and epoch <= through
    ]
    store.delete(left)
    return len(left)
