"""Files of an archive that nobody knows: copies, half files, doubles, sites that the config no longer has.

They do no harm and are no damage; whoever keeps the archive may want to know of them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scraper.errors import StoreError
from scraper.messages import say
from scraper.stores.archive_folder import INSIDE
from scraper.stores.opening import view_state
from scraper.stores.takedowns import NAME as TAKEDOWNS
from scraper.stores.warc_files import warc_files
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scraper.messages import Message
    from scraper.stores.archive_folder import ArchiveFolder

_HALF: Final = re.compile(r"\..*\.unfinished")
_PICTURES: Final = "pictures"


class Stray(Value, frozen=True, kw_only=True):
    """One file, or one site's folder, that nobody knows."""

    file: str  # relative to the archive
    what: Message


def strays(folder: ArchiveFolder, configured: Collection[str]) -> Iterator[Stray]:
    """Yield what lies in an archive and nobody knows. `configured`: the names of the config's sites.

    Documents are looked for in the folders in which some are, pictures in those of the sites. What others
    keep beside them under other names is theirs.
    """
    try:
        known = _known(folder)
    except StoreError:  # a state that cannot be read: it is damage, and who knows which files were its own
        return
    names = {path.rpartition("/")[2]: path for path in sorted(known)}
    tops = {path.partition("/")[0] for path in known if "/" in path} | set(folder.sites())
    for top in sorted(tops):
        for path in _files(folder.root, folder.root / top):
            what = None if path in known else _what(path, names)
            if what is not None:
                yield Stray(file=path, what=what)
    for name in folder.sites():
        yield from _of_site(folder, name, configured)


def _known(folder: ArchiveFolder) -> set[str]:
    known: set[str] = set()
    for name in folder.sites():
        with view_state(folder.root, name) as state:
            known.update(state.articles.paths(name))
            known.update(path for path, _ in state.assets.files(name))
    return known


def _files(root: Path, place: Path) -> Iterator[str]:
    for inner, folders, names in os.walk(place):
        folders.sort()
        for name in sorted(names):
            yield Path(inner, name).relative_to(root).as_posix()


def _what(path: str, names: dict[str, str]) -> Message | None:
    """Say what a file is that nobody knows; None: it is somebody else's."""
    _, _, name = path.rpartition("/")
    if _HALF.fullmatch(name):
        return say("half a file: what wrote it was killed; the next run removes it")
    if path.split("/")[1] == _PICTURES:
        return say("no article shows it")
    if not name.endswith(".md"):
        return None
    if name in names:
        return say("a second document of one article: the archive has {path}", path=names[name])
    return say("nobody knows this document: `adopt` takes over what is to be kept")


def _of_site(folder: ArchiveFolder, name: str, configured: Collection[str]) -> Iterator[Stray]:
    if name not in configured:
        yield Stray(file=f"{INSIDE}/{name}", what=say("the config has no site of this name"))
    captures = folder.captures(name)
    ours = {*warc_files(captures), TAKEDOWNS}
    found = sorted(path.name for path in captures.iterdir()) if captures.is_dir() else []
    for file in found:
        if file not in ours and not file.endswith(".torn"):
            yield Stray(file=folder.told(captures / file), what=say("it is no file of captures"))
