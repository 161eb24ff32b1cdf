"""`changed`: which articles were revised, vanished or came back since a day."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scraper.commands.arguments import add_sites
from scraper.commands.crawl import error_of, load, tell_unread
from scraper.console import json_text, put
from scraper.messages import say, translated

if TYPE_CHECKING:
    from scraper.model import Site
    from scraper.stores.state import State
    from scraper.stores.state.events import Event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    parser.add_argument(
        "--since",
        metavar="DATE",
        type=_moment,
        required=True,
        help=say(
            "from this day on (YYYY-MM-DD, in the site's time zone), this moment, or this long ago (7d)"
        ),
    )
    parser.epilog = say(
        "Vanished: the site says 404 or 410 of an article that is in the archive, where it "
        "stays. `history URL` shows what was revised."
    )


def run(args: argparse.Namespace) -> int:
    """Print what became of the articles of every site that is named, or of all."""
    from scraper.app.archive_view import each
    from scraper.app.machine import clock
    from scraper.app.sites import sites_named
    from scraper.audit import changes

    config = load(args)
    now = clock(config)()
    sites = sites_named(config, args.site)

    def events(site: Site, state: State) -> tuple[Site, list[Event]]:
        return site, list(state.events.since(site.name, _from(args.since, site, now)))

    found, unread = each(config, sites, events)
    if args.json:
        since = _from(args.since, sites[0], now)
        told = changes.to_json(since, {site.name: became for site, became in found})
        sys.stdout.write(json_text(told | error_of(unread), indent=2))
        print()
    else:
        for site, became in found:
            for line in changes.to_text(site.name, became, site.timezone):
                put(line)
    return tell_unread(unread)


def _from(since: datetime | timedelta, site: Site, now: datetime) -> datetime:
    """Return the moment that was meant: a day without an offset begins where the site is."""
    if isinstance(since, timedelta):
        return now - since
    return since if since.tzinfo is not None else since.replace(tzinfo=site.timezone)


def _moment(text: str) -> datetime | timedelta:
    from scraper.config import parse_duration

    span = parse_duration(text)
    if span is not None:
        return span
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        msg = say("{text!r} is no day: 2026-03-01, or 7d for seven days ago", text=text)
        raise argparse.ArgumentTypeError(translated(msg)) from None
