"""What `run` and `backfill` share: a pass over the sites, and what it prints."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper import report_text
from scraper.console import json_text, tell
from scraper.console import line as line_of
from scraper.errors import UsageError
from scraper.exit_codes import ExitCode, of_error, worst
from scraper.messages import say, translated
from scraper.report import Problem, SiteReport
from scraper.values import asdict

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from scraper.config import Config
    from scraper.crawl.plan import Plan
    from scraper.errors import StoreError
    from scraper.model import Site
    from scraper.report import Report
    from scraper.urls import Url


def load(args: argparse.Namespace, *, documents: bool = False, captures: bool = False) -> Config:
    """Load the config that the arguments name; with `--from-store`, that of what the cluster's store has.

    `documents`, `captures`: what of it the command reads beside the states.
    """
    from scraper.app.config_file import DEFAULT, load_config

    config = load_config(Path(args.config) if args.config else DEFAULT)
    return _stored(config, args, documents, captures) if getattr(args, "from_store", False) else config


def _stored(config: Config, args: argparse.Namespace, documents: bool, captures: bool) -> Config:  # noqa: FBT001 - called by `load`
    from scraper.app.sites import sites_named
    from scraper.commands.arguments import needing_cluster

    with needing_cluster():
        from scraper.app.store_view import store_view
        from scraper.cluster.pulling import Wanted

        sites = sites_named(config, getattr(args, "site", None) or ())
        return store_view(config, sites, Wanted(documents=documents, captures=captures))


def tell_unread(unread: Mapping[str, StoreError]) -> ExitCode:
    """Name the sites whose state cannot be read, and return the exit code that this comes to."""
    for name, error in unread.items():
        tell(f"{name}: {translated(error.said)}")
    return worst({ExitCode.DONE, *map(of_error, unread.values())})


def error_of(unread: Mapping[str, StoreError]) -> dict[str, Any]:
    """Return what a JSON report has beside its sites where the state of one cannot be read."""
    for error in unread.values():
        told = {"kind": error.kind, "message": str(error)}
        return {"exit_code": worst(map(of_error, unread.values())), "error": told}
    return {}


def make_pass(args: argparse.Namespace, plan: Plan, *, wayback: Url | None = None) -> int:
    """Make one pass over the sites that the arguments name, report it, and tell whom the config names.

    `wayback`: the archive that a backfill may ask for what is gone; None: none.
    """
    from scraper.errors import Locked

    config = load(args)
    try:
        report, good = _pass(args, config, plan, wayback)
    except Locked:
        raise  # the run that holds it will tell how it ended
    except Exception as error:
        _ping(args, config, good=False)
        _notify_of_error(args, config, error)
        raise
    tell_report(report, args, _news(args, config, report))
    _ping(args, config, good=good)
    _notify(args, config, report)
    return report.exit_code


def _pass(args: argparse.Namespace, config: Config, plan: Plan, wayback: Url | None) -> tuple[Report, bool]:
    """Make the pass; return its report, and whether it did what it was there for."""
    from scraper.app.archive_door import enter
    from scraper.app.machine import clock
    from scraper.app.post_run import keep_up, leave_notes
    from scraper.app.sites import sites_named

    sites, bare = _with_channels(sites_named(config, args.site))
    _leave_to_cluster(config, sites)
    shares = _shares(args, sites, wayback)
    if enter(config, now=clock(config), new=True, dry=args.dry_run):
        where = Path(config.archive)
        tell(say("there is no archive at {folder} yet: this run begins one", folder=where))
        if args.command == "run" and args.verbosity >= 0:
            tell(say("it brings the newest articles; `nankai-archive backfill` brings the past"))
    if len(shares) > 1:
        report = _shared(args, config, sites, shares, plan)
    else:
        report = _alone(args, config, sites, plan, wayback)
    for site in bare:
        report.sites[site.name] = SiteReport(problems=[_no_channel(site)])
        report.exit_code = worst({report.exit_code, ExitCode.WRONG_USAGE})
    if args.dry_run:
        return report, True
    for wrong in keep_up(config, report):
        tell(wrong)
    good, unwritten = leave_notes(config, report)
    if unwritten is not None:
        tell(say("heartbeat: {unwritten}", unwritten=unwritten))
    return report, good


def _alone(
    args: argparse.Namespace, config: Config, sites: Sequence[Site], plan: Plan, wayback: Url | None
) -> Report:
    """Make the pass in this process."""
    from scraper.app.wiring import new_session
    from scraper.display import watch

    with watch(verbosity=args.verbosity) as progress:
        session = new_session(
            config,
            progress=progress,
            limit=args.limit,
            time_limit=args.time_limit,
            dry=args.dry_run,
            wayback=wayback,
        )
        return session.go(args.command, sites, plan)


def _shared(
    args: argparse.Namespace,
    config: Config,
    sites: Sequence[Site],
    shares: Sequence[tuple[Site, ...]],
    plan: Plan,
) -> Report:
    """Make the pass in several processes."""
    from scraper.app.share_process import Share
    from scraper.app.shares import SharedRun
    from scraper.display import is_watching, watch
    from scraper.parallel import cores

    common = {
        "config": config,
        "command": args.command,
        "plan": plan,
        "time_limit": args.time_limit,
        "cores": max(cores() // len(shares), 1),
        "watched": is_watching(verbosity=args.verbosity),
        "log_format": args.log_format,
        "verbosity": args.verbosity,
    }
    run = SharedRun([Share(sites=share, **common) for share in shares])
    with run, watch(verbosity=args.verbosity) as progress:
        return run.go(args.command, sites, progress)


def _shares(
    args: argparse.Namespace, sites: tuple[Site, ...], wayback: Url | None
) -> Sequence[tuple[Site, ...]]:
    """Part the sites among processes; what counts or is asked for all sites together takes a single one."""
    from scraper.app.shares import shares_of
    from scraper.parallel import cores

    alone = {
        "--limit": args.limit is not None,
        "--dry-run": args.dry_run,
        "--from-wayback": wayback is not None,
    }
    if not any(alone.values()):
        return shares_of(sites, processes=args.processes, cores=cores())
    if args.processes not in {None, 1}:
        option = next(option for option, is_given in alone.items() if is_given)
        raise UsageError(say("{option} is for all sites together: it takes one process", option=option))
    return [sites]


def _news(args: argparse.Namespace, config: Config, report: Report) -> Mapping[str, Sequence[Problem]] | None:
    """Return what a quiet run has to tell: cron mails it, so the same thing is told once."""
    from scraper.app.told_problems import news_of

    return news_of(config, report) if args.verbosity < 0 and not args.dry_run else None


def _with_channels(sites: Sequence[Site]) -> tuple[tuple[Site, ...], tuple[Site, ...]]:
    """Part the sites into those that have a channel and those that have none.

    Raises UsageError where none of them has one.
    """
    bare = tuple(site for site in sites if not site.channels)
    if len(bare) == len(sites):
        raise UsageError(_no_channel(bare[0]).message)
    return tuple(site for site in sites if site.channels), bare


def _no_channel(site: Site) -> Problem:
    message = say(
        "sites.{name}: has no channel, so nothing of it is found: `nankai-archive add {home}` finds them",
        name=site.name,
        home=site.home,
    )
    return Problem(url=site.home, kind="ConfigError", message=message)


def _leave_to_cluster(config: Config, sites: Iterable[Site]) -> None:
    """Refuse to run sites that a cluster works: without a lease two machines could ask one host at once."""
    from scraper.errors import UsageError
    from scraper.stores.elsewhere import where_file

    if config.cluster is None:
        return
    for site in sites:
        if where_file(Path(config.archive), site.name).exists():
            msg = say("{site}: the cluster works it: `cluster run {site}` runs it now", site=site.name)
            raise UsageError(msg)


def _ping(args: argparse.Namespace, config: Config, *, good: bool) -> None:
    """Tell whom the config names how it ended; where nobody hears, say so."""
    from scraper.app import post_run

    unheard = None if args.dry_run else post_run.tell(config, good=good)
    if unheard is not None:
        tell(say("ping: {unheard}", unheard=unheard))


def _notify(args: argparse.Namespace, config: Config, report: Report) -> None:
    """Tell whom the config names what began or ended; where nobody hears, say so."""
    from scraper.app import notifying

    for hindrance in () if args.dry_run else notifying.after_run(config, report):
        tell(hindrance)


def _notify_of_error(args: argparse.Namespace, config: Config, error: Exception) -> None:
    """Tell whom the config names of what ended a run before it had a report."""
    from scraper.app import notifying
    from scraper.app.machine import clock
    from scraper.app.sites import sites_named
    from scraper.errors import ArchiveError

    if args.dry_run or not isinstance(error, ArchiveError) or isinstance(error, UsageError):
        return
    names = [site.name for site in sites_named(config, args.site)]
    for hindrance in notifying.after_error(config, names, error, clock(config)()):
        tell(hindrance)


def tell_report(
    report: Report, args: argparse.Namespace, news: Mapping[str, Sequence[Problem]] | None = None
) -> None:
    """Print the report: as JSON on standard output, else for a person on standard error.

    `news`: the problems of each site that are told under -q; None: all of them.
    """
    if args.json:
        sys.stdout.write(json_text(report.to_json(), indent=2))
        print()
        return
    for name, site in report.sites.items():
        if args.log_format == "json":
            _tell_as_log(name, site, report, quiet=args.verbosity < 0)
            continue
        if args.verbosity >= 0 or report_text.is_news(site):
            tell(report_text.counts(name, site))
        if args.verbosity < 0:
            told = site.problems if news is None else news.get(name, ())
            for line in report_text.problems(name, told):
                tell(line_of(line))
    end = report_text.ending(report)
    if end is not None and args.verbosity >= 0 and args.log_format != "json":
        tell(end)


def _tell_as_log(name: str, site: SiteReport, report: Report, *, quiet: bool) -> None:
    if quiet and not (report_text.is_news(site) or site.failed or site.problems):
        return
    counts = asdict(site)
    del counts["problems"]
    line = {"at": report.finished.isoformat(), "level": "info", "event": "finished", "site": name}
    print(json_text(line | counts), file=sys.stderr)
