"""The log: one line a unit of work, on standard error, as text or as JSON.

A record carries its event as the message and its fields beside it:
`logger.info("written", extra={"fields": {"site": "nankai", "url": url}})`
becomes `written site=nankai url=http://… at=…` or one JSON object. `at` is local time with its offset.
"""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from scraper.console import clean, json_text
from scraper.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS: Final = ("text", "json")
LOGGER: Final = "scraper"

_PLAIN = re.compile(r'[^\s"=\\]+')
_LEVELS: Final = (logging.ERROR, logging.WARNING, logging.INFO, logging.DEBUG)  # -q, nothing, -v, -vv


def set_up(*, form: str, verbosity: int, write: Callable[[str], object] | None = None) -> None:
    """Send the program's log, line by line, to `write`, else to standard error.

    A second call replaces the first.
    """
    logger = logging.getLogger(LOGGER)
    logger.handlers[:] = [_Lines(JsonForm() if form == "json" else TextForm(), write or tell_line)]
    level = _LEVELS[min(max(verbosity + 1, 0), len(_LEVELS) - 1)]
    if level is logging.ERROR and form == "text":
        level = logging.CRITICAL  # a quiet run's report tells a person what went wrong, each thing once
    logger.setLevel(level)
    logger.propagate = False


def tell_line(line: str) -> None:
    """Write a line to whatever `sys.stderr` is now: a live display stands in for it while it shows.

    A log that cannot be written ends no run, but for one whose reader is gone: BrokenPipeError.
    """
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError):  # a full disk, a terminal that was closed
        return


class _Lines(logging.Handler):
    """Hands each record on as a line."""

    def __init__(self, form: logging.Formatter, write: Callable[[str], object]) -> None:
        super().__init__()
        self.setFormatter(form)
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        self._write(redacted(self.format(record)))


class TextForm(logging.Formatter):
    """`event key=value … at=moment`; a value with blanks or quotes stands in JSON's quotes."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and a traceback below it where there is one."""
        fields = {**_fields(record), "at": _moment(record)}
        line = " ".join([record.getMessage(), *(f"{key}={_quoted(value)}" for key, value in fields.items())])
        return clean(f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line)


class JsonForm(logging.Formatter):
    """`{"at": …, "level": …, "event": …, fields}`, one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object on one line."""
        entry = {"at": _moment(record), "level": record.levelname.lower(), "event": record.getMessage()}
        entry |= _fields(record)
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json_text(entry, default=str)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields: dict[str, Any] = getattr(record, "fields", {})
    return {key: value for key, value in fields.items() if value is not None}


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="seconds")


def _quoted(value: object) -> str:
    text = str(value)
    return text if text.isprintable() and _PLAIN.fullmatch(text) else json_text(text)
