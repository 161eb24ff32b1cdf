"""The names of the objects of a site in the store. All but the manifest are written once and never again.

    <prefix>/cluster.json                        which archive this is
    <prefix>/sites/<site>/manifest.json          where the site stands: the only one that changes
                         /state/<epoch>-<number>.<part>          pages of a SQLite file
                         /captures/<WARC file>/<offset>.<epoch>  bytes of a WARC file, from an offset on
                         /files/<epoch>-<number>.pack            documents and pictures in a row

Each name carries the epoch under which it was written: two holders of one site never write the same object.
"""

from __future__ import annotations

import re
from typing import Final

CLUSTER: Final = "cluster.json"
SITES: Final = "sites"

_EPOCH = re.compile(r"(?:^|[/.])(?P<epoch>[0-9]{10})(?:-|$)")


def site_folder(site: str) -> str:
    """Return where a site's objects lie."""
    return f"{SITES}/{site}"


def manifest(site: str) -> str:
    """Return the name of a site's manifest."""
    return f"{site_folder(site)}/manifest.json"


def state_part(site: str, epoch: int, number: int, part: str) -> str:
    """Return the name of some pages of a SQLite file; `part` says of which."""
    return f"{site_folder(site)}/state/{epoch:010d}-{number:05d}.{part}"


def capture_part(site: str, file: str, offset: int, epoch: int) -> str:
    """Return the name of a WARC file's bytes from an offset on."""
    return f"{site_folder(site)}/captures/{file}/{offset:012d}.{epoch:010d}"


def pack(site: str, epoch: int, number: int) -> str:
    """Return the name of a pack of documents and pictures."""
    return f"{site_folder(site)}/files/{epoch:010d}-{number:05d}.pack"


def epoch_of(key: str) -> int | None:
    """Return the epoch under which an object was written; None: its name tells none."""
    found = _EPOCH.search(key.rpartition("/")[2])
    return None if found is None else int(found["epoch"])
