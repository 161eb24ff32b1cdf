"""Many saved pages to JSON, a line each, in order, whatever is wrong with any of them."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scraper import foreign_json
from scraper.app.saved_page import address, read, saved_capture, site_of
from scraper.console import json_text
from scraper.errors import ArchiveError, TooCostly, UsageError
from scraper.exit_codes import ExitCode
from scraper.messages import say
from scraper.parallel import spread
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.config import Config

_LONGEST_LINE: Final = 2**20  # bytes of one line of a manifest


class Entry(Value, frozen=True, kw_only=True):
    """One line of a manifest, as it came."""

    number: int  # from 1
    folder: str  # of the manifest: its files are named from there
    text: bytes


class Line(Value, frozen=True, kw_only=True):
    """One line of output, and what it means for the exit code."""

    text: str
    code: ExitCode


def lines_of(manifest: str) -> Iterator[Entry]:
    """Yield the lines of a manifest that are not blank; `-` is standard input. Raises UsageError."""
    if manifest == "-":
        yield from _entries(sys.stdin.buffer, "")
        return
    path = Path(manifest)
    try:
        with path.open("rb") as file:
            yield from _entries(file, str(path.parent))
    except OSError as error:
        msg = say("manifest: {manifest}: {strerror}", manifest=manifest, strerror=error.strerror)
        raise UsageError(msg) from error


def _entries(file: Any, folder: str) -> Iterator[Entry]:  # noqa: ANN401 - a file of bytes, or standard input's
    lines = iter(partial(file.readline, _LONGEST_LINE), b"")
    for number, text in enumerate(lines, 1):
        if text.strip():
            yield Entry(number=number, folder=folder, text=text)


def read_all(
    entries: Iterable[Entry], config: Config | None, *, site_name: str | None, content_type: str | None
) -> Iterator[Line]:
    """Yield a line for each entry, in order; on all cores where there are enough of them to be worth it."""
    work = partial(read_entry, config=config, site_name=site_name, content_type=content_type)
    for _, line in spread(work, entries, lost=_lost):
        yield line


def _lost(entry: Entry, why: str) -> Line:
    """Return the line for a page that ended the process that read it."""
    try:
        asked = _asked(entry)
    except UsageError:
        asked = None
    return _error(asked, f"{TooCostly.__name__}: {why}", ExitCode.SOME_FAILED)


def read_entry(
    entry: Entry, *, config: Config | None, site_name: str | None, content_type: str | None
) -> Line:
    """Return the line for one page: its JSON, or its error; no page's error is another page's."""
    asked: Any = None
    try:
        asked = _asked(entry)
        file, url = _text(asked, "file", entry), address(_text(asked, "url", entry))
        header = _text(asked, "content_type", entry) if asked.get("content_type") else content_type
        path = os.path.join(entry.folder, file)  # noqa: PTH118 - both texts
        capture = saved_capture(path, url, header, pipes=False)
        page = read(capture, site_of(url, config, site_name))
        said = page.to_json() | {"url": asked["url"]}  # as it was given: what joins the two
        return Line(text=json_text(said), code=ExitCode.DONE)
    except ArchiveError as error:
        return _error(asked, f"{error.kind}: {' '.join(str(error).split())}", ExitCode.SOME_FAILED)
    except Exception as error:  # noqa: BLE001 - told in the page's own line and by the exit code
        return _error(asked, f"ProgramError: {type(error).__name__}: {error}", ExitCode.PROGRAM_ERROR)


def _asked(entry: Entry) -> dict[str, Any]:
    try:
        asked = foreign_json.parse(entry.text.decode("utf-8"))
    except ValueError as error:
        msg = say("manifest: line {number}: is no JSON: {error}", number=entry.number, error=error)
        raise UsageError(msg) from error
    if not isinstance(asked, dict):
        msg = say("manifest: line {number}: is no JSON object", number=entry.number)
        raise UsageError(msg)
    return asked


def _text(asked: dict[str, Any], key: str, entry: Entry) -> str:
    value = asked.get(key)
    if not isinstance(value, str) or "\0" in value:
        msg = say("manifest: line {number}: {key!r} must be text", number=entry.number, key=key)
        raise UsageError(msg)
    return value


def _error(asked: Any, message: str, code: ExitCode) -> Line:  # noqa: ANN401 - whatever stood in the manifest
    url = asked.get("url") if isinstance(asked, dict) else None
    return Line(text=json_text({"url": url, "error": message}), code=code)
