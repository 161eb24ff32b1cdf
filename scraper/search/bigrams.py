"""A text as terms of an index: every two neighbouring characters, and the last one of each run.

Any piece of a text is then found by its own pairs, whatever its language; a single character by the terms
that begin with it. White space divides runs. The terms are made for FTS5's `ascii` tokenizer, for which a
letter is an ASCII letter, a digit, or whatever lies beyond ASCII: ASCII's signs are moved to a plane that
holds nothing.
"""

from __future__ import annotations

import re
from itertools import pairwise
from operator import add
from string import punctuation
from typing import Final

MOST: Final = 64  # terms of one needle that an index is asked for: more narrow nothing, the text is checked

_SIGN: Final = re.compile(f"[{re.escape(punctuation)}]")
_MOVED: Final = {sign: chr(0xF0000 + ord(sign)) for sign in punctuation}  # to plane 15: private use


def terms(folded: str) -> set[str]:
    """Return the terms of a folded text."""
    found: set[str] = set()
    for run in _runs(folded):
        found.update(map(add, run, run[1:]))
        found.add(run[-1])
    return found


def expression(needle: str) -> str:
    """Return what FTS5 is asked for a folded needle: every text that holds it, and perhaps some others."""
    asked: dict[str, None] = {}
    for run in _runs(needle):
        pairs = list(map("".join, pairwise(run)))
        asked.update(dict.fromkeys(f'"{pair}"' for pair in pairs) or {f'"{run}" *': None})
    return " AND ".join(list(asked)[:MOST])


def _runs(folded: str) -> list[str]:
    """Return a text's runs, ASCII's signs moved; `translate` would look up every other character, too."""
    return _SIGN.sub(lambda found: _MOVED[found[0]], folded).split()


def is_exact(needle: str) -> bool:
    """Say whether whatever has the terms of a folded needle also holds the needle."""
    return len(needle) <= 2  # noqa: PLR2004 - a bigram
