"""The addresses on a page: what a link, a picture or a player leads to, as it can be followed from outside.

Does not fetch. What leads nowhere outside the page (`javascript:`, `data:`, `file:`, an empty or a broken
reference) is None: the text stays, the link does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scraper import urls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.urls import Url

_OTHER = re.compile(r"(mailto|ftp):", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_FULL_SIZE = ("original-src", "orisrc")  # Webplus, VSB: `src` is a scaled copy
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-url", "lay-src", "_src", "src2", "file")
_PLACEHOLDER = re.compile(
    r"(?:^|[/_.\-])(?:blank|loading|lazy|lazyload|placeholder|spacer|transparent|grey|gray|pixel|1x1)[^/]*"
    r"\.(?:gif|png|jpe?g|svg)",
    re.IGNORECASE,
)
_FILES = re.compile(
    r"\.(?:pdf|docx?|docm|dotx?|xlsx?|xlsm|csv|pptx?|ppsx?|wps|et|dps|ofd|rtf|zip|rar|7z|tar|t?gz|caj|epub)$",
    re.IGNORECASE,
)


class Addresses:
    """The references of one page, resolved against its address (or its `<base>`)."""

    def __init__(self, base: Url) -> None:
        """Take the address that relative references stand on."""
        self.base = base
        self._known: dict[str, Url | None] = {}  # a page names its pictures and links again and again

    def link(self, reference: str | None) -> str | None:
        """Return what a link leads to, its fragment kept; None where it cannot be followed or stays here."""
        reference = (reference or "").strip()
        if not reference or reference.startswith("#"):
            return None
        if _OTHER.match(reference):
            return _foreign(reference)
        url = self._join(reference)
        if url is None:
            return None
        fragment = _SPACE.sub("", reference.partition("#")[2])
        return f"{url}#{fragment}" if fragment else url

    def picture(self, attributes: Mapping[str, str | None]) -> Url | None:
        """Return a picture's own address: full size before a scaled copy, lazy before a placeholder."""
        for name in _FULL_SIZE:
            url = self.file(attributes.get(name))
            if url is not None:
                return url
        url = self.file(attributes.get("src"))
        if url is not None and not _PLACEHOLDER.search(url):
            return url
        lazy = (self.file(attributes.get(name)) for name in _LAZY)
        return next((address for address in lazy if address is not None), url)

    def file(self, reference: str | None) -> Url | None:
        """Return the address of something that a page shows; None where there is none to ask for."""
        reference = (reference or "").strip()
        return self._join(reference) if reference else None

    def _join(self, reference: str) -> Url | None:
        if reference not in self._known:
            self._known[reference] = urls.join(self.base, reference)
        return self._known[reference]


def is_attachment(href: str) -> bool:
    """Tell whether a link leads to a document or an archive, by its name."""
    path = href.partition("#")[0].partition("?")[0] if href.startswith("http") else ""
    return bool(_FILES.search(unquote(path).strip()))


def _foreign(reference: str) -> str | None:
    scheme, _, rest = reference.partition(":")
    rest = _SPACE.sub("", rest) if scheme.lower() == "mailto" else _SPACE.sub("%20", rest)
    if "@" not in rest if scheme.lower() == "mailto" else not rest.strip("/"):
        return None
    return f"{scheme.lower()}:{rest}"
