"""One run in several processes, each with some of its sites: where the sites ask for more than one core can.

The processes are copies of this one, or begun anew; this one asks nobody itself. It shows how they go, hands
them the signals that are meant for the run, and makes one report of what they come to. What they have in
common is what all runs of a machine have: the locks of sites and hosts, and what is known of those.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from math import ceil
from typing import TYPE_CHECKING, Final

from scraper import logs, parallel
from scraper.app.machine import clock
from scraper.app.share_process import Share, work_share
from scraper.crawl.outcome import Outcome, report_of
from scraper.crawl.session import SIGNALS
from scraper.crawler.network import hosts_of
from scraper.errors import ProgramError
from scraper.messages import say
from scraper.parallel import Companion, Ended
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.model import Site
    from scraper.progress import Progress
    from scraper.report import Report

_RATE: Final = 60.0  # requests a second, above which one process could fall behind
_ANSWER: Final = 0.02  # seconds that a site takes to answer, where it has no delay


class _Group(Value):
    """Sites that have a host in common, and so one pace."""

    names: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    rate: float = 0.0  # requests a second


class _Part(Value):
    """What one process is given."""

    names: set[str] = field(default_factory=set)
    rate: float = 0.0


def shares_of(sites: Sequence[Site], *, processes: int | None, cores: int) -> tuple[tuple[Site, ...], ...]:
    """Part sites among processes, those of one host together; in the order that they were given.

    `processes`: at the most; None: as many as their delays ask for, and no more than there are cores.
    """
    groups = _groups(sites)
    wanted = ceil(sum(group.rate for group in groups) / _RATE)
    most = max(min(wanted, cores) if processes is None else processes, 1)
    parts = [_Part() for _ in range(min(most, len(groups)))]
    for group in groups:
        part = min(parts, key=lambda part: part.rate)
        part.names.update(group.names)
        part.rate += group.rate
    return tuple(tuple(site for site in sites if site.name in part.names) for part in parts)


def _groups(sites: Sequence[Site]) -> list[_Group]:
    of: dict[str, _Group] = {}
    for site in sites:
        whole = _Group(names=[site.name], rate=1 / max(site.delay, _ANSWER))
        hosts = hosts_of(site)
        for near in {id(of[host]): of[host] for host in hosts if host in of}.values():
            whole.names += near.names
            whole.hosts |= near.hosts
            whole.rate = max(whole.rate, near.rate)
        whole.hosts |= hosts
        of.update(dict.fromkeys(whole.hosts, whole))
    return list({id(group): group for group in of.values()}.values())


class SharedRun:
    """The processes of one run, begun before this process has threads."""

    def __init__(self, shares: Sequence[Share]) -> None:
        """Begin a process for each share."""
        self._shares = shares
        with _held_back():
            self._companions = [Companion(work_share, share) for share in shares]

    def go(self, command: str, sites: Sequence[Site], progress: Progress) -> Report:
        """Wait until all is done, and return the report of it, as a session does. Raises Locked likewise."""
        now = clock(self._shares[0].config)
        started = now()
        with self._relaying():
            outcomes = list(self._outcomes(progress))
        return report_of(command, sites, outcomes, started=started, finished=now())

    def _outcomes(self, progress: Progress) -> Iterator[Outcome]:
        """Listen until the last process has ended; yield what each comes to."""
        missing = dict(enumerate(self._shares))
        for number, heard in parallel.listen(self._companions):
            match heard:
                case ("outcome", outcome):
                    del missing[number]
                    yield outcome
                case ("line", line):
                    logs.tell_line(line)
                case Ended(code=code):
                    if number in missing:  # killed, most likely, for its memory
                        error = ProgramError(
                            say("the process that worked this site ended with {code}", code=code)
                        )
                        yield Outcome.ended_by(error, missing[number].sites)
                case (verb, *arguments):
                    getattr(progress, verb)(*arguments)

    @contextmanager
    def _relaying(self) -> Iterator[None]:
        """Hand on to the processes whatever signal is to end this run."""

        def relay(number: int, _: object) -> None:
            for companion in self._companions:
                companion.signal(number)

        with _held_back():
            before = {number: signal.signal(number, relay) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _held_back() -> Iterator[None]:
    """Let signals wait until who is to hear them can: what is begun meanwhile holds them back as well."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
