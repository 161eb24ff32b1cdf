"""Where things lie in an archive, and which archive it is. Opens no site and knows nothing of what files say.

    archive/<site>/…                          documents, by the default of `path`, and pictures
    archive/.scraper/archive.json             which archive this is, and its format
    archive/.scraper/<site>/state.sqlite3     what is known of each URL
    archive/.scraper/<site>/captures/         what the servers answered
    archive/.scraper/<site>/lock              held while a run works that site
    archive/.scraper/.hosts/                  what was learnt of hosts, for all processes of this machine

A site is its two folders and nothing else: they can be deleted, moved and put back by themselves.
"""

from __future__ import annotations

import json
import os
import re
import stat
from datetime import datetime
from typing import TYPE_CHECKING

from scraper.errors import StateTooNew, StoreError
from scraper.messages import say
from scraper.stores.disk import keep_for_owner, make_folder, read_json, store_error, sync_folder, write_all
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

FORMAT = 2  # of the archive: 1 had one state and one lock for all sites
INSIDE = ".scraper"
_SITE = re.compile(r"(?!\.)[^/\\\x00-\x1f\x7f]{1,80}")


class ArchiveFolder(Value, frozen=True):
    """The folder of an archive: paths alone, nothing is touched."""

    root: Path

    @property
    def inside(self) -> Path:
        """Return the folder of all that is no document."""
        return self.root / INSIDE

    @property
    def about(self) -> Path:
        """Return the file that says which archive this is."""
        return self.inside / "archive.json"

    @property
    def hosts(self) -> Path:
        """Return the folder of what was learnt of hosts on this machine."""
        return self.inside / ".hosts"

    def site(self, name: str) -> Path:
        """Return a site's own folder; a name that would lead anywhere else is a `StoreError`."""
        if not _SITE.fullmatch(name):
            msg = say("this cannot be the name of a site's folder: {name}", name=repr(name))
            raise StoreError(msg)
        return self.inside / name

    def state(self, name: str) -> Path:
        """Return the file of what is known of a site's URLs."""
        return self.site(name) / "state.sqlite3"

    def captures(self, name: str) -> Path:
        """Return the folder of a site's captures."""
        return self.site(name) / "captures"

    def lock(self, name: str) -> Path:
        """Return the file that is locked while a run works a site."""
        return self.site(name) / "lock"

    def documents(self, name: str) -> Path:
        """Return where a site's documents lie, unless its `path` says otherwise, and its pictures."""
        return self.root / name

    def told(self, path: Path) -> str:
        """Return how a file of the archive is named to people: from the archive's folder on."""
        return path.relative_to(self.root).as_posix()

    def sites(self) -> tuple[str, ...]:
        """Return the names of the sites that have a folder, whether the config names them or not."""
        try:
            found = [entry.name for entry in self.inside.iterdir() if entry.is_dir()]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise store_error(error, "list", self.inside) from error
        return tuple(sorted(name for name in found if _SITE.fullmatch(name)))


class About(Value, frozen=True, kw_only=True):
    """Which archive it is."""

    id: str
    format: int
    created: datetime


def read_about(folder: ArchiveFolder) -> About | None:
    """Return which archive this is; None: nobody has written into it yet, or it has the first format.

    Raises StateTooNew for a format that this version does not know, StoreError for a file that says nothing.
    """
    try:
        said = read_json(folder.about)
        about = About(
            id=str(said["id"]), format=int(said["format"]), created=datetime.fromisoformat(said["created"])
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise store_error(error, "read", folder.about) from error
    except (ValueError, TypeError, KeyError) as error:
        msg = say("archive: {file}: it does not say which archive this is", file=folder.about)
        raise StoreError(msg) from error
    if about.format > FORMAT:
        msg = say(
            "archive: {file}: format {found}, and this program knows {known}: a newer one made it",
            file=folder.about,
            found=about.format,
            known=FORMAT,
        )
        raise StateTooNew(msg)
    return about


def write_about(folder: ArchiveFolder, *, now: Callable[[], datetime], new_id: Callable[[], UUID]) -> About:
    """Write which archive this is, durably, unless it is written; return what then stands there."""
    make_folder(folder.inside)
    about = About(id=str(new_id()), format=FORMAT, created=now())
    text = json.dumps(
        {"id": about.id, "format": about.format, "created": about.created.isoformat(timespec="seconds")}
    )
    beside = folder.about.with_name(f".archive.json.{new_id()}.unfinished")
    try:
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            keep_for_owner(beside, stat.S_IRUSR | stat.S_IWUSR)
            write_all(fd, f"{text}\n".encode())
            os.fsync(fd)
        finally:
            os.close(fd)
        try:
            os.link(beside, folder.about)  # of two that begin an archive at once, the first names it
        except FileExistsError:
            return read_about(folder) or about
        finally:
            beside.unlink()
        sync_folder(folder.inside)
    except OSError as error:
        raise store_error(error, "write", folder.about) from error
    return about
