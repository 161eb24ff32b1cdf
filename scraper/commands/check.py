"""`check`: read the config and say everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.console import json_text, put, tell
from scraper.errors import ConfigError
from scraper.exit_codes import ExitCode
from scraper.messages import say, say_count

if TYPE_CHECKING:
    import argparse

    from scraper.config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument(
        "--notify", action="store_true", help=say("send a trial message to whom `notify` names")
    )
    parser.epilog = say(
        "Each slip is told with its file, line and key. Exit 0: nothing is wrong; 2: something is."
    )


def run(args: argparse.Namespace) -> int:
    """Print what the config holds, or every slip of it on standard error."""
    from scraper import app

    path = Path(args.config or app.DEFAULT_CONFIG)
    try:
        config = app.load_config(path)
    except ConfigError as error:
        if not args.json:
            raise
        print(json_text({"config": str(path), "slips": error.slips}))
        return ExitCode.WRONG_USAGE
    if args.json:
        print(json_text({"config": str(path), "slips": []}))
    else:
        _print_summary(path, config)
    return _try_out(config) if args.notify else ExitCode.DONE


def _try_out(config: Config) -> ExitCode:
    """Send a trial message; it is wrong config where somebody does not hear it."""
    from scraper.app.notifying import try_out

    hindrances = list(try_out(config))
    for hindrance in hindrances:
        tell(hindrance)
    return ExitCode.WRONG_USAGE if hindrances else ExitCode.DONE


def _print_summary(path: Path, config: Config) -> None:
    put(say("{path}: nothing wrong; the archive is {archive}", path=path, archive=config.archive))
    for site in config.sites:
        put(
            say(
                "  {name}: {title}, {home}, {family}, {channels}",
                name=site.name,
                title=site.title,
                home=site.home,
                family=site.family or say("any family"),
                channels=say_count("{count} channel", "{count} channels", len(site.channels)),
            )
        )
        if not site.channels:
            put(
                say(
                    "  {name}: has no channel, nothing of it is found: `nankai-archive add {home}` helps",
                    name=site.name,
                    home=site.home,
                )
            )
