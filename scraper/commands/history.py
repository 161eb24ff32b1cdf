"""`history`: an article's captures, and what changed between them."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.commands.crawl import load
from scraper.console import clean, json_text
from scraper.errors import UsageError
from scraper.exit_codes import ExitCode
from scraper.messages import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from scraper.article_record import ArticleRecord
    from scraper.config import Config
    from scraper.model import Site
    from scraper.urls import Url

_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument("url", metavar="URL", help=say("the article: any address under which it was met"))
    parser.epilog = say(
        "Reads the archive alone and asks nobody. Exit 2 where no article of that address is known."
    )


def run(args: argparse.Namespace) -> int:
    """Print an article's past."""
    from scraper import mementos
    from scraper.app.archive_view import view_of
    from scraper.app.saved_page import address
    from scraper.audit import history
    from scraper.ingest.further_pages import whole
    from scraper.ingest.page_reader import DirectReader, guarded
    from scraper.stores.opening import captures_of

    config = load(args)
    url = address(args.url)
    found = _found(url, config)
    if found is None:
        raise UsageError(say("history: {url}: the archive knows no article of this address", url=url))
    site, known = found
    with view_of(config, site) as state:
        aliases = state.articles.aliases(site.name, known.key)
        own, copies = known.key, mementos.key_of_copies(known.key)
        entries = [entry for key in (own, copies) for entry in state.captures.of_article(site.name, key)]
        entries.sort(key=lambda entry: entry.fetched_at)
        shelf = partial(
            whole, state=state, site=site.name, shelf=captures_of(Path(config.archive), site.name).read
        )
        versions = list(history.versions(entries, site, shelf, guarded(DirectReader().extract)))
        if args.json:
            told = history.to_json(url, known, aliases, versions)
            sys.stdout.write(json_text(told, indent=2))
            print()
        else:
            _tell(history.to_text(known, aliases, versions, site.timezone))
        return ExitCode.PROGRAM_ERROR if any(version.is_slip for version in versions) else ExitCode.DONE


def _found(url: Url, config: Config) -> tuple[Site, ArticleRecord] | None:
    """Return the article of an address and its site, the nearest first; None: no site knows it."""
    from scraper import urls
    from scraper.app.archive_view import first
    from scraper.app.sites import site_for
    from scraper.audit.lookup import find

    nearest = site_for(url, config)
    sites = sorted(config.sites, key=lambda site: site.name != nearest.name)
    near = (site for site in sites if site.name == nearest.name or urls.host(site.home) == urls.host(url))
    return first(config, near, partial(find, url))


def _tell(lines: Iterable[str]) -> None:
    """Print the lines, changes in colour where a terminal is there to show it."""
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for line in lines:
        colour = _COLOURS.get(line[4:5]) if coloured and line.startswith("    ") else None
        said = clean(line)
        print(f"{colour}{said}\x1b[0m" if colour else said)
