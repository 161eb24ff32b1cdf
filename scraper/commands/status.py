"""`status`: where each site and channel stands, and whether the last success is recent enough."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.commands.arguments import add_from_store, add_sites, duration
from scraper.commands.crawl import error_of, load, tell_unread
from scraper.console import json_text, put, tell
from scraper.exit_codes import ExitCode, worst
from scraper.messages import say, translated

if TYPE_CHECKING:
    import argparse

    from scraper.model import Site
    from scraper.stores.state import State


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    add_from_store(parser)
    parser.add_argument(
        "--max-age",
        metavar="TIME",
        type=duration,
        help=say("exit 9 where a site or channel had its last success longer ago (36h, 2d), or never"),
    )
    parser.epilog = say(
        "A success is a run that read the lists and asked for what they name, though some "
        "articles may have failed or wait for the next run. Gaps are pages of a list that "
        "nobody read; ?: nobody knows."
    )


def run(args: argparse.Namespace) -> int:
    """Print the table, and judge the age of the last success."""
    from scraper.app.archive_view import each
    from scraper.app.machine import clock
    from scraper.app.sites import sites_named
    from scraper.audit import status
    from scraper.ingest.missing import missing_documents, told_missing
    from scraper.stores.opening import documents_of

    config = load(args)
    now = clock(config)()
    missing: dict[str, tuple[str, ...]] = {}

    def read(site: Site, state: State) -> status.SiteStatus:
        if not args.from_store:
            documents = documents_of(Path(config.archive), site.name)
            missing[site.name] = missing_documents(state, site.name, documents)
        return status.status_of(site, state, now)

    sites, unread = each(config, sites_named(config, args.site), read)
    if args.json:
        told = status.to_json(sites) | error_of(unread)
        for name in told["sites"].keys() & missing.keys():
            told["sites"][name]["missing_documents"] = len(missing[name])
        sys.stdout.write(json_text(told, indent=2))
        print()
    else:
        put(status.to_text(sites, config.sites[0].timezone, now))
    for name, paths in missing.items():
        if paths:
            tell(f"{name}: {translated(told_missing(name, paths))}")
    late = [] if args.max_age is None else list(status.too_old(sites, args.max_age, now))
    for name, moment in late:
        when = say("never") if moment is None else f"{moment.astimezone(now.tzinfo):%F %R %Z}"
        tell(say("{name}: the last success is too old: {when}", name=name, when=when))
    return worst({tell_unread(unread), ExitCode.TOO_OLD if late else ExitCode.DONE})
