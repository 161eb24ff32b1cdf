"""Copies that another archive keeps: how its index is asked, what it answers, where a copy lies.

The protocol is the Internet Archive's CDX server (internetarchive/wayback, wayback-cdx-server/README.md): a
JSON array of rows, the first of them the names of the fields; and its replay, where `id_` after the moment
gives the bytes as they were, the old header lines under `X-Archive-Orig-`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from scraper import foreign_json, urls
from scraper.errors import NotAListing
from scraper.messages import say
from scraper.model import Kind
from scraper.urls import Url
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.model import Capture, Headers

HOME = Url("https://web.archive.org/")

_FIELDS = ("timestamp", "original", "statuscode")
_FIRST = datetime(1991, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # that a clock may go wrong
_MOST = 5  # copies that are asked for: the last ones
_MEMENTO = re.compile(r"https?://(?P<archive>[^/]+)/.*?(?P<moment>\d{14})id_/(?P<url>https?:/.*)")
_ORIGINAL = b"x-archive-orig-"
_KEPT = frozenset({b"content-type", b"content-encoding"})


class Copy(Value, frozen=True, kw_only=True):
    """One copy of a page."""

    moment: datetime
    original: Url  # the address as it was asked for then


def query(home: Url, url: Url) -> Url:
    """Return where the archive at `home` says which copies of an address it has: its last good ones."""
    asked = (
        f"{home}cdx/search/cdx?url={quote(url, safe='')}&output=json&fl={','.join(_FIELDS)}"
        f"&filter=statuscode:200&filter=mimetype:text/html&collapse=digest&limit=-{_MOST}"
    )
    return _made(asked)


def read_index(body: str, url: Url) -> tuple[Copy, ...]:
    """Return the copies that the index names, newest first; none where it knows none.

    A row that says nothing is passed over. Raises NotAListing where all do: for an answer that is no index.
    """
    try:
        table = foreign_json.parse(body) if body.strip() else []
    except ValueError as error:
        raise _no_index(body, url) from error
    if not isinstance(table, list):
        raise _no_index(body, url)
    copies: list[Copy] = []
    odd: Exception | None = None
    read = 0  # rows that say something: of copies, and of answers that are none
    for row in filter(None, table[1:]):
        try:
            copies += _copies(dict(zip(table[0], row, strict=False)))
            read += 1
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            odd = error
    if odd is not None and not read:
        raise _no_index(body, url) from odd
    return tuple(sorted(copies, key=lambda copy: copy.moment, reverse=True))


def _no_index(body: str, url: Url) -> NotAListing:
    return NotAListing(say("index of copies: {url}: it is none: {body!r}", url=url, body=body[:60]))


def is_believable(copy: Copy, url: Url, now: datetime) -> bool:
    """Tell whether an index can mean a copy of an address: that very page, in the time that the web has."""
    return is_same_page(copy.original, url) and _FIRST <= copy.moment <= now + _AHEAD


def is_same_page(one: Url, other: Url) -> bool:
    """Tell whether two addresses are of one page: scheme, `www.` and escapes aside."""
    return _bare(one) == _bare(other)


def _bare(url: Url) -> str:
    parts = urls.split(urls.with_scheme(url, "http"))
    return unquote(f"{parts.authority.removeprefix('www.')}{parts.path}{parts.query}")


def address(home: Url, copy: Copy) -> Url:
    """Return where a copy lies, its bytes as they were."""
    return _made(f"{home}web/{copy.moment:%Y%m%d%H%M%S}id_/{copy.original}")


def archive_of(url: Url) -> str | None:
    """Return the host of the archive that keeps a copy; None: the address is of no copy."""
    match = _MEMENTO.fullmatch(url)
    return None if match is None else match["archive"]


def as_of_site(capture: Capture) -> Capture:
    """Return a capture of a copy as the site gave it then; any other capture as it is.

    For reading only: what is kept says whose answer it was.
    """
    match = _MEMENTO.fullmatch(capture.final_url) if capture.kind is Kind.COPY else None
    url = None if match is None else urls.parse(match["url"])
    moment = None if match is None else _stamp(match["moment"])
    if url is None or moment is None:
        return capture
    return replace(
        capture,
        url=url,
        final_url=url,
        fetched_at=moment,
        headers=_original(capture.headers),
        kind=Kind.ARTICLE,
        hops=(),
    )


def _stamp(text: str) -> datetime | None:
    """Return the moment of a copy's address; None: its digits are none."""
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def key_of_copies(key: str) -> str:
    """Return under which key the copies of an article are kept apart from the site's own answers."""
    return f"copy of {key}"


def _copies(row: dict[str, str]) -> Iterator[Copy]:
    """Yield the copy that a row of the index names; none where it is of no good answer."""
    if row["statuscode"] != "200":
        return
    original = urls.parse(row["original"])
    if original is None:
        msg = say("no address: {row}", row=row["original"])
        raise ValueError(msg)
    moment = datetime.strptime(row["timestamp"], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    yield Copy(moment=moment, original=original)


def _original(headers: Headers) -> Headers:
    """Return the header lines of the site; of the archive's own, those that say what the bytes are."""
    old = tuple(
        (name[len(_ORIGINAL) :], value) for name, value in headers if name.lower().startswith(_ORIGINAL)
    )
    there = {name.lower() for name, _ in old} - {b"content-encoding"}  # undone by the archive, or its own
    own = tuple((name, value) for name, value in headers if name.lower() in _KEPT - there)
    return (*own, *((name, value) for name, value in old if name.lower() != b"content-encoding"))


def _made(text: str) -> Url:
    url = urls.parse(text)
    if url is None:
        msg = say("made of addresses: {text}", text=text)
        raise ValueError(msg)
    return url
