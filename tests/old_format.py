"""An archive as the first format had it: one state and lock for all sites, captures side by side.

Written backwards from an archive of today, with nothing but sqlite3 and renames.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from scraper.stores.state.schema import migrate

if TYPE_CHECKING:
    from pathlib import Path

SITE_TABLES = ("alias", "channel", "shown", "campaign", "named", "event")
NUMBERED = {"volume": "id", "page": "id", "article": "id"}  # what others name by its number
NAMING = {"listed": "page", "capture": "volume", "asset": "volume"}
BY_NAME = (  # rows of those, with names in the place of numbers
    "SELECT * FROM volume ORDER BY site, name",
    "SELECT p.url, l.key FROM listed l JOIN page p ON p.id = l.page ORDER BY 1, 2",
    "SELECT v.name, c.* FROM capture c JOIN volume v ON v.id = c.volume ORDER BY v.name, c.offset",
    "SELECT v.name, a.* FROM asset a LEFT JOIN volume v ON v.id = a.volume ORDER BY a.url",
    "SELECT v.name, a.* FROM article a LEFT JOIN volume v ON v.id = a.volume ORDER BY a.site, a.key",
    "SELECT * FROM page ORDER BY site, channel, url",
)
NUMBERS = {"id", "volume", "page"}


def make_first_format(root: Path) -> None:
    """Turn an archive of today into one of the first format."""
    inside = root / ".scraper"
    sites = sorted(path.name for path in inside.iterdir() if (path / "state.sqlite3").exists())
    with closing(sqlite3.connect(inside / "state.sqlite3", isolation_level=None)) as old:
        migrate(old, 0)
        old.execute("PRAGMA journal_mode = WAL")
        for number, site in enumerate(sites):
            _merge(old, inside / site / "state.sqlite3", site, number * 1_000)
        old.execute("INSERT INTO memory VALUES ('host', 'news.example', '{\"pause\": 2.0}')")
    (inside / "captures").mkdir()
    for site in sites:
        (inside / site / "captures").rename(inside / "captures" / site)
        shutil.rmtree(inside / site)
        if (root / site / "pictures").exists():
            shutil.copytree(root / site / "pictures", root / "pictures", dirs_exist_ok=True)
            shutil.rmtree(root / site / "pictures")
    (inside / "archive.json").unlink()
    shutil.rmtree(inside / ".hosts", ignore_errors=True)
    (inside / "lock").touch()


def _merge(old: sqlite3.Connection, state: Path, site: str, by: int) -> None:
    """Take the rows of one site over; `by` is added to their numbers, so that no two sites have one."""
    old.execute("ATTACH ? AS own", (str(state),))
    for table in SITE_TABLES:
        old.execute(f"INSERT INTO {table} SELECT * FROM own.{table}")  # noqa: S608 - constants
    for table, column in (*NUMBERED.items(), *NAMING.items()):
        columns = [row[1] for row in old.execute(f"PRAGMA own.table_info({table})")]
        moved = {column, "volume"} if table == "article" else {column}
        values = ", ".join(f"{name} + {by}" if name in moved else name for name in columns)
        old.execute(f"INSERT INTO {table} SELECT {values} FROM own.{table}")  # noqa: S608 - constants
    old.execute("UPDATE volume SET name = site || '/' || name WHERE site = ?", (site,))
    old.execute("UPDATE asset SET path = substr(path, length(site) + 2) WHERE site = ?", (site,))
    old.execute("INSERT INTO memory SELECT * FROM own.memory")
    first = old.execute("SELECT coalesce(max(id), 0) FROM run").fetchone()[0]
    old.execute("INSERT INTO run SELECT id + ?, command, started, finished, exit_code FROM own.run", (first,))
    old.execute("INSERT INTO run_site SELECT run + ?, site, exit_code, report FROM own.run_site", (first,))
    old.execute("DETACH own")


def rows(state: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of a site's state, but for the numbers of runs."""
    with closing(sqlite3.connect(state)) as connection:
        found = {
            table: connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - constants
            for table in SITE_TABLES
        }
        for query in BY_NAME:
            cursor = connection.execute(query)
            kept = [at for at, column in enumerate(cursor.description) if column[0] not in NUMBERS]
            found[query] = [tuple(row[at] for at in kept) for row in cursor]
        query = "SELECT * FROM memory WHERE topic IN ('canary', 'revisit', 'wayback')"  # what is parted
        found["memory"] = connection.execute(query).fetchall()
        found["run"] = connection.execute("SELECT command, started, exit_code FROM run").fetchall()
        return found
