"""`reextract`: the documents made again from the captures, without a network."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from scraper.commands.arguments import add_sites
from scraper.commands.crawl import load, tell
from scraper.exit_codes import ExitCode
from scraper.report import Problem, Report, SiteReport

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scraper.ingest.reextract import Change


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would change, as a diff; write nothing"
    )


def run(args: argparse.Namespace) -> int:
    """Make the documents of every site that is named, or of all, again."""
    from scraper.app.reextraction import changes
    from scraper.app.sites import sites_named
    from scraper.app.wiring import clock, open_stores

    config = load(args)
    now = clock(config)
    begun = now()
    reports = {}
    with open_stores(config, dry=args.dry_run) as stores:
        for site in sites_named(config, args.site):
            found = changes(site, stores, config, dry=args.dry_run, say=partial(print, file=sys.stderr))
            reports[site.name] = _report(found, show=args.dry_run and not args.json)
    failed = any(report.failed for report in reports.values())
    code = ExitCode.SOME_FAILED if failed else ExitCode.DONE
    report = Report(command="reextract", started=begun, finished=now(), exit_code=code, sites=reports)
    tell(report, args)
    return code


def _report(changes: Iterator[Change], *, show: bool) -> SiteReport:
    report = SiteReport()
    for change in changes:
        setattr(report, change.outcome, getattr(report, change.outcome) + 1)
        if change.error is not None:
            report.problems.append(
                Problem(url=change.known.url, kind=change.error.kind, message=str(change.error))
            )
        if show and change.diff:
            print(change.diff)
    return report
