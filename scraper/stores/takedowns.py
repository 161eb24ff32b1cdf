"""What was forgotten of a site, and why: a small file beside its captures, whole and durable.

It is part of what the captures can rebuild: a state that was lost must not fetch again what was taken out. An
entry is written before anything is removed, with all that is to go, and is marked as done after.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import TYPE_CHECKING

from scraper.errors import StoreError
from scraper.messages import say
from scraper.stores.disk import make_folder, read_json, replace_file, store_error
from scraper.stores.tombstones import Place
from scraper.values import Value, asdict, replace

if TYPE_CHECKING:
    from pathlib import Path

NAME = "forgotten.json"


class Takedown(Value, frozen=True, kw_only=True):
    """One article that was taken out, or is to be."""

    key: str
    url: str  # the identity URL
    reason: str
    at: datetime
    keys: tuple[str, ...]  # under which captures of it were kept: its own, its copies', its other addresses'
    addresses: tuple[str, ...] = ()  # of pictures and files that no other article shows
    files: tuple[str, ...] = ()  # of the archive, that go: the document, pictures
    places: tuple[Place, ...] = ()  # of its captures
    done: bool = False

    def finished(self) -> Takedown:
        """Return it as it stands when all is gone: what was removed is not told any more."""
        return replace(self, addresses=(), files=(), places=(), done=True)


class Takedowns:
    """The takedowns of one site."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of the site's captures, which need not exist yet."""
        self._folder = folder

    def all(self) -> dict[str, Takedown]:
        """Return every takedown by the article's key. Raises StoreError for a file that cannot be read."""
        file = self._folder / NAME
        try:
            said = read_json(file)
            return {one["key"]: _loaded(one) for one in said}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise store_error(error, "read", file) from error
        except (ValueError, TypeError, KeyError) as error:
            msg = say("cannot read: {file}: it does not say what was forgotten", file=file)
            raise StoreError(msg) from error

    def put(self, takedown: Takedown) -> None:
        """Write a takedown, in place of an earlier one of its article; durable when this returns."""
        entries = self.all() | {takedown.key: takedown}
        told = [asdict(one) | {"at": one.at.isoformat()} for one in entries.values()]
        text = json.dumps(told, ensure_ascii=False, indent=1)
        try:
            make_folder(self._folder)
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                replace_file(folder, NAME, text.encode("utf-8"), beside=f".{NAME}.unfinished")
            finally:
                os.close(folder)
        except OSError as error:
            raise store_error(error, "write", self._folder / NAME) from error


def _loaded(said: dict[str, object]) -> Takedown:
    lists = {name: tuple(said[name]) for name in ("keys", "addresses", "files")}  # type: ignore[arg-type, var-annotated]
    places = tuple(Place(**one) for one in said["places"])  # type: ignore[attr-defined]
    at = datetime.fromisoformat(str(said["at"]))
    return Takedown(
        key=str(said["key"]),
        url=str(said["url"]),
        reason=str(said["reason"]),
        at=at,
        places=places,
        done=bool(said["done"]),
        **lists,
    )
