"""What every store asks of the disk: room, durable writes, and errors that name the file."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from scraper import foreign_json
from scraper.errors import NoRoom, StoreError
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # the last: no file may grow as large as that here
_MOST_OF_SMALL: Final = 64 << 20  # bytes
_OWNERS = stat.S_IRUSR | stat.S_IWUSR

Write: TypeAlias = "Callable[[int, memoryview], int]"
Sync: TypeAlias = "Callable[[int], None]"


class Usage(Protocol):
    """What `shutil.disk_usage` answers; only `free` is looked at."""

    @property
    def free(self) -> int:
        """Bytes that this user may still write."""


def store_error(error: OSError, what: str, path: Path | str) -> StoreError:
    """Return the error of the tree that says what could not be done to which file, and why.

    A full disk and a full quota are `NoRoom`. The caller raises it from `error`.
    """
    message = say("cannot {what}: {path}: {why}", what=what, path=path, why=error.strerror or str(error))
    return NoRoom(message) if error.errno in _NO_ROOM else StoreError(message)


def free_bytes(path: Path, usage: Callable[[Path], Usage] = shutil.disk_usage) -> int:
    """Return how many bytes can still be written where `path` lies, or will lie once it is made."""
    there = path.absolute()
    try:
        while not there.exists() and there != there.parent:
            there = there.parent
        return usage(there).free
    except OSError as error:
        raise store_error(error, "read the free space", path) from error


def ensure_room(path: Path, minimum: int, usage: Callable[[Path], Usage] = shutil.disk_usage) -> None:
    """Raise `NoRoom` where fewer than `minimum` bytes are free."""
    free = free_bytes(path, usage)
    if free < minimum:
        msg = say(
            "the disk is nearly full: {path}: {mebibytes} free, {mebibytes2} needed",
            path=path,
            mebibytes=_mebibytes(free),
            mebibytes2=_mebibytes(minimum),
        )
        raise NoRoom(msg)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, each durable, and open to its owner whatever the umask is."""
    missing: list[Path] = []
    folder = path
    try:
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        while missing:
            folder = missing.pop()
            folder.mkdir(exist_ok=True)
            keep_for_owner(folder, stat.S_IRWXU)
            sync_folder(folder.parent)
    except OSError as error:
        raise store_error(error, "make the folder", folder) from error


def keep_for_owner(path: Path, bits: int) -> None:
    """Give a new file or folder its owner's bits back where the umask took them; all else is the umask's."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & bits != bits:
        path.chmod(mode | bits)


def sync_folder(path: Path) -> None:
    """Make new names in a folder durable."""
    sync_path(path, os.O_DIRECTORY)


def sync_path(path: Path, flags: int = 0) -> None:
    """Make what was written to a file or a folder durable."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | flags)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def append_synced(
    path: Path, data: bytes, *, size: int, write: Write = os.write, sync: Sync = os.fsync
) -> None:
    """Add bytes to the end of a file that has `size` bytes, all of them or none; durable when it returns.

    Whatever stops it, a full disk or a signal, the file is cut back to `size` before the error goes on.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        fd = os.open(path, flags, 0o666)
        try:
            about = os.fstat(fd)
            found = about.st_size
            if found != size:
                msg = say(
                    "somebody else has written here: {path}: it has {found} bytes, not {size}",
                    path=path,
                    found=found,
                    size=size,
                )
                raise StoreError(msg)
            if about.st_mode & _OWNERS != _OWNERS:  # a new file's, under a strange umask
                os.fchmod(fd, stat.S_IMODE(about.st_mode) | _OWNERS)
            try:
                write_all(fd, data, write)
                sync(fd)
            except BaseException:
                os.ftruncate(fd, size)
                raise
        finally:
            os.close(fd)
        if size == 0:
            sync_folder(path.parent)
    except OSError as error:
        raise store_error(error, "write", path) from error


def replace_file(
    folder: int,
    name: str,
    data: bytes,
    *,
    beside: str,
    mode: int | None = None,
    write: Write = os.write,
    sync: Sync | None = os.fsync,
    name_later: bool = False,
) -> None:
    """Put a file into an open folder, whole, in place of the one before: written as `beside`, then renamed.

    `mode`: its permissions; None: a new file's, open to its owner. `sync`: None where a power cut may bring
    the old one back. `name_later`: the folder is left for the caller to sync. Whatever stops it, nothing is
    left beside. Raises OSError.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        fd = os.open(beside, flags, 0o666, dir_fd=folder)
        try:
            own = stat.S_IMODE(os.fstat(fd).st_mode)
            wanted = own | _OWNERS if mode is None else mode
            if own != wanted:
                os.fchmod(fd, wanted)
            write_all(fd, data, write)
            if sync is not None:
                sync(fd)
        finally:
            os.close(fd)
        os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        remove_file(folder, beside)
        raise
    if sync is not None and not name_later:
        sync(folder)


def open_file(name: Path | str, *, folder: int | None = None, links: bool = True) -> int:
    """Open a file for reading and return its descriptor, without waiting where a pipe stands in its place.

    `links`: whether a symbolic link is followed. Raises OSError, also for a pipe, a device, a folder.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if links else os.O_NOFOLLOW)
    fd = os.open(name, flags, dir_fd=folder)
    if stat.S_ISREG(os.fstat(fd).st_mode):
        return fd
    os.close(fd)
    raise OSError(errno.EINVAL, "it is no file", str(name))


def read_small(path: Path) -> bytes:
    """Return what stands in a small file of the program's own. Raises OSError.

    Also for what is no file, without waiting, and for one of more than 64 MiB.
    """
    with os.fdopen(open_file(path), "rb") as file:
        data = file.read(_MOST_OF_SMALL + 1)
    if len(data) > _MOST_OF_SMALL:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return what a small file of the program's own says. Raises OSError, ValueError for no JSON."""
    return foreign_json.parse(read_small(path).decode("utf-8"))


def set_aside(path: Path) -> bool:
    """Take away what stands in the place of a file and is none; say whether there was something."""
    try:
        if stat.S_ISREG(path.lstat().st_mode):
            return False
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # who else sees it, looks again: a file may be there by then
            return _put_away(path)
        finally:
            os.close(folder)
    except OSError:
        return False  # nothing is there; or whoever needs the place is told why it cannot be had


def _put_away(path: Path) -> bool:
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode):
        return False
    if stat.S_ISDIR(mode):
        path.rename(path.with_name(f"{path.name}.set-aside"))
    else:
        path.unlink()
    return True


def remove_file(folder: int, name: str) -> None:
    """Remove a file of an open folder; where it is not there, nothing happens. Raises OSError."""
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return


def write_all(fd: int, data: bytes, write: Write = os.write) -> None:
    """Write every byte: the kernel may take fewer at once, above all on a disk that is nearly full."""
    rest = memoryview(data)
    while rest:
        rest = rest[write(fd, rest) :]


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:.0f} MiB"
