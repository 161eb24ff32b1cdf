"""Cron over a simulated site, hour by hour in virtual time, with all that happens to real ones.

Every hour one `run`; meanwhile articles are published, edited, taken off and brought back, lists and articles
fail, the site is down, walls stand before it, the clock is wrong, the disk is full. Then all heals, and what
the archive holds is held against what the site says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from scraper.demo import faults

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from archiving import Archive

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.faults import Fault

CHANNELS = ("bcyw", "xyzs", "mtbc")
TROUBLES: tuple[tuple[str, Fault], ...] = (
    ("/index", faults.status(500)),
    ("/index", faults.status(404)),
    ("/index", faults.soft_error()),
    ("/index", faults.login_wall()),
    (r"/bcyw/index", faults.status(403)),
    ("shtml", faults.status(503)),
    ("shtml", faults.reset()),
    ("shtml", faults.challenge()),
    (r"/system/\d+/", faults.status(404)),
    (r"/system/\d+/", faults.short_body()),
    (".", faults.reset()),
    (".", faults.transient()),
)


class Disk(NamedTuple):
    """What a disk has, as `shutil.disk_usage` tells it."""

    total: int
    used: int
    free: int


@dataclass(kw_only=True)
class CronYear:
    """A site and an archive of it, over time."""

    archive: Archive
    world: EcmsWorld
    random: Random
    runs: int = 0
    requests: int = 0
    codes: dict[int, int] = field(default_factory=dict)
    _heals_in: int = 0  # hours

    def hour(self) -> None:
        """Let an hour go by, and cron run once."""
        self.archive.clock.wait(minutes=60)
        self.world.now = self.archive.clock.now
        self._happen()
        usage = self.archive.usage
        if self.random.random() < 0.01:
            self.archive.usage = lambda _: Disk(1, 1, 0)
        wrong = self.random.choice((30, 4000, -30)) if self.random.random() < 0.004 else 0
        self.archive.clock.wait(days=wrong)
        self._run()
        self.archive.clock.wait(days=-wrong)
        self.archive.usage = usage

    def quiet_days(self, days: int) -> None:
        """Let everything heal, and cron go on for some days."""
        self.world.heal()
        for _ in range(days):
            self.archive.clock.wait(hours=25)
            self._run()

    def wrong(self) -> list[str]:
        """Return what of the archive is not as the site says, article by article."""
        texts = list(self.archive.documents().values())
        there = {text.rpartition("](")[2].removesuffix(")"): text for text in texts}
        truths = {truth.url: truth for truth in self.world.truths().values()}
        found = [f"twice: {len(texts) - len(there)}"] if len(texts) != len(there) else []
        found += [f"missing: {url}" for url in truths if url not in there]
        found += [
            f"not as it is now: {url}"
            for url, truth in truths.items()
            if url in there and truth.title not in there[url]
        ]
        gone = {self.world.address(number) for number in self.world.gone}
        return found + [f"of no article: {url}" for url in there if url not in truths and url not in gone]

    def _run(self) -> None:
        report = self.archive.run()
        self.runs += 1
        self.requests += sum(site.requests for site in report.sites.values())
        self.codes[report.exit_code] = self.codes.get(report.exit_code, 0) + 1

    def _happen(self) -> None:
        world, chance = self.world, self.random.random
        self._heals_in -= 1
        if self._heals_in == 0:
            world.heal()
        if chance() < 0.2:
            world.publish(self.random.choice(CHANNELS))
        numbers = [number for number in world.stories if number not in world.gone]
        if numbers and chance() < 0.03:
            world.revise(self.random.choice(numbers[-20:]), add="补记：会议已顺利闭幕。")
        if numbers and chance() < 0.01:
            world.remove(
                self.random.choice(numbers), status=self.random.choice((404, 410)), keep_listed=chance() < 0.5
            )
        if world.gone and chance() < 0.01:
            world.restore(self.random.choice(sorted(world.gone)))
        if self._heals_in <= 0 and chance() < 0.04:
            where, fault = self.random.choice(TROUBLES)
            world.fail(where, fault, share=self.random.choice((0.3, 1.0)), seed=self.runs)
            self._heals_in = self.random.choice((1, 3, 12, 40))


def size_of(folder: Path) -> int:
    """Return how many bytes the files of a folder have."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
