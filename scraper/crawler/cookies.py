"""The cookies of one visit: what its redirects set, given back to the host that set them, then forgotten.

No jar: nothing outlives the visit, nothing goes to another host, nothing is read but names and values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import urls

if TYPE_CHECKING:
    from scraper.model import Capture, Headers
    from scraper.urls import Url

MOST = 4_096  # bytes given back to one host
_ENDED = (b"max-age=0", b"max-age=-")


class Cookies:
    """What the answers of one visit set."""

    def __init__(self) -> None:
        """Begin with none."""
        self._held: dict[str, dict[bytes, bytes]] = {}  # by host and port
        self.sent = False  # True: some were given back

    def take(self, capture: Capture) -> None:
        """Take in what an answer sets; the same name again takes the place of the first."""
        held = self._held.setdefault(_place(capture.url), {})
        for name, value in capture.headers:
            if name.lower() != b"set-cookie":
                continue
            pair, *attributes = value.split(b";")
            key, equals, content = pair.strip().partition(b"=")
            if not equals or not _is_plain(pair):
                continue
            held.pop(key, None)
            if not any(each.strip().lower().startswith(_ENDED) for each in attributes):
                held[key] = content

    def lines(self, url: Url) -> Headers:
        """Return the header line that gives back what the host of an address set; none where it set none."""
        value = b"; ".join(b"=".join(pair) for pair in self._held.get(_place(url), {}).items())
        if not value or len(value) > MOST:
            return ()
        self.sent = True
        return ((b"Cookie", value),)


def _place(url: Url) -> str:
    return urls.split(url).authority


def _is_plain(pair: bytes) -> bool:
    return all(0x20 <= byte != 0x7F for byte in pair)  # noqa: PLR2004 - control characters end a header line
