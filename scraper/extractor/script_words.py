"""Words that a script of a body writes into its page, and those that a template keeps for a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scraper import dom, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRITES: Final = re.compile(
    r"document\.write|(?:inner|outer)(?:HTML|Text)|insertAdjacent|textContent|\.(?:html|text|append|prepend)\s?\("
    r"|\b(?:content|template|data)[\"']?\s?:",
)
_QUOTES: Final = re.compile("[\"'`]")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_TAG: Final = re.compile(r"<[^<>]{0,300}>")
_ASKS: Final = re.compile(r"(?:alert|confirm|prompt|log|msg)\s?\(\s?$")
_MARKUP: Final = re.compile(r"html|template|x-tmpl|handlebars|mustache", re.IGNORECASE)
_FEW: Final = 4  # Chinese characters of what is a text


_SHOWS: Final = re.compile(
    r"<(?:img|image|video|audio|source|embed|object)\b[^<>\n]{0,60}?\bsrc\s?=[^<>\s]{0,80}?(?:[\"'`]\s?\+|\$\{)",
    re.IGNORECASE,
)


def markup_of(code: str) -> str | None:
    """Return the beginning of a picture or player whose address a script puts together; None: of none."""
    found = _SHOWS.search(code) if "<" in code else None
    return text.fold(found[0]) if found is not None else None


def of(script: dom.Node) -> tuple[str, ...]:
    """Return the texts that a script shows, each once: none of one that only asks or counts."""
    code = script.text(deep=True) or ""
    if not code or _HAN.search(code) is None:
        return ()
    if _MARKUP.search(dom.attribute(script, "type")):
        return tuple(filter(None, [text.fold(_TAG.sub(" ", code))]))
    return tuple(dict.fromkeys(_texts(code))) if _WRITES.search(code) else ()


def _texts(code: str) -> Iterator[str]:
    before = ""
    for piece in _QUOTES.split(
        "\n".join(line for line in code.split("\n") if not line.lstrip().startswith("//"))
    ):
        words = text.fold(_TAG.sub(" ", piece)) if _HAN.search(piece) else ""
        if len(_HAN.findall(words)) >= _FEW and "/*" not in words and _ASKS.search(before) is None:
            yield words
        before = piece
