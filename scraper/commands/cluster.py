"""`cluster`: the same work on many machines, which meet at a database and a store."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.commands.arguments import duration, needing_cluster
from scraper.console import json_text
from scraper.exit_codes import ExitCode
from scraper.messages import say, translated

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from scraper.config import Config

_HIDDEN = "site"  # what a worker starts for each site

_BEFORE_A_RUN = ("SiteHeld", "Locked", "LeaseLost", "DatabaseAway", "ObjectStoreAway", "NoRoom")
_ACTIONS = ("init", "worker", "schedule", "status", "run", "retire")


_EPILOG = say(
    "init makes the database and the store ready and ships what this machine's archive holds. "
    "schedule takes the config's sites into the schedule and out of it what the config has no more. "
    "worker takes sites until it is stopped; SIGTERM has it end what was begun and hand it back. "
    "run works sites here and now, before all others. status tells of machines, leases and runs. "
    "retire takes sites out; what the store has of them stays. "
    "Passwords and keys come from the environment alone: PGPASSWORD, AWS_ACCESS_KEY_ID, "
    "AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    parser.add_argument(
        "action",
        metavar="{" + ",".join(_ACTIONS) + "}",
        choices=(*_ACTIONS, _HIDDEN),
        help=say("what to do, see below"),
    )
    parser.add_argument(
        "site", metavar="SITE", nargs="*", help=say("only these sites of the config (default: all)")
    )
    parser.add_argument(
        "--sites", metavar="N", type=_slots, default=4, help=say("worker: work so many sites at once (4)")
    )
    parser.add_argument(
        "--machine", metavar="NAME", help=say("this machine's name among the others (default: its host name)")
    )
    parser.add_argument(
        "--slice",
        metavar="TIME",
        type=duration,
        help=say("worker, run: ship what is done at least this often (10m)"),
    )
    parser.add_argument(
        "--into", metavar="FOLDER", help=say("retire: bring the site whole into an archive of this folder")
    )
    parser.add_argument(
        "--backfill",
        action=argparse.BooleanOptionalAction,
        default=None,
        help=say("schedule: walk the whole past of these sites too, until it is all there; or no more"),
    )
    parser.epilog = _EPILOG


def run(args: argparse.Namespace) -> int:
    """Do what the action names."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "init": _init,
        "worker": _worker,
        "schedule": _schedule,
        "status": _status,
        "run": _run,
        "retire": _retire,
        _HIDDEN: _site,
    }
    with needing_cluster():
        return actions[args.action](args)


def _init(args: argparse.Namespace) -> int:
    from scraper.app import cluster
    from scraper.console import tell

    shipped = cluster.init(_config(args), args.machine)
    if args.json:
        _print({"command": "cluster init", "shipped": shipped})
    else:
        tell(say("the database and the store are ready"))
        for site, size in shipped.items():
            tell(say("{site}: shipped, {size} bytes", site=site, size=size))
    return ExitCode.DONE


def _schedule(args: argparse.Namespace) -> int:
    from scraper.app import cluster
    from scraper.app.sites import sites_named
    from scraper.console import tell

    config = _config(args)
    sites = sites_named(config, args.site)
    retired = cluster.schedule(config, sites, whole=not args.site, backfill=args.backfill)
    if args.json:
        _print({"command": "cluster schedule", "sites": [site.name for site in sites], "retired": retired})
    else:
        tell(say("{count} sites are in the schedule", count=len(sites)))
        for name in retired:
            tell(say("{site}: taken out, the config does not name it any more", site=name))
    return ExitCode.DONE


def _worker(args: argparse.Namespace) -> int:
    from scraper.app import cluster
    from scraper.app.config_file import DEFAULT

    return cluster.work(
        _config(args),
        path=Path(args.config) if args.config else DEFAULT,
        machine=args.machine,
        slots=args.sites,
        options=_options_of(args),
        slice_=args.slice,
    )


def _run(args: argparse.Namespace) -> int:
    from scraper.app import cluster
    from scraper.app.sites import sites_named
    from scraper.commands.crawl import tell_report
    from scraper.console import tell

    config = _config(args)
    report = cluster.run_now(
        config,
        sites_named(config, args.site),
        machine=args.machine,
        options=_options_of(args),
        slice_=args.slice,
    )
    for site in () if args.json else report.sites.values():
        for problem in site.problems:
            if problem.kind in _BEFORE_A_RUN:
                tell(problem.message)
    tell_report(report, args)
    return report.exit_code


def _status(args: argparse.Namespace) -> int:
    from scraper.app import cluster
    from scraper.app.sites import sites_named
    from scraper.console import put

    config = _config(args)
    names = {site.name for site in sites_named(config, args.site)} if args.site else None
    found = cluster.status(config, names)
    if args.json:
        _print(found.to_json())
    else:
        put(found.to_text(config.sites[0].timezone))
    return ExitCode.DONE


def _retire(args: argparse.Namespace) -> int:
    from scraper.app import cluster
    from scraper.console import tell
    from scraper.errors import UsageError

    if not args.site:
        raise UsageError(say("cluster retire: name the sites that are to be taken out"))
    retired = cluster.retire(_config(args), args.site, args.into)
    if args.json:
        _print({"command": "cluster retire", "retired": retired})
    for name in () if args.json else retired:
        tell(say("{site}: taken out of the schedule", site=name))
    return ExitCode.DONE


def _site(args: argparse.Namespace) -> int:
    from scraper.app.site_process import run_as_child

    return run_as_child(args.site[0], time_limit=args.slice, backfill=bool(args.backfill))


def _config(args: argparse.Namespace) -> Config:
    from scraper.commands.crawl import load
    from scraper.errors import UsageError

    config = load(args)
    if config.cluster is None:
        raise UsageError(say("the config has no `cluster`: where the database and the store are"))
    return config


def _options_of(args: argparse.Namespace) -> list[str]:
    """Return the options that a site's process takes over: how it speaks."""
    loud, quiet = max(args.verbosity, 0), max(-args.verbosity, 0)
    return ["--log-format", args.log_format, *["-v"] * loud, *["-q"] * quiet]


def _slots(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:  # noqa: PLR2004 - more processes than any machine has room for
        msg = say("{text} is no number of sites: 1 to 1000", text=text)
        raise argparse.ArgumentTypeError(translated(msg))
    return number


def _print(report: dict[str, Any]) -> None:
    sys.stdout.write(json_text(report, indent=2))
    print()
