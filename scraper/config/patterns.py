"""The patterns of the config: a document's path and its title, with names in braces that the writer fills."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

from scraper.config.slips import guess

if TYPE_CHECKING:
    from collections.abc import Collection

PATH_FIELDS: Final = frozenset({"site", "channel", "year", "month", "day", "urlname"})
TITLE_FIELDS: Final = frozenset({"site_title", "title", "archive_name"})


def path_slip(pattern: str) -> str | None:
    """Return what is wrong with a path's pattern; None: nothing."""
    wrong = _fields_slip(pattern, PATH_FIELDS, needed="urlname")
    if wrong is not None:
        return wrong
    parts = pattern.split("/")
    if "\\" in pattern or any(part in {"", ".", ".."} for part in parts):
        return f"must be a relative path with single slashes, within the archive; found {pattern!r}"
    if parts[0].startswith("."):
        return f"must not begin with a dot: the archive keeps its own files there; found {pattern!r}"
    return None if pattern.endswith(".md") else f"must end in .md; found {pattern!r}"


def title_slip(pattern: str) -> str | None:
    """Return what is wrong with a title's pattern; None: nothing."""
    return _fields_slip(pattern, TITLE_FIELDS, needed="title")


def site_title_slip(title: str) -> str | None:
    """Return what is wrong with a site's title: it is a name, and no pattern as `defaults.title` is."""
    if "{title}" in title:
        return "is the site's name, not a pattern; did you mean title_pattern?"
    return None


def _fields_slip(pattern: str, fields: Collection[str], *, needed: str) -> str | None:
    try:
        parsed = [part for part in string.Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        return f"braces do not match; found {pattern!r}"
    for _, name, form, conversion in parsed:
        if name not in fields:
            known = ", ".join(sorted(fields))
            return f"knows no {{{name}}}{guess(name or '', fields)} (there are {known})"
        if form or conversion:
            return f"{{{name}}} stands alone, without a form; found {pattern!r}"
    if needed not in {name for _, name, _, _ in parsed}:
        return f"must hold {{{needed}}}; found {pattern!r}"
    return None
