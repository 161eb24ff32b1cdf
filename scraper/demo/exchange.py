"""One question to a fake site and its answer: values, and the manner in which an answer leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.values import Value, field

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from datetime import datetime


class Ask(Value, frozen=True, kw_only=True):
    """A request as it came: `path` keeps its query, header names are in lower case."""

    host: str  # in lower case, without a port
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address that was asked for; this server knows only http."""
        return f"http://{self.host}{self.path}"


# ── manners: how the bytes leave ──────────────────────────────────────────────────────────────────────────


class Whole(Value, frozen=True, kw_only=True):
    """As it should be."""


class Reset(Value, frozen=True, kw_only=True):
    """The connection is reset: before the first byte, or after some bytes of the body."""

    after: int | None = None  # None: not even the status line is sent


class Short(Value, frozen=True, kw_only=True):
    """Content-Length promises more than is sent; then the connection is closed."""

    sent: int  # bytes of the body


class BrokenChunks(Value, frozen=True, kw_only=True):
    """A chunked body whose second chunk has a size that is no number."""


class Stalled(Value, frozen=True, kw_only=True):
    """Nothing more comes until the event is set."""

    until: threading.Event
    after: int | None = None  # bytes of the body sent before; None: not even the status line


class Dripped(Value, frozen=True, kw_only=True):
    """The body comes a few bytes at a time."""

    step: int
    pause: float  # seconds between two steps


Manner = Whole | Reset | Short | BrokenChunks | Stalled | Dripped

Header = tuple[str, str]


class Answer(Value, frozen=True, kw_only=True):
    """What a fake site says; Content-Length or chunking is added on the wire."""

    status: int = 200
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    chunked: bool = False
    manner: Manner = Whole()

    def header(self, name: str) -> str | None:
        """Return the first header of this name, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Row(Value, frozen=True, kw_only=True):
    """A row of a list: usually a story's, sometimes an address that is another's or no longer there."""

    address: str
    title: str
    date: str


class Reply(Value, frozen=True, kw_only=True):
    """An answer, and what marks its content as unchanged: nothing of what differs on every fetch."""

    answer: Answer
    stamp: str | None = None  # None: never the same twice
    modified: datetime | None = None  # None: the system does not say


def page(html: str, *, status: int = 200, charset: str = "utf-8", label: str | None = None) -> Answer:
    """Return a page as an answer; characters that the charset lacks become numeric references."""
    body = html.encode(charset, "xmlcharrefreplace")
    shown = label if label is not None else charset
    return Answer(status=status, headers=(("Content-Type", f"text/html; charset={shown}"),), body=body)
