"""What a run shows on a terminal, and that it shows nothing where there is none."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from rich.console import Console

from scraper.display import Board, watch
from scraper.progress import Unwatched

ROOT = Path(__file__).resolve().parents[1]

SHOWING = """
import logging
from scraper import logs
from scraper.display import watch
logs.set_up(form="text", verbosity=1)
with watch(verbosity=1) as progress:
    progress.waiting("xw", 7200, 1.0)
    progress.listing("xw", "ywsd", 3, 655)
    progress.article("xw", "written")
    logging.getLogger("scraper").info("written", extra={"fields": {"site": "xw"}})
"""


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


def drawn(board: Board, height: int = 25, width: int = 100) -> str:
    """Return what a terminal of so many columns would show."""
    console = Console(file=io.StringIO(), width=width, height=height)
    with console.capture() as capture:
        console.print(board.draw(console))
    return capture.get()


def line_of(site: str, text: str) -> list[str]:
    """Return the words of a site's line."""
    return next(line.split() for line in text.splitlines() if line.startswith(site))


def test_pictures_are_counted_and_are_no_articles() -> None:
    clock = Clock()
    board = Board(monotonic=clock)
    board.article("xw", "written")
    board.picture("xw")
    board.picture("xw")
    clock.now = 60
    assert "1 written, 2 pictures" in drawn(board)
    assert "1/min" in line_of("xw", drawn(board))


def test_a_site_shows_its_list_its_articles_the_rate_and_what_is_left() -> None:
    clock = Clock()
    board = Board(monotonic=clock)
    board.listing("xw", "ywsd", 3, 655)
    board.waiting("xw", 3601, 1.0)
    clock.now = 2.0
    board.article("xw", "written")
    assert " ".join(line_of("xw", drawn(board))) == "xw ywsd 3/655 1 written 3600 30/min 2 h 0 min"


def test_what_is_left_is_never_less_than_the_delay_allows() -> None:
    clock = Clock()
    board = Board(monotonic=clock)
    board.waiting("xw", 101, 6.0)
    clock.now = 0.1
    board.article("xw", "written")
    assert " ".join(line_of("xw", drawn(board))).endswith("10 min")


def test_pages_that_nobody_numbers_or_counts_are_no_numbers() -> None:
    board = Board(monotonic=Clock())
    board.listing("a", "kx", None, None)
    board.listing("b", "kx", 4, None)
    assert line_of("a", drawn(board))[1:3] == ["kx", "0"]
    assert line_of("b", drawn(board))[1:3] == ["kx", "4/?"]


def test_what_is_left_of_a_backfill_counts_the_pages_that_are_still_to_be_read() -> None:
    clock = Clock()
    board = Board(monotonic=clock)
    board.ahead("xw", "ywsd", 59, 30)
    board.waiting("xw", 31, 1.0)
    clock.now = 1.0
    board.article("xw", "written")
    assert " ".join(line_of("xw", drawn(board))).endswith("60/min 30 min")
    board.ahead("xw", "kx", 60, 0)  # a list of which no page was read: as many rows as the others have
    assert " ".join(line_of("xw", drawn(board))).endswith("60/min 1 h 0 min")
    board.ahead("xw", "media", None, 0)
    assert " ".join(line_of("xw", drawn(board))).endswith("60/min > 1 h 0 min")
    for channel in ("ywsd", "kx", "media"):
        board.ahead("xw", channel, 0, 0)
    assert " ".join(line_of("xw", drawn(board))).endswith("60/min 30 s")


def test_a_narrow_terminal_shows_whole_lines_of_fewer_columns() -> None:
    clock = Clock()
    board = Board(monotonic=clock)
    board.listing("xw", "ywsd", 3, 655)
    board.waiting("xw", 3601, 1.0)
    clock.now = 2.0
    board.article("xw", "written")
    board.picture("xw")
    assert " ".join(line_of("xw", drawn(board, width=59))) == "xw 1 3600 2 h 0 min"
    assert "ywsd 3/655" in drawn(board, width=60)
    assert "30/min  2 h 0 min" in drawn(board, width=60)
    board.ahead("xw", "ywsd", 649, 30)
    for outcome in ("unchanged", "failed"):
        board.article("xw", outcome)
    shown = drawn(board, width=80)
    assert " ".join(line_of("xw", shown)).endswith("/min 6 h 24 min")
    board.lines["xw"].pages_ahead.clear()
    assert all(len(line) <= 40 and "…" not in line for line in drawn(board, width=40).splitlines())


def test_a_host_that_is_left_alone_says_until_when_and_widens_no_column() -> None:
    board = Board(monotonic=Clock())
    board.listing("xw", "kx", 1, 2)
    until = datetime.fromisoformat("2026-03-01T12:30:05").astimezone()
    board.paused("news.example.edu.cn", until, 90.0, "429, Retry-After")
    before = line_of("xw", drawn(board))
    assert "news.example.edu.cn: paused until 12:30:05 (429, Retry-After)" in drawn(board)
    assert line_of("xw", drawn(board)) == before


def test_of_many_sites_the_ones_heard_of_last_are_shown_and_all_are_summed() -> None:
    clock = Clock()
    board = Board(monotonic=clock)
    for number in range(300):
        clock.now = number
        board.article(f"site{number:03}", "written")
    text = drawn(board, height=12)
    assert len(text.splitlines()) <= 12
    assert "site299" in text
    assert "site000" not in text
    assert line_of("300 sites", text)[:3] == ["300", "sites", "300"]


def test_where_there_is_no_terminal_nobody_watches() -> None:
    with watch(verbosity=0) as progress:
        assert isinstance(progress, Unwatched)


def test_on_a_terminal_log_lines_stand_above_the_display() -> None:
    shown = on_a_terminal(SHOWING, TERM="xterm")
    assert "ywsd 3/655" in shown
    assert "written site=xw at=" in shown


def test_a_terminal_that_cannot_draw_is_not_drawn_on() -> None:
    shown = on_a_terminal(SHOWING, TERM="dumb")
    assert "ywsd" not in shown
    assert shown.startswith("written site=xw at=")


def on_a_terminal(code: str, **environment: str) -> str:
    """Return what a process writes to a terminal that is its standard error."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - our own interpreter, the code above
        [sys.executable, "-c", code], cwd=ROOT, stderr=theirs, env=os.environ | environment
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 4096):
                shown += chunk
        except OSError:  # Linux's way of saying that the other end is closed
            pass
    os.close(ours)
    assert process.returncode == 0
    return shown.decode()
