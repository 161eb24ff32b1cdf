"""A cluster on one machine: a real PostgreSQL and store; machines are folders, workers are processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from scraper.app.cluster import status
from scraper.app.config_file import load_config
from scraper.cluster.holding import Holding
from scraper.cluster.pulling import Wanted, pull
from scraper.demo.settings import config_text
from scraper.stores.elsewhere.object_store import ObjectStore
from scraper.stores.opening import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scraper.config import Config
    from scraper.demo.server import Server
    from scraper.demo.services import PostgreSQL, SeaweedFS
    from scraper.demo.world import World

PATIENCE = 300.0  # seconds for what should come at once: a machine that is busy with other work may be slow
DELAY = 0.1  # seconds between two requests to one host


class Cluster:
    """Several machines over one database and one store, of which each cluster has its own part."""

    def __init__(
        self,
        folder: Path,
        services: tuple[PostgreSQL, SeaweedFS],
        server: Server,
        worlds: Sequence[World],
        *,
        ttl: str = "30s",
    ) -> None:
        """Make the tables and the schedule. Its folder gives its part of the store a name."""
        self.folder = folder
        self.database, self.store = services
        self.server = server
        self.worlds = worlds
        self._ttl = ttl
        self.prefix = f"t{abs(hash(str(folder)))}"  # of the store, and its own database
        self.address = self.database.new_database(self.prefix)
        self.machines: dict[str, Machine] = {}
        self.machine("first").do("init")
        self.machine("first").do("schedule")

    def machine(self, name: str) -> Machine:
        """Return a machine: a folder with a config and an archive of its own."""
        if name not in self.machines:
            self.machines[name] = Machine(name, self)
        return self.machines[name]

    def config_text(self) -> str:
        """Return the config that all machines have."""
        head = f'cluster: {{database: "{self.address}", store: "s3://archive", prefix: "{self.prefix}", '
        text = config_text(*self.worlds, proxy=self.server.proxy, delay=DELAY)
        return text.replace("sites:\n", f"{head}ttl: {self._ttl}}}\nsites:\n", 1)

    @property
    def environment(self) -> dict[str, str]:
        """Return what all processes find in their environment."""
        return {**os.environ, **self.store.environment}

    def objects(self) -> ObjectStore:
        """Return the cluster's part of the store."""
        return ObjectStore("s3://archive", self.prefix, self.store.environment)

    def rebuilt(self, name: str = "rebuilt") -> dict[str, bytes]:
        """Return the documents of all sites, made anew of nothing but the captures in the store."""
        machine = Machine(name, self, clustered=False)
        prepare(machine.archive, now=partial(datetime.now, UTC), new=True)
        for world in self.worlds:
            pull(machine.archive, world.name, self.objects(), Wanted(captures=True))
            holding = Holding(machine.archive, world.name)
            holding.state.unlink()
            shutil.rmtree(holding.folder)  # nothing is left that says what lies in the store
        machine.do_alone("reextract")
        return machine.documents()

    def status(self) -> dict[str, Any]:
        """Return where each site stands, as `cluster status --json` has it."""
        sites: dict[str, Any] = status(self.machine("first").config, None).to_json()["sites"]
        return sites

    def wait_until_done(self) -> None:
        """Wait until each site's run is in the database and nobody holds any."""
        wait_for(
            lambda: all(
                site["last_run"] is not None and site["holder"] is None for site in self.status().values()
            ),
            pause=0.2,
        )

    def nearest(self) -> float:
        """Return the least of all gaps between two requests to one host, from start to start."""
        starts: dict[str, list[float]] = {}
        for entry in self.server.log:
            starts.setdefault(entry.host, []).append(entry.started)
        return min(b - a for moments in starts.values() for a, b in pairwise(sorted(moments)))


class Machine:
    """One machine of a cluster."""

    def __init__(self, name: str, cluster: Cluster, *, clustered: bool = True) -> None:
        """Write its config. `clustered`: with the database and the store."""
        self.name = name
        self._cluster = cluster
        self.folder = cluster.folder / name
        self.folder.mkdir(parents=True)
        self.config_file = self.folder / "config.yaml"
        plain = config_text(*cluster.worlds, proxy=cluster.server.proxy, delay=DELAY)
        self.config_file.write_text(cluster.config_text() if clustered else plain, encoding="utf-8")
        self.archive = self.folder / "archive"

    @property
    def config(self) -> Config:
        """Return its config."""
        return load_config(self.config_file)

    def do(self, action: str, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Do a `cluster` action to its end."""
        named = ["--machine", self.name] if action in {"init", "run", "worker"} else []
        return self._done(["cluster", action, *words, *named], check=check)

    def do_alone(self, command: str, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Do any other command to its end."""
        return self._done([command, *words], check=check)

    def worker(self, *, sites: int = 2) -> Worker:
        """Start a worker."""
        command = [*self._command, "cluster", "worker", "--machine", self.name, "--sites", str(sites)]
        log = (self.folder / "worker.log").open("ab")
        process = subprocess.Popen(  # noqa: S603 - our own words
            [*command, "--config", str(self.config_file)],
            env=self._cluster.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()
        return Worker(process)

    def documents(self) -> dict[str, bytes]:
        """Return the documents on its disk, by path."""
        found = (path for path in self.archive.rglob("*.md") if ".scraper" not in path.parts)
        return {str(path.relative_to(self.archive)): path.read_bytes() for path in found}

    def log(self) -> str:
        """Return what its workers said."""
        return (self.folder / "worker.log").read_text(encoding="utf-8")

    @property
    def _command(self) -> list[str]:
        return [sys.executable, "-m", "scraper"]

    def _done(self, words: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(  # noqa: S603 - our own words
            [*self._command, *words, "--config", str(self.config_file)],
            env=self._cluster.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if check and done.returncode:
            msg = f"{' '.join(words)}: exit {done.returncode}: {done.stderr}"
            raise RuntimeError(msg)
        return done


class Worker:
    """A worker that runs."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Take its process."""
        self._process = process

    @property
    def runs(self) -> bool:
        """Say whether it still runs."""
        return self._process.poll() is None

    def children(self) -> list[int]:
        """Return its processes that work sites."""
        path = f"/proc/{self._process.pid}/task/{self._process.pid}/children"
        with open(path, encoding="ascii") as file:  # noqa: PTH123 - no file of a disk
            return [int(number) for number in file.read().split()]

    def kill(self) -> None:
        """Kill it alone: what it started must see to itself."""
        self._process.kill()
        self._process.wait(PATIENCE)

    def freeze(self) -> None:
        """Stop it and its processes where they stand."""
        self._send(signal.SIGSTOP, (self._process.pid, *self.children()))

    def thaw(self) -> None:
        """Let them go on."""
        self._send(signal.SIGCONT, (*self.children(), self._process.pid))

    @staticmethod
    def _send(number: int, processes: tuple[int, ...]) -> None:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def stop(self) -> int:
        """Stop it as a service manager does, and return its exit code."""
        self._process.terminate()
        return self._process.wait(PATIENCE)


def wait_for(what: Callable[[], object], *, pause: float = 0.05) -> None:
    """Wait until something holds; the time is a bound and no measure."""
    end = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > end:
            msg = f"it has not come for {PATIENCE:g} s"
            raise TimeoutError(msg)
        time.sleep(pause)
