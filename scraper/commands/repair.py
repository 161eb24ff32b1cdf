"""`repair`: what lost captures held is fetched again, and documents and pictures are made again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scraper.commands.arguments import add_sites
from scraper.commands.crawl import load
from scraper.console import json_text, tell
from scraper.exit_codes import ExitCode, worst
from scraper.messages import say
from scraper.values import asdict

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from scraper.app.repairing import Repaired
    from scraper.report import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    parser.add_argument(
        "--accept",
        action="store_true",
        help=say("take the damage that is left as known: `verify` tells new damage alone from then on"),
    )
    parser.epilog = say(
        "Reads all captures. Articles whose capture is lost are asked for again at once, and keep their "
        "documents meanwhile; what their site no longer has is marked as lost, with the day. Documents and "
        "pictures that are lost or were changed are written again from their captures. Exit 7: something is "
        "lost for good and not accepted; 3: something is still to be fetched."
    )


def run(args: argparse.Namespace) -> int:
    """Repair every site that is named, or all."""
    from scraper.app.repairing import repair
    from scraper.app.sites import sites_named
    from scraper.display import watch

    config = load(args)
    sites = sites_named(config, args.site)
    with watch(verbosity=args.verbosity) as progress:
        report, repaired = repair(config, sites, accept=args.accept, progress=progress, tell=tell)
    code = _code(report, repaired, accept=args.accept)
    if args.json:
        told = {name: asdict(one) for name, one in repaired.items()}
        sys.stdout.write(json_text({"command": "repair", "sites": told, "exit_code": code}))
        print()
        return code
    for name, one in repaired.items():
        if args.verbosity >= 0 or one.gone or one.waiting or one.failed:
            tell(_line(name, one))
    return code


def _code(report: Report, repaired: Mapping[str, Repaired], *, accept: bool) -> ExitCode:
    codes = {ExitCode(report.exit_code)}
    if any(one.gone or one.failed for one in repaired.values()) and not accept:
        codes.add(ExitCode.DAMAGED)
    if any(one.waiting for one in repaired.values()):
        codes.add(ExitCode.SOME_FAILED)
    return worst(codes)


def _line(name: str, one: Repaired) -> str:
    return say(
        "{name}: {lost} captures newly lost; of all lost ones {waiting} still to be fetched, {gone} gone for "
        "good; {documents} documents written again, {failed} failed; {accepted} damages accepted",
        name=name,
        **asdict(one),
    )
