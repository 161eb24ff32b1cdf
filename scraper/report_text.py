"""A run's report as a person reads it: what became of each site, what went wrong, what the end means.

What is not zero is named and nothing else. Of many problems of one kind a few are told, and how many more.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from scraper.exit_codes import MEANINGS, ExitCode
from scraper.messages import say, say_count, translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scraper.report import Problem, Report, SiteReport

_FEW: Final = 5  # problems of one kind that are told one by one
_COUNTS: Final = {
    "listed": say("listed"),
    "written": say("written"),
    "revised": say("revised"),
    "unchanged": say("unchanged"),
    "aliased": say("aliased"),
    "gone": say("gone"),
    "skipped": say("skipped"),
    "failed": say("failed"),
    "waiting": say("waiting"),
    "requests": say("requests"),
}
_MEGABYTE: Final = 1_000_000


def counts(name: str, site: SiteReport) -> str:
    """Return one line: what became of a site."""
    said = [f"{translated(word)} {getattr(site, key)}" for key, word in _COUNTS.items() if getattr(site, key)]
    if site.bytes:
        said.append(f"{site.bytes / _MEGABYTE:.1f} MB")
    counted = translated(say(", ")).join(said) or say("nothing new")
    return translated(say("{name}: {counts}", name=name, counts=counted))


def is_news(site: SiteReport) -> bool:
    """Say whether anything of a site changed that somebody may want to know."""
    return bool(site.written or site.revised or site.gone)


def problems(name: str, found: Sequence[Problem]) -> Iterator[str]:
    """Yield a line for each problem, few lines where many are of one kind."""
    for kind, group in groupby(sorted(found, key=lambda problem: problem.kind), lambda problem: problem.kind):
        many = list(group)
        for problem in many[:_FEW]:
            message = translated(problem.message)
            place = "" if problem.url in message else f" {problem.url}:"
            yield f"{name}:{place} {kind}: {message}"
        if len(many) > _FEW:
            more = say_count("{count} more of this kind", "{count} more of this kind", len(many) - _FEW)
            yield f"{name}: {kind}: {translated(more)}"


def ending(report: Report) -> str | None:
    """Return what the exit code means for this run, as a sentence; None where all is done."""
    code = ExitCode(report.exit_code)
    if code is ExitCode.DONE:
        return None
    failed = sum(site.failed for site in report.sites.values())
    if code is ExitCode.SOME_FAILED and failed:
        meaning = say_count(
            "one article failed, it is tried again by the next run",
            "{count} articles failed, they are tried again by the next run",
            failed,
        )
    else:
        meaning = MEANINGS[code]
    return f"{int(code)}: {translated(meaning)}"


def untold(
    found: Iterable[Problem], told: dict[str, str], now: str, since: str
) -> tuple[list[Problem], dict[str, str]]:
    """Return the problems that nobody was told of yet, and what has been told from now on.

    `told` holds when each was last told, by kind and address, as ISO 8601 in UTC; what is told again only
    after a day (the canary) was told before `since`. A problem that stays the same is told once.
    """
    news: list[Problem] = []
    after = dict(told)
    for problem in found:
        key = f"{problem.kind} {problem.url}"
        before = told.get(key)
        if before is None or (problem.kind == "Canary" and before < since):
            news.append(problem)
            after[key] = now
    return news, after
