"""Templates: files with `⟦name⟧` where a value goes and `⟦>file⟧` where another template goes."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_INCLUDE = re.compile(r"⟦>([a-z0-9_]+)⟧\n?")
_FIELD = re.compile(r"⟦([a-z_]+)⟧")


@cache
def load(system: str, name: str) -> str:
    """Return a template of one system with its includes put in."""
    text = (files("scraper.demo") / "templates" / system / f"{name}.html").read_text(encoding="utf-8")
    return _INCLUDE.sub(lambda found: load(system, found[1]).removesuffix("\n"), text)


def fill(system: str, name: str, values: dict[str, str]) -> str:
    """Return a page; a field without a value is an error, since a half-filled page proves nothing."""
    return _FIELD.sub(lambda found: values[found[1]], load(system, name))
