"""What of a site lies in a cluster's object store and not on this disk.

A site that a cluster works has a folder `cluster` beside its state: in it `where.json`, which says in which
store, and `catalogue.sqlite3`, which says what lies where in it. Without that folder all is on this disk, and
nothing of this room is imported.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, BinaryIO, Protocol

from scraper.errors import StoreError
from scraper.messages import say
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.disk import store_error
from scraper.values import Value, asdict

if TYPE_CHECKING:
    from pathlib import Path


class Where(Value, frozen=True, kw_only=True):
    """In which store a site's copy lies; keys and address are the environment's."""

    store: str  # `s3://bucket`
    prefix: str


class Elsewhere(Protocol):
    """A site's captures and documents where they are not on this disk."""

    def warc_files(self) -> dict[str, int]:
        """Return the WARC files by name, and their sizes."""

    def open_warc(self, name: str) -> BinaryIO:
        """Open a WARC file for reading, from any place on. Raises FileNotFoundError."""

    def has_file(self, path: str) -> bool:
        """Say whether a document or picture is there."""

    def read_file(self, path: str) -> bytes | None:
        """Return a document or picture; None: it is not there either."""


def cluster_folder(archive: Path, site: str) -> Path:
    """Return the folder of what a machine knows of the store's copy of a site."""
    return ArchiveFolder(archive).site(site) / "cluster"


def catalogue_file(archive: Path, site: str) -> Path:
    """Return the file that says what of a site lies where in the store."""
    return cluster_folder(archive, site) / "catalogue.sqlite3"


def where_file(archive: Path, site: str) -> Path:
    """Return the file that says in which store a site's copy lies."""
    return cluster_folder(archive, site) / "where.json"


def told(where: Where) -> bytes:
    """Return what stands in that file."""
    return json.dumps(asdict(where)).encode()


def elsewhere_of(archive: Path, site: str) -> Elsewhere | None:
    """Return the store's copy of a site; None: no cluster works it, and all is on this disk."""
    path = where_file(archive, site)
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise store_error(error, "read", path) from error
    if not catalogue_file(archive, site).is_file():
        return None
    try:
        where = Where(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise StoreError(say("{path}: it does not say which store", path=f"{path}")) from error
    from scraper.stores.elsewhere.object_store import ObjectStore  # noqa: PLC0415 - only where the extra is needed
    from scraper.stores.elsewhere.stored import StoredElsewhere  # noqa: PLC0415 - likewise

    return StoredElsewhere(catalogue_file(archive, site), ObjectStore(where.store, where.prefix, os.environ))
