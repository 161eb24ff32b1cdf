"""A slip of the program at one row costs that row: the others are read, and its traceback is told."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from scraper.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")
_MOST_TOLD: Final = 8  # of one capture; what meets one row may meet them all


class Slips:
    """The slips that were met in one capture."""

    def __init__(self) -> None:
        """Begin with none."""
        self._told: list[str] = []
        self._first: Exception | None = None

    def within(self, read: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what reading one row comes to; None: it is passed over.

        What the program raises on purpose is raised, and so is what the bound of memory does.
        """
        try:
            return read(*args, **kwargs)
        except (ArchiveError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - kept whole, and told by whoever asked for the list
            self._first = self._first or error
            if len(self._told) < _MOST_TOLD:
                self._told.append(traceback.format_exc())
            return None

    def refuse(self) -> None:
        """Raise the first slip, where there was one: nothing is left that could be told beside it."""
        if self._first is not None:
            raise self._first

    @property
    def told(self) -> tuple[str, ...]:
        """The tracebacks of the first slips."""
        return tuple(self._told)
