"""Many fake hosts of all families in one run: how near its time comes to what politeness asks for.

The floor is that of the host with the most requests: the delay from the end of each to the start of the next.
The server works in the same machine, so its own work delays what it serves.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure, compiled, of_children

from scraper.demo import campus_sites
from scraper.demo.server import serve
from scraper.demo.settings import config_text
from scraper.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTS, DELAY = 30, 1.0
SMALL = (2, 0.05)


def measure(*, small: bool) -> Iterator[Figure]:
    """Yield the seconds of a run, and what of a core it takes."""
    hosts, delay = SMALL if small else (HOSTS, DELAY)
    worlds = campus_sites.many(hosts)
    with tempfile.TemporaryDirectory() as folder, serve(*worlds) as server:
        config = Path(folder) / "config.yaml"
        config.write_text(config_text(*worlds, proxy=server.proxy, delay=delay), encoding="utf-8")
        begun, spent = time.perf_counter(), of_children()
        command = [sys.executable, "-m", "scraper", "run", "-q", "--config", str(config)]
        done = subprocess.run(command, check=False, capture_output=True, env=compiled())  # noqa: S603 - ours
        if done.returncode != ExitCode.DONE:
            sys.exit(f"hosts: {done.stderr[-2000:]!r}")
        wall, spent = time.perf_counter() - begun, of_children() - spent
        asked = Counter(access.host for access in server.log)
        waited = sorted(gap - delay for host in asked for gap in server.gaps(host))
        most = max(asked.values())
    name = f"{hosts} hosts, {delay:g} s apart"
    yield Figure(name=name, value=wall, unit="s", floor=delay * (most - 1), floor_name="politeness")
    yield Figure(name=f"{name}: CPU", value=spent / wall, unit="cores")
    late = waited[int(len(waited) * 0.99)]
    yield Figure(name=f"{name}: wait beyond the delay, 99th percentile", value=max(late, 1e-6), unit="s")
