"""What is said to a person: in his language, clean of what could act on a terminal, never in the way.

Text of pages, servers and configs is foreign: control and bidirectional characters in it are shown as
escapes. A standard error that is closed, or on a full disk, ends no work.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from scraper.messages import translated

if TYPE_CHECKING:
    from collections.abc import Callable

_ACTING: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def clean(text: str) -> str:
    """Return a text with control and bidirectional characters as escapes; line ends and tabs stay."""
    return text if text.isprintable() else _ACTING.sub(_escaped, text)


def line(text: str) -> str:
    """Return a text as one clean line."""
    return clean(" ".join(text.split()))


def tell(text: str) -> None:
    """Say something beside the result: on standard error."""
    with suppress(OSError, ValueError):  # nobody can be told that nobody can be told
        print(clean(translated(text)), file=sys.stderr, flush=True)  # noqa: T201 - the program's own voice


def put(text: str) -> None:
    """Say what was asked for: on standard output. Raises BrokenPipeError where its reader went away."""
    print(clean(translated(text)))  # noqa: T201 - likewise


def json_text(
    value: object, *, indent: int | None = None, default: Callable[[Any], Any] | None = None
) -> str:
    """Return a value as JSON, what could act on a terminal or end a line as JSON's own escapes.

    `default`: what becomes of a value that JSON has no word for; None: TypeError.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=default)
    return text if text.isprintable() else _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 - two digits are enough
