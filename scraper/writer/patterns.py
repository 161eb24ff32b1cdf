"""The patterns of the config, filled: a document's path, a document's title.

A pattern is data: `{name}` stands for a value, `{{` and `}}` for braces. There are no forms, conversions,
attributes or items as `str.format` has them, so nothing of a pattern is evaluated.
"""

from __future__ import annotations

import string
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from scraper.errors import WriteError
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH_FIELDS: Final = frozenset({"site", "channel", "year", "month", "day", "urlname"})
TITLE_FIELDS: Final = frozenset({"site_title", "title", "archive_name"})
PATTERN_FIELDS: Final = {"path": PATH_FIELDS, "title": TITLE_FIELDS}
"""The names that each pattern of the config may hold."""


def fill(pattern: str, values: Mapping[str, str]) -> str:
    """Return a pattern with its values. Raises WriteError that names what the pattern may not hold."""
    try:
        parts = _parts(pattern)
    except ValueError as error:
        msg = say("pattern cannot be filled: {pattern!r}: {error}", pattern=pattern, error=error)
        raise WriteError(msg) from error
    return "".join([literal + _value(pattern, values, part) for literal, *part in parts])


@lru_cache(maxsize=256)
def _parts(pattern: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    """Return a pattern taken apart, as `string.Formatter` does; of a site that is done once."""
    return tuple(string.Formatter().parse(pattern))


def _value(pattern: str, values: Mapping[str, str], part: list[str | None]) -> str:
    name, form, conversion = part
    if name is None:
        return ""
    if form or conversion or name not in values:
        msg = say(
            "pattern cannot be filled: {pattern!r}: there is no {{{name}}} of this form",
            pattern=pattern,
            name=name,
        )
        raise WriteError(msg)
    return values[name]
