"""The command line: which command, with which arguments, and what becomes of its errors.

A command's module is imported when it was chosen and not before, so that `--help` is quick.
"""

from __future__ import annotations

import gettext
import os
import sys
import traceback
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TextIO

from scraper import exit_codes, language, logs, messages
from scraper.console import json_text, line, put, tell
from scraper.errors import ArchiveError, ConfigError, Locked
from scraper.exit_codes import ExitCode
from scraper.messages import say, translated
from scraper.parser import COMMANDS, PROGRAM, command_module, option, parse
from scraper.redaction import redacted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

__all__ = ["COMMANDS", "PROGRAM", "command_module", "guarded", "main", "parse"]

REPORT_TO: Final = "https://nankai.info/"
_PATIENCE: Final = timedelta(hours=20)  # how long a run may hold the archive before others complain by mail


def main(argv: Sequence[str]) -> int:
    """Run the command that the arguments name and return the exit code."""
    _open_streams()
    _speak_utf8()
    _speak(language.chosen(option(argv, "--lang"), os.environ))
    return guarded(lambda: _run(argv))


def _run(argv: Sequence[str]) -> int:
    args = parse(argv)
    if args.man or args.completion:
        return _print_for_the_shell(args)
    logs.set_up(form=args.log_format, verbosity=args.verbosity)
    return guarded(lambda: _reported(args), verbosity=args.verbosity)


def _reported(args: argparse.Namespace) -> int:
    """Run the command; with --json, what ends it before it has a report is a report too."""
    try:
        return command_module(args.command).run(args)
    except ArchiveError as error:
        if args.json:
            report = {
                "command": args.command,
                "exit_code": exit_codes.of_error(error),
                "error": {"kind": error.kind, "message": str(error)},
                "sites": {},
            }
            print(json_text(report))  # noqa: T201 - the report, alone, on standard output
        raise


def guarded(action: Callable[[], int], *, verbosity: int = 0) -> int:
    """Return an action's exit code; where it fails, say why on standard error and return that code."""
    try:
        code = action()
        sys.stdout.flush()
    except SystemExit as stop:  # argparse: --help, --version, wrong usage
        return stop.code if isinstance(stop.code, int) else ExitCode.DONE
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _silence(sys.stdout)
        return ExitCode.READER_GONE
    except ArchiveError as error:
        _tell(error, verbosity)
        return exit_codes.of_error(error)
    except Exception as error:  # noqa: BLE001 - the last door: whatever it is, it becomes a message and exit 1
        return _program_error(error, verbosity)
    return code


# ── errors and streams ────────────────────────────────────────────────────────────────────────────────────


def _tell(error: ArchiveError, verbosity: int) -> None:
    """Say an error in one line, or a config's slips in one line each."""
    if isinstance(error, Locked) and verbosity < 0 and _is_recent(error.since):
        return  # the run that holds it will tell how it ended
    for said in error.slips if isinstance(error, ConfigError) else error.args[:1]:
        tell(f"{PROGRAM}: {line(translated(said))}")
    if verbosity > 1:
        _tell_trace(error)


def _is_recent(since: datetime | None) -> bool:
    """Say whether a run that holds the archive is one of today's: cron need not mail that it works."""
    if since is None or since.tzinfo is None:
        return False
    return abs(datetime.now(since.tzinfo) - since) < _PATIENCE


def _program_error(error: Exception, verbosity: int) -> ExitCode:
    named = redacted(f"{type(error).__name__}: {error}")
    tell(say("{program}: error of the program itself: {error}", program=PROGRAM, error=named))
    if verbosity > 0:
        _tell_trace(error)
    tell(say("please report it, with what -v says, at {url}", url=REPORT_TO))
    return ExitCode.PROGRAM_ERROR


def _tell_trace(error: Exception) -> None:
    tell(redacted("".join(traceback.format_exception(error)).rstrip()))


def _speak(language_code: str) -> None:
    """Take the language in which everything is told, argparse's own sentences too."""
    os.environ["LANGUAGE"] = language_code
    gettext.bindtextdomain(language.DOMAIN, str(language.LOCALE))
    gettext.textdomain(language.DOMAIN)
    messages.use(language.catalogue(language_code))


def _print_for_the_shell(args: argparse.Namespace) -> int:
    """Print the manual page, or what makes a shell complete commands."""
    if args.completion:
        from argcomplete.shell_integration import shellcode  # noqa: PLC0415 - for this alone

        put(shellcode([PROGRAM], shell=args.completion))
    else:
        from scraper import manual  # noqa: PLC0415 - likewise

        put(manual.page())
    return ExitCode.DONE


def _speak_utf8() -> None:
    """Write UTF-8 whatever the locale is; what is no text, a stray byte of a file name, goes through."""
    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        if hasattr(stream, "reconfigure"):  # not where a test put its own stream
            stream.reconfigure(encoding="utf-8", errors=errors)


def _open_streams() -> None:
    """Let a stream that was closed lead nowhere: else its number would be that of a file of the archive."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - to the end


def _silence(stream: TextIO) -> None:
    """Send what is still to be flushed nowhere: its reader is gone."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device and no path
        os.dup2(nowhere.fileno(), stream.fileno())
