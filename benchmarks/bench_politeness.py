"""The gaps between two requests to one host, as the server's own log has them.

    python benchmarks/bench_politeness.py [REQUESTS]

One run of the bundled site over loopback, with a delay of 0.2 s, in a process of its own. A gap runs from the
last byte of one answer to the last header line of the next request; below zero, two requests overlapped.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from scraper.demo import beichen
from scraper.demo.server import serve
from scraper.demo.settings import config_text
from scraper.exit_codes import ExitCode

DELAY = 0.2  # seconds
REQUESTS = 60  # some 12 s of them


def gaps_of_a_run(articles: int) -> list[float]:
    """Return the gaps that the server saw while the lists and so many articles were asked for."""
    with tempfile.TemporaryDirectory() as folder, serve(beichen.site()) as server:
        config = Path(folder) / "config.yaml"
        config.write_text(config_text(beichen.site(), proxy=server.proxy, delay=DELAY), encoding="utf-8")
        command = [sys.executable, "-m", "scraper", "run", "-q", "--config", str(config)]
        done = subprocess.run(  # noqa: S603 - our own command
            [*command, "--limit", str(articles)], check=False, stderr=subprocess.PIPE, text=True
        )
        if done.returncode != ExitCode.BUDGET:
            sys.exit(done.stderr)
        return server.gaps(beichen.HOST)


def main() -> int:
    """Measure and print; 1 where one gap was shorter than the delay."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    gaps = gaps_of_a_run(max(requests - len(beichen.CHANNELS) - 1, 1))
    shortest = min(gaps)
    print(f"politeness: {len(gaps) + 1} requests to one host, {DELAY:g} s wanted between two")
    print(f"gaps: shortest {shortest:.4f} s, median {median(gaps):.4f} s, longest {max(gaps):.4f} s")
    return int(shortest < DELAY)


if __name__ == "__main__":
    sys.exit(main())
