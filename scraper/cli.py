"""The command line: which command, with which arguments, and what becomes of its errors.

A command's module is imported when it was chosen and not before, so that `--help` is quick.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import json
import os
import sys
import traceback
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn, Protocol, TextIO, cast

from scraper import __version__, exit_codes, logs
from scraper.errors import ArchiveError, ConfigError
from scraper.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

PROGRAM: Final = "nankai-archive"
REPORT_TO: Final = "https://nankai.info/"


class Command(NamedTuple):
    """A command: its name, the module in `scraper.commands` that is it, and one line of help."""

    name: str
    module: str
    help: str


COMMANDS: Final = (
    Command("run", "run", "one incremental pass over the sites: the cron job"),
    Command("backfill", "backfill", "walk the whole past of a site; given again, it goes on"),
    Command("reextract", "reextract", "make the documents again from the stored captures; no network"),
    Command("extract", "extract", "turn a saved page into a document or JSON, offline"),
    Command("probe", "probe", "show what the program makes of a live page; archives nothing"),
    Command("add", "add", "look at a live site and write its block into the config"),
    Command("coverage", "coverage", "prove how much of each site the archive has, and name what is missing"),
    Command("verify", "verify", "check every capture and document against its digest and each other"),
    Command("status", "status", "show where each site stands; with --max-age, exit 9 when it is too old"),
    Command("history", "history", "show an article's captures and what changed between them"),
    Command("changed", "changed", "list what was revised, vanished or came back since a day"),
    Command("check", "check", "read the config and say everything that is wrong with it"),
    Command("schema", "schema", "print the config's JSON Schema, for editors"),
    Command("demo", "demo", "archive a small bundled site over loopback: the whole job, no internet"),
)


class CommandModule(Protocol):
    """What a file in `scraper/commands` offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Tell the parser the command's own arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it, and return the exit code."""


def main(argv: Sequence[str]) -> int:
    """Run the command that the arguments name and return the exit code."""
    _speak_utf8()
    return guarded(lambda: _run(argv))


def _run(argv: Sequence[str]) -> int:
    args = parse(argv)
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
            print(json.dumps(report, ensure_ascii=False))  # noqa: T201 - the report, alone, on standard output
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


# ── arguments ─────────────────────────────────────────────────────────────────────────────────────────────


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments. Wrong ones end in `SystemExit(2)` with a message that guesses what was meant."""
    chosen = _chosen(argv)
    parser, subparsers = _parsers(chosen)
    args, left = parser.parse_known_args(argv)
    spoken_by = subparsers.get(args.command or "", parser)
    if left:
        spoken_by.error(_unknown(left, spoken_by))
    if args.command is None:
        parser.print_help(sys.stderr)
        parser.exit(ExitCode.WRONG_USAGE)
    args.verbosity = args.verbose + args.verbose_before - args.quiet - args.quiet_before
    return args


def command_module(name: str) -> CommandModule:
    """Import the module of a command of the table."""
    module = next(command.module for command in COMMANDS if command.name == name)
    return cast("CommandModule", importlib.import_module(f"scraper.commands.{module}"))


def _chosen(argv: Sequence[str]) -> str | None:
    """Return the command that the arguments name, known or not; None where they name none."""
    words = iter(argv)
    for word in words:
        if word in {"--config", "--log-format"}:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return None


def _parsers(chosen: str | None) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    parser = _Parser(
        prog=PROGRAM,
        description="Archives university news: every article as a Markdown file.",
        epilog=f"`{PROGRAM} COMMAND --help` tells more of a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    _add_common(parser, suffix="_before")
    parser.set_defaults(
        config=None, log_format="text", json=False, verbose=0, quiet=0, verbose_before=0, quiet_before=0
    )
    group = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    known = {command.name: _add_command(group, command, chosen) for command in COMMANDS}
    if chosen is not None and chosen not in known:
        parser.error(f"there is no command {chosen!r}{_guess(chosen, known)}")
    return parser, known


def _add_command(
    group: argparse._SubParsersAction[_Parser], command: Command, chosen: str | None
) -> argparse.ArgumentParser:
    parser = group.add_parser(
        command.name, help=command.help, description=_sentence(command.help), allow_abbrev=False
    )
    if command.name == chosen:
        command_module(command.name).add_arguments(parser)
        _add_common(parser, suffix="")
    return parser


def _add_common(parser: argparse.ArgumentParser, *, suffix: str) -> None:
    """Add what every command takes. Defaults stand on the main parser alone: both may be given a value."""
    common = parser.add_argument_group("every command takes")
    common.add_argument(
        "--config",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="the config file, or a folder of such files (default: config.yaml)",
    )
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="the report as JSON")
    for name, text in (("verbose", "say more; twice, still more"), ("quiet", "say only what went wrong")):
        common.add_argument(
            f"-{name[0]}",
            f"--{name}",
            action="count",
            dest=name + suffix,
            default=argparse.SUPPRESS,
            help=text,
        )
    common.add_argument(
        "--log-format", choices=logs.FORMS, default=argparse.SUPPRESS, help="how the log is written"
    )


class _Parser(argparse.ArgumentParser):
    """argparse's parser, whose errors are two lines and exit 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(ExitCode.WRONG_USAGE, f"{self.prog}: {message}\ntry `{self.prog} --help`\n")


def _unknown(left: Sequence[str], parser: argparse.ArgumentParser) -> str:
    """Return the message about arguments that nobody takes."""
    options = [word for word in left if word.startswith("-")]
    word = (options or list(left))[0].partition("=")[0]
    if not options:
        return f"one argument too many: {word!r}"
    return f"there is no option {word!r}{_guess(word, parser._option_string_actions)}"  # noqa: SLF001 - the only list there is


def _guess(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


# ── errors and streams ────────────────────────────────────────────────────────────────────────────────────


def _tell(error: ArchiveError, verbosity: int) -> None:
    """Say an error in one line, or a config's slips in one line each."""
    lines = error.slips if isinstance(error, ConfigError) else (" ".join(str(error).split()),)
    for line in lines:
        print(f"{PROGRAM}: {line}", file=sys.stderr)  # noqa: T201 - the command line's own voice
    if verbosity > 1:
        traceback.print_exception(error, file=sys.stderr)


def _program_error(error: Exception, verbosity: int) -> ExitCode:
    print(f"{PROGRAM}: error of the program itself: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
    if verbosity > 0:
        traceback.print_exception(error, file=sys.stderr)
    print(f"please report it, with what -v says, at {REPORT_TO}", file=sys.stderr)  # noqa: T201
    return ExitCode.PROGRAM_ERROR


def _speak_utf8() -> None:
    """Write UTF-8 whatever the locale is; what is no text, a stray byte of a file name, goes through."""
    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        if hasattr(stream, "reconfigure"):  # not where a test put its own stream
            stream.reconfigure(encoding="utf-8", errors=errors)


def _silence(stream: TextIO) -> None:
    """Send what is still to be flushed nowhere: its reader is gone."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device and no path
        os.dup2(nowhere.fileno(), stream.fileno())
