"""Text in the form in which it is compared: NFKC, case folded, every run of white space one blank.

A query is folded as texts are, so `ＮＡＮＫＡＩ`, `Nankai` and `nankai` are one word.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import Final

from scraper.text import without_faceless

_MARK: Final = re.compile("[\u0300-\u036f\u1160-\u11ff\u3099\u309a\uff9e\uff9f]")
_MOST: Final = 5_000  # places of a word in one text
_WIDE: Final = {
    mark: unicodedata.normalize("NFKC", mark)
    for mark in "\uff0c\uff1a\uff08\uff09\uff1b\uff01\uff1f\uff05\uff0f\uff5e\u2026"
}
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def cleaned(text: str) -> str:
    """Return a text as it is kept for showing: NFC, no character without a face, paragraphs a line each."""
    lines = (" ".join(without_faceless(line).split()) for line in text.splitlines())
    return unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", "\n".join(line for line in lines if line)))


def fold(text: str) -> str:
    """Return a text as it is compared."""
    joined = " ".join(without_faceless(text).split())
    if joined.isascii():
        return joined.lower()
    for mark, narrow in _WIDE.items():  # but for these most texts are NFKC, and seen to be so at a glance
        joined = joined.replace(mark, narrow)
    folded = unicodedata.normalize("NFKC", joined).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def contains(text: str, needle: str) -> bool:
    """Say whether a cleaned text holds a folded needle. Most that do hold it as it stands."""
    place = text.find(needle)
    if place >= 0 and not _is_mark(text[place + len(needle) : place + len(needle) + 1]):
        return True
    return needle in fold(text)


def occurrences(text: str, needle: str) -> list[tuple[int, int]]:
    """Return where a text holds a folded needle: beginnings and ends in the text as it stands.

    A word that stands there very often is found some thousand times: nobody reads more.
    Most texts hold it as it stands, but for its case; only where one does not is it folded letter by letter.
    """
    if not needle:
        return []
    lower = text.lower()
    if len(lower) == len(text) and needle in lower:
        return [found.span() for found in islice(re.finditer(re.escape(needle), lower), _MOST)]
    starts, folded = _by_cluster(text)
    found: list[tuple[int, int]] = []
    place = folded.find(needle)
    while place >= 0 and len(found) < _MOST:
        end = place + len(needle)
        found.append((starts[place], starts[end - 1] + _cluster(text, starts[end - 1])))
        place = folded.find(needle, end)
    return found


def _by_cluster(text: str) -> tuple[list[int], str]:
    """Return a text folded letter by letter, and for each character of that where its letter began."""
    starts: list[int] = []
    pieces: list[str] = []
    place = 0
    while place < len(text):
        size = _cluster(text, place)
        letter = text[place : place + size]
        piece = " " if letter.isspace() else fold(letter)
        pieces.append(piece)
        starts += [place] * len(piece)
        place += size
    return starts, "".join(pieces)


def _cluster(text: str, place: int) -> int:
    """Return how many characters the letter has that begins here: itself, and the marks that join it."""
    end = place + 1
    while end < len(text) and _is_mark(text[end]):
        end += 1
    return end - place


def _is_mark(character: str) -> bool:
    return (
        bool(character)
        and not character.isascii()
        and (_MARK.match(character) is not None or unicodedata.combining(character) > 0)
    )
