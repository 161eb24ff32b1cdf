"""What a run shows on a terminal while it works: site, channel, done, waiting, rate, what is left.

Speaks to standard error, where a terminal is there to see it; in cron it is silent. Knows nothing of what a
run does; it hears (`progress`), counts, and draws four times a second.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from scraper.messages import say, translated
from scraper.progress import Unwatched
from scraper.spans import span
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from rich.console import Console, Group, JustifyMethod
    from rich.table import Table

    from scraper.progress import Progress

_FRAME: Final = 5  # lines of the terminal that are no site: the head, the foot, what was printed last
_NARROW: Final = 60  # columns, below which some are dropped
_TITLES: Final = (say("site"), say("list"), say("done"), say("waiting"), say("rate"), say("left"))
_DONE: Final = 2  # of those: what was done
_DROPPED: Final = frozenset({1, 4})  # of those, where the terminal is narrow
_SHORT: Final = 2.0  # seconds: what is done by then needs no bar
_MINUTE: Final = 60
_OUTCOMES: Final = {
    "written": say("written"),
    "revised": say("revised"),
    "unchanged": say("unchanged"),
    "aliased": say("aliased"),
    "gone": say("gone"),
    "skipped": say("skipped"),
    "failed": say("failed"),
    "pictures": say("pictures"),
    "damaged": say("damaged"),
    "sound": say("sound"),
}


def is_watching(*, verbosity: int) -> bool:
    """Tell whether there is a terminal on which somebody could watch, and wants to."""
    return verbosity >= 0 and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


@contextmanager
def watch(*, verbosity: int) -> Iterator[Progress]:
    """Return who watches a run: a live display on a terminal, else nobody. Log lines go on above it."""
    if not is_watching(verbosity=verbosity):
        yield Unwatched()
        return
    from rich.console import Console  # noqa: PLC0415 - 80 ms that cron need not spend
    from rich.live import Live  # noqa: PLC0415

    console = Console(stderr=True)
    board = Board(monotonic=time.monotonic)
    with Live(
        get_renderable=lambda: board.draw(console),
        console=console,
        refresh_per_second=4,
        redirect_stdout=False,
    ):
        yield board


@contextmanager
def bar(what: str, total: int | None, *, verbosity: int) -> Iterator[Callable[[], None]]:
    """Return how to say that one more is done, of so many (None: nobody knows how many).

    On a terminal a bar shows it where it takes longer than two seconds; elsewhere nothing is shown.
    """
    if not is_watching(verbosity=verbosity):
        yield lambda: None
        return
    from rich.console import Console  # noqa: PLC0415 - see `watch`
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = Bars(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    task = shown.add_task(translated(what), total=total)
    due = time.monotonic() + _SHORT

    def advance() -> None:
        if not shown.live.is_started and time.monotonic() > due:
            shown.start()
        shown.advance(task)

    try:
        yield advance
    finally:
        shown.stop()


class Line(Value, kw_only=True):
    """One site, as far as it was heard of."""

    started: float  # monotonic seconds
    heard: float  # when it was last heard of
    channel: str = ""
    page: int | None = None  # None: the system does not number its pages
    pages: int | None = None  # None: nobody said how many there are
    outcomes: dict[str, int] = field(default_factory=dict)
    pictures: int = 0
    waiting: int = 0
    delay: float = 0.0
    pages_ahead: dict[str, int | None] = field(
        default_factory=dict
    )  # of a backfill, by channel; None: unknown
    rows: dict[str, int] = field(default_factory=dict)  # of a page of a channel's list, as last seen

    @property
    def done(self) -> int:
        """Return how many articles came to an outcome."""
        return sum(self.outcomes.values())

    @property
    def ahead(self) -> int:
        """Return about how many articles stand on pages that a backfill has still to read."""
        usual = sum(self.rows.values()) / len(self.rows) if self.rows else 0.0
        counted = ((name, pages) for name, pages in self.pages_ahead.items() if pages)
        return round(sum(pages * self.rows.get(name, usual) for name, pages in counted))

    def left(self, now: float) -> str:
        """Return how long the rest takes; with a `>` where some of it is not known."""
        seconds = (self.waiting + self.ahead) * self.seconds_an_article(now)
        more = "> " if None in self.pages_ahead.values() else ""
        return f"{more}{translated(span(seconds))}" if seconds else ""

    def seconds_an_article(self, now: float) -> float:
        """Return how long an article takes: as measured, and never less than the delay."""
        return max((now - self.started) / self.done if self.done else 0.0, self.delay)


class Board:
    """A `Progress` that keeps a line for each site and draws them as a table."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        """Begin with no site."""
        self._monotonic = monotonic
        self.lines: dict[str, Line] = {}
        self.pauses: dict[str, tuple[float, str]] = {}  # by host: until when, and what is said of it

    def listing(self, site: str, channel: str, page: int | None, pages: int | None) -> None:
        """Hear that a page of a channel's list was read."""
        line = self._line(site)
        line.channel, line.page, line.pages = channel, page, pages

    def ahead(self, site: str, channel: str, pages: int | None, rows: int) -> None:
        """Hear how many pages of a channel's list a backfill has still to read, of about so many rows."""
        line = self._line(site)
        line.pages_ahead[channel] = pages
        if rows:
            line.rows[channel] = rows

    def article(self, site: str, outcome: str) -> None:
        """Hear that an article came to an outcome."""
        line = self._line(site)
        line.outcomes[outcome] = line.outcomes.get(outcome, 0) + 1
        line.waiting = max(line.waiting - 1, 0)

    def picture(self, site: str) -> None:
        """Hear that a picture or a file was asked for."""
        self._line(site).pictures += 1

    def waiting(self, site: str, count: int, delay: float) -> None:
        """Hear how many articles are still to be asked for."""
        line = self._line(site)
        line.waiting, line.delay = count, delay

    def paused(self, host: str, until: datetime, seconds: float, cause: str) -> None:
        """Hear that a host is left alone for a while."""
        said = say("paused until {until} ({cause})", until=f"{until.astimezone():%H:%M:%S}", cause=cause)
        self.pauses[host] = (self._monotonic() + seconds, said)

    def _line(self, site: str) -> Line:
        now = self._monotonic()
        line = self.lines.setdefault(site, Line(started=now, heard=now))
        line.heard = now
        return line

    def draw(self, console: Console) -> Group:
        """Return the table: as many sites as the terminal has room for, those heard of last.

        A narrow terminal has no room for the list and the rate, nor for each outcome by its name.
        """
        from rich.console import Group  # noqa: PLC0415 - see `watch`
        from rich.text import Text  # noqa: PLC0415

        now, narrow = self._monotonic(), console.width < _NARROW
        room = max(console.height - _FRAME, 1)
        shown = sorted(self.lines, key=lambda site: self.lines[site].heard, reverse=True)[:room]
        rows = [(site, *cells(self.lines[site], now, narrow=narrow)) for site in self.lines if site in shown]
        if len(self.lines) > 1:
            rows.append(self._sum(now))
        table = _table(rows, without=_DROPPED if narrow else frozenset(), width=console.width)
        pauses = [
            Text(f"{host}: {translated(said)}", no_wrap=True, overflow="ellipsis")
            for host, (until, said) in self.pauses.items()
            if until > now
        ]
        return Group(table, *pauses)

    def _sum(self, now: float) -> tuple[str, ...]:
        lines = list(self.lines.values())
        slowest = max(lines, key=lambda line: (line.waiting + line.ahead) * line.seconds_an_article(now))
        rates = sum(_rate(line, now) for line in lines)
        done, waiting = sum(line.done for line in lines), sum(line.waiting for line in lines)
        name = translated(say("{count} sites", count=len(lines)))
        return name, "", str(done), str(waiting), _pace(rates), slowest.left(now)


def _table(rows: Sequence[Sequence[str]], *, without: frozenset[int], width: int) -> Table:
    """Return a table of these rows; where it is too narrow, what was done is cut and nothing else."""
    from rich.cells import cell_len  # noqa: PLC0415 - see `watch`
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False)
    numbers = [number for number in range(len(_TITLES)) if number not in without]
    titles = [translated(title) for title in _TITLES]
    widths = {number: max(cell_len(row[number]) for row in (titles, *rows)) for number in numbers}
    excess = sum(widths.values()) + 2 * (len(widths) - 1) - width  # two blanks between two columns
    widths[_DONE] = max(widths[_DONE] - max(excess, 0), 1)
    for number in numbers:
        justify: JustifyMethod = "left" if number < _DONE else "right"
        table.add_column(titles[number], no_wrap=True, width=widths[number], justify=justify)
    for row in rows:
        table.add_row(*(row[number] for number in numbers))
    return table


def cells(line: Line, now: float, *, narrow: bool = False) -> tuple[str, ...]:
    """Return what stands behind a site's name: list, done, waiting, rate, what is left."""
    page = "" if line.page is None else f" {line.page}/{line.pages or '?'}"
    counts = {**line.outcomes, **({"pictures": line.pictures} if line.pictures else {})}
    parts = ", ".join(f"{count} {translated(_OUTCOMES.get(what, what))}" for what, count in counts.items())
    rate = _pace(_rate(line, now)) if line.done else ""
    done = str(line.done) if narrow else parts or "0"
    return f"{line.channel}{page}", done, str(line.waiting), rate, line.left(now)


def _pace(a_minute: float) -> str:
    return translated(say("{count:.0f}/min", count=a_minute))


def _rate(line: Line, now: float) -> float:
    spent = now - line.started
    return line.done / spent * _MINUTE if spent > 0 else 0.0
