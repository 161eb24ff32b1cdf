"""What a machine knows of the store's copy of a site: beside the site's other files, in a folder of its own.

    .scraper/<site>/cluster/where.json           in which store the copy lies
                           /held.json            which commit the files here stand for
                           /catalogue.sqlite3    as that commit has it
                           /state.pages          digests of the pages that were shipped, so that only
                           /catalogue.pages        those that differ are shipped next
                           /unshipped/           WARC files of a lost lease: fetched, and committed by nobody

A machine may go on with what it has only if the store still stands at that commit: then whatever it did since
comes on top. Otherwise another machine has worked the site, and this one's files are brought anew.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING

from scraper.cluster.page_delta import page_digests
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.disk import make_folder, replace_file, store_error, sync_folder
from scraper.stores.elsewhere import catalogue_file, cluster_folder, told, where_file
from scraper.values import Value, asdict

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.stores.elsewhere import Where
    from scraper.stores.state import State


class Held(Value, frozen=True, kw_only=True):
    """Which commit the files of this machine stand for."""

    serial: int
    shipped_ns: int  # when it was shipped or brought, by the clock of this machine's files


class Holding:
    """The folder of one site on this machine: names, and what is remembered of the last commit."""

    def __init__(self, archive: Path, site: str) -> None:
        """Take the archive's folder. Touches nothing yet."""
        self.archive = archive
        self.site = site
        folder = ArchiveFolder(archive)
        self.state = folder.state(site)
        self.captures = folder.captures(site)
        self.folder = cluster_folder(archive, site)
        self.catalogue = catalogue_file(archive, site)
        self.next_catalogue = self.folder / "catalogue.next.sqlite3"
        self.unshipped = self.folder / "unshipped"
        self._held = self.folder / "held.json"

    def held(self) -> Held | None:
        """Return which commit the files stand for; None: none, or they are half brought."""
        text = _read(self._held)
        try:
            return None if text is None else Held(**json.loads(text))
        except (ValueError, TypeError):
            return None  # torn: then all is brought anew, which is never wrong

    def remember(self, held: Held) -> None:
        """Say which commit the files stand for. Whoever calls it has written them all."""
        put_durably(self._held, json.dumps(asdict(held)).encode())

    def say_where(self, where: Where) -> None:
        """Say in which store the site's copy lies: then what is not here is read from there."""
        path = where_file(self.archive, self.site)
        if _read(path) != told(where):
            put_durably(path, told(where))

    def forget(self) -> None:
        """Say that the files stand for no commit, before they are changed to stand for another."""
        self._held.unlink(missing_ok=True)

    # ── pages that were shipped ───────────────────────────────────────────────────────────────────────────

    def shipped_pages(self, part: str, digest: str) -> bytes:
        """Return the digests of a file's pages as they were shipped; nothing where they are of another file.

        `digest`: sha256 of the whole file that the store has.
        """
        data = _read(self._pages(part)) or b""
        marked = sha256(digest.encode()).digest()
        return data.removeprefix(marked) if data.startswith(marked) else b""

    def remember_pages(self, part: str, data: bytes) -> None:
        """Remember the pages of a file that was shipped or brought."""
        marked = sha256(sha256(data).hexdigest().encode()).digest()
        put_durably(self._pages(part), marked + page_digests(data))

    def _pages(self, part: str) -> Path:
        return self.folder / f"{part}.pages"

    # ── WARC files ────────────────────────────────────────────────────────────────────────────────────────

    def volumes(self) -> dict[str, int]:
        """Return the WARC files on this machine, and their sizes."""
        try:
            found = [entry for entry in self.captures.iterdir() if entry.name.endswith(".warc.gz")]
            return {entry.name: entry.stat().st_size for entry in found}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise store_error(error, "list the captures in", self.captures) from error


def held_paths(state: State, site: str) -> tuple[str, ...]:
    """Return where the documents and pictures of a site lie, each once."""
    files = (path for _, path in state.assets.files(site))
    return tuple(dict.fromkeys([*state.articles.paths(site), *files]))


def put_durably(path: Path, data: bytes) -> None:
    """Write a file in place of the one before, whole, and on the disk when this returns."""
    make_folder(path.parent)
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            replace_file(folder, path.name, data, beside=f".{path.name}.unfinished")
        finally:
            os.close(folder)
        sync_folder(path.parent)
    except OSError as error:
        raise store_error(error, "write", path) from error


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise store_error(error, "read", path) from error
