"""The forms that a value of the config can have: each reads a value and says its JSON Schema.

A form's `read` returns the value as the program uses it. Where the value is wrong it tells the slip to its
place and returns None; nobody uses what was read of a config that has a slip.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from scraper import durations, urls
from scraper.config.problems import Where, guess, shown
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from scraper.urls import Url

Schema = dict[str, Any]

_SHOWN = r"[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
ONE_LINE = rf"^(?=\s*\S){_SHOWN}+$"
"""A line of text: no controls, no marks of direction, no halves of characters; something in it is seen."""


class Form(Protocol):
    """What a value must look like."""

    def read(self, value: object, where: Where) -> Any:  # noqa: ANN401 - each form has its own type
        """Return the value as the program uses it, or tell the slip."""

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""


class Text(Value, frozen=True):
    """One line of text, not empty. `check` returns what is wrong with it, or None."""

    what: str = "text"
    check: Callable[[str], str | None] | None = None
    pattern: str | None = None  # None: any line

    def read(self, value: object, where: Where) -> str | None:
        """Return the text."""
        if not isinstance(value, str):
            where.slip(
                say(
                    "must be {what}; found {found}{hint}",
                    what=self.what,
                    found=shown(value),
                    hint=_quotes_hint(value),
                )
            )
            return None
        if not re.fullmatch(ONE_LINE, value):
            where.slip(
                say(
                    "must be {what}, in one line and not empty; found {found}",
                    what=self.what,
                    found=shown(value),
                )
            )
            return None
        if self.pattern is not None and not re.search(self.pattern, value):
            where.slip(say("must be {what}; found {found}", what=self.what, found=shown(value)))
            return None
        wrong = self.check(value) if self.check else None
        if wrong is not None:
            where.slip(wrong)
            return None
        return value

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        return {"type": "string", "pattern": self.pattern or ONE_LINE}


class Secret(Value, frozen=True):
    """A text that no message shows. `check` returns what is wrong with it, or None."""

    what: str
    check: Callable[[str], str | None]

    def read(self, value: object, where: Where) -> str | None:
        """Return the text."""
        wrong = self.check(value) if isinstance(value, str) else f"must be {self.what}"
        if wrong is not None:
            where.slip(wrong)
            return None
        return value if isinstance(value, str) else None

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        return {"type": "string", "pattern": r"^(env:[A-Za-z_][A-Za-z0-9_]*$|[A-Za-z][A-Za-z0-9+.-]*://\S)"}


class Choice(Value, frozen=True):
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, value: object, where: Where) -> str | None:
        """Return the word."""
        if isinstance(value, str) and value in self.words:
            return value
        hint = guess(value, self.words) if isinstance(value, str) else ""
        where.slip(
            say(
                "must be one of {words}; found {found}{hint}",
                words=", ".join(self.words),
                found=shown(value),
                hint=hint,
            )
        )
        return None

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        return {"enum": list(self.words)}


def _is_finite(value: float) -> bool:
    """Say whether a number is one that a fraction can hold."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


class Number(Value, frozen=True):
    """A number between two bounds, both allowed."""

    what: str
    least: float
    most: float
    whole: bool = False

    def read(self, value: object, where: Where) -> float | None:
        """Return the number. A bool is none, though Python thinks so; nor is infinity."""
        kind = int if self.whole else int | float
        if isinstance(value, bool) or not isinstance(value, kind) or not _is_finite(value):
            where.slip(say("must be {what}; found {found}", what=self.what, found=shown(value)))
        elif not self.least <= value <= self.most:
            where.slip(
                say(
                    "must be from {least:g} to {most:.10g}; found {found}",
                    least=self.least,
                    most=self.most,
                    found=shown(value),
                )
            )
        else:
            return int(value) if self.whole else float(value)
        return None

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        kind = "integer" if self.whole else "number"
        return {"type": kind, "minimum": self.least, "maximum": self.most}


class Flag(Value, frozen=True):
    """True or false."""

    def read(self, value: object, where: Where) -> bool | None:
        """Return the flag."""
        if isinstance(value, bool):
            return value
        where.slip(say("must be true or false; found {found}", found=shown(value)))
        return None

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        return {"type": "boolean"}


class Address(Value, frozen=True):
    """An http or https address."""

    def read(self, value: object, where: Where) -> Url | None:
        """Return the address, cleaned."""
        url = urls.parse(value) if isinstance(value, str) else None
        if url is None:
            guessed = urls.parse(f"http://{value}") if isinstance(value, str) and "://" not in value else None
            hint = say("; did you mean {guessed}?", guessed=guessed) if guessed and "@" not in guessed else ""
            where.slip(
                say("must be an http or https address; found {found}{hint}", found=shown(value), hint=hint)
            )
        return url

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        return {"type": "string", "format": "uri", "pattern": r"^\s*[Hh][Tt][Tt][Pp][Ss]?:"}


class TimeZone(Value, frozen=True):
    """The name of a time zone, as in Asia/Shanghai."""

    def read(self, value: object, where: Where) -> ZoneInfo | None:
        """Return the zone."""
        try:
            return ZoneInfo(value) if isinstance(value, str) and value else self._unknown(value, where)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as Asia
            return self._unknown(value, where)

    @staticmethod
    def _unknown(value: object, where: Where) -> None:
        hint = guess(value, available_timezones()) if isinstance(value, str) else ""
        where.slip(
            say(
                "must be the name of a time zone, such as Asia/Shanghai; found {found}{hint}",
                found=shown(value),
                hint=hint,
            )
        )

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        return {"type": "string", "minLength": 1}


class Duration(Value, frozen=True):
    """A span of time, between two bounds where it has any, both allowed."""

    least: timedelta | None = None
    most: timedelta | None = None

    def read(self, value: object, where: Where) -> timedelta | None:
        """Return the span."""
        span = durations.parse_duration(value) if isinstance(value, str) else None
        if span is None:
            where.slip(say("must be a span of time, such as 36h or 7d; found {found}", found=shown(value)))
        elif self.least is not None and span < self.least:
            where.slip(
                say(
                    "must be at least {seconds:g}s; found {found}",
                    seconds=self.least.total_seconds(),
                    found=shown(value),
                )
            )
        elif self.most is not None and span > self.most:
            where.slip(
                say(
                    "must be at most {seconds:g}s; found {found}",
                    seconds=self.most.total_seconds(),
                    found=shown(value),
                )
            )
        return span

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        return {"type": "string", "pattern": durations.PATTERN}


class ListOf(Value, frozen=True):
    """A list whose items have one form. `rising`: each more than the one before it."""

    item: Form
    rising: bool = False

    def read(self, value: object, where: Where) -> tuple[Any, ...] | None:
        """Return the items."""
        if not isinstance(value, list):
            where.slip(say("must be a list; found {found}", found=shown(value)))
            return None
        items = tuple(self.item.read(entry, where.item(number)) for number, entry in enumerate(value))
        if self.rising and None not in items and any(a >= b for a, b in pairwise(items)):
            where.slip(say("must rise: each longer than the one before it"))
            return None
        return items

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        return {"type": "array", "items": self.item.schema()}


class OneOrMore(Value, frozen=True):
    """A value of one form, or a list of such that is not empty. Reads to a tuple either way."""

    item: Form

    def read(self, value: object, where: Where) -> tuple[Any, ...] | None:
        """Return the items."""
        if not isinstance(value, list):
            return (self.item.read(value, where),)
        if not value:
            where.slip(say("must not be an empty list"))
        return ListOf(self.item).read(value, where)

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        return {"anyOf": [self.item.schema(), ListOf(self.item).schema() | {"minItems": 1}]}


class OrNothing(Value, frozen=True):
    """Another form, or null."""

    form: Form

    def read(self, value: object, where: Where) -> Any:  # noqa: ANN401 - the other form's type
        """Return None for null, else what the other form reads."""
        return None if value is None else self.form.read(value, where)

    def schema(self) -> Schema:
        """Return the form as JSON Schema."""
        return {"anyOf": [self.form.schema(), {"type": "null"}]}


def _quotes_hint(value: object) -> str:
    """Return the hint for what YAML reads as something else than text: 2024, 2024-03-05, no."""
    return "" if value is None or isinstance(value, list | dict) else say("; put it in quotes")
