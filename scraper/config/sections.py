"""Mappings of the config: those with fixed keys, and those whose keys are names that the user gives."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from scraper.config.problems import Where, guess, shown
from scraper.config.templates import name_slip
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from scraper.config.value_types import Form, Schema

NAME_PATTERN: Final = r"^[^\s!-/:-@\[-^`{-~][^\s!-,/:-@\[-^`{-~]{0,59}$"
"""A site's or a channel's name for the JSON Schema: as `is_name` has it, as far as editors follow."""


RESERVED: Final = (
    *("archive.json", "heartbeat.json", "metrics.prom", "search.sqlite3"),
    *("captures", "lock", "state.sqlite3"),  # of an archive of the first format
)
"""What no site may be called, for it stands in `.scraper` itself; in lower case."""


def is_name(text: str) -> bool:
    """Tell whether a text can name a site or a channel: it becomes a folder and a command line's word."""
    return re.fullmatch(r"\w(?:[\w.-]{0,58}[\w-])?", text) is not None


class Key(Value, frozen=True, kw_only=True):
    """One key of the config: the single place that says what it may be, what it means and what it is else."""

    name: str
    form: Form
    text: str  # what it means, in one line
    default: Any = None  # as it would stand in the file
    derived: str | None = None  # where it is made of other keys: of which; then `default` says nothing
    required: bool = False


class Section(Value, frozen=True):
    """A mapping with fixed keys. Reads to a dict of the keys that are given."""

    keys: tuple[Key, ...]
    elsewhere: tuple[tuple[str, str], ...] = ()  # keys of other sections, and their path, for the guess
    secret: bool = False  # what stands in its place may be a password, and is not shown

    def read(self, value: object, where: Where) -> dict[str, Any] | None:
        """Return what is given, key by key; an empty section is read as one without keys."""
        given = _mapping(value, where, secret=self.secret)
        if given is None:
            return None
        known = {key.name: key for key in self.keys}
        for name in given:
            if name not in known:
                where.at(name).slip(say("unknown key{guess}", guess=self._guess(name)))
        for key in self.keys:
            if key.required and key.name not in given:
                where.at(key.name).slip(say("is missing"))
        return {
            name: known[name].form.read(entry, where.at(name))
            for name, entry in given.items()
            if name in known
        }

    def _guess(self, name: str) -> str:
        near = guess(name, [key.name for key in self.keys])
        path = dict(self.elsewhere).get(name)
        return say("; did you mean {path}?", path=path) if path and not near else near

    def schema(self) -> Schema:
        """Return the section as JSON Schema."""
        return {
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": [key.name for key in self.keys if key.required],
            "properties": {key.name: _key_schema(key) for key in self.keys},
        }


class Named(Value, frozen=True):
    """A mapping whose keys are names that the user gives, and whose values have one form."""

    what: str
    form: Form
    least: int = 0  # how many there must be
    reserved: tuple[str, ...] = ()  # what none may be called, in lower case

    def read(self, value: object, where: Where) -> dict[str, Any] | None:
        """Return what each name stands for."""
        given = _mapping(value, where)
        if given is None:
            return None
        if not value and self.least:
            where.slip(say("needs at least one {what}", what=self.what))
        seen: dict[str, str] = {}
        for name in given:
            self._check_name(name, seen, where.at(name))
        return {name: self.form.read(entry, where.at(name)) for name, entry in given.items()}

    def _check_name(self, name: str, seen: dict[str, str], where: Where) -> None:
        unfit = name_slip(name)
        if is_name(name) and unfit is not None:
            where.slip(unfit)
        elif not is_name(name):
            where.slip(
                say(
                    "is no name for a {what}: letters, digits, '-', '_' and '.', at most 60, no blanks",
                    what=self.what,
                )
            )
        elif name.casefold() in self.reserved:
            where.slip(
                say("is no name for a {what}: the archive keeps files of its own under it", what=self.what)
            )
        twin = seen.setdefault(unicodedata.normalize("NFKC", name).casefold(), name)
        if twin != name:
            where.slip(
                say("differs from {twin!r} only in how it is spelled; as folders they may be one", twin=twin)
            )

    def schema(self) -> Schema:
        """Return the mapping as JSON Schema."""
        kinds = "object" if self.least else ["object", "null"]
        return {
            "type": kinds,
            "minProperties": self.least,
            "propertyNames": {"pattern": NAME_PATTERN}
            | ({"not": {"enum": list(self.reserved)}} if self.reserved else {}),
            "additionalProperties": self.form.schema(),
        }


def _mapping(value: object, where: Where, *, secret: bool = False) -> dict[str, Any] | None:
    if value is None:
        return {}
    if not isinstance(value, dict):
        found = "" if secret else say("; found {found}", found=shown(value))
        where.slip(say("must be a mapping of keys to values{found}", found=found))
        return None
    for name in value:
        if not isinstance(name, str):
            where.at(str(name)).slip(
                say("a key must be text; found {found}; put it in quotes", found=shown(name))
            )
    return {name: entry for name, entry in value.items() if isinstance(name, str)}


def _key_schema(key: Key) -> Schema:
    schema = {"description": f"{key.text}" + (f" Default: {key.derived}." if key.derived else "")}
    if not key.derived and not key.required:
        schema |= {"default": key.default}
    return schema | key.form.schema()
