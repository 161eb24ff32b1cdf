r"""JSON that others wrote: read within a depth, its texts whole.

JSON can hold half a character (`"\ud83d"`, a title that was cut in the middle of an emoji), which no file
and no database takes, and it can nest deeper than Python recurses.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from scraper.messages import say
from scraper.text import whole

_DEEPEST: Final = 64
_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def parse(text: str) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return what a text says as JSON. Raises `ValueError` for what is none, or nests too deeply."""
    if text.count("[") + text.count("{") > _DEEPEST and _depth(text) > _DEEPEST:
        msg = say("it is nested more than {deepest} deep", deepest=_DEEPEST)
        raise ValueError(msg)
    value = json.loads(text, strict=False, parse_constant=_no_number)
    return _whole(value) if _HALF.search(text) else value


def _depth(text: str) -> int:
    depth = deepest = 0
    for mark in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _whole(value: Any) -> Any:  # noqa: ANN401 - likewise
    match value:
        case str():
            return whole(value)
        case list():
            return [_whole(each) for each in value]
        case dict():
            return {whole(key): _whole(each) for key, each in value.items()}
        case _:
            return value


def _no_number(name: str) -> NoReturn:
    msg = say("{name} is no number", name=name)
    raise ValueError(msg)
