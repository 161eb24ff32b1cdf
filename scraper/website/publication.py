"""Where the finished files go: only what changed is written, only what was written here is removed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Final

from scraper.errors import UsageError
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_OWN: Final = ".nankai-archive-site.json"  # in the target: the files that were put there


class Published(Value, frozen=True, kw_only=True):
    """What became of the files of a target."""

    files: int
    written: int
    removed: int


def check_target(target: Path) -> None:
    """Refuse a folder with files of somebody else. Raises UsageError."""
    if target.exists() and not target.is_dir():
        raise UsageError(say("{folder} is no folder", folder=target))
    if target.exists() and any(target.iterdir()) and not (target / _OWN).exists():
        raise UsageError(
            say("{folder} is not empty, and no website of an archive was put there before", folder=target)
        )


def publish(files: Mapping[str, Path], target: Path) -> Published:
    """Make a target hold these files, by their paths in it; what else lies there and is not ours stays."""
    target.mkdir(parents=True, exist_ok=True)
    before = set(json.loads((target / _OWN).read_text("utf-8"))) if (target / _OWN).exists() else set()
    _remember(target, before | files.keys())  # a build that is killed leaves nothing that nobody knows
    written = sum(_put(source, target / path) for path, source in files.items())
    gone = sorted(before - files.keys())
    for path in gone:
        (target / path).unlink(missing_ok=True)
        _clear(target, (target / path).parent)
    _remember(target, files.keys())
    return Published(files=len(files), written=written, removed=len(gone))


def _put(source: Path, place: Path) -> bool:
    same_size = place.is_file() and place.stat().st_size == source.stat().st_size
    if same_size and place.read_bytes() == source.read_bytes():
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.unfinished")
    shutil.copyfile(source, beside)
    beside.replace(place)
    return True


def _clear(target: Path, folder: Path) -> None:
    """Remove folders that were left empty."""
    while folder != target and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _remember(target: Path, paths: Iterable[str]) -> None:
    beside = target / f"{_OWN}.unfinished"
    beside.write_text(json.dumps(sorted(paths)), "utf-8")
    beside.replace(target / _OWN)


def files_below(folder: Path) -> dict[str, Path]:
    """Return every file below a folder by its path in it, those that begin with a dot left out."""
    return {
        file.relative_to(folder).as_posix(): file
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }
