"""Cron over a simulated site, hour by hour in virtual time, with faults of every kind; its truth at the end.

    python benchmarks/bench_cron_year.py [HOURS] [SEED]

A year has 8,760 hours; 168 where nothing is named. Exit 1 where the archive does not say what the site says.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from archiving import Archive
from cronyear import CronYear, size_of

from scraper.demo import beichen
from scraper.demo.server import serve


def main() -> int:
    """Simulate, print, judge."""
    hours = int(sys.argv[1]) if len(sys.argv) > 1 else 168
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1  # noqa: PLR2004 - the second argument
    world = beichen.empty()
    with tempfile.TemporaryDirectory() as folder, serve(world) as server:
        archive = Archive(Path(folder), server, world)
        year = CronYear(archive=archive, world=world, random=Random(seed))  # noqa: S311 - a game, no secret
        begun = time.process_time()
        for _ in range(hours):
            year.hour()
        year.quiet_days(40)
        spent = time.process_time() - begun
        wrong = year.wrong()
        inside = archive.inside
        print(f"{year.runs} runs, {year.requests} requests, exit codes {dict(sorted(year.codes.items()))}")
        print(f"{len(archive.documents())} documents; captures {size_of(inside / 'captures') / 1e6:.2f} MB")
        print(f"state {(inside / 'state.sqlite3').stat().st_size / 1e6:.2f} MB")
        print(f"CPU {spent / year.runs * 1000:.0f} ms a run, the simulated site's included")
        print(f"wrong: {len(wrong)}", *wrong[:20], sep="\n  ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
