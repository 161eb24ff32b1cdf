"""The proof of completeness, put to the proof: a site with planted holes, archived by the real program.

    python benchmarks/bench_proof.py [ARTICLES]

The site publishes while it is walked. Missing from lists, 404 and 410 in lists, soft error pages, refused by
robots.txt, failing, listed twice, moved to another channel, put in at an older day: each is planted some
times, and `coverage` must name these and no others. Exits 1 where it does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from scraper.demo import beichen, faults
from scraper.demo.ecms_world import EcmsWorld
from scraper.demo.server import serve
from scraper.demo.settings import config_text

if TYPE_CHECKING:
    from collections.abc import Sequence

ARTICLES = 2_000  # the figures of the notes are of 20,000: some minutes
EACH = 12  # holes of a kind
FIRST = datetime(2004, 1, 5, 9, tzinfo=UTC)
ONE, OTHER = "bcyw", "xyzs"


class Planted:
    """A site with holes, and what they are."""

    def __init__(self, articles: int) -> None:
        """Publish the articles, most in one channel, and plant the holes at places chosen by chance."""
        self.world = EcmsWorld(beichen.HOST, beichen.CHANNELS[:2])
        world, chance = self.world, Random(5)  # noqa: S311 - a repeatable choice
        share = articles * 3 // 4
        minutes = 365 * 24 * 60 * 20 // articles
        numbers = world.bulk(ONE, share, first=FIRST, minutes=minutes)
        others = world.bulk(OTHER, articles - share, first=FIRST, minutes=minutes * 3)
        chosen = iter(chance.sample(numbers[100:-100], EACH * 8))
        self.unlisted = sorted(next(chosen) for _ in range(EACH))
        self.gone = [next(chosen) for _ in range(EACH)]
        self.failing = [next(chosen) for _ in range(EACH)]
        self.refused = [next(chosen) for _ in range(EACH)]
        for number in self.unlisted:
            world.hide(number)
        for at, number in enumerate(self.gone):
            world.remove(number, status=404 if at % 2 else 410, keep_listed=True)
        world.fail("|".join(self.failing), faults.status(500))
        barred = "".join(f"Disallow: {world.path_of(world.stories[number])}\n" for number in self.refused)
        world.robots = f"User-agent: *\n{barred}"
        for _ in range(EACH):
            world.list_twice(next(chosen))
            world.list_twice(next(chosen), channel=OTHER)
            world.alias(next(chosen), channel=OTHER, scheme="https")
        self.published = 0
        self.is_open = True  # False: nothing is published any more
        world.after(articles // 40, self._publish, again=True)
        for at in range(3):
            world.after(articles // 4 * (at + 1), self._put_in)
        self.known = len(numbers) + len(others)

    def _publish(self) -> None:
        if self.is_open:
            self.world.publish(ONE if self.published % 2 else OTHER)
            self.published += 1

    def _put_in(self) -> None:
        """Put an article in at an older place of its list."""
        self.world.publish(ONE)
        self.published += 1
        rows = self.world.lists[ONE]
        rows.insert(len(rows) // 3, rows.pop())

    def expected(self) -> dict[str, str]:
        """Return why each article should be missing, by its number."""
        whys = {"gone": self.gone, "failed": self.failing, "refused": self.refused}
        return {number: why for why, numbers in whys.items() for number in numbers}


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program."""
    program = [sys.executable, "-m", "scraper", *words, "--config", str(folder / "config.yaml")]
    return subprocess.run(program, capture_output=True, check=False)  # noqa: S603 - our own program


def coverage(folder: Path) -> tuple[int, dict[str, Any], float]:
    """Return the exit code, what is said of the site, and how long it took."""
    begun = time.monotonic()
    done = command(folder, "coverage", "--json", "--svg", str(folder / "coverage.svg"))
    (site,) = json.loads(done.stdout)["sites"].values()
    return done.returncode, site, time.monotonic() - begun


def judge(planted: Planted, site: dict[str, Any]) -> list[str]:
    """Return what was named and not planted, and planted and not named."""
    found = {
        lost["url"][-15:-6]: lost["why"]
        for channel in site["channels"].values()
        for lost in channel["missing"]
    }
    expected = planted.expected()
    runs = {number for first, last in site["unlisted_numbers"] for number in range(first, last + 1)}
    wrong = [
        f"{number}: named {found.get(number)}, planted {expected.get(number)}"
        for number in sorted(found.keys() | expected.keys())
        if found.get(number) != expected.get(number)
    ]
    wrong += [
        f"{number}: unlisted, named or planted only" for number in runs ^ set(map(int, planted.unlisted))
    ]
    listed = len(planted.world.listed())
    if site["listed"] != listed:
        wrong.append(f"listed: {site['listed']}, and the site lists {listed}")
    return wrong


def main(argv: Sequence[str]) -> int:
    """Plant, archive, judge, print."""
    articles = int(argv[0]) if argv else ARTICLES
    planted = Planted(articles)
    with tempfile.TemporaryDirectory() as name, serve(planted.world) as server:
        folder = Path(name)
        text = config_text(planted.world, proxy=server.proxy, retries=0)
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        begun = time.monotonic()
        backfill = command(folder, "backfill", "-qq")
        planted.is_open = False
        command(folder, "run", "-qq")
        seconds = time.monotonic() - begun
        code, site, judging = coverage(folder)
        wrong = judge(planted, site)
        print(f"articles          {articles}, and {planted.published} published during the walk")
        print(
            f"planted           {EACH} each: unlisted, gone, failing, refused, twice, in two channels, https"
        )
        print(f"archived          in {seconds:.0f} s, {len(server.log)} requests; exit {backfill.returncode}")
        print(
            f"coverage          listed {site['listed']}, held {site['held']}, exit {code}, in {judging:.1f} s"
        )
        print(f"named             {site['missing']}, {len(site['unlisted_numbers'])} runs of numbers")
        print(f"wrong             {len(wrong)}{''.join(f'{chr(10)}  {line}' for line in wrong[:20])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
