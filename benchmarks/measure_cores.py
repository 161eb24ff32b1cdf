"""Whole archives gone through again, on one core and on all: `reextract` and `verify --render`.

The floor of the time on all cores is that on one, divided by their number.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure, compiled
from invented import archive_of, fill, invented

from scraper.app.config_file import load_config
from scraper.exit_codes import ExitCode
from scraper.ingest.replay import Replay
from scraper.stores.opening import captures_of, open_site, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = 3_000
SMALL = 20
ROUNDS = 3


def measure(*, small: bool) -> Iterator[Figure]:
    """Yield milliseconds by the clock for each page, on all cores."""
    number = SMALL if small else PAGES
    cores = sorted(os.sched_getaffinity(0))
    world, numbers = invented(number)
    with tempfile.TemporaryDirectory() as name:
        file = archive_of(Path(name), world)
        config = load_config(file)
        prepare(Path(config.archive), now=lambda: datetime.now(UTC), new=True)
        fill(captures_of(Path(config.archive), config.sites[0].name), world, numbers)
        opened = open_site(Path(config.archive), config.sites[0], now=lambda: datetime.now(UTC))
        with opened as context:
            sum(1 for _ in Replay(context).all(lambda _: None))
        for command in (["reextract"], ["verify", "--render"]):
            arguments = [*command, "-q", "--config", str(file)]
            rounds = [
                [
                    _wall(["check", "--config", str(file)], cores),
                    _wall(arguments, cores[:1]),
                    _wall(arguments, cores),
                ]
                for _ in range(1 if small else ROUNDS)
            ]  # in turns: a machine is not as quick at each moment
            start, one, all_ = map(min, zip(*rounds, strict=True))
            one, all_ = max(one - start, 1e-6), max(all_ - start, 1e-6)
            yield Figure(
                name=f"{' '.join(command)} on {len(cores)} cores",
                value=all_ / number * 1e3,
                unit="ms a page",
                floor=one / number * 1e3 / len(cores),
                floor_name=f"one core, {one / number * 1e3:.2f}, shared out",
            )


def _wall(arguments: list[str], cores: list[int]) -> float:
    """Return the seconds that the program takes on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    begun = time.perf_counter()
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "scraper", *arguments], check=False, capture_output=True, env=compiled()
        )
    finally:
        os.sched_setaffinity(0, before)
    if done.returncode != ExitCode.DONE:
        sys.exit(f"{' '.join(arguments)}: {done.stderr[-2000:]!r}")
    return time.perf_counter() - begun
