r"""The two defects of the program that wrote the documents of 2021: found, and mended.

Its picture list is one address taken apart into single characters, in reverse, each resolved against the
page: `http://…/18.jpg` became pictures named `g`, `p`, `j`, the page's folder (`.`), `8` …, and the host's
root (`/`).
Its `<!--more-->` stands within a sentence:

    … 要以试验区建
    <!--more-->
    设为重点抓手 …

What cannot be known stays as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urljoin

from scraper import urls
from scraper.messages import Message, say
from scraper.writer.markdown_reader import MORE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.urls import Url

_LEAST: Final = 8  # characters: no address of a picture has fewer
_ONE: Final = r"!\[[^\]\n]{0,200}\]\(\S{0,500}\)"
_RUN: Final = re.compile(rf"{_ONE}(?:[^\S\n]*+\n\s*+{_ONE}){{{_LEAST - 1},}}")
_PICTURE: Final = re.compile(r"!\[(?P<alt>[^\]\n]{0,200})\]\((?P<address>\S{0,500}?)\)(?=\s*+(?:!|\Z))")
_KINDS: Final = re.compile(r"\.(?:jpe?g|jfif|png|gif|bmp|webp|tiff?|svg)(?:[?#].*)?\Z", re.IGNORECASE)
_BOUNDARY: Final = re.compile(r"(?=https?://)")
_SPLIT: Final = re.compile(
    rf"(?P<before>[^\s]){MORE.pattern}(?P<after>[^\s])"  # on one line
    rf"|(?P<above>[^\s])[ \t]*\r?\n{MORE.pattern}\r?\n[ \t]*(?P<below>[^\s])"
)
_SENTENCE_ENDS: Final = frozenset("。！？；…：.!?;:”’」』）》】)")
_BLOCK_END: Final = re.compile(r"\r?\n[ \t]*+\r?\n|(?:(?<!\s)\s++)?\Z")
_SIGNS: Final = "".join(map(chr, range(0x21, 0x7F)))


def damages(body: str, page: Url) -> Iterator[Message]:
    """Yield what is wrong with a document's body: only what `mended` would mend."""
    if _mended_pictures(body, page) != body:
        yield say("its picture list is taken apart into single characters")
    if "more" in body and _mended_divider(body) != body:
        yield say("its <!--more--> stands within a sentence")


def mended(body: str, page: Url) -> str:
    """Return the body without the defects that are known how to mend."""
    return _mended_divider(_mended_pictures(body, page))


def _mended_pictures(body: str, page: Url) -> str:
    if body.count("![") < _LEAST:
        return body
    return _RUN.sub(lambda found: _whole(found[0], page), body)


def _whole(run: str, page: Url) -> str:
    """Return a run of pictures with each stretch of single characters put together again."""
    found = list(_PICTURE.finditer(run))
    letters = [_letter(one["address"], page) for one in found]
    newline = "\r\n" if "\r\n" in run else "\n"
    parts: list[str] = []
    at = 0
    while at < len(found):
        end = at
        while end < len(found) and letters[end] is not None:
            end += 1
        whole = _joined([letter or "" for letter in letters[at:end]], page)
        if whole is None:
            end = max(end, at + 1)
            parts += [one[0] for one in found[at:end]]
        else:
            parts += [f"![{found[at]['alt']}]({address})" for address in whole]
        at = end
    return (newline * 2).join(parts)


def _joined(letters: Sequence[str], page: Url) -> list[str] | None:
    """Return the addresses that characters make, last first; None: they make none."""
    if len(letters) < _LEAST:
        return None
    for order in (letters[::-1], letters):
        pieces = [piece for piece in _BOUNDARY.split("".join(order)) if piece]
        addresses = [urls.join(page, piece) for piece in pieces]
        if all(address is not None and _KINDS.search(address) for address in addresses) and _stands(pieces):
            return [str(address) for address in addresses]
    return None


def _stands(pieces: Sequence[str]) -> bool:
    """Say whether the pieces are addresses, whole or from the host's root on."""
    return all(piece.startswith(("http://", "https://")) for piece in pieces) or (
        len(pieces) == 1 and pieces[0].startswith("/")
    )


def _letter(address: str, page: Url) -> str | None:
    """Return the one character that, resolved against the page, gives an address; None: it is none such."""
    known = _letters(page).get(address)
    if known is not None:
        return known
    folder = page.rpartition("/")[0] + "/"
    rest = unquote(address.removeprefix(folder)) if address.startswith(folder) else ""
    return rest if len(rest) == 1 else None


@lru_cache(maxsize=8)
def _letters(page: Url) -> dict[str, str]:
    """Return what each sign becomes on a page. `?` and `#` become the page itself: `?` is the likelier."""
    return {urljoin(page, sign): sign for sign in reversed(_SIGNS)}


def _mended_divider(body: str) -> str:
    """Move a divider that stands within a sentence to the end of its block."""
    found = _SPLIT.search(body)
    if found is None:
        return body
    last, first = found["before"] or found["above"], found["after"] or found["below"]
    if last in _SENTENCE_ENDS or first in "#>|`!":
        return body
    newline = "\r\n" if "\r\n" in body else "\n"
    rest = body[found.end() - 1 :]
    end = _BLOCK_END.search(rest)
    block, below = (rest, "") if end is None else (rest[: end.start()], rest[end.end() :])
    return f"{body[: found.start() + 1]}{block}{newline * 2}<!--more-->{newline * 2}{below}"
