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
    _check(pattern, tuple(values))
    return pattern.format_map(values)


@lru_cache(maxsize=256)
def _check(pattern: str, names: tuple[str, ...]) -> None:
    """Raise WriteError for a pattern that holds more than braces and these names; done once for a site."""
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError as error:
        msg = say("pattern cannot be filled: {pattern!r}: {error}", pattern=pattern, error=error)
        raise WriteError(msg) from error
    for _, name, form, conversion in parts:
        if name is not None and (form or conversion or name not in names):
            msg = say(
                "pattern cannot be filled: {pattern!r}: there is no {{{name}}} of this form",
                pattern=pattern,
                name=name,
            )
            raise WriteError(msg)
