"""What `run` and `backfill` share: the arguments of a pass over the sites, and the pass itself."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.durations import parse_duration

if TYPE_CHECKING:
    from datetime import timedelta

    from scraper.config import Config
    from scraper.pipeline.session import Journey
    from scraper.report import Report


def add_sites(parser: argparse.ArgumentParser) -> None:
    """Add the sites that a command works on."""
    parser.add_argument(
        "site", metavar="SITE", nargs="*", help="only these sites of the config (default: all)"
    )


def add_budget(parser: argparse.ArgumentParser) -> None:
    """Add how much a pass may do."""
    parser.add_argument(
        "--time-limit", metavar="TIME", type=_duration, help="stop asking after this long: 90s, 10m, 2h"
    )
    parser.add_argument("--limit", metavar="N", type=_number, help="ask for at most this many articles")
    parser.add_argument(
        "--dry-run", action="store_true", help="read the lists and say what would be done; write nothing"
    )


def load(args: argparse.Namespace) -> Config:
    """Load the config that the arguments name."""
    from scraper.app.config_file import DEFAULT, load_config

    return load_config(Path(args.config) if args.config else DEFAULT)


def make_pass(args: argparse.Namespace, journey: Journey) -> int:
    """Make one pass over the sites that the arguments name, and report it."""
    from scraper.app.archive import new_session, open_stores
    from scraper.app.sites import sites_named
    from scraper.display import watch

    config = load(args)
    sites = sites_named(config, args.site)
    with (
        open_stores(config, dry=args.dry_run) as stores,
        watch(verbosity=args.verbosity) as progress,
    ):
        session = new_session(
            config,
            stores,
            progress=progress,
            limit=args.limit,
            time_limit=args.time_limit,
            dry=args.dry_run,
        )
        report = session.go(args.command, sites, journey)
    tell(report, as_json=args.json, quiet=args.verbosity < 0)
    return report.exit_code


def tell(report: Report, *, as_json: bool, quiet: bool) -> None:
    """Print the report: as JSON on standard output, else as a line a site on standard error."""
    if as_json:
        json.dump(report.to_json(), sys.stdout, ensure_ascii=False, indent=2)
        print()
        return
    for name, site in report.sites.items():
        worth_it = site.written or site.revised or site.gone or site.failed or site.problems
        if quiet and not worth_it:
            continue
        counts = (
            f"listed {site.listed}, written {site.written}, revised {site.revised}, "
            f"unchanged {site.unchanged}, aliased {site.aliased}, gone {site.gone}, skipped {site.skipped}, "
            f"failed {site.failed}, waiting {site.waiting}; {site.requests} requests, {site.bytes} bytes"
        )
        print(f"{name}: {counts}", file=sys.stderr)


def _duration(text: str) -> timedelta:
    duration = parse_duration(text)
    if duration is None:
        msg = f"{text!r} is no duration: 90s, 10m, 2h, 1d"
        raise argparse.ArgumentTypeError(msg)
    return duration


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        msg = f"{text} is not a number of articles: at least 1"
        raise argparse.ArgumentTypeError(msg)
    return number
