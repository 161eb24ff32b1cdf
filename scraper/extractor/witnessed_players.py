"""Players and viewers as the witness sees them: each shows something, and one of its addresses must be told.

Shares nothing with the reader, which writes into its account what stands in a player as a fallback: the
player itself is not left out by that.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from scraper import dom

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_PLAYERS: Final = frozenset(
    [
        *("video", "audio", "iframe", "embed", "object", "bgsound"),
        *("mpvideo", "mpvoice", "mp-common-mpaudio", "qqmusic"),
    ]
)
_ASIDE: Final = re.compile(  # attributes that name nothing to play
    r"^(?:class|id|style|width|height|type|title|alt|align|name|frameborder|scrolling|border|preload|poster|controls"
    r"|autoplay|autostart|loop|muted|allow\w*|sandbox|loading|data-setup|data-poster|data-cover|vwidth|vheight|classid"
    r"|codebase|pluginspage|quality|wmode|play|menu|language|xmlns|referrerpolicy|vstrans|sudy-wp-player"
    r"|sudyfile-attr|data-vidtype)$",
    re.IGNORECASE,
)
PIECES: Final = re.compile(r"[/=&?#\\]")  # what parts an address
_CODED: Final = re.compile(r"[A-Za-z0-9+/]{16,2000}={0,2}")
_SHORTEST: Final = 2  # characters of a value that may be an address or a number of one


def untold(left: Iterable[tuple[str, dom.Node]], known: Collection[str]) -> Iterator[str]:
    """Yield an address of each player among what is left out as a fallback, where none of its is told.

    `known`: the pieces of all addresses that are told.
    """
    for rule, node in left:
        if rule != "fallback":
            continue
        values = [*_values(node)]
        if values and not any(_is_told(value, known) for value in values):
            yield next((value for value in values if "/" in value), values[0])


def _values(node: dom.Node) -> Iterator[str]:
    """Yield what a player names, in it and in its sources and parameters."""
    own = node.attributes
    if node.tag not in _PLAYERS and own.keys().isdisjoint(("vurl", "pdfsrc", "sudy-wp-src")):
        return
    inner = dom.select(node, "source, param, embed, a[href]") if node.tag != "script" else []
    for each in (node, *inner):
        for name, value in each.attributes.items():
            plain = (value or "").strip()
            if len(plain) >= _SHORTEST and " " not in plain and not _ASIDE.match(name):
                yield plain


def _is_told(value: str, known: Collection[str]) -> bool:
    """Tell whether an address, or one that it holds, ends in a piece that is told."""
    return any(piece in known for piece in _ends(value))


def _ends(value: str) -> Iterator[str]:
    """Yield what an address ends in: the values of its query, where they say anything, else its name."""
    path, *query = re.split(r"[&?#]", value)
    told = [unquote(unquote(part.partition("=")[2] if "=" in part else part)) for part in query]
    for plain in told if any(map(_last, told)) else (unquote(path), *told):
        yield from _last(plain)
        coded = _CODED.fullmatch(plain)
        if coded is not None:
            yield from _ends_of_coded(coded[0])


def _ends_of_coded(coded: str) -> Iterator[str]:
    try:
        plain = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return
    yield from _last(plain)


def _last(address: str) -> list[str]:
    """Return the last piece of an address that is more than an ending; none: []."""
    return [piece for piece in PIECES.split(address) if piece and piece[0] != "."][-1:]
