"""`coverage`: how much of each site the archive has, with every missing article named and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper.commands.arguments import add_from_store, add_sites
from scraper.commands.crawl import error_of, load, tell_unread
from scraper.console import json_text, put
from scraper.exit_codes import ExitCode, worst
from scraper.messages import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from scraper.audit.coverage import SiteCoverage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    from scraper.audit.coverage_facts import WHYS

    add_sites(parser)
    add_from_store(parser)
    parser.add_argument(
        "--svg", metavar="FILE", type=Path, help=say("draw articles a month over the years into this file")
    )
    parser.add_argument(
        "--allow",
        metavar="WHY",
        choices=WHYS,
        action="append",
        default=[],
        help=say(
            "what is missing for this reason does not count: {join}; may be given again", join=", ".join(WHYS)
        ),
    )
    parser.epilog = say(
        "Reads the state alone and asks nobody, also while a run is at work. Exit 0: all "
        "that the lists name is held, and all their pages were read; 3: something is "
        "missing, or nobody can know."
    )


def run(args: argparse.Namespace) -> int:
    """Say how much of every site that is named, or of all, is there."""
    from scraper.app.archive_view import each
    from scraper.app.sites import sites_named
    from scraper.audit.coverage_query import coverage_of

    config = load(args)
    sites, unread = each(config, sites_named(config, args.site), coverage_of)
    if args.svg is not None:
        _draw(sites, args.svg)
    _tell(sites, error_of(unread), as_json=args.json, every=args.verbosity > 0)
    proven = all(site.is_proven(args.allow) for site in sites)
    return worst({tell_unread(unread), ExitCode.DONE if proven else ExitCode.SOME_FAILED})


def _tell(sites: Sequence[SiteCoverage], error: dict[str, Any], *, as_json: bool, every: bool) -> None:
    from scraper.audit import coverage_text

    if as_json:
        sys.stdout.write(json_text(coverage_text.to_json(sites) | error, indent=2))
        print()
    else:
        put("\n\n".join(coverage_text.to_text(site, every=every) for site in sites))


def _draw(sites: Sequence[SiteCoverage], file: Path) -> None:
    from scraper.audit import chart
    from scraper.errors import UsageError

    try:
        file.write_text(chart.draw(sites), encoding="utf-8")
    except OSError as error:
        msg = say("--svg: {file}: {strerror}", file=file, strerror=error.strerror)
        raise UsageError(msg) from error
