"""Inputs on which a pattern is likely to do the most work, made of the pattern itself.

Each thing that repeats is given much to repeat and no end, each beginning is begun again and again, and each
character that the pattern names, or that stands for a kind of them, is given alone.
"""

from __future__ import annotations

import re
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Recipe = tuple[tuple[str, float], ...]
"""Pieces, and what share of the text each takes, again and again; 0: it stands there once."""

_PARSER: Final = import_module("re._parser")
_KINDS: Final = " \n\ta0-.<>\"'()[]{}/\\:;,=&?#%_*!|~`$^@+中年。“　\x00"  # a character of each kind
_NOWHERE: Final = ("\x01", 0.0)
_MANY: Final = 12  # repetitions, from which on a bounded thing is worth trying
_MOST_FITTING: Final = 4  # texts of one piece that are tried
_MOST: Final = 300  # recipes of one pattern
_REPEATS: Final = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_Tree = list[tuple[Any, Any]]


def text(recipe: Recipe, size: int) -> str:
    """Return a text of about so many characters."""
    return "".join(
        piece * max(int(size * share / len(piece)), 1) if share else piece for piece, share in recipe if piece
    )


def recipes(pattern: re.Pattern[Any]) -> list[Recipe]:
    """Return what to try with a pattern."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = list(_PARSER.parse(source, pattern.flags))
    made: dict[Recipe, None] = {}
    units = list(dict.fromkeys(_units(tree, "")))
    for each in dict.fromkeys([*_KINDS, *_literals(tree)]):
        made[(each, 1.0), _NOWHERE] = None
    for prefix, pump in units:
        if pump:
            made[(prefix, 0.0), (pump, 1.0), _NOWHERE] = None
            made[(prefix + pump, 1.0), _NOWHERE] = None
    for prefix in dict.fromkeys(prefix for prefix, _ in units if prefix):
        made[(prefix, 1.0), _NOWHERE] = None
        made[(prefix, 0.5), (" ", 0.5), _NOWHERE] = None
    return list(made)[:_MOST]


def _units(tree: _Tree, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield what leads to each thing that repeats, and what it repeats; without the second: to any thing."""
    for kind, value in tree:
        if str(kind) in _REPEATS and (value[1] is _PARSER.MAXREPEAT or value[1] >= _MANY):
            for pump in islice(_fitting(list(value[2])), _MOST_FITTING):
                yield prefix, pump
        for inner in _inner(str(kind), value):
            yield from _units(inner, prefix)
        prefix += next(_fitting([(kind, value)]), "")
        yield prefix, ""


def _inner(name: str, value: Any) -> list[_Tree]:  # noqa: ANN401 - a tree of the standard library
    """Return the pieces that a piece of a pattern is made of."""
    if name in _REPEATS:
        return [list(value[2])]
    if name == "BRANCH":
        return [list(branch) for branch in value[1]]
    if name == "SUBPATTERN":
        return [list(value[-1])]
    if name == "ATOMIC_GROUP":
        return [list(value)]
    return [list(value[1])] if name in {"ASSERT", "ASSERT_NOT"} else []


def _fitting(tree: _Tree) -> Iterator[str]:
    """Yield texts that a piece of a pattern takes, as far as one can say without looking around."""
    if not tree:
        yield ""
        return
    kind, value = tree[0]
    for first in _fits(str(kind), value):
        for rest in islice(_fitting(tree[1:]), 2):
            yield first + rest


def _fits(name: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - likewise
    if name == "LITERAL":
        yield chr(value)
    elif name in {"NOT_LITERAL", "ANY", "IN"}:
        is_of = _class(name, value)
        named = _literals([(name, value)]) if name == "IN" else ""
        yield from islice((each for each in dict.fromkeys([*named, *_KINDS]) if is_of(each)), _MOST_FITTING)
    elif name in _REPEATS:
        for one in islice(_fitting(list(value[2])), _MOST_FITTING):
            yield one * max(value[0], 1)
    elif name in {"ASSERT", "ASSERT_NOT", "AT", "GROUPREF"}:
        yield ""
    else:
        for branch in _inner(name, value):
            yield from islice(_fitting(branch), 2)


def _class(name: str, value: Any) -> Callable[[str], bool]:  # noqa: ANN401 - likewise
    """Return what says whether a character is of a class."""
    if name == "ANY":
        return lambda _: True
    if name == "NOT_LITERAL":
        return lambda each: each != chr(value)
    negated = any(str(kind) == "NEGATE" for kind, _ in value)
    return lambda each: negated != any(_is_of(each, str(kind), item) for kind, item in value)


def _is_of(each: str, kind: str, item: Any) -> bool:  # noqa: ANN401 - likewise
    if kind == "LITERAL":
        return ord(each) == int(item)
    if kind == "RANGE":
        return bool(item[0] <= ord(each) <= item[1])
    if kind == "CATEGORY":
        letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[str(item).rpartition("_")[2]]
        return re.fullmatch(rf"\{letter.upper() if 'NOT' in str(item) else letter}", each) is not None
    return False


def _literals(tree: _Tree) -> Iterator[str]:
    """Yield the characters that a pattern names."""
    for kind, value in tree:
        name = str(kind)
        if name in {"LITERAL", "NOT_LITERAL"}:
            yield chr(value)
        elif name == "RANGE":
            yield chr(value[0])
        elif name == "IN":
            yield from _literals(list(value))
        else:
            for inner in _inner(name, value):
                yield from _literals(inner)
