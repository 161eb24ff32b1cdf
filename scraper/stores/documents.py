"""The files of the archive: written whole or not at all, inside its folder only.

Knows nothing of what a document says. Removes nothing but its own unfinished files.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections import Counter
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.errors import StoreError
from scraper.messages import say
from scraper.stores.disk import make_folder, open_file, remove_file, replace_file, store_error

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from scraper.model import Document
    from scraper.stores.disk import Sync, Write
    from scraper.stores.elsewhere import Elsewhere

_UNFINISHED = ".unfinished"  # how the name of a file that is being written ends; a document's never does
_UNFINISHED_NAME = re.compile(r"\.[0-9a-f]{16}\.unfinished")
_DOCUMENT = re.compile(r"[0-9a-f]{32}\.md")  # named by an article's identity
_OURS = ".scraper"  # the folder of captures, state and lock: no document's place
_AT_ONCE = 10_000  # documents that are looked for together
_DEARER = 8  # times as dear to ask for one file as to list it
_ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FOLDER = _ROOT | os.O_NOFOLLOW


class Unsynced:
    """Where documents have names that a power cut may take, of one store."""

    def __init__(self) -> None:
        """Begin with none."""
        self.folders: set[str] = set()
        self.count = 0  # documents
        self.is_noted = False  # whether the state knows that there are some

    def add(self, path: str, above: Iterable[str] = ()) -> None:
        """Take in that the document of a path got its name, or has one of which nobody knows how long.

        `above`: the folders over it of which nobody knows it either.
        """
        self.folders |= {path.rpartition("/")[0], *above}
        self.count += 1


class DocumentStore:
    """The documents and pictures under the archive's folder."""

    def __init__(
        self,
        root: Path,
        *,
        elsewhere: Elsewhere | None = None,
        others: Callable[[], Container[str]] = frozenset,
        write: Write = os.write,
        sync: Sync = os.fsync,
    ) -> None:
        """Take the archive's folder, which need not exist yet.

        `elsewhere`: where documents are that are not in the folder; None: there are none. `others`: folders
        of other sites, where no document of this one is looked for. `write` and `sync` are the system's own,
        given so that a full disk can be tried.
        """
        self._root = root
        self._elsewhere = elsewhere
        self._others = others
        self._write = write
        self._sync = sync
        self.unsynced = Unsynced()
        self._made_in: set[str] = set()  # folders in which others were made whose names are not synced
        self._by_name: dict[str, str] | None = None  # of documents, with their paths; None: not looked at yet

    def save(self, document: Document, *, name_later: bool = False) -> bool:
        """Write a document and tell whether the disk had other bytes; with equal bytes nothing is touched.

        `name_later`: a new document's name may be lost in a power cut until `sync_names`; see `unsynced`.
        """
        return self.save_file(document.path, document.text.encode("utf-8"), name_later=name_later)

    def save_file(self, path: str, data: bytes, *, name_later: bool = False) -> bool:
        """Write any file of the archive, by the same rules.

        Written beside, synced, renamed: under its name there is always a whole file, the old or the new.
        A path that leads out of the archive, by `..` or by a symbolic link, is a `StoreError`.
        """
        *folders, name = _parts(path)
        is_named_later = False
        try:
            with self._folder(folders, make=True) as folder:
                found = _read(folder, name)
                before = self._stored(path) if found is None else found
                if before == data:
                    if name_later:  # of a run that was killed, it may be
                        self.unsynced.add(path)
                    return False
                mode = None if found is None else _mode(folder, name)
                later = name_later and before is None  # no power cut brings an older one back
                self._replace(folder, name, data, mode=mode, name_later=later)
                is_named_later = later
        except OSError as error:
            raise store_error(error, "write", self._root / path) from error
        finally:
            if not is_named_later:
                self._sync_made()
        if is_named_later:
            self.unsynced.add(path)
        return True

    def _sync_made(self) -> None:
        """Make the names of new folders durable, also of those made for documents that have time.

        A picture may lie in them; and where a file could not be written, whoever comes next finds its folder.
        """
        for folder in sorted(self._made_in):
            self._sync_folder(self._root / folder)
        self._made_in.clear()

    def sync_names(self) -> None:
        """Make the names of all documents durable that were saved without, a sync for each folder."""
        for folder in sorted(self.unsynced.folders | self._made_in):
            self._sync_folder(self._root / folder)
        self._made_in.clear()
        self.unsynced = Unsynced()

    def has(self, path: str) -> bool:
        """Say whether a document's file is there."""
        if (self._root / path).is_file():
            return True
        return self._elsewhere is not None and self._elsewhere.has_file(path)

    def absent(self, paths: Iterable[str]) -> Iterator[str]:
        """Yield those of some documents' paths where no file is.

        Folders are listed, where that is less than to ask for each file: none again and again for a few.
        """
        left = iter(paths)
        sizes: dict[str, int] = {}  # of the folders that were listed
        while some := tuple(islice(left, _AT_ONCE)):
            there: set[str] = set()
            for folder, count in Counter(path.rpartition("/")[0] for path in some).items():
                if count >= _DEARER and count * _DEARER >= sizes.get(folder, 0):
                    found = self._files_in(folder)
                    sizes[folder] = len(found)
                    there.update(found)
            yield from (path for path in some if path not in there and not self.has(path))

    def _files_in(self, folder: str) -> list[str]:
        try:
            with os.scandir(self._root / folder) as entries:
                return [f"{folder}/{one.name}" for one in entries if one.is_file(follow_symlinks=False)]
        except OSError:
            return []  # whoever asks for each of its files hears why

    def named(self, name: str) -> str | None:
        """Return the path of the document whose file is called `<name>.md`; None: there is none.

        It may lie anywhere but in the folder of another site, which may hold the same article as its own. The
        folder is gone through once, when this is first asked. Of several the one with the shortest path.
        """
        if self._by_name is None:
            self._by_name = {}
            for path in self._own():
                found = path.rpartition("/")[2]
                before = self._by_name.get(found)
                if before is None or (len(path), path) < (len(before), before):
                    self._by_name[found] = path
        return self._by_name.get(f"{name}.md")

    def _own(self) -> Iterator[str]:
        """Yield the paths of all documents that lie in no folder of another site."""
        others = self._others()
        for place, folders, names in os.walk(self._root):
            if place == str(self._root):
                folders[:] = [folder for folder in folders if folder != _OURS and folder not in others]
            for found in filter(_DOCUMENT.fullmatch, names):
                yield Path(place, found).relative_to(self._root).as_posix()

    def read(self, path: str) -> str | None:
        """Return a document's text, or None where there is no such file."""
        data = self.read_file(path)
        try:
            return None if data is None else data.decode("utf-8")
        except UnicodeDecodeError as error:
            msg = say("cannot read: {value}: it is no UTF-8", value=self._root / path)
            raise StoreError(msg) from error

    def read_file(self, path: str) -> bytes | None:
        """Return the bytes of any file of the archive, or None where there is none."""
        *folders, name = _parts(path)
        try:
            with self._folder(folders, make=False) as folder:
                found = _read(folder, name)
        except FileNotFoundError:
            found = None
        except OSError as error:
            raise store_error(error, "read", self._root / path) from error
        return self._stored(path) if found is None else found

    def remove(self, path: str) -> None:
        """Take a file back that should not have been written; where it is not there, nothing happens."""
        *folders, name = _parts(path)
        try:
            with self._folder(folders, make=False) as folder:
                remove_file(folder, name)
                self._sync(folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise store_error(error, "remove", self._root / path) from error

    def clear_leftovers(self, folder: str) -> int:
        """Remove what a killed run left unfinished in one folder of the archive; return how many files.

        Needed only after a run that did not end by itself (`Lock.found_dead`), of the site whose folder it
        is: what others are writing at this moment is not touched. A file that is written again takes its
        unfinished forerunner's place anyway. All names that it gave are made durable: who finds the bytes
        there that are to be there syncs nothing.
        """
        removed = 0
        for place, _, names in os.walk(self._root / folder):
            for name in filter(_UNFINISHED_NAME.fullmatch, names):
                stale = Path(place, name)
                try:
                    stale.unlink()
                except OSError as error:
                    raise store_error(error, "remove", stale) from error
                removed += 1
            self._sync_folder(Path(place))
        self._sync_folder(self._root)
        return removed

    def _sync_folder(self, path: Path) -> None:
        try:
            fd = os.open(path, _ROOT)
            try:
                self._sync(fd)
            finally:
                os.close(fd)
        except (FileNotFoundError, NotADirectoryError):
            return  # taken away since, with all that was in it
        except OSError as error:
            raise store_error(error, "write", path) from error

    def _stored(self, path: str) -> bytes | None:
        """Return a file that lies elsewhere; None: there is none."""
        return None if self._elsewhere is None else self._elsewhere.read_file(path)

    @contextmanager
    def _folder(self, folders: list[str], *, make: bool) -> Iterator[int]:
        """Open the folder at the end of a path, step by step from the root, through no symbolic link."""
        fd = self._root_opened(make=make)
        try:
            for depth, name in enumerate(folders):
                inner = self._opened(fd, name, within="/".join(folders[:depth]) if make else None)
                os.close(fd)
                fd = inner
            yield fd
        finally:
            os.close(fd)

    def _root_opened(self, *, make: bool) -> int:
        try:
            return os.open(self._root, _ROOT)
        except FileNotFoundError:
            if not make:
                raise
        make_folder(self._root)
        return os.open(self._root, _ROOT)

    def _opened(self, parent: int, name: str, *, within: str | None) -> int:
        """Open a folder in an open one. `within`: the path of that, to make it there; None: it is there."""
        try:
            return os.open(name, _FOLDER, dir_fd=parent)
        except FileNotFoundError:
            if within is None:
                raise
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=parent)
            mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
            os.chmod(name, stat.S_IMODE(mode) | stat.S_IRWXU, dir_fd=parent)
        self._made_in.add(within)
        return os.open(name, _FOLDER, dir_fd=parent)

    def _replace(self, folder: int, name: str, data: bytes, *, mode: int | None, name_later: bool) -> None:
        beside = f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}{_UNFINISHED}"
        replace_file(
            folder,
            name,
            data,
            beside=beside,
            mode=mode,
            write=self._write,
            sync=self._sync,
            name_later=name_later,
        )


def _parts(path: str) -> list[str]:
    """Take a relative path with `/` apart; anything that could lead elsewhere is a `StoreError`."""
    parts = path.split("/")
    strange = any(part in {"", ".", ".."} or "\0" in part for part in parts)
    if strange or parts[0] == _OURS or parts[-1].endswith(_UNFINISHED):
        msg = say("this cannot be the path of a document: {path!r}", path=path)
        raise StoreError(msg)
    return parts


def _read(folder: int, name: str) -> bytes | None:
    try:
        fd = open_file(name, folder=folder, links=False)
    except FileNotFoundError:
        return None
    with os.fdopen(fd, "rb") as file:
        return file.read()


def _mode(folder: int, name: str) -> int:
    """Return the permissions of the file to be replaced, which its successor keeps."""
    return stat.S_IMODE(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
