"""Whether a delimiter of emphasis acts where it stands: the flanking rules of CommonMark 0.31, section 6.2.

`文**“引用”**后` is not bold: `**` before punctuation opens only after white space or punctuation, and closes
likewise. The remedy is exact and adds no character: the neighbour outside is written as a character reference
(`&#25991;**“引用”**&#21518;`), whose `;` and `&` are punctuation to every reader, and shows the same.

Readers differ in what punctuation is: symbols (`★`) are in 0.31 and were not before, and JavaScript sees half
of a character beyond U+FFFF; marked excepts `~`. What they may judge differently is taken for the worse of
the two here.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

_LAST_OF_THE_PLANE: Final = "\uffff"


def acts(delimiter: str, *, inside: str, outside: str) -> bool:
    """Tell whether a delimiter acts between these two neighbours, for every reader.

    `delimiter` is `**`, `*` or `_`; `inside` is no white space; `outside` is "" at the edge of the block.
    Both are single characters of the Markdown, not of the text: an escape begins with a backslash.
    """
    within_words = delimiter[0] != "_"  # which never acts between two letters
    return (within_words and not _may_be_punctuation(inside)) or _surely_parts(outside)


def reference(character: str) -> str:
    """Return a character as a numeric reference."""
    return f"&#{ord(character)};"


@cache
def _may_be_punctuation(character: str) -> bool:
    """Tell whether any reader takes this for punctuation."""
    return character > _LAST_OF_THE_PLANE or unicodedata.category(character)[0] in "PSC"


@cache
def _surely_parts(character: str) -> bool:
    """Tell whether every reader takes this for white space, punctuation or the edge of the text."""
    if character == "" or character in " \t\n":
        return True
    category = unicodedata.category(character)
    if character > _LAST_OF_THE_PLANE or character == "~" or category[0] not in "PSZ":
        return False
    return category[0] == "P" or category == "Zs" or character.isascii()
