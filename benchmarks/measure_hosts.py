"""Many fake hosts of all families in one run: how near its time comes to what politeness asks for.

The floor is that of the host with the most requests: the delay from the end of each to the start of the next.
Where there is no delay it is the time on one core, shared out. The server works in the same machine, so its
own work delays what it serves.
"""

from __future__ import annotations

import os
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
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

PACES = (("run", 30, 1.0), ("backfill", 30, 0.2))  # hosts, seconds of delay
SITES = 40  # that are asked without a delay
SMALL = (("run", 2, 0.05),)


class _Run(Value, frozen=True, kw_only=True):
    """What a run took."""

    wall: float  # seconds
    spent: float  # seconds of CPU
    most: int  # requests of the host with the most
    waited: list[float]  # seconds beyond the delay, sorted


def measure(*, small: bool) -> Iterator[Figure]:
    """Yield the seconds of a run, and what of a core it takes."""
    for command, hosts, delay in SMALL if small else PACES:
        ran, name = _run(command, hosts, delay), f"{command} of {hosts} hosts, {delay:g} s apart"
        floor = delay * (ran.most - 1)
        yield Figure(name=name, value=ran.wall, unit="s", floor=floor, floor_name="politeness")
        yield Figure(name=f"{name}: CPU", value=ran.spent / ran.wall, unit="cores")
        late = max(ran.waited[int(len(ran.waited) * 0.99)], 1e-6)
        yield Figure(name=f"{name}: wait beyond the delay, 99th percentile", value=late, unit="s")
    sites, cores = 2 if small else SITES, sorted(os.sched_getaffinity(0))
    rounds = [
        [_run("backfill", sites, 0.0, on=on).wall for on in (cores[:1], cores)]
        for _ in range(1 if small else 2)
    ]
    one, all_ = map(min, zip(*rounds, strict=True))
    yield Figure(
        name=f"backfill of {sites} sites without a delay, on {len(cores)} cores",
        value=all_,
        unit="s",
        floor=one / len(cores),
        floor_name=f"one core, {one:.2f}, shared out",
    )


def _run(command: str, hosts: int, delay: float, *, on: list[int] | None = None) -> _Run:
    """Run the program over so many hosts, on these cores; None: on all."""
    worlds = campus_sites.many(hosts)
    before = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as folder, serve(*worlds) as server:
        config = Path(folder) / "config.yaml"
        config.write_text(config_text(*worlds, proxy=server.proxy, delay=delay), encoding="utf-8")
        arguments = [sys.executable, "-m", "scraper", command, "-q", "--config", str(config)]
        begun, spent = time.perf_counter(), of_children()
        os.sched_setaffinity(0, on or before)
        try:
            done = subprocess.run(arguments, check=False, capture_output=True, env=compiled())  # noqa: S603 - ours
        finally:
            os.sched_setaffinity(0, before)
        if done.returncode != ExitCode.DONE:
            sys.exit(f"hosts: {done.stderr[-2000:]!r}")
        wall, spent = time.perf_counter() - begun, of_children() - spent
        asked = Counter(access.host for access in server.log)
        waited = sorted(gap - delay for host in asked for gap in server.gaps(host))
    return _Run(wall=wall, spent=spent, most=max(asked.values()), waited=waited)
