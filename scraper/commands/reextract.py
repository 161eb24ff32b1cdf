"""`reextract`: the documents made again from the captures, without a network."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from scraper.commands.arguments import add_sites
from scraper.commands.crawl import load, tell_report
from scraper.console import tell
from scraper.errors import ArchiveError, CaptureDamaged, Locked, NoRoom, ProgramError, StoreError
from scraper.exit_codes import ExitCode, of_error, of_failure, worst
from scraper.messages import say
from scraper.report import Problem, Report, SiteReport

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.app.open_sites import Sites
    from scraper.ingest.reextract import Change
    from scraper.model import Site
    from scraper.stores.opening import SiteContext
    from scraper.stores.warc_reader import Damaged


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help=say("show what would change, as a diff; write nothing")
    )


def run(args: argparse.Namespace) -> int:
    """Make the documents of every site that is named, or of all, again."""
    from scraper.app.archive_door import enter
    from scraper.app.archive_view import count_held
    from scraper.app.machine import clock
    from scraper.app.open_sites import Sites
    from scraper.app.post_run import keep_up
    from scraper.app.sites import sites_named
    from scraper.display import bar

    config = load(args)
    now = clock(config)
    begun = now()
    enter(config, now=now, new=False)
    opener = Sites(config, now=now, dry=args.dry_run)
    reports: dict[str, SiteReport] = {}
    held: dict[str, Locked] = {}
    codes: set[ExitCode] = set()
    named = sites_named(config, args.site)
    with bar("reextract", count_held(config, named), verbosity=args.verbosity) as advance:
        for site in named:
            try:
                reports[site.name] = _of_site(site, opener, args, codes, advance)
            except Locked as error:
                held[site.name] = error
                reports[site.name] = SiteReport(problems=[_problem(site.home, error)])
    if len(held) == len(reports):
        raise next(iter(held.values()))
    code = worst(codes)
    report = Report(command="reextract", started=begun, finished=now(), exit_code=code, sites=reports)
    if not args.dry_run:
        for wrong in keep_up(config, report):
            tell(wrong)
    tell_report(report, args)
    return code


def _of_site(
    site: Site, opener: Sites, args: argparse.Namespace, codes: set[ExitCode], advance: Callable[[], None]
) -> SiteReport:
    """Make one site's documents again; what ends that is no other site's. Raises Locked, NoRoom."""
    try:
        with opener.open(site) as context:
            return _remade(context, opener.archive, args, codes, advance)
    except (Locked, NoRoom):
        raise
    except ArchiveError as error:
        codes.add(of_error(error))
        return SiteReport(problems=[_problem(site.home, error)])
    except Exception as error:  # noqa: BLE001 - it is told whole
        codes.add(ExitCode.PROGRAM_ERROR)
        tell(traceback.format_exc().rstrip())
        slip = ProgramError(f"{type(error).__name__}: {error}")
        return SiteReport(problems=[_problem(site.home, slip)])


def _remade(
    context: SiteContext,
    archive: Path,
    args: argparse.Namespace,
    codes: set[ExitCode],
    advance: Callable[[], None],
) -> SiteReport:
    """Make one site's documents again; put into `codes` what its failures mean."""
    from scraper.app.reextraction import changes

    errors: list[ArchiveError] = []
    found = changes(context, archive, dry=args.dry_run, tell=tell, damaged=_into(errors))
    report = _report(found, codes, advance, show=args.dry_run and not args.json)
    errors += _passed_over(context, codes)
    report.problems.extend(_problem(context.site.home, error) for error in errors)
    codes.update(map(of_failure, errors))
    return report


def _passed_over(context: SiteContext, codes: set[ExitCode]) -> Iterator[ArchiveError]:
    """Yield why rows of the state were left alone."""
    for (_, key), why in context.state.articles.damaged.items():
        codes.add(ExitCode.DAMAGED)
        yield StoreError(say("state: the article {key} is passed over: {why}", key=key, why=why))


def _into(torn: list[ArchiveError]) -> Callable[[Damaged], None]:
    """Return who hears of damage among the captures that were not yet taken in."""
    return lambda damaged: torn.append(CaptureDamaged(str(damaged)))


def _problem(url: str, error: ArchiveError) -> Problem:
    return Problem(url=url, kind=error.kind, message=error.said)


def _report(
    changes: Iterator[Change], codes: set[ExitCode], advance: Callable[[], None], *, show: bool
) -> SiteReport:
    report = SiteReport()
    for change in changes:
        advance()
        setattr(report, change.outcome, getattr(report, change.outcome) + 1)
        if change.error is not None:
            report.problems.append(_problem(change.known.url, change.error))
            codes.add(of_failure(change.error))
        if show and change.diff:
            print(change.diff)
    return report
