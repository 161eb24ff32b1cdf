"""What an element's own style says: which declarations there are, and which of them change what is read."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_HIDDEN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LIGHT: Final = frozenset(["normal", "lighter", "100", "200", "300", "400", "500"])
_LINES: Final = {
    "pre": True,
    "pre-wrap": True,
    "break-spaces": True,
    "pre-line": False,
    "-moz-pre-wrap": True,
}


def declarations(style: str) -> dict[str, str]:
    """Return a style's declarations in lower case, the last of each name."""
    found = {}
    for declaration in style.lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return found


def may_hide(style: str) -> bool:
    """Tell whether a style, or several, says anything of whether an element is shown."""
    told = style.lower()
    return "display" in told or "visibility" in told


def hides(style: str) -> bool:
    """Tell whether a style takes an element off the page."""
    return _HIDDEN.search(style) is not None


class Look(NamedTuple):
    """How an element differs from what its tag says; None: it does not."""

    strong: bool | None = None  # False: its weight is that of the text around it
    emphasis: bool | None = None
    struck: bool | None = None
    lines: bool | None = None  # True: line ends and blanks count; False: line ends do
    raised: str | None = None  # `super` or `sub`


PLAIN: Final = Look()
_TOLD_OF_LOOKS: Final = ("line-through", "font-weight", "white-space", "vertical-align", "font-style")


def look_of(style: str) -> Look:
    """Return what a style says of weight, slope, lines struck through, white space and height on the line."""
    lower = style.lower()
    if not any([mark in lower for mark in _TOLD_OF_LOOKS]):  # noqa: C419 - a generator takes longer
        return PLAIN
    told = declarations(lower)
    decoration = f"{told.get('text-decoration', '')} {told.get('text-decoration-line', '')}"
    height = told.get("vertical-align")
    return Look(
        strong=False if told.get("font-weight") in _LIGHT else None,
        emphasis=False if told.get("font-style") == "normal" else None,
        struck=True if "line-through" in decoration else None,
        lines=_LINES.get(told.get("white-space", "")),
        raised=height if height in {"super", "sub"} else None,
    )
