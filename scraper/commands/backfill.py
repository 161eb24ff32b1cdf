"""`backfill`: the whole past of a site. Given again, it goes on where it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.commands.arguments import COUNTS, add_budget, add_sites, day
from scraper.errors import UsageError
from scraper.messages import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from scraper.model import Site


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    parser.add_argument(
        "--channel",
        metavar="C",
        action="append",
        default=[],
        help=say("only this channel; may be given again"),
    )
    parser.add_argument(
        "--since", metavar="DATE", type=day, help=say("nothing older than this day (YYYY-MM-DD)")
    )
    parser.add_argument(
        "--until", metavar="DATE", type=day, help=say("nothing newer than this day (YYYY-MM-DD)")
    )
    parser.add_argument(
        "--from-wayback",
        action="store_true",
        help=say("ask the Internet Archive for copies of what is then gone from the site and was never held"),
    )
    parser.add_argument(
        "--wayback",
        metavar="URL",
        default="https://web.archive.org/",
        help=say(
            "another archive that answers as the Internet Archive's CDX server does (default: %(default)s)"
        ),
    )
    add_budget(parser)
    parser.epilog = COUNTS


def run(args: argparse.Namespace) -> int:
    """Walk the past of every site that is named, or of all."""
    from scraper.app.saved_page import address
    from scraper.app.sites import sites_named
    from scraper.commands.crawl import load, make_pass
    from scraper.crawl.date_range import DateRange
    from scraper.crawl.plan import Backfill

    if args.since and args.until and args.since > args.until:
        msg = say("--since {since} is after --until {until}", since=args.since, until=args.until)
        raise UsageError(msg)
    _check_channels(args.channel, sites_named(load(args), args.site))
    days = DateRange(since=args.since, until=args.until)
    plan = Backfill(channels=tuple(args.channel), days=days)
    return make_pass(args, plan, wayback=address(args.wayback) if args.from_wayback else None)


def _check_channels(names: Sequence[str], sites: Sequence[Site]) -> None:
    known = {channel.name for site in sites for channel in site.channels}
    for name in names:
        if name not in known:
            msg = say(
                "there is no channel {name!r}; there are: {join}", name=name, join=", ".join(sorted(known))
            )
            raise UsageError(msg)
