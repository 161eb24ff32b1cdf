"""The look of `--help`: translated, in lines that a terminal shows whole, Chinese characters being wide."""

from __future__ import annotations

import argparse
import shutil
from typing import TYPE_CHECKING, Final

from scraper.columns import cells, wrapped
from scraper.messages import say, translated

if TYPE_CHECKING:
    from collections.abc import Iterable

_WIDEST: Final = 100  # cells: longer lines are hard to read
_NARROWEST: Final = 24


class HelpFormatter(argparse.HelpFormatter):
    """argparse's formatter, whose texts are messages and whose lines are counted in cells."""

    def __init__(self, prog: str) -> None:
        """Take the width of the terminal."""
        width = self.width = min(max(shutil.get_terminal_size().columns - 2, _NARROWEST), _WIDEST)
        self._headings: list[str] = []
        super().__init__(prog, width=width, max_help_position=min(26, width // 2))

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Add the usage under its translated head."""
        said = usage if usage is None else translated(usage)
        super().add_usage(said, actions, groups, prefix or translated(say("usage: ")))

    def add_text(self, text: str | None) -> None:
        """Add a description or an epilogue."""
        super().add_text(None if text is None or text is argparse.SUPPRESS else translated(text))

    def start_section(self, heading: str | None) -> None:
        """Begin a group of arguments."""
        if heading is not None:
            heading = translated(heading)
            self._headings.append(heading)
        super().start_section(heading)

    def format_help(self) -> str:
        """Return the help, the colon behind each heading being that of the language."""
        text = super().format_help()
        for heading in self._headings:
            text = text.replace(f"\n{heading}:\n", f"\n{headed(heading)}\n")
        return text

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return None if action.help is None else translated(action.help)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Return paragraphs wrapped; a line that begins with blanks is an example: see `_example`."""
        lines: list[str] = []
        for line in text.splitlines():
            room = width - len(indent)
            lines += _example(line, room) if line[:1].isspace() else wrapped(line, room)
        return "\n".join(indent + line for line in lines)


def headed(heading: str) -> str:
    """Return a heading with its colon."""
    return translated(say("{heading}:", heading=heading))


def _example(line: str, width: int) -> list[str]:
    """Return a command and what it does: on one line where there is room, else one below the other."""
    if cells(line) <= width:
        return [line]
    command, _, about = line.strip().partition("  ")
    first, *others = wrapped(command, width - 6)
    lines = ["  " + " \\\n      ".join((first, *others))]
    return [
        *"\n".join(lines).split("\n"),
        *("      " + said for said in wrapped(about.strip(), width - 6) if said),
    ]
