"""`init`: from nothing to a config, the archive's folder and, on request, what starts a run every hour."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.console import json_text, put, tell
from scraper.errors import UsageError
from scraper.exit_codes import ExitCode
from scraper.messages import say, say_count, translated

if TYPE_CHECKING:
    import argparse

    from scraper.app.site_discovery import Look


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument(
        "url",
        metavar="URL",
        nargs="?",
        help=say("the site's front page, or any page of it (default: it is asked for)"),
    )
    parser.add_argument(
        "--name", metavar="NAME", help=say("the site's name in the config (default: of its host)")
    )
    parser.add_argument(
        "--contact",
        metavar="WHO",
        help=say("a mail address or a page, told to web masters in the User-Agent"),
    )
    parser.add_argument(
        "--schedule",
        choices=("none", "cron", "systemd"),
        help=say(
            "what is to start a run every hour: a line for crontab, or systemd's units beside the config"
        ),
    )
    parser.add_argument("--yes", action="store_true", help=say("ask nothing"))
    parser.epilog = say(
        "Asks the site as a run would, at most 30 pages, and shows what it found. What stands there is "
        "never overwritten. Exit 3: no channel was found, and nothing is written."
    )


def run(args: argparse.Namespace) -> int:
    """Look at the site, write the config, say what comes next."""
    from scraper.app import new_archive
    from scraper.app.config_file import DEFAULT
    from scraper.app.saved_page import address
    from scraper.app.site_discovery import MOST, look

    config = Path(args.config) if args.config else DEFAULT
    new_archive.refuse_existing(config)
    typed = _answer(args.url, say("The address of the site's front page: "), args)
    if not typed:
        raise UsageError(say("init: there is no address: `init http://news.example.edu.cn/`"))
    url = address(typed if "://" in typed else f"http://{typed}")
    found = look(url, None, name=args.name, most=MOST, tell=lambda step: _step(step, args))
    if not found.channels:
        tell(
            say(
                "{url}: no list of articles was found, and nothing is written; `probe URL` tells why", url=url
            )
        )
        return ExitCode.SOME_FAILED
    _show(found, args)
    contact = _answer(args.contact, say("A mail address for web masters (may be empty): "), args)
    schedule = _answer(args.schedule, say("Runs every hour by cron or systemd? [none] "), args) or "none"
    if schedule not in new_archive.SCHEDULES:
        raise UsageError(say("init: {schedule!r} is none of cron, systemd, none", schedule=schedule))
    files = new_archive.begin(config, found.site, contact or None)
    program = shutil.which("nankai-archive") or f"{sys.executable} -m scraper"
    line = new_archive.cron_line(config, program) if schedule == "cron" else None
    units = new_archive.write_units(config, program) if schedule == "systemd" else []
    _say(args, found, [*files, *units], line)
    return ExitCode.DONE


def _answer(given: str | None, question: str, args: argparse.Namespace) -> str:
    """Return what the arguments say, else what the person at the terminal answers, else ""."""
    if given is not None or args.yes or args.json or not sys.stdin.isatty():
        return given or ""
    print(translated(question), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _step(step: str, args: argparse.Namespace) -> None:
    if args.verbosity >= 0 and not args.json:
        tell(step)


def _show(found: Look, args: argparse.Namespace) -> None:
    if args.json:
        return
    site = found.site
    put(
        say(
            "{name}: {title}, {home}, {family}",
            name=site.name,
            title=site.title,
            home=site.home,
            family=site.family,
        )
    )
    for each in found.channels:
        count = say_count("{count} article", "about {count} articles", each.articles)
        put(f"  {each.channel.name}  {each.channel.title}  {translated(count)}  {each.channel.index}")


def _say(args: argparse.Namespace, found: Look, files: list[Path], line: str | None) -> None:
    name = found.site.name
    if args.json:
        told = {"site": name, "files": [str(file) for file in files], "cron": line}
        print(json_text(told))
        return
    tell(say("written: {files}", files=", ".join(map(str, files))))
    if line is not None:
        tell(say("for `crontab -e`:\n{line}", line=line))
    if any(file.suffix == ".timer" for file in files):
        tell(
            say(
                "copy the two units to /etc/systemd/system, then: systemctl enable --now nankai-archive.timer"
            )
        )
    tell(
        say(
            "next:\n"
            "  nankai-archive run {name} --limit 5    the newest five articles\n"
            "  nankai-archive backfill {name}         the whole past; given again, it goes on\n"
            "  nankai-archive status                  where it stands",
            name=name,
        )
    )
