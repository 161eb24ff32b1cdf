"""The queries of a page's links, written in the page's own encoding as browsers do (WHATWG URL standard).

`?q=中` on a page in GBK is asked for as `?q=%D6%D0`; a path is UTF-8 on every page. Pages in UTF-8 are left
as they are: what their addresses hold goes out in UTF-8 anyway.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import webencodings

if TYPE_CHECKING:
    from scraper.dom import Node

_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_QUERY = re.compile(r"([^?#]*\?)([^#]*)(.*)", re.DOTALL)
_OTHER_SCHEME = re.compile(r"[\x00-\x20]*(?!https?:)[A-Za-z][A-Za-z0-9+.\-]*:", re.IGNORECASE)
_REFERENCE = r"&(?:#|[A-Za-z][A-Za-z0-9]*+(?!=))"  # in an attribute `&copy=` is none
_ORDINARY = r"\x00-\t\x0b\x0c\x0e-!#-%(-;=@-\x7f"  # of ASCII all but line ends, quotes, and what ends a query
_SUSPECT = re.compile(rf"\?(?:[{_ORDINARY}]++|(?!{_REFERENCE})&)*+(?:[^\x00-\x7f]|{_REFERENCE})")
_ADDRESS = re.compile(
    r"href|src|data|poster|data-(?=[a-z0-9-]*?(?:src|href|url|link|original|lazy|file))[a-z0-9-]*+"
)
_UNSAFE = frozenset([*range(0x21), *b"\"#<>'", *range(0x7F, 0x100)])  # the standard's special-query set
_EURO = "\u20ac"
_NO_TEXT = frozenset(["utf-8", "utf-16le", "utf-16be", "replacement", "x-user-defined"])


def encode_queries(root: Node, html: str, encoding: str) -> None:
    """Write the queries of all links of a page in its encoding; `html` is the text the tree was made of."""
    if encoding in _NO_TEXT or _SUSPECT.search(html) is None:
        return
    for node in root.traverse():
        for name, value in node.attributes.items():
            if value and "?" in value and _ADDRESS.fullmatch(name):
                written = query_in(value, encoding)
                if written != value:
                    node.attrs[name] = written


def query_in(reference: str, encoding: str) -> str:
    """Return a reference, what is not ASCII in its query escaped as bytes of an encoding."""
    if encoding in _NO_TEXT or reference.isascii() or _OTHER_SCHEME.match(reference):
        return reference
    parts = _QUERY.fullmatch(reference)
    if parts is None:
        return reference
    query = _FOREIGN.sub(lambda found: _escaped(found[0], encoding), parts[2])
    return parts[1] + query + parts[3]


def _escaped(characters: str, encoding: str) -> str:
    """Return characters as escaped bytes; one that the encoding does not have is `&#…;`, escaped."""
    try:
        written = _bytes(characters, encoding)
    except UnicodeEncodeError:
        if len(characters) == 1:
            return f"%26%23{ord(characters)}%3B"
        return "".join(_escaped(character, encoding) for character in characters)
    return "".join(f"%{byte:02X}" if byte in _UNSAFE else chr(byte) for byte in written)


def _bytes(characters: str, encoding: str) -> bytes:
    """Return characters in an encoding. Raises UnicodeEncodeError where it does not have one of them."""
    if encoding == "gbk":
        return b"".join(map(_in_gbk, characters))
    if encoding == "gb18030":
        return characters.encode("gb18030")
    written: bytes = webencodings.lookup(encoding).codec_info.encode(characters, "strict")[0]
    return written


def _in_gbk(character: str) -> bytes:
    """Return a character as the standard's GBK encoder has it: GB 18030 without its four-byte codes."""
    if character == _EURO:
        return b"\x80"
    written = character.encode("gb18030")
    if len(written) > 2:  # noqa: PLR2004 - bytes of a code of GBK
        name, reason = "gbk", "no code of two bytes"
        raise UnicodeEncodeError(name, character, 0, 1, reason)
    return written
