"""`run`: one incremental pass over the sites. The cron job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.commands.arguments import COUNTS, add_budget, add_sites

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    add_budget(parser)
    parser.epilog = COUNTS


def run(args: argparse.Namespace) -> int:
    """Bring what is new on every site."""
    from scraper.commands.crawl import make_pass
    from scraper.crawl.plan import Incremental

    return make_pass(args, Incremental())
