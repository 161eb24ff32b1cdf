"""A site, or the articles of a span, as WACZ: one file that replays in a browser, with no server behind it.

https://specs.webrecorder.net/wacz/1.1.1/ By the standard library alone. The WARC members are copied byte for
byte; a whole site is its files as they are, a span the members of its articles.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import IO, TYPE_CHECKING, Any, Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from scraper.export.cdxj import Place, in_order, line
from scraper.stores.warc import BrokenRecord, Record, head_of
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from scraper.model import CaptureRef
    from scraper.urls import Url

VERSION: Final = "1.1.1"
_GZIP: Final = 31  # zlib's name for "with a gzip header and trailer"
_HEAD: Final = 2**16  # bytes of a record that hold its fields and the head of its answer


class Group(Value, frozen=True, kw_only=True):
    """The members of one capture: requests and redirects, then the answer that closes it."""

    path: Path  # of the WARC file
    start: int  # where the group begins, behind the one before it
    ref: CaptureRef  # of the answer


class Page(Value, frozen=True, kw_only=True):
    """A page that a reader of the WACZ is offered in its list."""

    url: Url
    moment: datetime
    title: str


class Source(Value, kw_only=True):
    """A WARC file of the WACZ: pieces of a file of the archive."""

    path: Path
    groups: list[Group] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Return how many bytes are copied of it, but for the member that opens it."""
        return sum(group.ref.offset + group.ref.length - group.start for group in self.groups)


def write_wacz(
    groups: Iterable[Group],
    pages: Iterable[Page],
    out: IO[bytes],
    *,
    title: str,
    software: str,
    now: datetime,
    workspace: IO[bytes],
) -> int:
    """Write a WACZ; return how many captures it holds. `groups` come file by file, in each by their place.

    `workspace` is a temporary file: the lines of the index wait there. `out` must be able to seek.
    """
    parts = _Parts(ZipFile(out, "w", ZIP_STORED), now)
    with parts.file:
        captures = 0
        for source in _by_file(groups):
            captures += len(source.groups)
            parts.add(f"archive/{source.path.name}", _copied(source, workspace), size=source.size)
        workspace.seek(0)
        lines = (entry.decode() for entry in workspace)
        parts.add("indexes/index.cdxj", in_order(lines))
        parts.add("pages/pages.jsonl", _page_lines(pages))
        package = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": title,
            "software": software,
            "created": now.isoformat(timespec="seconds"),
            "resources": parts.resources,
        }
        data = json.dumps(package, ensure_ascii=False, indent=2).encode()
        parts.add("datapackage.json", [data])
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        parts.add("datapackage-digest.json", [json.dumps(digest).encode()])
    return captures


class _Parts:
    """The files within the WACZ, each with its digest."""

    def __init__(self, file: ZipFile, now: datetime) -> None:
        self.file = file
        self.resources: list[dict[str, Any]] = []
        self._date = (max(now.year, 1980), now.month, now.day, now.hour, now.minute, now.second)

    def add(self, path: str, chunks: Iterable[bytes], *, size: int = 0) -> None:
        """Add a file; `size`: about how many bytes it will have, so that a large one gets a ZIP64 header."""
        info = ZipInfo(path, self._date)
        info.external_attr = 0o644 << 16
        info.file_size = size
        digest, size = hashlib.sha256(), 0
        with self.file.open(info, "w") as written:
            for chunk in chunks:
                written.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        name = path.rpartition("/")[2]
        self.resources.append(
            {"name": name, "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}
        )


def _by_file(groups: Iterable[Group]) -> Iterator[Source]:
    source: Source | None = None
    for group in groups:
        if source is None or source.path != group.path:
            if source is not None:
                yield source
            source = Source(path=group.path)
        source.groups.append(group)
    if source is not None:
        yield source


def _copied(source: Source, lines: IO[bytes]) -> Iterator[bytes]:
    """Yield the members of a file that are wanted, and note where each comes to lie."""
    at = 0
    with source.path.open("rb") as file:
        if source.groups and source.groups[0].start > 0:
            opening = _first_member(file)
            at += len(opening)
            yield opening
        for group in source.groups:
            file.seek(group.start)
            data = file.read(group.ref.offset + group.ref.length - group.start)
            for record, offset, length in _members(data, group.ref.offset - group.start):
                entry = line(record, Place(file=source.path.name, offset=at + offset, length=length))
                lines.write((entry or "").encode())
            at += len(data)
            yield data


def _first_member(file: IO[bytes]) -> bytes:
    """Return the member that opens a file and says who wrote it."""
    inflater = zlib.decompressobj(_GZIP)
    file.seek(0)
    data = b""
    while not inflater.eof and (chunk := file.read(_HEAD)):
        data += chunk
        inflater.decompress(chunk)
    return data[: len(data) - len(inflater.unused_data)]


def _members(data: bytes, last: int) -> Iterator[tuple[Record, int, int]]:
    """Yield the records of a group with their places in it; of the last only its head is read.

    What cannot be read is no record that could be shown: `verify` names it, its bytes are handed on as is.
    """
    at = 0
    try:
        while at < last:
            inflater = zlib.decompressobj(_GZIP)
            raw = inflater.decompress(data[at:last], _HEAD)
            while not inflater.eof and inflater.unconsumed_tail:
                inflater.decompress(inflater.unconsumed_tail, _HEAD)
            length = last - at - len(inflater.unused_data)
            yield head_of(raw), at, length
            at += length
        inflater = zlib.decompressobj(_GZIP)
        yield head_of(inflater.decompress(data[last:], _HEAD)), last, len(data) - last
    except (zlib.error, BrokenRecord):
        return


def _page_lines(pages: Iterable[Page]) -> Iterator[bytes]:
    yield b'{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}\n'
    for page in pages:
        moment = page.moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        name = hashlib.sha256(f"{moment} {page.url}".encode()).hexdigest()[:22]
        row = {"id": name, "url": page.url, "ts": moment, "title": page.title}
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"
