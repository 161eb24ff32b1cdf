"""`verify`: captures, documents and pictures against their digests and each other; damage is named."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scraper.commands.arguments import add_sites
from scraper.commands.crawl import load
from scraper.console import json_text, tell
from scraper.errors import StateTooNew, StoreError
from scraper.exit_codes import ExitCode, of_error, worst
from scraper.messages import say, translated

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from scraper.audit.strays import Stray
    from scraper.audit.verification import Verified
    from scraper.audit.verify_captures import Damage
    from scraper.config import Config
    from scraper.model import Site
    from scraper.progress import Progress

ABOUT: Final = ".scraper/archive.json"
_MOST: Final = 20  # files that nobody knows, told one by one


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_sites(parser)
    parser.add_argument(
        "--render",
        action="store_true",
        help=say("read each document as a reader sees it too, and name what it says less than its page"),
    )
    parser.epilog = say(
        "Reads the archive alone, also while a run is at work, and on a read-only disk. Exit "
        "0: all is as it was written; 7: damage, named file by file. Documents follow the "
        "config: after a change of it, or of the program's version, `reextract` makes them "
        "again."
    )


def run(args: argparse.Namespace) -> int:
    """Verify every site that is named, or all."""
    from scraper.app.sites import sites_named
    from scraper.audit.strays import strays
    from scraper.display import watch
    from scraper.stores.archive_folder import ArchiveFolder

    config = load(args)
    archive = Path(config.archive)
    unknown_archive = _card_error(config)
    if unknown_archive is not None:
        tell(f"{ABOUT}: {translated(unknown_archive.said)}")
    with watch(verbosity=args.verbosity) as progress:
        sites = {
            site.name: _verify(site, archive, render=args.render, progress=progress)
            for site in sites_named(config, args.site)
        }
    _notify(config, sites)
    damaged = unknown_archive is not None or any(found.damaged for found in sites.values())
    errors = [error for found in sites.values() for error in found.errors]
    for error in errors:
        tell(f"{error.kind}: {translated(error.said)}\n{error.traceback or ''}".rstrip())
    code = worst([*map(of_error, errors), *([ExitCode.DAMAGED] if damaged else [])])
    unknown = [] if args.site else list(strays(ArchiveFolder(archive), {site.name for site in config.sites}))
    unknown = [one for one in unknown if unknown_archive is None or one.file != ABOUT]
    if args.json:
        told = {name: found.to_json() for name, found in sites.items()}
        others = [] if unknown_archive is None else [{"file": ABOUT, "what": unknown_archive.said}]
        others += [{"file": one.file, "what": one.what} for one in unknown]
        report = {"command": "verify", "sites": told, "unknown": others, "exit_code": code}
        sys.stdout.write(json_text(report))
        print()
        return code
    _tell(sites, quiet=args.verbosity < 0)
    if args.verbosity >= 0:
        _tell_unknown(unknown)
    return code


def _card_error(config: Config) -> StoreError | None:
    """Return why the archive does not say which it is; None: it does. Raises as `enter` does else."""
    from scraper.app.archive_door import enter
    from scraper.app.machine import clock

    try:
        enter(config, now=clock(config), new=False)
    except StateTooNew:
        raise
    except StoreError as error:
        return error
    return None


def _notify(config: Config, sites: Mapping[str, Verified]) -> None:
    """Tell whom the config names of damage that began or ended; where nobody hears, say so."""
    from scraper.app import notifying
    from scraper.app.machine import clock

    damaged = {name: len(found.damaged) for name, found in sites.items() if not found.errors}
    for hindrance in notifying.after_verify(config, damaged, clock(config)()):
        tell(hindrance)


def _tell(sites: Mapping[str, Verified], *, quiet: bool) -> None:
    """Print what was found of each site; `quiet`: only where it is damaged."""
    for name, found in sites.items():
        if found.damaged or not quiet:
            tell(f"{name}: {_sum(found)}")
        if found.outdated and not quiet:
            text = say(
                "{name}: {count} documents are out of date with the config or this version: see `reextract`",
                name=name,
                count=found.outdated,
            )
            tell(text)
        if found.left_out and not quiet:
            tell(f"{name}: {left_out_of(found.left_out)}")


def _tell_unknown(unknown: Sequence[Stray]) -> None:
    for one in unknown[:_MOST]:
        tell(f"{one.file}: {translated(one.what)}")
    if len(unknown) > _MOST:
        tell(say("and {count} more files that nobody knows: `--json` names all", count=len(unknown) - _MOST))


def left_out_of(counts: Mapping[str, int]) -> str:
    """Return what pages show and documents leave out, by the rules that leave it out."""
    told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    return translated(say("left out by rule: {rules}", rules=told))


def _verify(site: Site, archive: Path, *, render: bool, progress: Progress) -> Verified:
    """Verify one site, telling each damage as it is found."""
    from scraper.audit.verification import Verified, verify

    found = Verified()
    for one in verify(site, archive, render=render, progress=progress):
        if isinstance(one, Verified):
            found = one
        else:
            tell(f"{site.name}: {_line(one)}")
    return found


def _line(damage: Damage) -> str:
    at = "" if damage.offset is None else translated(say(" at {offset}", offset=damage.offset))
    return f"{damage.file}{at}: {translated(damage.what)}"


def _sum(found: Verified) -> str:
    damaged, tail, pictures = len(found.damaged), found.tail, found.pictures
    return translated(
        say(
            "{captures} captures{tail}, {documents} documents{pictures}: {damage}",
            captures=found.captures,
            tail=say(", {tail} of them for the next run to take in", tail=tail) if tail else "",
            documents=found.documents,
            pictures=say(", {pictures} pictures", pictures=pictures) if pictures else "",
            damage=say("{damaged} damaged", damaged=damaged) if damaged else say("sound"),
        )
    )
