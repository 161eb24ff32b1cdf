"""The website's search: Pagefind bundles, one a year, fed with pairs of characters.

Pagefind knows no Chinese words beyond two characters; of pairs in order any piece of a text is a phrase.
A year whose articles say what they said keeps its bundle, as long as its files are as they were written.
"""

from __future__ import annotations

import shutil
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import normalize

from scraper.website.pagefind import index
from scraper.website.publication import files_below

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_VERSION: Final = b"2"  # of what is fed and of how it is kept; another one makes every bundle anew
_LONGEST: Final = 1_000_000  # characters; a pair costs a hundred bytes while it is made
_STAMP: Final = ".stamp"


class Record(NamedTuple):
    """An article as the search knows it."""

    urlname: str
    title: str
    day: str
    site: str  # its title
    text: str


def pairs(text: str) -> str:
    """Return letters and digits as pairs: `南开大学` is `南开 开大 大学`; one alone stands for itself.

    Of a text that is longer than a book the first million characters count.
    """
    letters = [letter for letter in normalize("NFKC", text[:_LONGEST]).lower() if letter.isalnum()]
    if len(letters) < 2:  # noqa: PLR2004 - a pair
        return "".join(letters)
    return " ".join(first + second for first, second in pairwise(letters))


def bundle(records: Iterable[Record], folder: Path) -> bool:
    """Make a year's bundle in its folder, and say whether it was anew."""
    records = list(records)
    fed, stamp = _digest(records), folder / _STAMP
    if stamp.exists() and stamp.read_bytes() == fed + _digest_of_files(folder):
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write(records, folder)
    stamp.write_bytes(fed + _digest_of_files(folder))
    return True


def _digest_of_files(folder: Path) -> bytes:
    """Return a digest of a bundle's files: after a crash of the machine some may be torn or empty."""
    digest = sha256()
    for path, file in sorted(files_below(folder).items()):
        digest.update(f"{path}\0".encode() + sha256(file.read_bytes()).digest())
    return digest.digest()


def _digest(records: Iterable[Record]) -> bytes:
    digest = sha256(_VERSION)
    for record in records:
        digest.update("\0".join(record).encode("utf-8", "replace"))
    return digest.digest()


def _write(records: Iterable[Record], folder: Path) -> None:
    with index() as year:
        for record in records:
            meta = {
                "title": record.title,
                "day": record.day,
                "site": record.site,
                "address": f"{record.urlname}/",
            }
            content = f"{pairs(record.title)} {pairs(record.text)}"
            year.add(f"/{record.urlname}/", content, meta, record.day)
        for path, data in year.files():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
