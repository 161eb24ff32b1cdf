"""The command line's parser: its commands in their groups, its options, and the texts of `--help`.

A command's module is imported when it was chosen and not before, so that `--help` is quick.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Protocol, cast

from scraper import __version__, logs
from scraper.columns import cells, wrapped
from scraper.console import clean
from scraper.exit_codes import ExitCode
from scraper.help_text import HelpFormatter, headed
from scraper.language import LANGUAGES
from scraper.messages import say, translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROGRAM: Final = "nankai-archive"
SHELLS: Final = ("bash", "zsh", "fish")
EXAMPLES: Final = say("""examples:
  nankai-archive init http://news.example.edu.cn/   from nothing to a config
  nankai-archive run                                what is new; the cron job
  nankai-archive backfill --since 2015-01-01        the past; given again, it goes on
  nankai-archive search 校史 from:2020              any words, Chinese of any length
  nankai-archive verify && nankai-archive coverage  is it whole, is it complete

`nankai-archive COMMAND --help` tells more of a command.""")
_INDENT: Final = 14  # cells: the longest name of a command, and the blanks around it


class Command(NamedTuple):
    """A command: its name, the module in `scraper.commands` that is it, one line of help, its group."""

    name: str
    module: str
    help: str
    group: str


GROUPS: Final = {
    "archive": say("archive"),
    "look": say("look"),
    "check": say("check"),
    "publish": say("publish"),
    "pages": say("single pages, and a trial"),
    "many": say("many machines"),
}

COMMANDS: Final = (
    Command("init", "init", say("begin an archive: a config for a site, its folder, a cron line"), "archive"),
    Command("run", "run", say("one incremental pass over the sites: the cron job"), "archive"),
    Command("backfill", "backfill", say("walk the whole past of a site; given again, it goes on"), "archive"),
    Command(
        "reextract",
        "reextract",
        say("make the documents again from the stored captures; no network"),
        "archive",
    ),
    Command(
        "repair",
        "repair",
        say("fetch again what lost captures held, and make lost documents again"),
        "archive",
    ),
    Command("forget", "forget", say("take an article out for good; it is never fetched again"), "archive"),
    Command("adopt", "adopt", say("take over an archive of older documents, of either dialect"), "archive"),
    Command("extract", "extract", say("turn a saved page into a document or JSON, offline"), "pages"),
    Command("probe", "probe", say("show what the program makes of a live page; archives nothing"), "pages"),
    Command("add", "add", say("look at a live site and write its block into the config"), "archive"),
    Command(
        "coverage",
        "coverage",
        say("prove how much of each site the archive has, and name what is missing"),
        "check",
    ),
    Command(
        "verify", "verify", say("check every capture and document against its digest and each other"), "check"
    ),
    Command(
        "status",
        "status",
        say("show where each site stands; with --max-age, exit 9 when it is too old"),
        "look",
    ),
    Command("history", "history", say("show an article's captures and what changed between them"), "look"),
    Command("changed", "changed", say("list what was revised, vanished or came back since a day"), "look"),
    Command("search", "search", say("full-text search over the archive, Chinese of any length"), "look"),
    Command(
        "serve",
        "serve",
        say("show the archive as web pages on this machine, to browse and to search"),
        "look",
    ),
    Command("site", "site", say("build a public website of the archive, as static files"), "publish"),
    Command("check", "check", say("read the config and say everything that is wrong with it"), "check"),
    Command("schema", "schema", say("print the config's JSON Schema, for editors"), "check"),
    Command(
        "export", "export", say("hand on a site or a span: as WACZ, JSON Lines, CSV or Parquet"), "publish"
    ),
    Command(
        "cluster",
        "cluster",
        say("the same work on many machines: init, worker, schedule, status, run, retire"),
        "many",
    ),
    Command(
        "demo", "demo", say("archive a small bundled site over loopback: the whole job, no internet"), "pages"
    ),
)


class CommandModule(Protocol):
    """What a file in `scraper/commands` offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Tell the parser the command's own arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it, and return the exit code."""


# ── arguments ─────────────────────────────────────────────────────────────────────────────────────────────


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments. Wrong ones end in `SystemExit(2)` with a message that guesses what was meant."""
    chosen = _chosen(argv)
    completing = "_ARGCOMPLETE" in os.environ
    parser, subparsers = parsers(chosen, every=completing)
    if completing:
        import argcomplete  # noqa: PLC0415 - the shell asks for it, and only then

        argcomplete.autocomplete(parser)
    args, left = parser.parse_known_args(argv)
    spoken_by = subparsers.get(args.command or "", parser)
    if left and getattr(args, "site", None) == [] and not any(word.startswith("-") for word in left):
        args.site, left = left, []  # `cluster run --json a`: argparse took no sites before the option
    left = _without_words(args, left)
    if left:
        spoken_by.error(_unknown(left, spoken_by))
    if args.command is None and not (args.man or args.completion):
        parser.print_help(sys.stderr)
        parser.exit(ExitCode.WRONG_USAGE)
    args.verbosity = args.verbose + args.verbose_before - args.quiet - args.quiet_before
    return args


def _without_words(args: argparse.Namespace, left: list[str]) -> list[str]:
    """Give a command that takes words those that begin with a minus; return what is left then."""
    if not isinstance(words := getattr(args, "words", None), list):
        return left
    words += [word for word in left if not word.startswith("--")]
    return [word for word in left if word.startswith("--")]


def command_module(name: str) -> CommandModule:
    """Import the module of a command of the table."""
    module = next(command.module for command in COMMANDS if command.name == name)
    return cast("CommandModule", importlib.import_module(f"scraper.commands.{module}"))


def option(argv: Sequence[str], name: str) -> str | None:
    """Return the value of an option before anything is parsed; None where it is not given."""
    for at, word in enumerate(argv):
        if word == name:
            return argv[at + 1] if at + 1 < len(argv) else None
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


def _chosen(argv: Sequence[str]) -> str | None:
    """Return the command that the arguments name, known or not; None where they name none."""
    words = iter(argv)
    for word in words:
        if word in {"--config", "--log-format", "--lang", "--completion"}:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return None


def parsers(
    chosen: str | None, *, every: bool = False
) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """Return the parser, and the commands' by name: that of `chosen` has its arguments, or `every` one."""
    parser = _Parser(
        prog=PROGRAM,
        usage=say("{program} COMMAND [option ...]", program=PROGRAM),
        description=say("Archives university news: every article as a Markdown file."),
        epilog=EXAMPLES,
    )
    parser.add_argument(
        "--version", action="version", version=f"{PROGRAM} {__version__}", help=say("say the version")
    )
    parser.add_argument(
        "--completion", choices=SHELLS, help=say("print what makes this shell complete commands")
    )
    parser.add_argument("--man", action="store_true", help=say("print the manual page"))
    _add_common(parser, suffix="_before")
    parser.set_defaults(
        config=None,
        log_format="text",
        json=False,
        lang=None,
        verbose=0,
        quiet=0,
        verbose_before=0,
        quiet_before=0,
    )
    group = parser.add_subparsers(
        dest="command", metavar="COMMAND", help=argparse.SUPPRESS, parser_class=_Parser
    )
    known = {
        command.name: _add_command(group, command, with_arguments=every or command.name == chosen)
        for command in COMMANDS
    }
    if chosen is not None and chosen not in known:
        parser.error(say("there is no command {name!r}{guess}", name=chosen, guess=_guess(chosen, known)))
    return parser, known


def _add_command(
    group: argparse._SubParsersAction[_Parser], command: Command, *, with_arguments: bool
) -> argparse.ArgumentParser:
    parser = group.add_parser(command.name, prog=f"{PROGRAM} {command.name}")
    parser.description = command.help
    if with_arguments:
        command_module(command.name).add_arguments(parser)
        _add_common(parser, suffix="")
    return parser


def _add_common(parser: argparse.ArgumentParser, *, suffix: str) -> None:
    """Add what every command takes. Defaults stand on the main parser alone: both may be given a value."""
    common = parser.add_argument_group(say("every command takes"))
    common.add_argument(
        "--config",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help=say("the config file, or a folder of such files (default: config.yaml)"),
    )
    common.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help=say("the report as JSON")
    )
    for name, text in (
        ("verbose", say("say more; twice, still more")),
        ("quiet", say("say only what went wrong")),
    ):
        common.add_argument(
            f"-{name[0]}",
            f"--{name}",
            action="count",
            dest=name + suffix,
            default=argparse.SUPPRESS,
            help=text,
        )
    common.add_argument(
        "--log-format", choices=logs.FORMS, default=argparse.SUPPRESS, help=say("how the log is written")
    )
    common.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,
        help=say("the language of what is said to you (default: that of the locale)"),
    )


class _Parser(argparse.ArgumentParser):
    """argparse's parser, whose errors are two lines and exit 2, and whose commands stand in groups."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - argparse's own
        """Take argparse's settings."""
        super().__init__(formatter_class=HelpFormatter, allow_abbrev=False, add_help=False, **settings)
        self.add_argument("-h", "--help", action="help", help=say("show this help"))

    def format_help(self) -> str:
        """Return the help; that of the program itself has its commands in their groups."""
        self.usage = self._short_usage()
        if self.prog != PROGRAM:
            return super().format_help()
        head, rest = super().format_help().split("\n\n", 1)
        about, rest = rest.split("\n\n", 1)
        groups = [_group(name) for name in GROUPS if any(command.group == name for command in COMMANDS)]
        return "\n\n".join((head, about, *groups, rest))

    def _short_usage(self) -> str:
        """Return what must be given; the options that may be stand below."""
        formatter = HelpFormatter(self.prog)
        needed = [action for action in self._actions if action.required or not action.option_strings]
        words = formatter._format_usage(None, needed, [], "").split()[len(self.prog.split()) :]  # noqa: SLF001 - argparse's own words
        usage = self.usage or say("{program} {words} [option ...]", program=self.prog, words=" ".join(words))
        head = cells(translated(say("usage: ")))
        lines = wrapped(" ".join(translated(usage).split()), formatter.width - head)
        return f"\n{' ' * head}".join(lines)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and where to read on."""
        said = translated(
            say("{program}: {message}\ntry `{program} --help`\n", program=self.prog, message=message)
        )
        self.exit(ExitCode.WRONG_USAGE, clean(said))


def _group(name: str) -> str:
    """Return the commands of a group, a line or more each."""
    commands = [command for command in COMMANDS if command.group == name]
    width = HelpFormatter(PROGRAM).width
    lines = [headed(GROUPS[name])]
    for command in commands:
        first, *others = wrapped(translated(command.help), width - _INDENT)
        lines.append(f"  {command.name:{_INDENT - 4}}  {first}")
        lines += [" " * _INDENT + other for other in others]
    return "\n".join(lines)


def _unknown(left: Sequence[str], parser: argparse.ArgumentParser) -> str:
    """Return the message about arguments that nobody takes."""
    options = [word for word in left if word.startswith("-")]
    word = (options or list(left))[0].partition("=")[0]
    if not options:
        return say("one argument too many: {word!r}", word=word)
    guess = _guess(word, parser._option_string_actions)  # noqa: SLF001 - the only list there is
    return say("there is no option {word!r}{guess}", word=word, guess=guess)


def _guess(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return say("; did you mean {near!r}?", near=near[0]) if near else ""
