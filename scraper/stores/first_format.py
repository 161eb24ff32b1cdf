"""An archive of the first format brought over: one state and one lock for all sites become a folder a site.

    .scraper/state.sqlite3      → .scraper/<site>/state.sqlite3, each with its site's rows
    .scraper/captures/<site>/   → .scraper/<site>/captures/, renamed
    pictures/                   → <site>/pictures/, linked; documents keep their addresses
    .scraper/lock               held meanwhile, so that no run of an older version is at work

Killed anywhere, it is gone on with by the next command: what is whole has its final name, and is not made
again. The old state stays until every site is whole and `archive.json` says so.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from scraper.stores.archive_folder import read_about, write_about
from scraper.stores.disk import make_folder, store_error, sync_folder
from scraper.stores.hosts import HostFiles
from scraper.stores.lock import Lock
from scraper.stores.state import open_state
from scraper.stores.state.parting import host_texts, part, picture_paths, sites_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from scraper.stores.archive_folder import ArchiveFolder

_STATE = "state.sqlite3"
_DONE = "state.sqlite3.brought-over"  # the old state, once every site has its own
_PICTURES = "pictures"


def is_first_format(folder: ArchiveFolder) -> bool:
    """Say whether something of the first format lies in an archive, whole or what is left of it.

    It may come back: where an older version of the program is run on an archive that was brought over.
    """
    states = (folder.inside / _STATE, folder.inside / _DONE)
    return any(state.is_file() for state in states) or bool(_capture_folders(folder))


def bring_over(folder: ArchiveFolder, *, now: Callable[[], datetime], new_id: Callable[[], UUID]) -> None:
    """Give each site its own folder, say so in `archive.json`, and remove what they took the place of.

    A site that has its own state keeps it: what only the old one knows, the captures tell the next run.
    Raises Locked where a run of the older version is at work, StoreError.
    """
    lock = folder.inside / "lock"
    with Lock(lock, now=now):
        if not is_first_format(folder):  # another process was quicker
            return
        names = dict.fromkeys(_capture_folders(folder))
        if (folder.inside / _STATE).is_file():
            names |= _part_all(folder, names)
        for name in names:
            _move_captures(folder, name)
        if (folder.inside / _STATE).is_file():
            (folder.inside / _STATE).replace(folder.inside / _DONE)
            sync_folder(folder.inside)
        if read_about(folder) is None:
            write_about(folder, now=now, new_id=new_id)
        _remove_old(folder)
        lock.unlink(missing_ok=True)


def _part_all(folder: ArchiveFolder, names: dict[str, None]) -> dict[str, None]:
    """Give each site its own state and its own names of its pictures; return the sites of the old state."""
    with open_state(folder.inside / _STATE) as state:  # brought up to date, as the older program would have
        found = dict.fromkeys(sites_in(state))
        for name in names | found:
            make_folder(folder.site(name))
            part(state, name, folder.state(name))
            _link_pictures(folder, name, picture_paths(state, name))
        hosts = HostFiles(folder.hosts)
        for topic, host, value in host_texts(state):
            hosts.put(topic, host, value)
        state.checkpoint()
    return found


def _remove_old(folder: ArchiveFolder) -> None:
    done = folder.inside / _DONE
    try:
        if done.is_file():
            with open_state(done) as state:
                paths = [old for name in sites_in(state) for old, _ in picture_paths(state, name)]
            for path in paths:
                (folder.root / path).unlink(missing_ok=True)
            _remove_empty(folder.root / _PICTURES)
            for suffix in ("-wal", "-shm", ""):
                done.with_name(done.name + suffix).unlink(missing_ok=True)
                (folder.inside / f"{_STATE}{suffix}").unlink(missing_ok=True)
        _remove_empty(folder.inside / "captures")
        sync_folder(folder.inside)
    except OSError as error:
        raise store_error(error, "remove what the first format left in", folder.inside) from error


def _capture_folders(folder: ArchiveFolder) -> list[str]:
    """Return the sites whose captures still lie where the first format had them."""
    place = folder.inside / "captures"
    try:
        return sorted(entry.name for entry in place.iterdir() if entry.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise store_error(error, "list", place) from error


def _move_captures(folder: ArchiveFolder, name: str) -> None:
    """Rename a site's folder of captures, or each file of it where the site has such a folder already."""
    old, new = folder.inside / "captures" / name, folder.captures(name)
    try:
        if not old.is_dir():
            return
        make_folder(new.parent)
        if new.exists():
            for file in sorted(old.iterdir()):
                file.rename(new / file.name)
            sync_folder(new)
        else:
            old.rename(new)
        sync_folder(new.parent)
        sync_folder(old.parent)
    except OSError as error:
        raise store_error(error, "move the captures", old) from error


def _link_pictures(folder: ArchiveFolder, name: str, paths: list[tuple[str, str]]) -> None:
    """Give a site its own names of its pictures: several sites may have shown one."""
    for old_path, new_path in paths:
        old, new = folder.root / old_path, folder.root / new_path
        if new.exists() or not old.exists():  # a lost one is put back by `reextract`
            continue
        make_folder(new.parent)
        beside = new.with_name(f".{new.name}.unfinished")
        try:
            beside.unlink(missing_ok=True)
            try:
                os.link(old, beside)
            except OSError:  # a file system without links
                shutil.copyfile(old, beside)
            beside.replace(new)
        except OSError as error:
            raise store_error(error, f"give {name} its picture", old) from error


def _remove_empty(place: Path) -> None:
    """Remove a folder and those below it, as far as they are empty."""
    for inner, _, _ in os.walk(place, topdown=False):
        with suppress(OSError):  # not empty: somebody else's
            os.rmdir(inner)  # noqa: PTH106 - a text of os.walk's
