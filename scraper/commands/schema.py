"""`schema`: print the config's JSON Schema, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.console import json_text
from scraper.exit_codes import ExitCode
from scraper.messages import say

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments: it has none."""
    parser.epilog = say(
        "Save it as config.schema.json and begin config.yaml with the line `# "
        "yaml-language-server: $schema=config.schema.json`: editors then complete and check "
        "the keys."
    )


def run(args: argparse.Namespace) -> int:
    """Print the schema; with --json, on one line."""
    from scraper.config import json_schema

    print(json_text(json_schema(), indent=None if args.json else 2))
    return ExitCode.DONE
