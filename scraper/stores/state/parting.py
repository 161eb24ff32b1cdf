"""One site's rows taken out of a state that holds several: how an archive of the first format is parted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from scraper.stores.disk import sync_folder, sync_path
from scraper.stores.state.connection import Connection, state_error
from scraper.stores.state.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.stores.state import State

OF_A_SITE: Final = (
    *("volume", "article", "alias", "channel", "page", "asset", "shown", "capture", "campaign"),
    *("named", "event", "run_site", "broken_list", "lost", "accepted"),
)


def sites_in(state: State) -> tuple[str, ...]:
    """Return the sites that a state knows anything of."""
    query = " UNION ".join(f"SELECT site FROM {table}" for table in OF_A_SITE)  # noqa: S608 - constants
    return tuple(row["site"] for row in state.connection.execute(f"{query} ORDER BY site"))


def part(state: State, site: str, path: Path) -> None:
    """Make a site's own state of its rows, durably, unless it is there already."""
    if path.exists():
        return
    beside = path.with_name(f".{path.name}.unfinished")
    try:
        for left in (beside, beside.with_name(f"{beside.name}-journal")):
            left.unlink(missing_ok=True)
        with closing(sqlite3.connect(beside, isolation_level=None, factory=Connection)) as connection:
            migrate(connection, 0)
        state.connection.execute("ATTACH ? AS own", (str(beside),))
        try:
            with state.transaction():
                _copy(state, site)
        finally:
            state.connection.execute("DETACH own")
        sync_path(beside)
        beside.replace(path)
        sync_folder(path.parent)
    except (sqlite3.DatabaseError, OSError) as error:
        raise state_error(error, path) from error


def _copy(state: State, site: str) -> None:
    execute = state.connection.execute
    for table in OF_A_SITE:
        if table != "run_site":
            execute(f"INSERT INTO own.{table} SELECT * FROM main.{table} WHERE site = ?", (site,))  # noqa: S608 - constants
    execute(
        "INSERT INTO own.listed SELECT * FROM main.listed "
        "WHERE page IN (SELECT id FROM main.page WHERE site = ?)",
        (site,),
    )
    execute(  # whose name began with the site's folder
        "UPDATE own.volume SET name = substr(name, ?) WHERE substr(name, 1, ?) = ?",
        (len(site) + 2, len(site) + 1, f"{site}/"),
    )
    execute("UPDATE own.asset SET path = ? || path WHERE path LIKE 'pictures/%'", (f"{site}/",))
    execute(
        "INSERT INTO own.run SELECT * FROM main.run WHERE id IN "
        "(SELECT run FROM main.run_site WHERE site = ?)",
        (site,),
    )
    execute("INSERT INTO own.run_site SELECT * FROM main.run_site WHERE site = ?", (site,))
    execute(
        "INSERT INTO own.memory SELECT * FROM main.memory "
        "WHERE (topic IN ('canary', 'revisit') AND name = :site) "
        "OR (topic = 'wayback' AND substr(name, 1, length(:site) + 1) = :site || ' ')",
        {"site": site},
    )


def picture_paths(state: State, site: str) -> list[tuple[str, str]]:
    """Return where a site's pictures lie in the first format, and where they belong."""
    rows = state.connection.execute(
        "SELECT DISTINCT path FROM asset WHERE site = ? AND path LIKE 'pictures/%' ORDER BY path", (site,)
    )
    return [(row["path"], f"{site}/{row['path']}") for row in rows]


def host_texts(state: State) -> Iterator[tuple[str, str, str]]:
    """Yield what is remembered of hosts: topic, name, JSON."""
    for row in state.connection.execute("SELECT * FROM memory WHERE topic IN ('host', 'robots')"):
        yield row["topic"], row["name"], row["value"]
