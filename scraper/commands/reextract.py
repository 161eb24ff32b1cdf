"""`reextract`: the documents made again from the captures, without a network."""

from __future__ import annotations

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.app.archive import clock, open_stores, shelf_of
from scraper.app.sites import sites_named
from scraper.commands.passes import add_sites, load, tell
from scraper.exit_codes import ExitCode
from scraper.pipeline.rebuild import jobs, remake, settle
from scraper.pipeline.session import recovered
from scraper.report import Problem, Report, SiteReport

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scraper.errors import ArchiveError
    from scraper.model import Site
    from scraper.pipeline.rebuild import Change, Job, Remade
    from scraper.pipeline.session import Stores

_AT_ONCE = 256  # jobs handed to the workers together: bounds the memory, not the speed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would change, as a diff; write nothing"
    )


def run(args: argparse.Namespace) -> int:
    """Make the documents of every site that is named, or of all, again."""
    config = load(args)
    now = clock(config)
    begun = now()
    reports = {}
    with open_stores(config, dry=args.dry_run) as stores:
        for site in sites_named(config, args.site):
            changes = _changes(site, stores, Path(config.archive), dry=args.dry_run)
            reports[site.name] = _report(changes, show=args.dry_run and not args.json)
    failed = any(report.failed for report in reports.values())
    code = ExitCode.SOME_FAILED if failed else ExitCode.DONE
    report = Report(command="reextract", started=begun, finished=now(), exit_code=code, sites=reports)
    tell(report, as_json=args.json, quiet=args.verbosity < 0)
    return code


def _changes(site: Site, stores: Stores, archive: Path, *, dry: bool) -> Iterator[Change]:
    """Yield what becomes of each article. What a killed run left on the shelf is taken in first."""
    if not dry:
        number = recovered(site, stores)
        if number:
            print(
                f"{site.name}: {number} captures that the state did not know were taken in", file=sys.stderr
            )
    work = partial(_remake, site=site, archive=archive)
    every = jobs(site, stores)
    context = multiprocessing.get_context("spawn")  # a fork would keep the archive's lock open
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=context) as workers:
        while batch := list(islice(every, _AT_ONCE)):
            for job, made in zip(batch, workers.map(work, batch, chunksize=16), strict=True):
                yield settle(job, made, stores, dry=dry)


def _remake(job: Job, *, site: Site, archive: Path) -> Remade | ArchiveError:
    return remake(job, site, shelf_of(archive).read)


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
