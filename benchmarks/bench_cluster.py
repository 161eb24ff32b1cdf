"""A cluster in virtual time: thousands of sites, a score of machines, a week. No network, no database.

    python benchmarks/bench_cluster.py [--sites 3000] [--machines 20] [--slots 8] [--days 7]

The rules are the program's own (`scraper.cluster.schedule`: due, jitter, patience, ageing); what a run costs
is drawn from what was measured of one (docs/cluster.md says where). Told are waiting times, fairness under a
backlog, what PostgreSQL and the store are asked, and at which load the first of them gives way.
"""

from __future__ import annotations

import argparse
import heapq
import random
import statistics
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from scraper.cluster.schedule import PATIENCE, queue_priority, stretch_of

HOUR, DAY = 3600.0, 86_400.0
TICK = 15.0  # seconds between two upkeeps
ALIVE = 120.0  # seconds after which a dead machine's sites wait no more for it
TTL = 120.0

# What one run costs, as measured over the demo's sites and a state of 50,000 articles (docs/cluster.md).
START = 0.9  # seconds: process, config, claim, opening
PER_REQUEST = 1.15  # seconds: a delay of 1.0 and the answer
CAPTURE = 11_400  # bytes of a new page in the WARC
UNCHANGED = 900  # bytes of a 304 there
DELTA = 61_000  # bytes of the pages of the state that a run changes
STATE_PER_ARTICLE = 320  # bytes of the whole state and catalogue, compressed


@dataclass(slots=True)
class Site:
    """One site of the week."""

    number: int
    channels: int
    news_a_day: float
    articles: int
    priority: int
    every: float = HOUR
    due: float = 0.0
    machine: int | None = None
    chain: int = 0
    gaps: list[float] = field(default_factory=list)
    last: float | None = None

    def requests(self, draw: random.Random) -> tuple[int, int]:
        """Return how many pages a run asks for, and how many of them are new."""
        fresh = _poisson(draw, self.news_a_day * self.every / DAY)
        looked_at_again = _poisson(draw, 3 * self.news_a_day * self.every / DAY)
        return self.channels + fresh + looked_at_again, fresh


@dataclass(slots=True)
class Tally:
    """What was counted."""

    waits: dict[int, list[float]] = field(default_factory=dict)  # by priority
    runs: int = 0
    at_home: int = 0
    brought: int = 0
    shipped: int = 0
    statements: Counter[int] = field(default_factory=Counter)  # by minute
    objects: Counter[int] = field(default_factory=Counter)  # puts and gets, by minute
    killed: int = 0

    def ask(self, now: float, statements: int = 0, objects: int = 0) -> None:
        """Count what is asked of the database and of the store."""
        self.statements[int(now // 60)] += statements
        self.objects[int(now // 60)] += objects


class Week:
    """The simulation: events in the order of their moments."""

    def __init__(
        self, sites: list[Site], machines: int, slots: int, *, home: bool = True, seed: int = 1
    ) -> None:
        """Begin with every site due. `home`: whether a site waits for the machine that has its files."""
        self._draw = random.Random(seed)  # noqa: S311 - a simulation
        self.sites = sites
        self._free = dict.fromkeys(range(machines), slots)
        self._slots = slots
        self._dead: dict[int, float] = {}
        self._home = home
        self._events: list[tuple[float, int, str, int, int]] = []
        self._order = count()
        self._queue: dict[int, list[tuple[int, int, int]]] = {-1: [], **{m: [] for m in range(machines)}}
        self._queued: dict[int, tuple[int, int]] = {}  # site → where it waits, its priority
        self._doing: dict[int, tuple[int, float]] = {}  # site → machine, begun
        self.tally = Tally()

    def run(self, days: float, outages: list[tuple[float, float, list[int]]] = []) -> Tally:  # noqa: B006 - read only
        """Let the days go by. `outages`: when, how long, and which machines are gone with all they do."""
        for begin, length, machines in outages:
            for machine in machines:
                self._at(begin, "die", machine)
                self._at(begin + length, "live", machine)
        self._at(0.0, "tick", 0)
        while self._events:
            now, _, what, first, second = heapq.heappop(self._events)
            if now > days * DAY:
                break
            getattr(self, f"_{what}")(now, first, second)
        return self.tally

    def _at(self, when: float, what: str, first: int, second: int = 0) -> None:
        heapq.heappush(self._events, (when, next(self._order), what, first, second))

    # ── upkeep ────────────────────────────────────────────────────────────────────────────────────────────

    def _tick(self, now: float, _first: int, _second: int) -> None:
        machines = len(self._free)
        self.tally.ask(now, statements=7 + 2 * machines)  # the upkeep, and each worker's try to put it in
        if int(now) % 30 == 0:
            self.tally.ask(now, statements=2 * machines)  # renewals and signs of life
        self.tally.ask(now, statements=3 * machines)  # looks at the queue, each 5 s
        due = [
            s
            for s in self.sites
            if s.due <= now and s.number not in self._queued and s.number not in self._doing
        ]
        for site in due:
            alive = site.machine is not None and now - self._dead.get(site.machine, now) < ALIVE
            self._put(
                site, site.machine if self._home and alive and site.machine is not None else -1, site.priority
            )
        if due:
            self.tally.ask(now, statements=1 + machines)  # all are told that there is something
        for number, (place, priority) in list(self._queued.items()):
            site = self.sites[number]
            waited = now - site.due
            rises = queue_priority(site.priority, timedelta(seconds=waited), timedelta(seconds=site.every))
            if (place != -1 and waited > PATIENCE) or rises > priority:
                self._put(site, -1 if waited > PATIENCE else place, rises)
        for number, (machine, _) in list(self._doing.items()):
            if machine in self._dead and now - self._dead[machine] > TTL:
                del self._doing[number]
                self._put(self.sites[number], -1, self.sites[number].priority)
        self._give(now)
        self._at(now + TICK, "tick", 0)

    def _put(self, site: Site, place: int, priority: int) -> None:
        self._queued[site.number] = (place, priority)
        heapq.heappush(self._queue[place], (-priority, next(self._order), site.number))

    # ── work ──────────────────────────────────────────────────────────────────────────────────────────────

    def _give(self, now: float) -> None:
        order = list(self._free)
        self._draw.shuffle(order)
        for machine in order:
            while self._free[machine] and machine not in self._dead and self._take(now, machine):
                pass

    def _take(self, now: float, machine: int) -> bool:
        heads = [(self._head(place), place) for place in (machine, -1)]
        found = [(head, place) for head, place in heads if head is not None]
        if not found:
            return False
        (_, _, number), place = min(found)
        heapq.heappop(self._queue[place])
        del self._queued[number]
        self._begin(now, machine, self.sites[number])
        return True

    def _head(self, place: int) -> tuple[int, int, int] | None:
        queue = self._queue[place]
        while queue:
            priority, _, number = queue[0]
            if self._queued.get(number) == (place, -priority):
                return queue[0]
            heapq.heappop(queue)  # it has been moved since
        return None

    def _begin(self, now: float, machine: int, site: Site) -> None:
        tally = self.tally
        tally.waits.setdefault(site.priority, []).append(now - site.due)
        if site.last is not None:
            site.gaps.append(now - site.last)
        site.last = now
        site.due = now + site.every * stretch_of(self._draw.random())
        asked, fresh = site.requests(self._draw)
        tally.ask(now, statements=8, objects=2)  # fetch, claim, hosts; the manifest read and written
        whole = site.articles * STATE_PER_ARTICLE
        moved = 0.0
        if site.machine == machine:
            tally.at_home += 1
        elif site.machine is not None:
            tally.brought += whole + site.chain * DELTA
            tally.ask(now, objects=2 * (1 + site.chain))
            moved = whole / 30e6
        site.chain = (site.chain + 1) % 24
        tally.shipped += fresh * CAPTURE + (asked - fresh) * UNCHANGED + (DELTA if site.chain else whole)
        site.articles += fresh
        site.machine = machine
        tally.runs += 1
        self._free[machine] -= 1
        self._doing[site.number] = (machine, now)
        self._at(now + START + moved + asked * PER_REQUEST, "end", machine, site.number)

    def _end(self, now: float, machine: int, number: int) -> None:
        if self._doing.get(number, (None,))[0] != machine or machine in self._dead:
            return
        del self._doing[number]
        self._free[machine] += 1
        self.tally.ask(now, statements=7, objects=5)  # row, hand back, job; tail, pack, pages, manifest
        while self._take(now, machine):
            if not self._free[machine]:
                break

    def _die(self, now: float, machine: int, _second: int) -> None:
        self._dead[machine] = now
        self.tally.killed += sum(1 for held, _ in self._doing.values() if held == machine)

    def _live(self, now: float, machine: int, _second: int) -> None:
        self._dead.pop(machine, None)
        self._free[machine] = self._slots
        for number in [number for number, (held, _) in self._doing.items() if held == machine]:
            del self._doing[number]
        self._give(now)


def _poisson(draw: random.Random, mean: float) -> int:
    number, left = 0, draw.expovariate(1.0)
    while left < mean:
        number += 1
        left += draw.expovariate(1.0)
    return number


def sites_of(number: int, *, every: float = HOUR, seed: int = 1) -> list[Site]:
    """Return sites as a country has them: few large, many small; 50,000 articles on the mean."""
    draw = random.Random(seed)  # noqa: S311 - a simulation
    made = []
    for at in range(number):
        weight = draw.paretovariate(1.5) / 3
        made.append(
            Site(
                number=at,
                channels=draw.randint(4, 20),
                news_a_day=min(7 * weight, 200),
                articles=int(min(50_000 * weight, 2_000_000)),
                priority=10 if at % 10 == 0 else 0,
                every=every,
            )
        )
    return made


def told(name: str, tally: Tally, sites: list[Site], days: float) -> None:
    """Print what a week came to."""
    print(f"\n{name}")
    for priority, waits in sorted(tally.waits.items(), reverse=True):
        waits.sort()
        p50, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
        print(
            f"  priority {priority:3d}: {len(waits)} runs; waited p50 {p50:.0f} s, p99 {p99:.0f} s,"
            f" longest {waits[-1] / 60:.0f} min"
        )
    longest = max((max(site.gaps, default=0.0) for site in sites), default=0.0)
    print(
        f"  longest from one run of a site to its next: {longest / HOUR:.1f} h; runs killed: {tally.killed}"
    )
    print(f"  on the machine that had the files: {tally.at_home / tally.runs:.1%}")
    rates = sorted(tally.statements.values())
    puts = sorted(tally.objects.values())
    print(
        f"  PostgreSQL: {statistics.mean(rates) / 60:.0f} statements a second,"
        f" busiest minute {rates[-1] / 60:.0f}; store: {statistics.mean(puts) / 60:.1f} requests a second,"
        f" busiest minute {puts[-1] / 60:.0f}"
    )
    print(
        f"  shipped {tally.shipped / days / 1e9:.1f} GB a day,"
        f" states brought {tally.brought / days / 1e9:.1f} GB a day"
    )


def main() -> None:
    """Simulate the week as it should be, and the weeks in which something breaks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sites", type=int, default=3000)
    parser.add_argument("--machines", type=int, default=20)
    parser.add_argument("--slots", type=int, default=8)
    parser.add_argument("--days", type=float, default=7)
    args = parser.parse_args()

    def week(
        name: str,
        *,
        every: float = HOUR,
        home: bool = True,
        days: float = args.days,
        outages: list[tuple[float, float, list[int]]] | None = None,
    ) -> None:
        made = sites_of(args.sites, every=every)
        tally = Week(made, args.machines, args.slots, home=home).run(days, outages or [])
        told(f"{name} ({days:g} days)", tally, made, days)

    print(f"{args.sites} sites, {args.machines} machines of {args.slots} slots")

    week("a quiet week")
    week("a day without homes: any machine takes any site", home=False, days=1)
    each_day = [(DAY * (day + 0.5), HOUR, [day % args.machines]) for day in range(int(args.days))]
    week("a machine dies each noon, for an hour", outages=each_day)
    most = list(range(args.machines * 9 // 10))
    week("nine of ten machines are gone for six hours", outages=[(DAY, 6 * HOUR, most)], days=2)
    for times in (4, 12, 16):
        week(f"each site {times} times an hour", every=HOUR / times, days=0.25)


if __name__ == "__main__":
    main()
