"""`site`: a public website of the archive, as static files, by Hugo, with a search of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.commands.crawl import load
from scraper.console import put, tell
from scraper.exit_codes import ExitCode
from scraper.messages import say
from scraper.values import asdict

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument(
        "folder", metavar="DIR", help=say("where the website goes; given again, only what changed")
    )
    parser.add_argument("--title", metavar="TEXT", help=say("what the website is called"))
    parser.add_argument(
        "--base-url",
        metavar="URL",
        default="/",
        help=say("the address under which it will be found: its feeds and sitemap name it"),
    )
    parser.add_argument(
        "--remote-pictures",
        action="store_true",
        help=say("show pictures that the archive does not hold from their own servers"),
    )
    parser.epilog = say("Needs the extra: pip install 'nankai-archive[site]'. Reads the archive alone.")


def run(args: argparse.Namespace) -> int:
    """Build the website and say what was written."""
    from scraper.app.reading_room import ReadingRoom
    from scraper.display import bar
    from scraper.website.build import Wanted, build

    config = load(args)
    room = ReadingRoom(config)
    room.refresh()
    (first, *others) = config.sites
    title = args.title or ("档案" if others else f"{first.title}档案")
    wanted = Wanted(title=title, base=args.base_url, remote_pictures=args.remote_pictures)
    total = sum(room.catalogue.sites().values())
    with bar("site", total, verbosity=args.verbosity) as step:
        done = build(room, Path(args.folder), wanted, step)
    if args.json:
        put(json.dumps(asdict(done)))
    elif args.verbosity >= 0:
        put(
            say(
                "{files} files in {folder}: {written} written, {removed} removed",
                folder=args.folder,
                **asdict(done),
            )
        )
    for said in room.damage():
        tell(said)
    return ExitCode.DAMAGED if any(room.damaged.values()) else ExitCode.DONE
