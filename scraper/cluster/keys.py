"""The names of the objects of a site in the store. All but the manifest are written once and never again.

    <prefix>/cluster.json                        which archive this is
    <prefix>/sites/<site>/manifest.json          where the site stands: the only one that changes
                         /state/<epoch>-<mark>-<number>.<part>          pages of a SQLite file
                         /captures/<WARC file>/<offset>.<epoch>-<mark>  bytes of a WARC file from an offset
                         /files/<epoch>-<mark>-<number>.pack            documents and pictures in a row

Each name carries the epoch under which it was written, and a mark of chance for each try of a shipment: no
two holders of one site write the same object, and no second try writes over what the first one committed.
"""

from __future__ import annotations

import re
from typing import Final

from scraper.values import Value

CLUSTER: Final = "cluster.json"
SITES: Final = "sites"

_EPOCH = re.compile(r"(?:^|[/.])(?P<epoch>[0-9]{10})-")


def site_folder(site: str) -> str:
    """Return where a site's objects lie."""
    return f"{SITES}/{site}"


def manifest(site: str) -> str:
    """Return the name of a site's manifest."""
    return f"{site_folder(site)}/manifest.json"


class Shipment(Value, frozen=True):
    """The objects of one try of a shipment."""

    site: str
    epoch: int
    mark: str  # letters and digits

    def state_part(self, number: int, part: str) -> str:
        """Return the name of some pages of a SQLite file; `part` says of which."""
        return f"{site_folder(self.site)}/state/{self._written}-{number:05d}.{part}"

    def capture_part(self, file: str, offset: int) -> str:
        """Return the name of a WARC file's bytes from an offset on."""
        return f"{site_folder(self.site)}/captures/{file}/{offset:012d}.{self._written}"

    def pack(self, number: int) -> str:
        """Return the name of a pack of documents and pictures."""
        return f"{site_folder(self.site)}/files/{self._written}-{number:05d}.pack"

    @property
    def _written(self) -> str:
        return f"{self.epoch:010d}-{self.mark}"


def epoch_of(key: str) -> int | None:
    """Return the epoch under which an object was written; None: its name tells none."""
    found = _EPOCH.search(key.rpartition("/")[2])
    return None if found is None else int(found["epoch"])
