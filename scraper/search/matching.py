"""Whether an article answers a query, and the lines of it that show why."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from scraper.search.bigrams import is_exact
from scraper.search.folding import contains, occurrences
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.search.query import Query, Term

AROUND: Final = 30  # characters of a snippet before its first word
LENGTH: Final = 120  # of a snippet, more or less
_ENDS: Final = "。！？；\n"


class Piece(Value, frozen=True):
    """A piece of a snippet."""

    text: str
    marked: bool = False


Snippet = tuple[Piece, ...]


def is_match(query: Query, title: str, text: str, *, unchecked: bool = False) -> bool:
    """Say whether an article's title and text (both `folding.cleaned`) answer a query's words.

    `unchecked`: what the index alone decides (`bigrams.is_exact`) is looked at too.
    """
    wanted = (term for term in query.wanted if unchecked or needs_text(term))
    unwanted = (term for term in query.unwanted if unchecked or needs_text(term))
    return all(_holds(term, title, text) for term in wanted) and not any(
        _holds(term, title, text) for term in unwanted
    )


def needs_text(term: Term) -> bool:
    """Say whether the index alone cannot tell if a text holds a term."""
    return term.where == "title" or not is_exact(term.text)


def _holds(term: Term, title: str, text: str) -> bool:
    return contains(title, term.text) or (term.where == "anywhere" and contains(text, term.text))


def snippet_of(query: Query, text: str) -> Snippet:
    """Return the part of a text that holds most of a query's words, each marked; else its beginning."""
    marks = _merged(sorted(mark for term in query.wanted for mark in occurrences(text, term.text)))
    start = _start(text, _densest(marks))
    end = min(len(text), start + LENGTH)
    shown = [(first, last) for first, last in marks if first >= start and last <= end]
    pieces = [Piece("…")] if start else []
    at = start
    for first, last in shown:
        pieces += [Piece(_line(text[at:first])), Piece(_line(text[first:last]), marked=True)]
        at = last
    pieces.append(Piece(_line(text[at:end])))
    pieces += [Piece("…")] if end < len(text) else []
    return tuple(piece for piece in pieces if piece.text)


def marked(query: Query, text: str) -> Snippet:
    """Return a whole line, such as a title, its words marked."""
    pieces, at = [], 0
    for first, last in _merged(
        sorted(mark for term in query.wanted for mark in occurrences(text, term.text))
    ):
        pieces += [Piece(text[at:first]), Piece(text[first:last], marked=True)]
        at = last
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text)


def as_html(snippet: Snippet) -> str:
    """Return a snippet as HTML: its words within `<mark>`, all else escaped."""
    texts = ((html.escape(piece.text, quote=False), piece.marked) for piece in snippet)
    return "".join(f"<mark>{text}</mark>" if is_marked else text for text, is_marked in texts)


def _merged(marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join marks that overlap."""
    joined: list[tuple[int, int]] = []
    for first, last in marks:
        if joined and first < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _densest(marks: Sequence[tuple[int, int]]) -> int:
    """Return where the part begins that holds most marks; 0 where there are none."""
    best, most, behind = 0, 0, 0
    for at, (_, last) in enumerate(marks):
        while behind < at and last - marks[behind][0] > LENGTH - AROUND:
            behind += 1
        if at - behind + 1 > most:
            best, most = marks[behind][0], at - behind + 1
    return best


def _start(text: str, place: int) -> int:
    """Return where a snippet begins: at a sentence's beginning where one is near, else some way before."""
    earliest = max(0, place - AROUND)
    if earliest == 0:
        return 0
    return max(text.rfind(end, earliest, place) for end in _ENDS) + 1 or earliest


def _line(text: str) -> str:
    return text.replace("\n", " ")
