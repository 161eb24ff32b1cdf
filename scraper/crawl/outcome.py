"""What a session came to, as a value that may come from another process, and the report of one or several.

Sites that could not be opened are told here and not where they were tried: whether that was all of them, only
who has the whole run before him knows.
"""

from __future__ import annotations

import logging
from functools import reduce
from typing import TYPE_CHECKING, Self

from scraper.errors import ArchiveError, Locked, ProgramError
from scraper.exit_codes import ExitCode, of_error, worst
from scraper.messages import say
from scraper.report import Note, Problem, Report, SiteReport
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from scraper.model import Site

_log = logging.getLogger(__name__)


class Outcome(Value, kw_only=True):
    """What became of some sites of a run, by their names."""

    reports: dict[str, SiteReport] = field(default_factory=dict)
    codes: set[ExitCode] = field(default_factory=set)
    unopened: dict[str, ArchiveError] = field(default_factory=dict)
    turns: int = 0  # requests that were made
    late: int = 0  # of them, long after their time; 0, where that was not often

    @classmethod
    def ended_by(cls, error: Exception, sites: Iterable[Site]) -> Self:
        """Return what sites come to that an error kept from being opened at all."""
        if not isinstance(error, ArchiveError):
            _log.critical("program-error", exc_info=error)
            error = ProgramError(f"{type(error).__name__}: {error}")
        return cls(unopened={site.name: error for site in sites})

    def __or__(self, other: Outcome) -> Outcome:
        """Return what both came to."""
        return Outcome(
            reports=self.reports | other.reports,
            codes=self.codes | other.codes,
            unopened=self.unopened | other.unopened,
            turns=self.turns + other.turns,
            late=self.late + other.late,
        )


def report_of(
    command: str, sites: Sequence[Site], outcomes: Iterable[Outcome], *, started: datetime, finished: datetime
) -> Report:
    """Return the report of a run over these sites. Raises why, where none of them could be opened."""
    whole = reduce(Outcome.__or__, outcomes, Outcome())
    _tell_unopened(sites, whole)
    _tell_lateness(sites, whole)
    return Report(
        command=command,
        started=started,
        finished=finished,
        exit_code=worst(whole.codes),
        sites={site.name: whole.reports[site.name] for site in sites},
    )


def _tell_unopened(sites: Sequence[Site], whole: Outcome) -> None:
    """Name the sites that could not be opened; raise why where that is all of them."""
    errors = [whole.unopened[site.name] for site in sites if site.name in whole.unopened]
    if errors and len(errors) == len(sites):
        raise next((error for error in errors if not isinstance(error, Locked)), errors[0])
    for site in sites:
        error = whole.unopened.get(site.name)
        if error is None:
            continue
        event = "held" if isinstance(error, Locked) else "stopped"
        _log.error(event, extra={"fields": {"site": site.name, "error": f"{error.kind}: {error}"}})
        report = whole.reports.setdefault(site.name, SiteReport())
        report.problems.append(Problem(url=site.home, kind=error.kind, message=error.said))
        if not isinstance(error, Locked):
            whole.codes.add(of_error(error))


def _tell_lateness(sites: Sequence[Site], whole: Outcome) -> None:
    """Say where the machine, and not the delays, sets the pace: once, with the first site."""
    if not whole.late:
        return
    site = next(site for site in sites if site.name not in whole.unopened)
    said = say(
        "this machine does not keep up with its sites: {late} of {turns} requests went out more than a "
        "second after their time; share them among more processes (`--processes`), or set longer delays",
        late=whole.late,
        turns=whole.turns,
    )
    whole.reports[site.name].notes.append(Note(url=site.home, message=said))
    _log.warning("odd", extra={"fields": {"site": site.name, "url": site.home, "said": said}})
