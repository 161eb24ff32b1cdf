"""The WARC files of a site: their names, their order, the next one.

A name is `<site>-<UTC timestamp>-<serial>.warc.gz`. Serials rise by one, and a timestamp is never earlier
than that of the file before, whatever the clock says: the alphabet's order is the order of writing.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING

from scraper.errors import StoreError
from scraper.stores.disk import store_error

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_NAME = re.compile(r"(?P<site>.+)-(?P<stamp>[0-9]{14})-(?P<serial>[0-9]{5})\.warc\.gz", re.DOTALL)
_SITE = re.compile(r"(?!\.)[^/\\\x00-\x1f\x7f]{1,80}")


def site_folder(folder: Path, site: str) -> Path:
    """Return where a site's files lie; a name that would lead anywhere else is a `StoreError`."""
    if not _SITE.fullmatch(site):
        msg = f"this cannot be the name of a site's folder: {site!r}"
        raise StoreError(msg)
    return folder / site


def volumes(folder: Path, site: str) -> list[str]:
    """Return the names of a site's files, oldest first; none where there is no folder yet."""
    place = site_folder(folder, site)
    try:
        names = [entry.name for entry in place.iterdir()] if place.is_dir() else []
    except OSError as error:
        raise store_error(error, "list the captures in", place) from error
    return sorted(name for name in names if (match := _NAME.fullmatch(name)) and match["site"] == site)


def serial(name: str) -> int:
    """Return a file's serial number."""
    return int(_parts(name)["serial"])


def next_volume(site: str, last: str | None, now: datetime) -> str:
    """Return the name of the file that follows `last`; None: the site has none."""
    stamp = now.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    if last is None:
        return f"{site}-{stamp}-00001.warc.gz"
    return f"{site}-{max(stamp, _parts(last)['stamp'])}-{serial(last) + 1:05d}.warc.gz"


def _parts(name: str) -> re.Match[str]:
    match = _NAME.fullmatch(name)
    if match is None:
        msg = f"not the name of a captures file: {name}"
        raise StoreError(msg)
    return match
