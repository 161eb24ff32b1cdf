"""`history`: an article's captures, and what changed between them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.commands.crawl import load
from scraper.exit_codes import ExitCode

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from scraper.article_record import ArticleRecord
    from scraper.config import Config
    from scraper.model import Site
    from scraper.stores.state import State
    from scraper.urls import Url

_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument("url", metavar="URL", help="the article: any address under which it was met")
    parser.epilog = (
        "Reads the archive alone and asks nobody. Exit 2 where no article of that address is known."
    )


def run(args: argparse.Namespace) -> int:
    """Print an article's past."""
    from scraper import mementos
    from scraper.app.saved_page import address
    from scraper.audit import history
    from scraper.stores.opening import shelf_of, state_of

    config = load(args)
    url = address(args.url)
    with state_of(config) as state:
        site, known = _find(url, config, state)
        aliases = state.articles.aliases(site.name, known.key)
        own, copies = known.key, mementos.key_of_copies(known.key)
        entries = [entry for key in (own, copies) for entry in state.captures.of_article(site.name, key)]
        entries.sort(key=lambda entry: entry.fetched_at)
        versions = history.versions(entries, site, shelf_of(Path(config.archive)).read)
        if args.json:
            json.dump(
                history.to_json(url, known, aliases, versions), sys.stdout, ensure_ascii=False, indent=2
            )
            print()
        else:
            _tell(history.to_text(known, aliases, versions, site.timezone))
    return ExitCode.DONE


def _find(url: Url, config: Config, state: State) -> tuple[Site, ArticleRecord]:
    """Return the article of an address and its site. Raises UsageError where nobody knows it."""
    from scraper import urls
    from scraper.app.sites import site_for
    from scraper.audit.lookup import find
    from scraper.errors import UsageError

    nearest = site_for(url, config)
    for site in sorted(config.sites, key=lambda site: site.name != nearest.name):
        if site.name == nearest.name or urls.host(site.home) == urls.host(url):
            known = find(url, site, state)
            if known is not None:
                return site, known
    msg = f"history: {url}: the archive knows no article of this address"
    raise UsageError(msg)


def _tell(lines: Iterable[str]) -> None:
    """Print the lines, changes in colour where a terminal is there to show it."""
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for line in lines:
        colour = _COLOURS.get(line[4:5]) if coloured and line.startswith("    ") else None
        print(f"{colour}{line}\x1b[0m" if colour else line)
