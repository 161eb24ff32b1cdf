"""Where a value stands in the config, and what is wrong with it."""

from __future__ import annotations

import difflib
import re
from datetime import date
from typing import TYPE_CHECKING, Final

from scraper.messages import say
from scraper.redaction import redacted_value
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN_KEY = re.compile(r"[\w$-]+(\[\d+\])*")
_COMPOUNDS: Final[dict[type, str]] = {list: say("a list"), dict: say("a mapping")}
_LONGEST_SHOWN: Final = 60  # characters of a wrong value in a message


class Where(Value, frozen=True):
    """A place in the config. All places of one config share the list that slips are told to."""

    path: tuple[str, ...] = ()
    slips: list[str] = field(default_factory=list)

    def at(self, key: str) -> Where:
        """Return the place one key deeper."""
        return Where((*self.path, key), self.slips)

    def item(self, number: int) -> Where:
        """Return the place of a list's item, counted from 0."""
        return Where((*self.path[:-1], f"{self.path[-1]}[{number}]"), self.slips)

    def slip(self, text: str) -> None:
        """Tell what is wrong here."""
        self.slips.append(say("{place}: {said}", place=dotted(self.path), said=text) if self.path else text)


def dotted(path: Iterable[str]) -> str:
    """Return a key's path as it is told: `sites.nankai.delay`; a key with odd characters in quotes."""
    return ".".join(key if _PLAIN_KEY.fullmatch(key) else repr(_cut(key)) for key in path)


_LONGEST_NUMBER = 1_024  # bits


def shown(value: object) -> str:
    """Return what stands there instead, short enough for a message."""
    match value:
        case None | bool():
            return {None: say("nothing"), True: "true", False: "false"}[value]
        case int() if value.bit_length() > _LONGEST_NUMBER:  # Python does not write those
            return say("the number {number}", number="…")
        case int() | float():
            return say("the number {number}", number=_cut(str(value)))
        case str():
            return repr(_cut(value))
        case date():
            return say("the date {value}", value=value)
        case _:
            return _COMPOUNDS.get(type(value), f"a {type(value).__name__}")


def guess(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` where something near is known, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return say("; did you mean {near}?", near=near[0]) if near else ""


def _cut(text: str) -> str:
    text = redacted_value(text)  # before it is cut: then nobody would see that it was an address
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
