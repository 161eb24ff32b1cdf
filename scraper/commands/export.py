"""`export`: a site or a span of days as one file, as data or as captures to replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.commands.arguments import add_from_store, add_sites, day
from scraper.commands.crawl import load
from scraper.console import json_text, tell
from scraper.exit_codes import ExitCode
from scraper.messages import say

if TYPE_CHECKING:
    import argparse

    from scraper.errors import StoreError

_FORMATS = ("wacz", "jsonl", "csv", "parquet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    add_from_store(parser)
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        required=True,
        help=say("wacz: the captures, to replay in a browser; the others: the articles as data"),
    )
    parser.add_argument(
        "--out", metavar="FILE", required=True, help=say("the file to write; -: standard output")
    )
    parser.add_argument(
        "--since", metavar="DATE", type=day, help=say("only what was published on this day or later")
    )
    parser.add_argument(
        "--until", metavar="DATE", type=day, help=say("only what was published on this day or earlier")
    )
    parser.epilog = say(
        "Reads the archive alone, beside any run. The file takes its name when it is whole. parquet needs "
        "the extra nankai-archive[parquet]. Exit 3: some documents, or the state of a site, could not be "
        "read and are left out."
    )


def run(args: argparse.Namespace) -> int:
    """Write the file, and say what it holds."""
    from scraper.app.archive_view import count_held
    from scraper.app.exporting import STDOUT, Span, export
    from scraper.app.machine import clock
    from scraper.app.sites import sites_named
    from scraper.display import bar
    from scraper.errors import UsageError

    config = load(args, documents=True, captures=args.format == "wacz")
    if args.json and args.out == STDOUT:
        raise UsageError(say("export: --json and --out - both want standard output"))
    sites = sites_named(config, args.site)
    unread: list[StoreError] = []
    with bar(say("export"), count_held(config, sites), verbosity=args.verbosity) as advance:
        number = export(
            config,
            sites,
            args.format,
            args.out,
            span=Span(args.since, args.until),
            now=clock(config)(),
            tell=unread.append,
            advance=advance,
        )
    for error in unread:
        tell(say("export: {error}", error=error.said))
    code = ExitCode.SOME_FAILED if unread else ExitCode.DONE
    if args.json:
        what = "captures" if args.format == "wacz" else "articles"
        whole = {"command": "export", "format": args.format, "out": args.out, what: number}
        print(json_text(whole | {"unreadable": len(unread), "exit_code": code}))
    elif args.verbosity >= 0:
        told = (
            say("export: {count} captures to {out}", count=number, out=args.out)
            if args.format == "wacz"
            else say("export: {count} articles to {out}", count=number, out=args.out)
        )
        tell(told)
    return code
