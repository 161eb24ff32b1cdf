"""The names of files and pictures in the markup of an element, read as characters for the witness."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from scraper import dom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME: Final = re.compile(
    r"\.(?=[7abcdefgjmoprwxz])(?:(?P<picture>jpe?g|png|gif|webp|bmp|avif)"
    r"|pdf|docx?|docm|xlsx?|xlsm|csv|pptx?|ppsx?|wps|et|dps|ofd|rtf|zip|rar|7z|caj|epub"
    r"|mp4|m4v|flv|f4v|wmv|avi|mov|rmvb?|mpe?g|webm|m3u8|mp3|wma|wav|m4a|ogg)(?=[\"'`?#&\s),\\])",
    re.IGNORECASE,
)
_EDGES: Final = frozenset("\"'()<> \t\r\n;`")
_ATTRIBUTE: Final = re.compile(  # before its sign: from where it begins, or the end of a longer one
    r"(?:(?<![\w:.\-])|\A.)([\w:.\-]{1,60}+)\s?\Z"
)
_VALUE: Final = re.compile(r"\s?[\"']?[^\"=<>]{0,300}")  # behind it
_HOLDS_WORDS: Final = re.compile(
    r"^(?:alt|title|name|id|class|value|content|download)$|title|name|sudyfile|desc|label"
)
_SHOWN_BY_TREE: Final = "<img"
_EMBEDDED: Final = re.compile(r"data:image/[^\"')>\s]{200,}")
_WIDTH: Final = re.compile(r"^[\d.]+[wx],")
_LONGEST_NAME: Final = (
    400  # characters of an attribute's name and what stands before the address in its value
)
_LONGEST_ATTRIBUTE: Final = 61  # characters of its name, and a blank
_LONGEST: Final = 2_048  # characters of an address
_MOST_MISSED: Final = 8  # scripts that stand in scripts


def names_in(node: dom.Node) -> Iterator[tuple[str, bool]]:
    """Yield every address in the tags and scripts of an element that ends in a file's or picture's name.

    But for the `<img>` elements: these the tree has shown.
    """
    html = node.html or ""
    if "data:image" in html:
        html = _EMBEDDED.sub("", html)
    html = "".join(_without_shown(html))
    if NAME.search(html) is None:
        return
    scripts = [script.text(deep=True) or "" for script in dom.select(node, "script")]
    html = "".join(_without_code(html, (code.html or "" for code in dom.select(node, "script, style"))))
    of_scripts = set(scripts)
    for part in (*_without_comments(html), *scripts):
        in_script = part in of_scripts
        for found in NAME.finditer(part):
            start = _start_of(part, found.start())
            if _in_string(part, start) if in_script else _in_address(part, start, found.end()):
                name = _whole(part, start, found.end())
                if name and not name.lower().startswith("file:"):
                    yield name, found["picture"] is not None


def _without_code(html: str, codes: Iterable[str]) -> Iterator[str]:
    """Yield what stands between the scripts and styles of a text, which are given in its order.

    Such as stand in each other, in drawings, are found with the outer one; after some of them nobody looks
    for more.
    """
    at = missed = 0
    for code in codes:
        found = html.find(code, at) if missed < _MOST_MISSED else -1
        missed += found < 0
        if found >= 0:
            yield html[at:found]
            at = found + len(code)
    yield html[at:]


def _in_string(script: str, start: int) -> bool:
    """Tell an address that is a string of a script."""
    return script[start - 1 : start] in {'"', "'", "`"}


def _in_address(part: str, start: int, end: int) -> bool:
    """Tell a value that may be an address from words of the page, and from attributes that hold words."""
    before = part[max(0, start - _LONGEST) : start]
    if before.rfind("<") < before.rfind(">"):
        return False
    if part[end : end + 1] == ")" and "url(" not in before[-8:].lower():
        return False
    name, _, value = before[-_LONGEST_NAME:].rpartition("=")
    attribute = _ATTRIBUTE.search(name[-_LONGEST_ATTRIBUTE:]) if _VALUE.fullmatch(value) else None
    if attribute is None or not _HOLDS_WORDS.search(attribute[1]):
        return True
    return attribute[1].lower() == "value" and "/" in part[start:end]


def _whole(part: str, start: int, end: int) -> str:
    """Return a name with the query that follows it, and without the width that comes before."""
    stop = end
    if part[end : end + 1] == "?":
        stop = next((at for at in range(end, min(len(part), end + _LONGEST)) if part[at] in "\"'<> "), end)
    name = unescape(part[start:stop]).replace("\\/", "/").strip()
    return _WIDTH.sub("", name)


def _without_shown(html: str) -> Iterator[str]:
    """Yield the markup between the tags of `<img>`."""
    at = 0
    while (begin := html.find(_SHOWN_BY_TREE, at)) >= 0:
        behind = begin + len(_SHOWN_BY_TREE)
        is_other = html[behind : behind + 1].isalnum() or html[behind : behind + 1] == "_"  # `<imgs>`
        yield html[at : behind if is_other else begin]
        end = html.find(">", behind)
        at = behind if is_other else len(html) if end < 0 else end + 1
    yield html[at:]


def _without_comments(html: str) -> Iterator[str]:
    at = 0
    while (begin := html.find("<!--", at)) >= 0:
        yield html[at:begin]
        end = html.find("-->", begin)
        if end < 0:
            return
        at = end + 3
    yield html[at:]


def _start_of(part: str, end: int) -> int:
    """Return where the address begins that ends here: after the nearest quotation mark, bracket or blank."""
    for at in range(end - 1, max(-1, end - _LONGEST), -1):
        if part[at] in _EDGES and not part.startswith(("&amp;", "&quot;"), max(0, at - 5)):
            return at + 1
    return max(0, end - _LONGEST)
