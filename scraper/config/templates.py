"""The patterns of the config: a document's path and its title, with names in braces that the writer fills."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

from scraper.config.problems import guess
from scraper.errors import WriteError
from scraper.messages import say
from scraper.writer.paths import checked
from scraper.writer.patterns import PATH_FIELDS, TITLE_FIELDS, fill

if TYPE_CHECKING:
    from collections.abc import Collection

_SAMPLE: Final = {
    "site": "xw",
    "channel": "xw",
    "year": "2000",
    "month": "01",
    "day": "01",
    "urlname": "0" * 32,
}


def path_slip(pattern: str) -> str | None:
    """Return what is wrong with a path's pattern; None: nothing."""
    wrong = _fields_slip(pattern, PATH_FIELDS, needed="urlname")
    if wrong is not None:
        return wrong
    try:
        checked(fill(pattern, _SAMPLE))
    except WriteError as error:
        return error.said
    return None if pattern.endswith(".md") else say("must end in .md; found {pattern!r}", pattern=pattern)


def name_slip(name: str) -> str | None:
    """Return why a name can be no folder of the archive; None: it can."""
    try:
        checked(f"{name}/{name}.md")
    except WriteError as error:
        return error.said
    return None


def title_slip(pattern: str) -> str | None:
    """Return what is wrong with a title's pattern; None: nothing."""
    return _fields_slip(pattern, TITLE_FIELDS, needed="title")


def site_title_slip(title: str) -> str | None:
    """Return what is wrong with a site's title: it is a name, and no pattern as `defaults.title` is."""
    if "{title}" in title:
        return say("is the site's name, not a pattern; did you mean title_pattern?")
    return None


def _fields_slip(pattern: str, fields: Collection[str], *, needed: str) -> str | None:
    try:
        parsed = [part for part in string.Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        return say("braces do not match; found {pattern!r}", pattern=pattern)
    for _, name, form, conversion in parsed:
        if name not in fields:
            known = ", ".join(sorted(fields))
            return say(
                "knows no {{{name}}}{guess} (there are {known})",
                name=name,
                guess=guess(name or "", fields),
                known=known,
            )
        if form or conversion:
            return say(
                "{{{name}}} stands alone, without a form; found {pattern!r}", name=name, pattern=pattern
            )
    if needed not in {name for _, name, _, _ in parsed}:
        return say("must hold {{{needed}}}; found {pattern!r}", needed=needed, pattern=pattern)
    return None
