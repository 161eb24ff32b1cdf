"""`demo`: the whole job with no internet. An invented site is served over loopback and archived."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.console import tell
from scraper.errors import UsageError
from scraper.messages import say

if TYPE_CHECKING:
    import argparse

_DEFAULT = "demo-archive"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        default=_DEFAULT,
        help=say("where the config and the archive go (default: %(default)s); given again, it goes on"),
    )
    parser.add_argument(
        "--layout", choices=("hugo", "hexo"), default="hugo", help=say("the documents' dialect")
    )


def run(args: argparse.Namespace) -> int:
    """Serve the site, write a config for it, walk its whole past, and show one document."""
    from scraper.commands.crawl import make_pass
    from scraper.crawl.plan import Backfill
    from scraper.demo import beichen, settings
    from scraper.demo.server import serve

    folder = Path(args.folder)
    config, archive = folder / "config.yaml", folder / "archive"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        foreign = archive.is_symlink() or (archive.exists() and not config.exists())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(say("demo: {folder}: {error}", folder=folder, error=why)) from error
    if foreign:
        raise UsageError(say("{config} is not the demo's own: name another folder", config=archive))
    world = beichen.site()
    with serve(world) as server:
        text = settings.config_text(world, proxy=server.proxy, layout=args.layout)
        _put(config, text)
        args.config, args.site = str(config), []
        args.limit, args.time_limit, args.processes, args.dry_run = None, None, None, False
        code = make_pass(args, Backfill())
        asked = len(server.log)
    if not args.json and args.verbosity >= 0:
        _show(folder / "archive", asked)
    return code


def _put(config: Path, text: str) -> None:
    """Write the demo's config; raise UsageError where a file stands there that is not its own."""
    mark = "# made by `nankai-archive demo`, which writes it again\n"
    try:
        with config.open("x", encoding="utf-8") as file:
            file.write(mark + text)
    except FileExistsError:
        own = not config.is_symlink() and config.is_file()
        if not own or not config.read_text(encoding="utf-8", errors="replace").startswith(mark):
            msg = say("{config} is not the demo's own: name another folder", config=config)
            raise UsageError(msg) from None
        config.write_text(mark + text, encoding="utf-8")


def _show(archive: Path, asked: int) -> None:
    """Print where the documents are, and one of them."""
    documents = sorted(archive.glob("*/**/*.md"))
    tell(
        say(
            "{asked} requests to the invented site; {count} documents in {archive}",
            asked=asked,
            count=len(documents),
            archive=archive,
        )
    )
    if documents:
        shown = max(documents, key=_words)
        tell(say("One of them, {shown}:\n", shown=shown))
        print(shown.read_text(encoding="utf-8"), end="")


def _words(document: Path) -> int:
    """Count the characters of a document that are no picture's."""
    lines = document.read_text(encoding="utf-8").splitlines()
    return sum(len(line) for line in lines if not line.startswith("!["))
