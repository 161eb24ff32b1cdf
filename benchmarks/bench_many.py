"""Thirty fake hosts of all families in one run: how close its wall time comes to what politeness asks for.

    python benchmarks/bench_many.py [--hosts 30] [--delay 1.0]

The bound is that of the host with the most requests, `delay` seconds from the end of each to the start of
the next. Beside it stands what one host after another would take.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from scraper import cli
from scraper.demo import campus_sites
from scraper.demo.server import serve
from scraper.demo.settings import config_text


def main() -> None:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hosts", type=int, default=30)
    parser.add_argument("--delay", type=float, default=1.0)
    args = parser.parse_args()
    worlds = campus_sites.many(args.hosts)
    with tempfile.TemporaryDirectory() as folder, serve(*worlds) as server:
        config = Path(folder) / "config.yaml"
        config.write_text(config_text(*worlds, proxy=server.proxy, delay=args.delay), encoding="utf-8")
        begun, cpu = time.monotonic(), time.process_time()
        code = cli.main(["run", "-q", "--config", str(config)])
        wall, cpu = time.monotonic() - begun, time.process_time() - cpu
        requests = Counter(access.host for access in server.log)
        gaps = min(gap for world in worlds for gap in server.gaps(world.host))
    bound = args.delay * (max(requests.values()) - 1)
    print(f"exit {code}; {args.hosts} hosts, {requests.total()} requests, {args.delay} s apart")
    print(
        f"wall {wall:.1f} s, bound {bound:.1f} s ({wall / bound:.2f} of it), CPU with the server {cpu:.1f} s"
    )
    print(f"one host after another: at least {args.delay * (requests.total() - args.hosts):.0f} s")
    print(f"smallest gap at one host: {gaps:.3f} s")
    if code != 0:
        raise SystemExit(code)


if __name__ == "__main__":
    main()
