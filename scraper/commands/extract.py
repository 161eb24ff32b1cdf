"""`extract`: saved pages to documents or JSON, offline."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scraper.console import json_text
from scraper.errors import UsageError
from scraper.exit_codes import ExitCode, worst
from scraper.messages import say, translated

if TYPE_CHECKING:
    import argparse

    from scraper.config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument("file", metavar="FILE", nargs="?", help=say("the saved page; - is standard input"))
    parser.add_argument("--url", metavar="URL", help=say("the address that the page was saved from"))
    parser.add_argument(
        "--content-type", metavar="TYPE", help=say("the Content-Type header that came with it")
    )
    parser.add_argument(
        "--site", metavar="NAME", help=say("the site of the config (default: the URL says it)")
    )
    parser.add_argument(
        "--batch",
        metavar="MANIFEST",
        help=say(
            'many pages: each line of this file is {{"file", "url", "content_type"?}}; - is standard input'
        ),
    )
    parser.add_argument(
        "--record",
        metavar="CASE",
        help=say("write the page and what is read of it as a case folder of the tests (docs/families.md)"),
    )
    parser.epilog = say(
        "Prints the document; with --json the article as one JSON object; with --batch one "
        'such object a line, in order, an error as {{"url", "error"}}. Needs no config file.'
    )


def run(args: argparse.Namespace) -> int:
    """Print one page's document or JSON, or the JSON of every page of a manifest."""
    from scraper.app.saved_page import config_where_there_is_one

    config = config_where_there_is_one(args.config)
    if args.batch is not None:
        return _run_batch(args, config)
    if args.file is None or args.url is None:
        msg = say("extract: needs FILE and --url URL, or --batch MANIFEST")
        raise UsageError(msg)
    return _record(args) if args.record is not None else _run_one(args, config)


def _record(args: argparse.Namespace) -> int:
    from pathlib import Path

    from scraper.app.case_folder import record
    from scraper.app.saved_page import address, saved_capture
    from scraper.console import put, tell
    from scraper.errors import ExtractError

    folder = Path(args.record)
    capture = saved_capture(args.file, address(args.url), args.content_type)
    try:
        article = record(capture, args.content_type, folder)
    except ExtractError:
        tell(say("{folder}: the page is there; once its layout is known, record it again", folder=folder))
        raise
    put(
        say(
            "{folder}: {family}, {layout}: {title}; read expected.json, and keep it only where it is right",
            folder=folder,
            family=article.family,
            layout=article.layout,
            title=article.title,
        )
    )
    return ExitCode.DONE


def _run_one(args: argparse.Namespace, config: Config | None) -> int:
    from operator import methodcaller

    from scraper.app.saved_page import address, read_apart, saved_capture, site_of

    url = address(args.url)
    capture, site = saved_capture(args.file, url, args.content_type), site_of(url, config, args.site)
    page, made = read_apart(capture, site, methodcaller("to_json" if args.json else "document"))
    if args.verbosity > 0:
        for one in page.article.left_out:
            told = say(
                "left out: {rule}, {count}, first {sample}", rule=one.what, count=one.count, sample=one.sample
            )
            print(translated(told), file=sys.stderr)
    if args.json:
        print(json_text(made))
    else:  # bytes: a document is the same on every system
        sys.stdout.buffer.write(made.encode("utf-8"))
    return ExitCode.DONE


def _run_batch(args: argparse.Namespace, config: Config | None) -> int:
    from scraper.app.batch import lines_of, read_all

    if args.file is not None or args.url is not None or args.record is not None:
        msg = say("extract: --batch stands alone: its manifest names the files and addresses")
        raise UsageError(msg)
    codes = set()
    for line in read_all(lines_of(args.batch), config, site_name=args.site, content_type=args.content_type):
        print(line.text)
        codes.add(line.code)
    return worst(codes)
