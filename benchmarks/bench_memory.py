"""The memory that a run takes, by how many articles the state knows.

    python benchmarks/bench_memory.py [ARTICLES …]

For each number a state is made in which so many articles are held, and one in which they all wait; then `run`
asks the bundled site over loopback for its lists and a few articles, in a process of its own. What is printed
is the most that this process had resident.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from scraper.app.config_file import load_config
from scraper.article_record import ArticleRecord, Status
from scraper.demo import beichen
from scraper.demo.server import serve
from scraper.demo.settings import config_text
from scraper.exit_codes import ExitCode
from scraper.stores.opening import open_site
from scraper.urls import parse

ARTICLES = (10_000, 1_000_000)
VISITS = 5
LONG_AGO, NEVER = datetime(2010, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


def article(number: int, status: Status) -> ArticleRecord:
    """Return what is known of an article that nobody ever wrote."""
    key = f"{400_000_000 + number}"
    url = parse(f"http://{beichen.HOST}/bcyw/system/2010/01/01/{key}.shtml")
    if url is None:
        msg = f"no address: {key}"
        raise ValueError(msg)
    held = status is Status.HELD
    return ArticleRecord(
        site="beichen",
        key=key,
        url=url,
        ask=url,
        first_seen=LONG_AGO,
        channel="bcyw",
        title=f"北辰大学举行第{number}次会议",
        status=status,
        wanted=True,
        due=NEVER if held else LONG_AGO,
        published=LONG_AGO if held else None,
        path=f"beichen/2010/01/{key}.md" if held else None,
    )


def most_resident(command: list[str]) -> float:
    """Run a command to its end; return the most memory that it had, in MiB."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
    _, ended, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(ended)
    if process.returncode != ExitCode.BUDGET:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_maxrss / 1024


def measure(known: int, status: Status) -> None:
    """Make a state, run over it, and print."""
    with tempfile.TemporaryDirectory() as folder, serve(beichen.site()) as server:
        file = Path(folder) / "config.yaml"
        file.write_text(config_text(beichen.site(), proxy=server.proxy), encoding="utf-8")
        config = load_config(file)
        opened = open_site(Path(config.archive), config.sites[0], now=lambda: datetime.now(UTC))
        with opened as context, context.state.transaction():
            for number in range(known):
                context.state.articles.put(article(number, status))
        begun = time.monotonic()
        command = [sys.executable, "-m", "scraper", "run", "-q", "--config", str(file)]
        resident = most_resident([*command, "--limit", str(VISITS)])
        seconds = time.monotonic() - begun
        asked = len(server.requests())
    print(f"memory: {known:9,} {status}: {resident:6.1f} MiB, {asked} requests in {seconds:.1f} s")


def main() -> int:
    """Measure each number and print."""
    for known in map(int, sys.argv[1:]) if len(sys.argv) > 1 else ARTICLES:
        for status in (Status.HELD, Status.WAITING):
            measure(known, status)
    return 0


if __name__ == "__main__":
    sys.exit(main())
