"""The state: what is known of each URL, in SQLite. The only room that knows sqlite3.

One writer; WAL, so that `status` reads while a run writes. Nothing here decides anything.
"""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Self

from scraper.errors import StateTooNew, StoreError
from scraper.messages import say
from scraper.stores.disk import keep_for_owner, make_folder
from scraper.stores.state.articles import Articles
from scraper.stores.state.assets import Assets
from scraper.stores.state.captures import CaptureIndex
from scraper.stores.state.connection import Connection, state_error
from scraper.stores.state.events import Events
from scraper.stores.state.holdings import Holdings
from scraper.stores.state.listings import Listings, remember_this_run
from scraper.stores.state.losses import Losses
from scraper.stores.state.notes import Notes
from scraper.stores.state.queries import Queries
from scraper.stores.state.runs import Runs
from scraper.stores.state.schema import VERSION, migrate
from scraper.stores.state.type_check import OddColumn, odd_columns, remove_odd, seems_odd
from scraper.stores.state.volumes import Volumes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_PAGE = 2048
"""Bytes of a page: half of what is usual. An article changes a dozen, and each goes to the disk whole.

Not less: a smaller page would hold but a part of a row with a long address, and a page more the rest.
"""


class State:
    """The open state: groups of verbs over one connection, and `transaction` around what belongs together."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection that `open_state` or `open_copy` made ready."""
        self.connection = connection
        self._volumes = Volumes(connection)
        self.articles = Articles(connection, self._volumes)
        self.assets = Assets(connection, self._volumes)
        self.listings = Listings(connection)
        self.captures = CaptureIndex(connection, self._volumes)
        self.notes = Notes(connection)
        self.runs = Runs(connection)
        self.counts = Queries(connection)
        self.holdings = Holdings(connection)
        self.events = Events(connection)
        self.losses = Losses(connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what happens within one thing: all of it is there afterwards, or none."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        self._volumes.forget()
        if self.connection.in_transaction:  # SQLite ends it itself after some errors, a full disk among them
            self.connection.execute("ROLLBACK")

    def mend(self) -> int:
        """Take out rows that hold what cannot be, where a run learns it again; return how many."""
        with self.transaction():
            return remove_odd(self.connection)

    def checkpoint(self) -> None:
        """Bring all that was committed into the one file, so that nothing of it lies beside."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; what was committed is on disk."""
        self.connection.close()

    def __enter__(self) -> Self:
        """Return itself: for `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def open_state(path: Path) -> State:
    """Open the state file, made or brought up to date where needed.

    Raises StateTooNew for a file of a newer version, StoreError for one that cannot be read or written.
    """
    try:
        make_folder(path.parent)
        path.touch(0o666)  # SQLite itself would make it with 0644, or with nothing under a strange umask
        keep_for_owner(path, stat.S_IRUSR | stat.S_IWUSR)
        with _closed_on_error(_connected(path)) as connection:
            connection.execute(f"PRAGMA page_size = {_PAGE}")  # of a new file; another keeps its own
            connection.execute("PRAGMA journal_mode = WAL")
            (before,) = connection.execute("PRAGMA user_version").fetchone()
            state = State(_prepared(connection, str(path)))
            if seems_odd(connection):
                state.mend()
            if 0 < before < VERSION:
                _give_room_back(connection)
            return state
    except (sqlite3.DatabaseError, OSError) as error:
        raise state_error(error, path) from error


def _give_room_back(connection: Connection) -> None:
    """Make the file as small as what is in it, by way of another file: memory may not have that room.

    Where no such file can be made, or has no room, what is free stays in the file, for what is to come.
    """
    connection.execute("PRAGMA temp_store = FILE")  # which takes what lies in memory away
    with suppress(StoreError):
        connection.execute("VACUUM")
    remember_this_run(connection)


def open_copy(path: Path) -> State:
    """Open a copy of the state in memory: for a dry run, and for reading while another run writes."""
    try:
        with _closed_on_error(_connected(":memory:")) as connection:
            if path.exists():
                with closing(_read_only(path)) as source:
                    source.backup(connection)
            state = State(_prepared(connection, str(path)))
            if seems_odd(connection):
                state.mend()
            return state
    except sqlite3.DatabaseError as error:
        raise state_error(error, path) from error


def odd_in(path: Path) -> tuple[OddColumn, ...]:
    """Return the columns of a state file that hold another type than their own, as the file has them."""
    if not path.exists():
        return ()
    try:
        with closing(_read_only(path)) as connection:
            connection.row_factory = sqlite3.Row
            return tuple(odd_columns(connection))
    except sqlite3.DatabaseError as error:
        raise state_error(error, path) from error


def open_view(path: Path) -> State:
    """Open the state for reading alone, as it is at this moment, also while a run writes it.

    Works on a read-only disk. A file of an older version, or one with rows that hold what cannot be, is read
    as a copy in memory, brought up to date and without those; pages of lists, which are many, are passed over
    one by one.
    """
    if not path.exists():
        return open_copy(path)
    try:
        with _closed_on_error(_read_only(path)) as connection:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            connection.row_factory = sqlite3.Row
            if found == VERSION and not seems_odd(connection, pages=False):
                remember_this_run(connection)
                connection.execute("BEGIN")  # one moment for all that is read
                connection.name = str(path)
                return State(connection)
            connection.close()
            return open_copy(path)
    except sqlite3.DatabaseError as error:
        raise state_error(error, path) from error


@contextmanager
def _closed_on_error(connection: Connection) -> Iterator[Connection]:
    """Close what could not be opened whole."""
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def _connected(path: Path | str) -> Connection:
    """Return a connection that threads may hand on to each other: one at a time uses it."""
    return sqlite3.connect(path, isolation_level=None, factory=Connection, check_same_thread=False)


def _read_only(path: Path) -> Connection:
    """Return a connection that writes nothing, not even beside the file where nobody could."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, factory=Connection)
    try:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1")
    except (
        sqlite3.DatabaseError
    ) as error:  # WAL wants to make files beside it: no writer has any here, so none is
        connection.close()
        if not isinstance(error, sqlite3.OperationalError) or path.with_name(f"{path.name}-wal").exists():
            raise
        connection = sqlite3.connect(f"{uri}&immutable=1", uri=True, isolation_level=None, factory=Connection)
    return connection


def _prepared(connection: Connection, name: str) -> Connection:
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = NORMAL")  # what a power cut loses here, the captures still have
    connection.execute("PRAGMA busy_timeout = 10000")  # ms; a checkpoint on a slow disk takes its time
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > VERSION:
        msg = say(
            "state: {name}: version {found}, and this program knows {version}: a newer one wrote it",
            name=name,
            found=found,
            version=VERSION,
        )
        raise StateTooNew(msg)
    migrate(connection, found)
    remember_this_run(connection)
    connection.name = name
    return connection
