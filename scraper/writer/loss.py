"""What a document says less than its page, measured by reading the Markdown back.

The Markdown is read by cmark-gfm, GitHub's renderer in C, which knows nothing of how it was written, and held
against what the page shows. What is measured is what a reader sees and follows: characters, white space and
whatever has no width aside; pictures in their order; links. The words that the writer adds itself (what kind
of medium a link leads to) are no loss.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scraper import dom, line_differences
from scraper.model import Loss
from scraper.text import visible_text
from scraper.values import Value
from scraper.writer.commonmark import to_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scraper.model import Shown

_PARTED = re.compile(r"[/=&?#]")
_SMALL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎−（）", "0123456789+-=()0123456789+-=()-()")
_LONGEST_COMPARED = 4_000  # characters that differ on both sides; more are compared by number alone


class Said(Value, frozen=True, kw_only=True):
    """What a reader of the Markdown sees: its visible characters, pictures and links, in order."""

    text: str
    images: tuple[str, ...]
    links: tuple[str, ...]


class Missing(Value, frozen=True, kw_only=True):
    """What a page shows and its Markdown does not say, by name."""

    text: tuple[str, ...]  # runs of visible characters
    images: tuple[str, ...]
    links: tuple[str, ...]
    files: tuple[str, ...] = ()


def loss_of(shown: Shown, markdown: str, beside: Iterable[str] = ()) -> Loss:
    """Return how much of what the page shows is missing in its Markdown.

    `beside`: the files that are told elsewhere, such as in the article's JSON.
    """
    lost = missing(shown, markdown, beside)
    return Loss(
        characters=sum(map(len, lost.text)),
        images=len(lost.images),
        links=len(lost.links),
        files=len(lost.files),
    )


def missing(shown: Shown, markdown: str, beside: Iterable[str] = ()) -> Missing:
    """Return what of the page is missing in its Markdown. What the Markdown says more is not told here."""
    said = read_back(markdown)
    told = (*said.images, *said.links, *beside) if shown.files else ()
    named = {piece for address in told for piece in _pieces(address)}
    images = tuple(map(_canonical, shown.images))
    pictures = set(map(_canonical, said.images))  # a link to the picture that it shows leads no further
    own = Counter(link for link in map(_canonical, shown.links) if link not in pictures)
    links = own - Counter(map(_canonical, said.links))
    return Missing(
        text=_missing_runs(visible_text(shown.text), said.text),
        images=_missing_items(images, tuple(map(_canonical, said.images))),
        links=tuple(links.elements()),
        files=tuple(file for file in shown.files if _name_of(file) not in named),
    )


def _pieces(address: str) -> list[str]:
    """Return the names that an address is made of: a file may be named within the address of its viewer."""
    return [piece for piece in _PARTED.split(unquote(address)) if piece] or [address]


def _name_of(address: str) -> str:
    """Return the last name of an address: what is no more than an ending (`?e=.pdf`) names nothing."""
    *before, last = _pieces(address)
    return last if last[0] != "." else next((piece for piece in reversed(before) if "." in piece[1:]), last)


def read_back(markdown: str) -> Said:
    """Read Markdown as CommonMark with GFM tables and strikethrough."""
    shown = dom.parse_own(to_html(markdown))
    return Said(
        text=visible_text(dom.text_of(shown)),
        images=tuple(dom.attribute(image, "src") for image in dom.select(shown, "img")),
        links=tuple(dom.attribute(link, "href") for link in dom.select(shown, "a")),
    )


def _canonical(address: str) -> str:
    """Return an address in a form that does not depend on who percent-encoded it."""
    return unquote(address)


def _missing_runs(shown: str, said: str) -> tuple[str, ...]:
    """Return the runs of the page's text that the document's text, read in order, leaves out."""
    if shown == said:  # as of most pages
        return ()
    shown, said = shown.translate(_SMALL), said.translate(_SMALL)
    rest = iter(said)
    if all(character in rest for character in shown):
        return ()
    lost = Counter(shown) - Counter(said)
    if not lost:  # all of it stands there, in another order
        return ()
    shown, said = _where_they_differ(shown, said)
    if len(shown) + len(said) > _LONGEST_COMPARED or line_differences.is_dear(shown, said):
        return ("".join((Counter(shown) - Counter(said)).elements()),)
    runs = tuple(run for each in _missing_slices(shown, said) if (run := "".join(each)) not in said)
    return runs if sum(map(len, runs)) == lost.total() else ("".join(lost.elements()),)


def _missing_items(shown: Sequence[str], said: Sequence[str]) -> tuple[str, ...]:
    if shown == said:
        return ()
    start, end = line_differences.common(shown, said)
    shown, said = shown[start : len(shown) - end], said[start : len(said) - end]
    if line_differences.is_dear(shown, said):  # in what order they stand is not looked at
        return tuple((Counter(shown) - Counter(said)).elements())
    return tuple(item for run in _missing_slices(shown, said) for item in run)


def _missing_slices(shown: Sequence[str], said: Sequence[str]) -> Iterator[Sequence[str]]:
    for tag, start, end, _, _ in SequenceMatcher(None, shown, said, autojunk=False).get_opcodes():
        if tag in {"delete", "replace"}:
            yield shown[start:end]


def _where_they_differ(shown: str, said: str) -> tuple[str, str]:
    """Cut off what two texts have in common at their beginnings and ends."""
    shortest = min(len(shown), len(said))
    start = next((place for place in range(shortest) if shown[place] != said[place]), shortest)
    shown, said = shown[start:], said[start:]
    shortest = min(len(shown), len(said))
    end = next((place for place in range(shortest) if shown[-1 - place] != said[-1 - place]), shortest)
    return shown[: len(shown) - end], said[: len(said) - end]
