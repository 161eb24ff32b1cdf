"""The addresses on a page: what a link, a picture or a player leads to, as it can be followed from outside.

Does not fetch. What leads nowhere outside the page (`javascript:`, `data:`, `file:`, an empty or a broken
reference) is None: the text stays, the link does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.extractor import data_pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.urls import Url

_OTHER = re.compile(r"(mailto|ftp):", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_SURELY_AN_ADDRESS = ("http", "/")  # and neither this page nor what another program opens


class Addresses:
    """The references of one page, resolved against its address (or its `<base>`)."""

    def __init__(self, base: Url, join: Callable[[str], Url | None]) -> None:
        """Take the address that relative references stand on, and what joins them to it."""
        self.base = base
        self._join = join
        self.embedded: dict[Url, bytes] = {}  # pictures that the page itself holds

    def link(self, reference: str | None) -> str | None:
        """Return what a link leads to, its fragment kept; None where it cannot be followed or stays here."""
        reference = (reference or "").strip()
        if not reference.startswith(_SURELY_AN_ADDRESS):
            if not reference or reference.startswith("#"):
                return None
            if _OTHER.match(reference):
                return _foreign(reference)
        url = self._join(reference)
        if url is None:
            return None
        if "#" not in reference:
            return url
        fragment = _SPACE.sub("", reference.partition("#")[2])
        return f"{url}#{fragment}" if fragment else url

    def picture(self, reference: str | None) -> Url | None:
        """Return the address of a picture; None where there is none, or where it is the page itself.

        A picture written into the page is kept in `embedded`, under the address that it will have.
        """
        reference = (reference or "").strip()
        if not reference.startswith(_SURELY_AN_ADDRESS):
            if not reference.rstrip("?") or reference.startswith("#"):
                return None
            if reference[:5].lower() == "data:":
                return self._embedded(reference)
        url = self._join(reference)
        return None if url == self.base else url

    def _embedded(self, reference: str) -> Url | None:
        found = data_pictures.embedded(reference)
        if found is None:
            return None
        self.embedded[found.src] = found.data
        return found.src

    def file(self, reference: str | None) -> Url | None:
        """Return the address of something that a page shows; None where there is none to ask for."""
        reference = (reference or "").strip()
        return self._join(reference) if reference else None


def _foreign(reference: str) -> str | None:
    scheme, _, rest = reference.partition(":")
    rest = _SPACE.sub("", rest) if scheme.lower() == "mailto" else _SPACE.sub("%20", rest)
    if "@" not in rest if scheme.lower() == "mailto" else not rest.strip("/"):
        return None
    return f"{scheme.lower()}:{rest}"
