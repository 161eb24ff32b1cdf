"""The manual page, made from the parser, so that it says what `--help` says. In roff, as in man(7)."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Final

from scraper import __version__
from scraper.exit_codes import MEANINGS
from scraper.messages import say, translated
from scraper.parser import COMMANDS, EXAMPLES, GROUPS, PROGRAM, parsers

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPECIAL: Final = re.compile(r"[\\-]|^[.']", re.MULTILINE)


def page() -> str:
    """Return the page in the language in use."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    parser, commands = parsers(None, every=True)
    yield f'.TH "{PROGRAM.upper()}" "1" "" "{PROGRAM} {__version__}" "{PROGRAM}"'
    yield from _section(say("NAME"), f"{PROGRAM} \\- {_text(parser.description or '')}")
    yield from _section(say("SYNOPSIS"), f"\\fB{_text(PROGRAM)}\\fR \\fICOMMAND\\fR [\\fIoption\\fR ...]")
    yield from _section(say("OPTIONS"))
    yield from _options(parser)
    yield from _section(say("COMMANDS"))
    for group, title in GROUPS.items():
        yield f".SS {_text(translated(title))}"
        for command in COMMANDS:
            if command.group == group:
                yield from _command(command.name, commands[command.name])
    yield from _section(say("EXIT STATUS"))
    for code, meaning in MEANINGS.items():
        yield from (".TP", f"\\fB{code}\\fR", _text(translated(meaning)))
    yield from _section(say("EXAMPLES"))
    yield from (".nf", _text(translated(EXAMPLES)), ".fi")


def _section(title: str, *lines: str) -> Iterator[str]:
    yield f".SH {_text(translated(title))}"
    yield from lines


def _command(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    places = [action for action in parser._actions if not action.option_strings]  # noqa: SLF001 - no public list
    words = " ".join(f"\\fI{_text(_metavar(action))}\\fR" for action in places)
    yield from (".TP", f"\\fB{name}\\fR {words}".rstrip(), _text(translated(parser.description or "")))
    yield ".RS"
    yield from _options(parser)
    if parser.epilog:
        yield from (".PP", _text(translated(parser.epilog)))
    yield ".RE"


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001 - likewise
        if action.option_strings and action.help not in {None, argparse.SUPPRESS}:
            names = ", ".join(f"\\fB{_text(name)}\\fR" for name in action.option_strings)
            value = "" if action.nargs == 0 else f" \\fI{_text(_metavar(action))}\\fR"
            text = translated(action.help or "") % {**vars(action), "prog": parser.prog}
            yield from (".TP", names + value, _text(text))


def _metavar(action: argparse.Action) -> str:
    if action.choices is not None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return str(action.metavar or action.dest.upper())


def _text(text: str) -> str:
    """Return a text that roff takes for nothing but text."""
    return _SPECIAL.sub(
        lambda found: "\\&" + found[0] if found[0] in ".'" else f"\\{found[0]}", text
    ).replace("\\\\", "\\e")
