"""Addresses as the destinations of links and pictures."""

from __future__ import annotations

import re
from typing import Final

_SUSPECT: Final = re.compile(r"[\s\x00-\x20\x7f-\x9f\"<>`{}|\\^&*()]")  # what the rest of this room is about
_UNFIT: Final = re.compile(r"[\s\x00-\x20\x7f-\x9f\"<>`{}|\\^]")
_ENTITY: Final = re.compile(r"&(?=#?[0-9A-Za-z]+;)")


def destination(href: str) -> str:
    """Return an address as it stands between the parentheses of a link: it reads back as the same address.

    Characters that no address may hold are percent-encoded, parentheses without a partner are escaped,
    and so are stars, which marked may take for emphasis around the link.
    """
    if _SUSPECT.search(href) is None:
        return href
    quoted = _UNFIT.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), href)
    quoted = _ENTITY.sub("&amp;", quoted).replace("*", r"\*")
    if not _balanced(quoted):
        quoted = re.sub(r"[()]", r"\\\g<0>", quoted)
    return quoted


def _balanced(text: str) -> bool:
    """Tell whether every parenthesis has its partner, not nested deeper than every reader follows."""
    depth = 0
    for found in re.finditer(r"[()]", text):
        depth += 1 if found[0] == "(" else -1
        if depth not in {0, 1}:
            return False
    return depth == 0
