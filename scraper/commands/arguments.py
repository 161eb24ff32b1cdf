"""The arguments that several commands share. Imports nothing heavy: `--help` is quick."""

from __future__ import annotations

import argparse
import re
from calendar import monthrange
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final

from scraper.columns import padded
from scraper.messages import say, translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

_CLUSTER_PACKAGES: Final = ("obstore", "procrastinate", "psycopg")

COUNTS: Final = say("""what the counts of the report mean:
  listed     a list names it; once, however many lists do
  written    it is new, and its document stands in the archive
  revised    the page says something else: the document is made again
  unchanged  it was looked at again, and says what it said
  aliased    its address led to an article that is held already
  gone       the site no longer has it; what is held stays
  skipped    it is no article, or the site asks not to keep it
  failed     it could not be had or read; the next runs try again
  waiting    it is known, and a later run asks for it
With --dry-run -v each article that would be asked for is named.""")
"""The legend of a report; README has it too."""


def add_sites(parser: argparse.ArgumentParser) -> None:
    """Add the sites that a command works on."""
    parser.add_argument(
        "site", metavar="SITE", nargs="*", help=say("only these sites of the config (default: all)")
    )


def add_from_store(parser: argparse.ArgumentParser) -> None:
    """Add where a command looks: at this machine's archive, or at what a cluster's store has."""
    parser.add_argument(
        "--from-store",
        action="store_true",
        help=say("look at what the cluster's store has, not at this disk"),
    )


@contextmanager
def needing_cluster() -> Iterator[None]:
    """Say which packages are missing where those of a cluster are imported within."""
    from scraper.errors import UsageError

    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in _CLUSTER_PACKAGES:
            raise
        msg = say("a cluster needs more packages: pip install 'nankai-archive[cluster]'")
        raise UsageError(msg) from error


def add_budget(parser: argparse.ArgumentParser) -> None:
    """Add how much a pass may do."""
    parser.add_argument(
        "--time-limit", metavar="TIME", type=duration, help=say("stop asking after this long: 90s, 10m, 2h")
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=positive,
        help=say("ask for at most this many articles, pictures and files"),
    )
    parser.add_argument(
        "--processes",
        metavar="N",
        type=positive,
        help=say("share the sites among so many processes (default: as their delays and the cores allow)"),
    )
    parser.add_argument(
        "--dry-run", action="store_true", help=say("read the lists and say what would be done; write nothing")
    )


def duration(text: str) -> timedelta:
    """Return a span of time that a person typed. Raises what argparse tells them."""
    from scraper.config import parse_duration

    span = parse_duration(text)
    if span is None:
        msg = say("{text!r} is no duration: 90s, 10m, 2h, 1d", text=text)
        raise argparse.ArgumentTypeError(translated(msg))
    return span


def day(text: str) -> date:
    """Return a day that a person typed. Raises what argparse tells them."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(translated(_no_day(text))) from error


def _no_day(text: str) -> str:
    """Return what keeps a text from being a day."""
    parts = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII)
    if parts is None:
        return say("{text!r} is no day; a day is written as 2020-06-14", text=text)
    year, month, number = (int(part) for part in parts.groups())
    if not 1 <= month <= 12:  # noqa: PLR2004 - the months of a year
        return say("there is no month {month}: {text}", month=month, text=text)
    if not year:
        return say("there is no year 0: {text}", text=text)
    days = monthrange(year, month)[1]
    if not 1 <= number <= days:
        return say("that month has {days} days: {text}", days=days, text=text)
    return say("{text!r} is no day; did you mean {day}?", text=text, day=date(year, month, number))


def positive(text: str) -> int:
    """Return a number of things, at least one. Raises what argparse tells a person."""
    number = int(text)
    if number < 1:
        msg = say("{text} is not a number of articles: at least 1", text=text)
        raise argparse.ArgumentTypeError(translated(msg))
    return number


def named(name: str, value: str) -> str:
    """Return a line `name  value` of what a command found, in the language in use, the names in a column."""
    return f"{padded(translated(name), 9)} {translated(value)}"
