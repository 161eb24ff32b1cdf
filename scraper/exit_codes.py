"""The exit codes: one table, and which of several wins."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from scraper.errors import (
    ArchiveError,
    Blocked,
    CaptureDamaged,
    ConfigError,
    ExtractError,
    FetchError,
    LeaseLost,
    Locked,
    NoRoom,
    ProgramError,
    Refused,
    SiteHeld,
    StateTooNew,
    UsageError,
    WriteError,
)
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExitCode(IntEnum):
    """What the program says to whoever started it, in one number."""

    DONE = 0  # all that was to do is done
    PROGRAM_ERROR = 1  # an error of the program itself
    WRONG_USAGE = 2  # wrong usage or wrong config
    SOME_FAILED = 3  # done, but some articles failed; they are tried again by the next run
    LOCKED = 4  # another run holds the lock
    CANARY = 5  # a site no longer looks as its layouts say
    BUDGET = 6  # a budget (time, number) ended it with work left
    DAMAGED = 7  # verify found damage
    REFUSED = 8  # the site refuses us
    TOO_OLD = 9  # the last success is too old
    NO_ROOM = 10  # no room on the disk
    INTERRUPTED = 130  # SIGINT
    READER_GONE = 141  # SIGPIPE: whoever read our output went away
    TERMINATED = 143  # SIGTERM


MEANINGS: Final = {
    ExitCode.DONE: say("all that was to do is done"),
    ExitCode.PROGRAM_ERROR: say("an error of the program itself"),
    ExitCode.WRONG_USAGE: say("wrong usage or wrong config"),
    ExitCode.SOME_FAILED: say(
        "done, but some articles failed; they are kept and tried again by the next run"
    ),
    ExitCode.LOCKED: say("another run holds every site that was asked for"),
    ExitCode.CANARY: say("a site no longer looks as its layouts say"),
    ExitCode.BUDGET: say("a budget (time, number) ended it with work left; the next run goes on"),
    ExitCode.DAMAGED: say("damage was found"),
    ExitCode.REFUSED: say(
        "the site refuses us (robots.txt, 403, 429 without end, a login or challenge page)"
    ),
    ExitCode.TOO_OLD: say("the last success is too old"),
    ExitCode.NO_ROOM: say("no room on the disk"),
    ExitCode.INTERRUPTED: say(
        "stopped by SIGINT; what was begun is finished or undone, and the next run goes on"
    ),
    ExitCode.READER_GONE: say("whoever read the output went away"),
    ExitCode.TERMINATED: say(
        "stopped by SIGTERM; what was begun is finished or undone, and the next run goes on"
    ),
}
"""What each code means, for a person: in the manual, in README, at the end of a run."""

_PRECEDENCE: Final = (
    ExitCode.PROGRAM_ERROR,
    ExitCode.WRONG_USAGE,  # these two end a run before it begins, and stand alone
    ExitCode.LOCKED,
    ExitCode.NO_ROOM,
    ExitCode.DAMAGED,
    ExitCode.REFUSED,
    ExitCode.CANARY,
    ExitCode.INTERRUPTED,
    ExitCode.TERMINATED,
    ExitCode.READER_GONE,
    ExitCode.BUDGET,
    ExitCode.SOME_FAILED,
    ExitCode.TOO_OLD,
)

_OF_ERRORS: Final[tuple[tuple[type[ArchiveError], ExitCode], ...]] = (
    (ConfigError, ExitCode.WRONG_USAGE),
    (UsageError, ExitCode.WRONG_USAGE),
    (StateTooNew, ExitCode.WRONG_USAGE),
    (Locked, ExitCode.LOCKED),
    (SiteHeld, ExitCode.LOCKED),
    (LeaseLost, ExitCode.LOCKED),
    (NoRoom, ExitCode.NO_ROOM),
    (CaptureDamaged, ExitCode.DAMAGED),
    (Refused, ExitCode.REFUSED),
    (Blocked, ExitCode.REFUSED),
    (FetchError, ExitCode.SOME_FAILED),
    (ExtractError, ExitCode.SOME_FAILED),
    (WriteError, ExitCode.SOME_FAILED),
)


_OF_ONE_PAGE: Final = {ExitCode.DAMAGED, ExitCode.NO_ROOM}  # what one page shows of the whole archive


def worst(codes: Iterable[int]) -> ExitCode:
    """Return the code that wins where several hold; 0 where none does."""
    held = set(codes)
    return next((code for code in _PRECEDENCE if code in held), ExitCode.DONE)


def of_failure(error: ArchiveError) -> ExitCode:
    """Return the code of a command that met this error with one page of many, and went on."""
    found = of_error(error)
    return found if found in _OF_ONE_PAGE or isinstance(error, ProgramError) else ExitCode.SOME_FAILED


def of_error(error: ArchiveError) -> ExitCode:
    """Return the code of a command that this error ended."""
    return next((code for kind, code in _OF_ERRORS if isinstance(error, kind)), ExitCode.PROGRAM_ERROR)
