"""`adopt`: an archive of older documents taken over, so that they are not fetched again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.commands.crawl import load
from scraper.console import json_text, put, tell
from scraper.exit_codes import ExitCode
from scraper.messages import say

if TYPE_CHECKING:
    import argparse

    from scraper.app.adopting import Adopted
    from scraper.config import Config

_AT_ONCE = 10_000  # documents that are brought into the search index at once; more are the next run's


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument("dir", metavar="DIR", type=Path, help=say("the folder of the older documents"))
    parser.add_argument("--site", metavar="NAME", help=say("take only the documents of this site"))
    parser.add_argument(
        "--repair",
        action="store_true",
        help=say("mend picture lists taken apart and misplaced <!--more-->; shows the difference first"),
    )
    parser.add_argument(
        "--by-pattern",
        action="store_true",
        help=say("file each under its site's path pattern, and not where it lies in DIR"),
    )
    parser.add_argument(
        "--refetch", action="store_true", help=say("let the next run ask for the page of each, too")
    )
    parser.add_argument(
        "--dry-run", action="store_true", help=say("say what would be adopted and mended; write nothing")
    )
    parser.epilog = say(
        "A document proves itself: its urlname is the MD5 of the address in its last line. What does not fit "
        "is listed with its reason. DIR itself stays as it is; where it lies within the archive, documents "
        "are held where they are, and only --repair changes them. Exit 3: some were rejected."
    )


def run(args: argparse.Namespace) -> int:
    """Take the folder over, and say what became of it."""
    from scraper.app.adopting import Choices, adopt, files_of
    from scraper.app.sites import site_named
    from scraper.display import bar

    config = load(args)
    choices = Choices(
        only=None if args.site is None else site_named(config, args.site),
        repair=args.repair,
        by_pattern=args.by_pattern,
        refetch=args.refetch,
        dry=args.dry_run,
    )
    files = files_of(args.dir)
    show = tell if args.json else put
    with bar(say("adopt"), len(files), verbosity=args.verbosity) as advance:
        done = adopt(args.dir, files, config, choices, show=show, advance=advance)
    code = ExitCode.SOME_FAILED if done.rejected else ExitCode.DONE
    _report(done, args, code)
    if done.adopted and not args.dry_run:
        _index(config, done)
    return code


def _report(done: Adopted, args: argparse.Namespace, code: ExitCode) -> None:
    if args.json:
        listed = {
            name: [{"file": one.file, "why": str(one.why)} for one in problems]
            for name, problems in (("problems", done.problems), ("damaged", done.damaged))
        }
        counts = {"adopted": done.adopted, "known": done.known, "rejected": done.rejected}
        whole = {"command": "adopt", **counts, "mended": done.mended, **listed, "exit_code": code}
        print(json_text(whole))
        return
    for file, why in done.problems:
        tell(say("rejected: {file}: {why}", file=file, why=why))
    for file, why in done.damaged:
        tell(say("adopted as it is: {file}: {why} (--repair mends it)", file=file, why=why))
    if args.verbosity >= 0:
        tell(
            say(
                "adopt: adopted {adopted}, known {known}, rejected {rejected}, mended {mended}",
                adopted=done.adopted,
                known=done.known,
                rejected=done.rejected,
                mended=done.mended,
            )
        )


def _index(config: Config, done: Adopted) -> None:
    """Bring what was adopted into the search; of very many it is left to the next run."""
    from scraper.app.indexing import refresh_sites
    from scraper.errors import StoreError

    if done.adopted > _AT_ONCE:
        tell(say("adopt: the next run brings them into the search, or `search --rebuild` at once"))
        return
    try:
        for error in refresh_sites(config, done.sites).unopened:
            tell(error.said)
    except StoreError as error:
        tell(error.said)
