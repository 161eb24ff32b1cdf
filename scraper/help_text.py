"""The look of `--help`: translated, in lines that a terminal shows whole, Chinese characters being wide."""

from __future__ import annotations

import argparse
import shutil
from typing import TYPE_CHECKING, Final

from scraper.columns import wrapped
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
        super().__init__(prog, width=width, max_help_position=min(26, width // 2))

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Add the usage under its translated head."""
        super().add_usage(usage, actions, groups, prefix or translated(say("usage: ")))

    def add_text(self, text: str | None) -> None:
        """Add a description or an epilogue."""
        super().add_text(None if text is None or text is argparse.SUPPRESS else translated(text))

    def start_section(self, heading: str | None) -> None:
        """Begin a group of arguments."""
        super().start_section(None if heading is None else translated(heading))

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return None if action.help is None else translated(action.help)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Return paragraphs wrapped; a line that begins with blanks is an example and stays as it is."""
        lines: list[str] = []
        for line in text.splitlines():
            lines += [line] if line[:1].isspace() or not line else wrapped(line, width - len(indent))
        return "\n".join(indent + line for line in lines)
