"""What a run leaves for whoever watches from outside: a heartbeat as JSON, figures for Prometheus."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scraper import policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from scraper.audit.status import SiteStatus
    from scraper.report import Report

_PREFIX = "nankai_archive"
_OF_A_RUN = (
    "listed",
    "written",
    "revised",
    "unchanged",
    "aliased",
    "gone",
    "skipped",
    "failed",
    "requests",
    "bytes",
)
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def went_well(statuses: Iterable[SiteStatus]) -> bool:
    """Say whether the last run of each of these sites was a success."""
    runs = (status.last_run for status in statuses)
    return all(run is not None and policy.is_success(run.exit_code, run.listed) for run in runs)


def heartbeat(report: Report, statuses: Iterable[SiteStatus]) -> str:
    """Return what the last run did, for `heartbeat.json`. `statuses`: of the sites that it was for."""
    sites = {status.name: _beat(status, report) for status in statuses}
    told: dict[str, Any] = {
        "command": report.command,
        "started": report.started.isoformat(timespec="seconds"),
        "finished": report.finished.isoformat(timespec="seconds"),
        "exit_code": int(report.exit_code),
        "sites": sites,
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _beat(status: SiteStatus, report: Report) -> dict[str, Any]:
    site, run = report.sites[status.name], status.last_run
    success = status.last_success
    return {
        "exit_code": None if run is None else run.exit_code,
        "last_success": None
        if success is None
        else success.astimezone(report.finished.tzinfo).isoformat("T", "seconds"),
        "written": site.written,
        "revised": site.revised,
        "failed": site.failed,
        "waiting": site.waiting,
        "problems": len(site.problems),
    }


def metrics(report: Report, statuses: Sequence[SiteStatus]) -> str:
    """Return the figures of all sites as Prometheus's text format, for `metrics.prom`."""
    return "".join(f"{line}\n" for line in _lines(report, statuses))


def _lines(report: Report, statuses: Sequence[SiteStatus]) -> Iterator[str]:
    yield from _family("run_started_seconds", "When the last run began.", [("", _seconds(report.started))])
    yield from _family("run_finished_seconds", "When the last run ended.", [("", _seconds(report.finished))])
    yield from _family("run_exit_code", "How the last run ended.", [("", f"{report.exit_code:d}")])
    for name, text, values in (
        ("last_success_seconds", "When a run last went well.", _successes(statuses)),
        ("articles", "Articles whose document is in the archive.", _of_sites(statuses, "articles")),
        ("waiting", "Articles that are wanted and were not yet asked for.", _of_sites(statuses, "waiting")),
        ("failures", "Articles that failed and are tried again.", _of_sites(statuses, "failures")),
        ("channel_articles", "Of the articles, those that a channel names.", _of_channels(statuses)),
        ("list_gaps", "Pages of lists that nobody read.", _gaps(statuses)),
    ):
        yield from _family(name, text, list(values))
    for name in _OF_A_RUN:
        values = ((_labels(site=site), str(getattr(told, name))) for site, told in report.sites.items())
        yield from _family(f"run_{name}", f"`{name}` of the last run.", list(values))


def _family(name: str, text: str, values: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f"# HELP {_PREFIX}_{name} {text}"
    yield f"# TYPE {_PREFIX}_{name} gauge"
    yield from (f"{_PREFIX}_{name}{labels} {value}" for labels, value in values)


def _successes(statuses: Sequence[SiteStatus]) -> Iterator[tuple[str, str]]:
    for site in statuses:
        yield _labels(site=site.name), "0" if site.last_success is None else _seconds(site.last_success)


def _of_sites(statuses: Sequence[SiteStatus], what: str) -> Iterator[tuple[str, str]]:
    for site in statuses:
        yield _labels(site=site.name), str(getattr(site.standing, what))


def _of_channels(statuses: Sequence[SiteStatus]) -> Iterator[tuple[str, str]]:
    for site in statuses:
        for channel in site.channels:
            yield _labels(site=site.name, channel=channel.name), str(channel.standing.articles)


def _gaps(statuses: Sequence[SiteStatus]) -> Iterator[tuple[str, str]]:
    for site in statuses:
        for channel in site.channels:
            gaps = "NaN" if channel.gaps is None else str(channel.gaps)
            yield _labels(site=site.name, channel=channel.name), gaps


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items()) + "}"


def _seconds(moment: datetime) -> str:
    return f"{moment.timestamp():.3f}"
