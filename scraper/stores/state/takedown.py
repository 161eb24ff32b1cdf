"""What of a state belongs to one article alone, and how it leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.article_record import key_of_further_pages
from scraper.mementos import key_of_copies
from scraper.stores.state.captures import OF_CAPTURE, loaded_entry
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.article_record import ArticleRecord
    from scraper.model import CaptureRef
    from scraper.stores.state import State

_OF_A_PICTURE: Final = "url = ? AND key IS NULL AND kind IN ('image', 'file')"


class Belongings(Value, frozen=True, kw_only=True):
    """What belongs to one article alone."""

    keys: tuple[str, ...]  # of its captures: its own, of its copies, of addresses that lead to it
    addresses: tuple[str, ...]  # of pictures and files that no other article shows
    files: tuple[str, ...]  # of these, but for those that another address has too
    captures: tuple[CaptureRef, ...]


def belongings(state: State, site: str, key: str) -> Belongings:
    """Return what belongs to an article alone."""
    execute = state.connection.execute
    aliased = execute(
        "SELECT a.key FROM alias l INDEXED BY alias_key "
        "CROSS JOIN article a ON a.site = l.site AND a.url = l.url "
        "WHERE l.site = ? AND l.key = ? AND a.status = 'aliased' AND a.key != ?",
        (site, key, key),
    )
    own = [key, *(row["key"] for row in aliased)]
    keys = tuple(name for one in own for name in (one, key_of_copies(one), key_of_further_pages(one)))
    shown = execute(
        "SELECT url FROM shown s WHERE site = ? AND key = ? AND NOT EXISTS "
        "(SELECT 1 FROM shown o WHERE o.site = s.site AND o.url = s.url AND o.key != s.key)",
        (site, key),
    )
    addresses = tuple(row["url"] for row in shown)
    return Belongings(
        keys=keys,
        addresses=addresses,
        files=_files(state, site, addresses),
        captures=_captures(state, site, keys, addresses),
    )


def _files(state: State, site: str, addresses: tuple[str, ...]) -> tuple[str, ...]:
    paths: dict[str, set[str]] = {}
    for url in addresses:
        for row in state.connection.execute(
            "SELECT o.url, o.path FROM asset a JOIN asset o ON o.site = a.site AND o.path = a.path "
            "WHERE a.site = ? AND a.url = ?",
            (site, url),
        ):
            paths.setdefault(row["path"], set()).add(row["url"])
    return tuple(path for path, owners in paths.items() if owners <= set(addresses))


def _captures(
    state: State, site: str, keys: tuple[str, ...], addresses: tuple[str, ...]
) -> tuple[CaptureRef, ...]:
    queries = (("key = ?", keys), (_OF_A_PICTURE, addresses))
    return tuple(
        loaded_entry(row).ref
        for condition, values in queries
        for value in values
        for row in state.connection.execute(
            f"{OF_CAPTURE} WHERE c.site = ? AND {condition}",
            (site, value),
        )
    )


def erase(state: State, stone: ArticleRecord, keys: Iterable[str], addresses: Iterable[str]) -> None:
    """Leave of an article its tombstone alone, and no bytes of it in the file either."""
    site, execute = stone.site, state.connection.execute
    execute("PRAGMA secure_delete = ON")
    with state.transaction():
        for key in keys:
            execute("DELETE FROM capture WHERE site = ? AND key = ?", (site, key))
            execute("UPDATE article SET title = NULL WHERE site = ? AND key = ?", (site, key))
        for url in addresses:
            execute(f"DELETE FROM capture WHERE site = ? AND {_OF_A_PICTURE}", (site, url))  # noqa: S608 - a constant
            execute("DELETE FROM asset WHERE site = ? AND url = ?", (site, url))
        execute("DELETE FROM shown WHERE site = ? AND key = ?", (site, stone.key))
        state.articles.put(stone)
    state.checkpoint()
