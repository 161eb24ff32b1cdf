"""`serve`: the archive as web pages on this machine, for browsing and searching."""

from __future__ import annotations

import argparse
from contextlib import closing

from scraper.commands.crawl import load
from scraper.exit_codes import ExitCode
from scraper.messages import say, translated

_PORT = 8023
_LAST_PORT = 65_535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument(
        "--port",
        metavar="N",
        type=_port,
        default=_PORT,
        help=say("the port on 127.0.0.1; 0: any free one (default: %(default)s)"),
    )
    parser.add_argument(
        "--remote-pictures",
        action="store_true",
        help=say("show pictures that the archive does not hold from their own servers, which then see you"),
    )
    parser.epilog = say(
        "The address is the first line on standard output. Read-only, for this machine "
        "alone: nothing is asked of any other server. Ends with Ctrl-C."
    )


def run(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    from scraper.app.reading_room import ReadingRoom
    from scraper.ingest.page_reader import PageReader, guarded
    from scraper.serve.app import make_app
    from scraper.serve.server import listen, run

    config = load(args)
    with listen(args.port) as listening, closing(PageReader(at_once=1)) as reader:
        room = ReadingRoom(config, guarded(reader.extract))
        run(make_app(room, remote_pictures=args.remote_pictures), listening, verbosity=args.verbosity)
    return ExitCode.DONE


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number <= _LAST_PORT:
        msg = say("{text!r} is no port: 0 to {last_port}", text=text, last_port=_LAST_PORT)
        raise argparse.ArgumentTypeError(translated(msg))
    return number
