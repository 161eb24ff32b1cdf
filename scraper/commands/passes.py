"""What `run` and `backfill` share: a pass over the sites, and what it prints."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from scraper.config import Config
    from scraper.pipeline.session import Journey
    from scraper.report import Report


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
