"""`forget`: an article taken out of the archive for good; it is never fetched again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scraper.commands.crawl import load
from scraper.console import json_text, tell
from scraper.exit_codes import ExitCode
from scraper.messages import say

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument(
        "url", metavar="URL", help=say("the article: any address under which it was met, or its urlname")
    )
    parser.add_argument(
        "--reason", metavar="TEXT", required=True, help=say("why: stays in the archive, on the tombstone")
    )
    parser.epilog = say(
        "Removes the document, the pictures that no other article shows, what the search has of it, and its "
        "captures: a tombstone with the reason stays in their place. What was published elsewhere (a built "
        "site, an export, a backup) is not touched. The site itself is not asked."
    )


def run(args: argparse.Namespace) -> int:
    """Take one article out, and say what went."""
    from scraper import urls
    from scraper.app.forgetting import article_at, forget
    from scraper.errors import UsageError
    from scraper.urls import Url

    reason = " ".join(args.reason.split())
    if not reason:
        raise UsageError(say("--reason: it says nothing"))
    config = load(args)
    site, key = article_at(config, args.url)
    gone = forget(config, site, key, reason)
    if args.json:
        told = {
            "command": "forget",
            "site": site.name,
            "url": gone.url,
            "urlname": urls.urlname(Url(gone.url)),
            "reason": gone.reason,
            "files": list(gone.files),
            "captures": len(gone.places),
            "exit_code": ExitCode.DONE,
        }
        sys.stdout.write(json_text(told))
        print()
    elif args.verbosity >= 0:
        for file in gone.files:
            tell(say("{site}: {file}: removed", site=site.name, file=file))
        text = say(
            "{site}: {url}: forgotten, {captures} captures with it; it is never asked for again",
            site=site.name,
            url=gone.url,
            captures=len(gone.places),
        )
        tell(text)
    return ExitCode.DONE
