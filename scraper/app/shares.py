"""One run in several processes, each with some of its sites: where the sites ask for more than one core can.

The processes are copies of this one, or begun anew; this one asks nobody itself. It shows how they go, hands
them the signals that are meant for the run, and makes one report of what they come to. What they have in
common is what all runs of a machine have: the locks of sites and hosts, and what is known of those.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from contextlib import ExitStack
from math import ceil
from typing import TYPE_CHECKING, Final, Self

from scraper import logs, parallel
from scraper.app.machine import clock
from scraper.app.share_process import Share, work_share
from scraper.crawl.outcome import Outcome, report_of
from scraper.crawl.session import SIGNALS, tell_stopping
from scraper.crawler.network import hosts_of
from scraper.errors import ProgramError
from scraper.messages import say
from scraper.parallel import Companion, Ended
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.exit_codes import ExitCode
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
    """The processes of one run, begun before this process has threads: `with` holds them.

    From its beginning to its end whatever signal is to end the run is for them.
    """

    def __init__(self, shares: Sequence[Share]) -> None:
        """Take what each process is to do."""
        self._shares = shares
        self._companions: list[Companion] = []

    def __enter__(self) -> Self:
        """Begin the processes."""
        with ExitStack() as undone:
            self._signals = undone.enter_context(_Signals())
            undone.callback(self._end)
            for share in self._shares:
                self._companions.append(Companion(work_share, share))
            self._undone = undone.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End in order what still works: something ended this process before them."""
        self._undone.close()

    def go(self, command: str, sites: Sequence[Site], progress: Progress) -> Report:
        """Wait until all is done, and return the report of it, as a session does. Raises Locked likewise."""
        now = clock(self._shares[0].config)
        started = now()
        outcomes = [*self._outcomes(progress), Outcome(codes=self._signals.codes)]
        return report_of(command, sites, outcomes, started=started, finished=now())

    def _outcomes(self, progress: Progress) -> Iterator[Outcome]:
        """Listen until the last process has ended; yield what each comes to."""
        missing = dict(enumerate(self._shares))
        for number, heard in parallel.listen(self._companions, self._signals):
            match heard:
                case ("outcome", outcome):
                    del missing[number]
                    yield outcome
                case ("line", line):
                    logs.tell_line(line)
                case signal.Signals():
                    for companion in self._companions:
                        companion.signal(heard)
                case Ended(code=code):
                    if number in missing:  # killed, most likely, for its memory
                        error = ProgramError(
                            say("the process that worked this site ended with {code}", code=code)
                        )
                        yield Outcome.ended_by(error, missing[number].sites)
                case (verb, *arguments):
                    getattr(progress, verb)(*arguments)

    def _end(self) -> None:
        """End what still works, and wait for it: what it says meanwhile nobody is there to hear."""
        for companion in self._companions:
            companion.signal(signal.SIGTERM)
        deque(parallel.listen(self._companions), maxlen=0)


class _Signals:
    """The signals that are to end a run, heard one after the other beside what its processes tell."""

    def __init__(self) -> None:
        """Hear none yet."""
        self.codes: set[ExitCode] = set()
        """What those that came stand for."""

    def __enter__(self) -> Self:
        """Hear them from now on, in place of whoever did."""
        self.pipe, self._end = os.pipe()
        self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        """Give them back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self.pipe)
        os.close(self._end)

    def _note(self, number: int, _: object) -> None:
        self.codes.add(SIGNALS[signal.Signals(number)])
        os.write(self._end, bytes([number]))

    def heard(self) -> signal.Signals:
        """Return the next one, and tell of it as a session does."""
        number = signal.Signals(os.read(self.pipe, 1)[0])
        tell_stopping(SIGNALS[number])
        return number
