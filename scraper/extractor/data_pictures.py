"""Pictures that are written into the page itself, as `data:` addresses: nobody else has them."""

from __future__ import annotations

import base64
import binascii
import re
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from scraper.extractor.filetypes import PICTURES, place_of, suffix_of
from scraper.urls import Url

_DATA: Final = re.compile(r"data:image/[\w.+\-]{1,40}", re.IGNORECASE)
_GIF: Final = b"GIF8"
_PNG: Final = b"\x89PNG"


class Embedded(NamedTuple):
    """A picture that is written into the page itself."""

    src: Url  # the address under which the site shows its file
    data: bytes


def embedded(reference: str) -> Embedded | None:
    """Return the picture of a `data:` address; None for what is none, and for one that has no extent."""
    head, comma, packed = reference.partition(",")
    if not comma or _DATA.match(head.strip()) is None:
        return None
    data = unquote_to_bytes(packed.strip())
    if head.rstrip().lower().endswith("base64"):
        try:
            plain = data.translate(None, b" \t\r\n")
            data = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
        except (binascii.Error, ValueError):
            return None
    suffix = suffix_of(data)
    if suffix not in PICTURES or _has_no_extent(data):
        return None
    return Embedded(Url(f"/{place_of(sha256(data).hexdigest(), suffix)}"), data)


def _has_no_extent(data: bytes) -> bool:
    """Tell a picture of one point in width or height: a placeholder, a counter."""
    if data.startswith(_GIF):
        sides = (int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
    elif data.startswith(_PNG):
        sides = (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    else:
        return False
    return min(sides) <= 1
