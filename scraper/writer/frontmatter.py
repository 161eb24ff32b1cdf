"""Front matter: written so that every reader of YAML gets the same, and read back.

Of the readers that matter (PyYAML, js-yaml under Hexo, two different ones under Hugo 0.111 and 0.168) each
has its own idea of what a bare word means. Ordinary strings are written bare, as in the older documents;
whatever any of the readers could take for a number, a moment, a truth value, nothing at all or markup stands
in double quotes.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

import yaml
from frontmatter.default_handlers import YAMLHandler

from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

Metadata: TypeAlias = dict[str, "str | list[str]"]

# Anything made of digits, signs and what may stand between them, an exponent or a base: `1e5`, `08`, `0o17`,
# `1_000`, `12:30`, `2020-06-14`, `.5`. An MD5 of digits and a single `e` is among them.
_NUMBER: Final = r"[-+.]*[0-9][-+0-9_.,:eETZtz ]*|[-+]?0[xXoObB][0-9a-fA-F_]*"
_WORD: Final = r"(?i:[-+]?\.?(?:y|n|yes|no|on|off|true|false|null|nil|nan|inf|infinity))"
_TAKEN_FOR_MORE: Final = re.compile(rf"{_NUMBER}|{_WORD}")
# Signs are told by the few that are not what is asked for: `re` goes through every character of a class.
_UNSEEN_ONES: Final = r"\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_UNSEEN: Final = re.compile(f"[{_UNSEEN_ONES}]")
_MARKUP: Final = re.compile(r"[\x00-'\)-/:-@\[-`{-\x7f]|.*(?::(?:\s|$)|\s#|\s$)", re.DOTALL)
# Begins with a letter, a digit or a sign beyond ASCII, and holds nothing that YAML gives a meaning to.
_PLAIN: Final = re.compile(
    rf"(?!(?:{_TAKEN_FOR_MORE.pattern})\Z)"
    rf"[^ -/:-@\[-`{{-~{_UNSEEN_ONES}][^!-'*:-=?@\[-^`{{}}~{_UNSEEN_ONES}]*+(?<!\s)"
)
_TAGS_BARE: Final = "\ntags:\n"
_TAGS: Final = "\ntags: \n"  # as in the older documents, blank and all
_DOCUMENT: Final = re.compile(
    r"\ufeff?---[ \t]*\r?\n(.*?)(?:\r?\n|(?<=\n))---[ \t]*(?:\r?\n|\Z)(.*)", re.DOTALL
)
_MOST_NESTED: Final = 32  # lists and mappings in each other
_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # by libyaml, ten times as fast, where it is
_NO_LINE: Final = 2**31 - 1  # a title is one line, however long


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _needs_quotes(text) else None)


class _Dumper(yaml.SafeDumper):
    """Writes strings bare where every reader takes them for that string."""

    yaml_representers: ClassVar[dict[type, Any]] = {**yaml.SafeDumper.yaml_representers, str: _string}

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 -- PyYAML's hook gives it
        """Write a list that stands twice twice: no reader of front matter needs to know anchors."""
        return True


def document(metadata: Mapping[str, object], body: str) -> str:
    """Return a document: front matter in the order of its keys, and the body right below."""
    lines = "\n".join([_entry(key, value) for key, value in metadata.items()])
    return f"---\n{lines}\n---\n".replace(_TAGS_BARE, _TAGS) + body


def dumped(metadata: Mapping[str, object]) -> str:
    """Return front matter as the YAML dumper writes it, without a line end at the end.

    `document` writes plainly safe values without it, to the same effect: it takes longer than all the rest.
    """
    return str(YAMLHandler().export(dict(metadata), Dumper=_Dumper, sort_keys=False, width=_NO_LINE))


def _entry(key: str, value: object) -> str:
    """Return the line or lines of one key: at once where they are plainly safe, else by the dumper."""
    match value:
        case str() if _is_plain(value):
            return f"{key}: {value}"
        case bool():
            return f"{key}: {'true' if value else 'false'}"
        case datetime() if value.tzinfo is None:
            return f"{key}: {value.isoformat(' ')}"
        case [_, *_] if {*map(type, value)} == {str}:
            return _strings(key, tuple(value))
        case _:
            return dumped({key: value})


@lru_cache(maxsize=64)
def _strings(key: str, values: tuple[str, ...]) -> str:
    """Return the lines of a list of strings: a site's tags are the same in all its documents."""
    if all(map(_is_plain, values)):
        return "\n".join((f"{key}:", *(f"- {value}" for value in values)))
    return dumped({key: list(values)})


def _is_plain(text: str) -> bool:
    """Tell whether a string stands bare in every YAML, beyond doubt."""
    return _PLAIN.fullmatch(text) is not None


def read(text: str) -> tuple[Metadata, str]:
    """Return a document's front matter and its body, whose white space stays.

    Every value is a string as it stands there, or a list of such: an urlname of digits stays one, whoever
    wrote it without quotes. A byte order mark is dropped. A text without front matter, or with one that is no
    mapping, has the metadata {} and is all body. Raises ValueError for front matter that is no YAML.
    """
    found = _DOCUMENT.fullmatch(text)
    if found is None:
        return {}, text.removeprefix("\ufeff")
    try:
        _check_form(found[1])
        values = YAMLHandler().load(found[1], Loader=_LOADER)
    except yaml.YAMLError as error:
        msg = say("front matter is no YAML: {error}", error=error)
        raise ValueError(msg) from error
    if not isinstance(values, dict):
        return {}, text.removeprefix("\ufeff")
    return {str(key): _read_value(value) for key, value in values.items()}, found[2]


def _check_form(text: str) -> None:
    """Raise ValueError for what nests too deeply, which ends libyaml by a crash, or says one thing often."""
    if "*" not in text and sum(map(text.count, ("[", "{", "- ", "? "))) <= _MOST_NESTED:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MOST_NESTED or isinstance(event, yaml.AliasEvent):
            msg = say("front matter is nested too deeply, or has aliases")
            raise ValueError(msg)


def _read_value(value: object) -> str | list[str]:
    if isinstance(value, list):
        return [str(entry) for entry in value]
    return str(value)


def _needs_quotes(text: str) -> bool:
    return (
        not text
        or _TAKEN_FOR_MORE.fullmatch(text) is not None
        or _MARKUP.match(text) is not None
        or _UNSEEN.search(text) is not None
    )
