"""A cluster shown on one machine: four workers, thirty sites, two workers killed on the way, the proof.

    python -m scraper.demo.cluster [--sites 30]

PostgreSQL and the store run on loopback in a temporary folder, the sites too. At the end the archive is made
anew of nothing but the captures in the store, and held against that of one machine which nothing disturbed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.demo import campus_sites
from scraper.demo.machines import DELAY, Cluster, wait_for
from scraper.demo.server import serve
from scraper.demo.services import NotInstalled, services
from scraper.demo.settings import config_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.demo.machines import Worker
    from scraper.demo.world import World

_WORKERS = ("anemone", "begonia", "crocus", "dahlia")
_LOST = 2  # of them


def main() -> int:
    """Show it; return 0 where the proof holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sites", type=int, default=30)
    worlds = list(campus_sites.many(parser.parse_args().sites))
    with tempfile.TemporaryDirectory(prefix="cluster-demo-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL may run as another user
        try:
            undisturbed = _undisturbed(folder / "alone", worlds)
            with services(folder / "services") as both, serve(*worlds) as server:
                _say(f"PostgreSQL and the store run; {len(worlds)} sites are served")
                cluster = Cluster(folder / "cluster", both, server, worlds, ttl="10s")
                _work(cluster)
                return _prove(cluster, undisturbed)
        except NotInstalled as why:
            _say(str(why))
            return 1


def _work(cluster: Cluster) -> None:
    workers = {name: cluster.machine(name).worker(sites=2) for name in _WORKERS}
    _say(f"four workers: {', '.join(_WORKERS)}")
    try:
        for lost in range(_LOST):
            wait_for(partial(_has_served, cluster, (lost + 1) * len(cluster.worlds)))
            name = _WORKERS[lost]
            workers[name].kill()
            shutil.rmtree(cluster.machine(name).archive, ignore_errors=True)
            _say(f"{name} is killed after {len(cluster.server.log)} requests, and its disk is gone")
        cluster.wait_until_done()
        codes = [workers[name].stop() for name in _WORKERS[_LOST:]]
        _say(f"every site is done; the others are told to end: exit {codes}")
    finally:
        _kill(workers.values())


def _has_served(cluster: Cluster, pages: int) -> bool:
    return len(cluster.server.log) > pages


def _prove(cluster: Cluster, undisturbed: dict[str, bytes]) -> int:
    rebuilt = cluster.rebuilt()
    same = sum(rebuilt.get(path) == text for path, text in undisturbed.items())
    asked = Counter(entry.url for entry in cluster.server.log)
    twice = sum(number > 1 for url, number in asked.items() if not url.endswith(("/", "robots.txt")))
    by_machine = Counter(site["machine"] for site in cluster.status().values())
    nearest = cluster.nearest()
    holds = rebuilt == undisturbed and nearest >= DELAY
    _say("the proof")
    _say(f"  sites      {len(cluster.status())} of {len(cluster.worlds)} done, last on {dict(by_machine)}")
    _say(f"  documents  {same} of {len(undisturbed)}, made anew of nothing but the captures in the store,")
    _say("             are byte for byte those of one machine that nothing disturbed")
    _say(f"  requests   {asked.total()}, and {twice} addresses more than once: lists, and what the killed")
    _say("             workers had fetched and not shipped")
    _say(f"  politeness two requests to one host are at least {nearest:.3f} s apart; the delay is {DELAY} s")
    _say("it holds" if holds else "IT DOES NOT HOLD")
    return 0 if holds else 1


def _undisturbed(folder: Path, worlds: Sequence[World]) -> dict[str, bytes]:
    """Return the documents of one machine, made by the ordinary `run`."""
    folder.mkdir()
    with serve(*worlds) as server:
        config = folder / "config.yaml"
        config.write_text(config_text(*worlds, proxy=server.proxy, delay=0), encoding="utf-8")
        command = [sys.executable, "-m", "scraper", "run", "-qq", "--config", str(config)]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own words
    archive = folder / "archive"
    found = (path for path in archive.rglob("*.md") if ".scraper" not in path.parts)
    return {str(path.relative_to(archive)): path.read_bytes() for path in found}


def _kill(workers: Iterable[Worker]) -> None:
    for worker in workers:
        if worker.runs:
            worker.kill()


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a demo talks


if __name__ == "__main__":
    sys.exit(main())
