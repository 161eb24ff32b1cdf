"""A process of a run that has several: the session over its share of the sites, told to whoever began it.

It says `("line", text)` of the log; a watcher's verb by its name and what it hears, as `("listing", …)`; and
`("outcome", Outcome)` at last.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, cast

from scraper import logs
from scraper.app.machine import THIS_MACHINE
from scraper.app.wiring import new_session
from scraper.crawl.outcome import Outcome
from scraper.crawl.session import SIGNALS
from scraper.progress import Progress, Unwatched
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from scraper.config import Config
    from scraper.crawl.plan import Plan
    from scraper.model import Site


class Share(Value, frozen=True, kw_only=True):
    """What one process of a run is to do."""

    config: Config
    sites: tuple[Site, ...]
    command: str
    plan: Plan
    time_limit: timedelta | None  # None: no end but the work's own
    cores: int  # that are for this process
    watched: bool
    log_format: str
    verbosity: int


class _Told:
    """A watcher elsewhere: each of its verbs is told by name."""

    def __init__(self, tell: Callable[[object], None]) -> None:
        self._tell = tell

    def __getattr__(self, verb: str) -> Callable[..., None]:
        return lambda *heard: self._tell((verb, *heard))


def work_share(tell: Callable[[object], None], share: Share) -> None:
    """Work a share to its end, or until a signal ends it in order."""
    logs.set_up(form=share.log_format, verbosity=share.verbosity, write=lambda line: tell(("line", line)))
    tell(("outcome", _outcome(share, cast("Progress", _Told(tell)) if share.watched else Unwatched())))


def _outcome(share: Share, progress: Progress) -> Outcome:
    try:
        session = new_session(
            share.config,
            progress=progress,
            time_limit=share.time_limit,
            signals=False,
            machine=replace(THIS_MACHINE, cores=share.cores),
        )
        for number, code in SIGNALS.items():
            signal.signal(number, lambda *_, code=code: session.end(code))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        return session.work(share.command, share.sites, share.plan)
    except Exception as error:  # noqa: BLE001 - it is told, and ends this share alone
        return Outcome.ended_by(error, share.sites)
