"""What a site asks of robots: robots.txt (RFC 9309), and `noarchive` on its pages. Bytes in, judgement out.

protego matches paths. What it would read otherwise than RFC 9309 is settled before it sees the file: which
line ends count (three, not Python's eleven), which group is ours (the product token, whole), what is cut.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from protego import Protego

from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.model import Headers
    from scraper.urls import Url

MAX_BYTES = 512_000  # RFC 9309, 2.5: at least 500 KiB are read, the rest may be left
TOKEN = "nankai-archive"  # noqa: S105 - RFC 9309's product token: the name by which robots.txt may call us
_LONGEST_LINE = 2083 * 8 - 1  # bytes, as google/robotstxt: eight times the longest address of old browsers
_LONGEST_DELAY = 31 * 86_400.0  # seconds; more is a slip
_BOM = b"\xef\xbb\xbf"
_WIDE = (  # in this order: one mark begins with the other
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_PYTHON_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_AGENT = re.compile(r"\s*+user[- ]?agent(?:\s*+:|\s)\s*+", re.IGNORECASE)
_SITEMAP = re.compile(r"\s*site", re.IGNORECASE)
_PRODUCT = re.compile(r"[A-Za-z_-]*")
_HIGH_ESCAPE = re.compile("%([89a-fA-F][0-9a-fA-F])")
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
_NOBODY = "(nobody)"  # stands for every agent that is not us: it is in no product token
_NOT_KEPT = {"noarchive", "nocache"}  # two names of one wish


class Rules(Value, frozen=True):
    """The rules of one robots.txt for one agent."""

    _file: Protego
    _agent: str

    def allows(self, url: Url) -> bool:
        """Say whether the address may be asked for; `/robots.txt` always may."""
        return bool(self._file.can_fetch(_octets(url), self._agent))

    @property
    def delay(self) -> float | None:
        """Return the Crawl-delay in seconds, finite and not negative; None where none is asked for."""
        seconds = self._file.crawl_delay(self._agent)
        return None if seconds is None else min(float(seconds), _LONGEST_DELAY)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Return the sitemaps that the file names, as written."""
        return tuple(text.encode("utf-8", "replace").decode("utf-8") for text in self._file.sitemaps)


def read(body: bytes, agent: str = TOKEN) -> Rules:
    """Read a robots.txt. Never fails: what cannot be read says nothing, nor does a web page in its place."""
    body = _as_utf8(_whole_lines(body))
    if _is_markup(body):
        body = b""
    return Rules(Protego.parse("\n".join(_lines(body, agent))), agent)


def forbids_archiving(metas: Iterable[tuple[str, str]], headers: Headers, agent: str = TOKEN) -> bool:
    """Say whether a page asks not to be kept, by `<meta name=robots>` or the X-Robots-Tag header.

    `metas`: name and content of the page's meta elements. A directive may be meant for one agent alone.
    """
    told = [content for name, content in metas if name.strip().lower() in {"robots", agent}]
    for name, value in headers:
        if name.lower() == b"x-robots-tag":
            told += _tagged(value.decode("latin-1"), agent)
    return any(word.strip().lower() in _NOT_KEPT for text in told for word in text.split(","))


def _tagged(value: str, agent: str) -> Iterator[str]:
    """Yield what an X-Robots-Tag says to us: `noarchive`, or `name: noarchive` with our name."""
    ours = True
    for part in value.split(","):
        name, colon, rest = part.partition(":")
        if colon and _PRODUCT.fullmatch(name.strip()) and name.strip().lower() != "unavailable_after":
            ours = name.strip().lower() in {agent, "robots"}
            yield rest if ours else ""
        elif ours:
            yield part


def _whole_lines(body: bytes) -> bytes:
    """Return as much of a file as is read, without a line that is cut: half a path forbids more."""
    if len(body) < MAX_BYTES:
        return body
    body = body[:MAX_BYTES]
    return body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]


def _as_utf8(body: bytes) -> bytes:
    """Return a file as UTF-8, where an editor saved it with two or four bytes a character."""
    for mark, coding in _WIDE:
        if body.startswith(mark):
            return body.decode(coding, "replace").encode("utf-8", "replace")
    return body


def _is_markup(body: bytes) -> bool:
    return body.removeprefix(_BOM).lstrip().startswith(b"<")


def _lines(body: bytes, agent: str) -> Iterator[str]:
    for length in (3, 2, 1):  # a byte order mark, whole or in part, says nothing
        if body.startswith(_BOM[:length]):
            body = body[length:]
            break
    for line in _LINE_END.split(body):
        text = line[:_LONGEST_LINE].decode("utf-8", "surrogateescape").partition("#")[0]
        text = _PYTHON_LINE_ENDS.sub(" ", text.replace("\0", " "))
        yield text if _SITEMAP.match(text) else _addressed(_octets(text), agent)


def _octets(text: str) -> str:
    """Return a path so that protego compares its octets beyond ASCII one by one.

    It would read them as UTF-8, and take all GBK paths of one length for the same.
    """
    text = _NOT_ASCII.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogateescape")), text
    )
    return _HIGH_ESCAPE.sub(lambda found: f"%25{found[1].upper()}", text)


def _addressed(line: str, agent: str) -> str:
    """Return a user-agent line so that it names us, everybody, or nobody; other lines as they are.

    RFC 9309, 2.2.1: a group is ours when its product token is ours, whole, case aside. What follows the
    token (a version, a second word) is no part of it.
    """
    match = _AGENT.match(line)
    if match is None:
        return line
    value = line[match.end() :].strip()
    if value == "*" or re.match(r"\*\s", value):
        return "user-agent: *"
    token = _PRODUCT.match(value)
    ours = token is not None and token[0] and token[0].lower() == agent.lower()
    return f"user-agent: {agent if ours else _NOBODY}"
