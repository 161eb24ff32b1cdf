"""`reextract`: the documents made again from the captures, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.commands.arguments import add_sites

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would change, as a diff; write nothing"
    )


def run(args: argparse.Namespace) -> int:
    """Make the documents of every site that is named, or of all, again."""
    from scraper.commands.remaking import remake_all

    return remake_all(args)
