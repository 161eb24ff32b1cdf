"""The manifest of a site, read and written: by whoever holds the lease, and by nobody who has lost it.

A new holder writes the manifest once before it does anything else. What any earlier holder read of it is then
out of date, and its commit, which names what it read, is refused by the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.cluster import keys, manifest
from scraper.cluster.manifest import Manifest
from scraper.errors import LeaseLost
from scraper.messages import say
from scraper.stores.elsewhere.object_store import Overtaken
from scraper.values import Value

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.cluster.lease import Lease
    from scraper.stores.elsewhere.object_store import ObjectStore

_TRIES: Final = 5  # of a claim: each time somebody with a lower epoch was quicker


class EpochBehind(Exception):  # noqa: N818 - no error: the database came back from a backup
    """The store knows a higher epoch than the lease has; it must be raised above that."""

    def __init__(self, known: int) -> None:
        """Say which."""
        super().__init__(known)
        self.known = known


class Claimed(Value, frozen=True, kw_only=True):
    """A manifest as this holder wrote it last: only on top of these very bytes can it be written again."""

    manifest: Manifest
    etag: str
    interrupted: bool = False  # the holder before did not hand it back: what it left in the store is nobody's


def read(store: ObjectStore, site: str) -> tuple[Manifest, str | None]:
    """Return a site's manifest and its etag; None: the store has nothing of the site yet."""
    found = store.get(keys.manifest(site))
    return (Manifest(site=site), None) if found is None else (manifest.from_json(found.data), found.etag)


def claim(store: ObjectStore, lease: Lease, now: datetime) -> Claimed:
    """Write the manifest in the name of a new holder. Raises EpochBehind, LeaseLost, ObjectStoreAway."""
    for _ in range(_TRIES):
        stands, etag = read(store, lease.site)
        if stands.epoch > lease.epoch:
            raise EpochBehind(stands.epoch)
        mine = stands.claimed(epoch=lease.epoch, holder=lease.holder, now=now)
        try:
            etag = store.put_if(keys.manifest(lease.site), manifest.to_json(mine), etag)
        except Overtaken:
            continue
        return Claimed(manifest=mine, etag=etag, interrupted=stands.holder is not None)
    raise LeaseLost(say("{site}: another holder writes the manifest all the time", site=lease.site))


def commit(store: ObjectStore, claimed: Claimed, after: Manifest) -> Claimed:
    """Write the manifest on top of what this holder wrote last. Raises LeaseLost, ObjectStoreAway."""
    try:
        etag = store.put_if(keys.manifest(after.site), manifest.to_json(after), claimed.etag)
    except Overtaken:
        msg = say("{site}: another machine has taken it; what was fetched is fetched again", site=after.site)
        raise LeaseLost(msg) from None
    return Claimed(manifest=after, etag=etag)
