"""`add`: look at a live site, show what would be archived of it, and write its block into the config."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper.commands.arguments import named
from scraper.console import clean, json_text, put, tell
from scraper.errors import UsageError
from scraper.exit_codes import ExitCode
from scraper.messages import say, say_count, translated

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scraper.app.site_discovery import FoundChannel, Look
    from scraper.config import Config
    from scraper.urls import Url


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument("url", metavar="URL", help=say("the site's front page, or any page of it"))
    parser.add_argument(
        "--name", metavar="NAME", help=say("the site's name in the config (default: of its host)")
    )
    parser.add_argument("--yes", action="store_true", help=say("write without asking"))
    parser.add_argument("--dry-run", action="store_true", help=say("show the block and write nothing"))
    parser.add_argument(
        "--most",
        metavar="N",
        type=int,
        default=30,
        help=say("pages looked at for channels (default: %(default)s)"),
    )
    parser.epilog = say(
        "Asks as a run would: robots.txt, pace and forbidden addresses included. The block "
        "goes below the last site of the config, or into a file of its own where --config "
        "names a folder; what stands there stays as it is. Exit 3: no channel was found, and "
        "nothing is written."
    )


def run(args: argparse.Namespace) -> int:
    """Look at the site; print what was found and its block; write it where that is wanted."""
    from scraper.app.config_editor import add_to, block_of
    from scraper.app.config_file import DEFAULT, load_config
    from scraper.app.saved_page import address
    from scraper.app.site_discovery import look

    if not (args.yes or args.dry_run or (sys.stdin.isatty() and not args.json)):
        msg = say("add: there is nobody to ask: --yes writes the block, --dry-run only shows it")
        raise UsageError(msg)
    path = Path(args.config) if args.config else DEFAULT
    config = load_config(path) if path.exists() else None
    url = address(args.url)
    _refuse_known(url, args.name, config)
    found = look(url, config, name=args.name, most=args.most, tell=lambda step: _tell(step, args))
    block = block_of(found.site)
    if not args.json:
        for line in _lines(found):
            put(line)
        print(f"\n{block}", end="")
    is_wanted = bool(found.channels) and not args.dry_run and (args.yes or _agrees(path))
    written = add_to(path, found.site) if is_wanted else None
    if args.json:
        print(json_text(_to_json(found, block, written), indent=2))
    elif written is not None:
        tell(
            say(
                "\nwritten into {written}; next: nankai-archive run {name} --limit 5",
                written=written,
                name=found.site.name,
            )
        )
    return ExitCode.DONE if found.channels else ExitCode.SOME_FAILED


def _refuse_known(url: Url, name: str | None, config: Config | None) -> None:
    """Raise UsageError, before anything is asked, where the config has the site or its name already."""
    from scraper import urls
    from scraper.app.site_discovery import name_of
    from scraper.config.sections import is_name

    if name is not None and not is_name(name):
        msg = say(
            "name: {name}: is no name for a site: letters, digits, '-', '_' and '.', at most 60, no blanks",
            name=name,
        )
        raise UsageError(msg)
    called = name or name_of(urls.host(url))
    for site in config.sites if config else ():
        if site.name.casefold() == called.casefold():
            msg = say(
                "site: {called}: the config has a site of this name; --name gives another one", called=called
            )
            raise UsageError(msg)
        if urls.host(site.home) == urls.host(url) and urls.split(site.home).path in {"", "/"}:
            msg = say("site: {url}: the config has it as {name!r}", url=url, name=site.name)
            raise UsageError(msg)


def _tell(step: str, args: argparse.Namespace) -> None:
    if args.verbosity >= 0 and not args.json:
        tell(step)


def _agrees(path: Path) -> bool:
    """Ask the person at the terminal."""
    question = translated(say("\nWrite this into {path}? [y/N] ", path=path))
    print(clean(question), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes", "是"}


def _lines(found: Look) -> Iterator[str]:
    site = found.site
    home = say("{name} ({title}), home {home}", name=site.name, title=site.title, home=site.home)
    yield named(say("site"), home)
    yield named(say("family"), str(site.family))
    yield named(say("channels"), str(len(found.channels)))
    yield from map(_channel, found.channels)
    for read in found.articles:
        yield f"\n{named(say('article'), read.article.url)}\n"
        yield read.document().rstrip("\n")
    for error in found.unread:
        yield say("no article: {kind}: {said}", kind=error.kind, said=error.said)


def _channel(found: FoundChannel) -> str:
    number = found.listing.pages
    articles = found.articles
    if found.listing.stated is None and found.listing.pages is not None:
        count = say("about {count} articles", count=articles)
    elif found.listing.pages is None and found.listing.next is not None:
        count = say("{count} articles and more", count=articles)
    else:
        count = say_count("{count} article", "{count} articles", articles)
    if number:
        count = say_count("{articles} on {count} page", "{articles} on {count} pages", number, articles=count)
    return (
        f"          {found.channel.name}  {found.channel.title}  {translated(count)}  {found.channel.index}"
    )


def _to_json(found: Look, block: str, written: Path | None) -> dict[str, Any]:
    return {
        "site": found.site.name,
        "title": found.site.title,
        "home": found.site.home,
        "family": found.site.family,
        "channels": [
            {
                "name": each.channel.name,
                "title": each.channel.title,
                "index": each.channel.index,
                "articles": each.articles,
                "pages": each.listing.pages,
            }
            for each in found.channels
        ],
        "articles": [read.to_json() for read in found.articles],
        "errors": [f"{error.kind}: {error}" for error in found.unread],
        "block": block,
        "written": None if written is None else str(written),
    }
