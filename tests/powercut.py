"""A disk of which a power cut leaves what was synced and nothing else.

The program's syncs are recorded as it makes them: of a file its bytes, of a folder the names in it. What was
written, renamed or removed since is lost: the harshest that a file system may do. SQLite syncs by itself and
unseen; of its files the cut leaves the newest that there is, or what they were some syncs ago.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_link = os.link  # as they were before anybody counted how often the disk is touched
_STATE = "state.sqlite3"
_STATES = (_STATE, f"{_STATE}-wal")
_OLDER = "older"  # the folder of the state as it was some syncs ago
_EVERY = 5  # syncs

_recording: list[Disk] = []
_syncs = 0


class Disk(NamedTuple):
    """A folder, and where it is kept what of it would outlast a power cut."""

    root: Path
    kept: Path

    def begin(self) -> None:
        """Take all that is in the folder as synced, unless something was recorded of it already."""
        if self.kept.exists():
            return
        (self.kept / "pins").mkdir(parents=True)
        for place, _, names in os.walk(self.root):
            for name in ("", *names):
                fd = os.open(Path(place, name), os.O_RDONLY)
                self.synced(fd)
                os.close(fd)

    def synced(self, fd: int) -> None:
        """Record what a sync of an open file or folder makes durable."""
        about = os.fstat(fd)
        kept = self.kept / str(about.st_ino)
        if stat.S_ISDIR(about.st_mode):
            with os.scandir(fd) as entries:
                names = {entry.name: (entry.inode(), entry.is_dir()) for entry in entries}
            kept.write_text(json.dumps(names), encoding="utf-8")
            return
        place = Path(f"/proc/self/fd/{fd}")
        kept.write_bytes(place.read_bytes())
        pin = self.kept / "pins" / str(about.st_ino)
        if not pin.exists():  # so that no other file gets its number
            _link(place.readlink(), pin)

    def cut_power(self, *, older_state: bool = False) -> None:
        """Leave in the folder what outlasts a power cut. `older_state`: the state lost what it had last."""
        left = self.root.with_name("left")
        self._leave(self.root.stat().st_ino, left)
        for file in self.root.rglob(_STATE):
            folder = file.parent.relative_to(self.root)
            older = self.kept / _OLDER / folder
            source = older if older_state and older.exists() else file.parent
            (left / folder).mkdir(parents=True, exist_ok=True)
            for name in _STATES:
                (left / folder / name).unlink(missing_ok=True)
                if (source / name).exists():
                    shutil.copyfile(source / name, left / folder / name)
        shutil.rmtree(self.root)
        shutil.rmtree(self.kept)
        left.rename(self.root)

    def _leave(self, number: int, into: Path) -> None:
        into.mkdir()
        names = self.kept / str(number)
        if not names.exists():
            return
        for name, (inner, is_folder) in json.loads(names.read_text(encoding="utf-8")).items():
            data = self.kept / str(inner)
            if is_folder:
                self._leave(inner, into / name)
            else:
                (into / name).write_bytes(data.read_bytes() if data.exists() else b"")

    def keep_older_state(self) -> None:
        """Keep what a state is at this moment."""
        for file in self.root.rglob(_STATE):
            older = self.kept / _OLDER / file.parent.relative_to(self.root)
            shutil.rmtree(older, ignore_errors=True)
            older.mkdir(parents=True)
            for name in _STATES:
                if (file.parent / name).exists():
                    shutil.copyfile(file.parent / name, older / name)


def record(root: str, kept: str) -> None:
    """Record from now on what this process syncs below a folder."""
    disk = Disk(Path(root), Path(kept))
    disk.begin()
    _recording.append(disk)


def recorded(sync: Callable[[int], None]) -> Callable[[int], None]:
    """Return a sync that is recorded, once something is."""

    def synced(fd: int) -> None:
        global _syncs  # noqa: PLW0603 - of this process
        sync(fd)
        for disk in _recording:
            disk.synced(fd)
            _syncs += 1
            if _syncs % _EVERY == 0:
                disk.keep_older_state()

    return synced
