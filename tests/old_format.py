"""An archive as the first format had it: one state and lock for all sites, captures side by side.

Written backwards from an archive of today, with nothing but sqlite3 and renames.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from scraper.stores.state.schema import MIGRATIONS, VERSION

if TYPE_CHECKING:
    from pathlib import Path

SITE_TABLES = (
    *("article", "alias", "channel", "page", "listed", "asset", "shown", "capture", "campaign"),
    *("named", "event"),
)


def make_first_format(root: Path) -> None:
    """Turn an archive of today into one of the first format."""
    inside = root / ".scraper"
    sites = sorted(path.name for path in inside.iterdir() if (path / "state.sqlite3").exists())
    with closing(sqlite3.connect(inside / "state.sqlite3", isolation_level=None)) as old:
        old.executescript(" ".join(MIGRATIONS) + f" PRAGMA user_version = {VERSION};")
        old.execute("PRAGMA journal_mode = WAL")
        for site in sites:
            _merge(old, inside / site / "state.sqlite3", site)
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


def _merge(old: sqlite3.Connection, state: Path, site: str) -> None:
    old.execute("ATTACH ? AS own", (str(state),))
    for table in SITE_TABLES:
        old.execute(f"INSERT INTO {table} SELECT * FROM own.{table}")  # noqa: S608 - constants
    for table in ("article", "asset", "capture"):
        old.execute(f"UPDATE {table} SET file = site || '/' || file WHERE site = ?", (site,))  # noqa: S608
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
        query = "SELECT * FROM memory WHERE topic IN ('canary', 'revisit', 'wayback')"  # what is parted
        found["memory"] = connection.execute(query).fetchall()
        found["run"] = connection.execute("SELECT command, started, exit_code FROM run").fetchall()
        return found
