"""The index of a WACZ's captures: one line for each answer that a reader can be shown.

https://specs.webrecorder.net/cdxj/0.1.0/ The lines are sorted by the address turned around (SURT), as
wabac.js, the engine of replayweb.page, makes it when it looks for one.
"""

from __future__ import annotations

import heapq
import json
import tempfile
from contextlib import ExitStack
from http import HTTPStatus
from itertools import islice
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from scraper.stores.http_message import split_head
from scraper.stores.warc import BrokenRecord
from scraper.stores.warc_records import NOT_MODIFIED
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.stores.warc import Record

_RUN: Final = 50_000  # lines that are sorted in memory at once


class Place(Value, frozen=True, kw_only=True):
    """Where a record lies in the WACZ."""

    file: str  # its name, without a folder
    offset: int
    length: int


def line(record: Record, place: Place) -> str | None:
    """Return the line of a record; None: it is none that could be shown.

    A 304 is none: it would be replayed as an empty page, and the answer that it confirms has its own line.
    """
    kind, url = record.field("WARC-Type"), record.field("WARC-Target-URI")
    if kind not in {"response", "revisit"} or url is None or record.field("WARC-Profile") == NOT_MODIFIED:
        return None
    try:
        first, headers, _ = split_head(record.block)
    except BrokenRecord:
        return None
    status = first.split(b" ")[1].decode("latin-1") if first.count(b" ") else ""
    if status == str(HTTPStatus.NOT_MODIFIED.value):
        return None
    mime = next((value for name, value in headers if name.lower() == b"content-type"), b"text/html")
    fields = {
        "url": url,
        "mime": "warc/revisit" if kind == "revisit" else mime.partition(b";")[0].strip().decode("latin-1"),
        "status": status,
        "digest": record.field("WARC-Payload-Digest") or "",
        "length": str(place.length),
        "offset": str(place.offset),
        "filename": place.file,
    }
    return f"{surt(url)} {timestamp(record)} {json.dumps(fields, ensure_ascii=True)}\n"


def timestamp(record: Record) -> str:
    """Return a record's moment as fourteen digits."""
    return "".join(filter(str.isdigit, record.field("WARC-Date") or ""))[:14]


def surt(url: str) -> str:
    """Return an address with its host turned around: `cn,edu,nankai,news)/ywsd/index.shtml`."""
    parts = urlsplit(url.lower())
    host = parts.hostname or ""
    labels = host.split(".")
    if labels[0].rstrip("0123456789") == "www" and len(labels) > 1:
        labels = labels[1:]
    port = "" if parts.port is None else f":{parts.port}"
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True))) if parts.query else ""
    return f"{','.join(reversed(labels))}{port}){parts.path or '/'}{'?' + query if query else ''}"


def in_order(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines sorted, however many: runs of them lie on the disk meanwhile."""
    rest = iter(lines)
    with ExitStack() as open_files:
        runs: list[Iterable[bytes]] = []
        while run := sorted(entry.encode() for entry in islice(rest, _RUN)):
            runs.append(
                run if len(run) < _RUN else _kept(run, open_files.enter_context(tempfile.TemporaryFile()))
            )
        yield from heapq.merge(*runs)


def _kept(run: list[bytes], file: IO[bytes]) -> IO[bytes]:
    file.writelines(run)
    file.seek(0)
    return file
