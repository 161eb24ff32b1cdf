"""Articles as JSON Lines and as CSV: one at a time, in flat memory."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from scraper.export.article import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.export.article import ExportedArticle


def write_jsonl(articles: Iterable[ExportedArticle], out: TextIO) -> int:
    """Write an object a line; return how many. What some readers take for a line's end is escaped."""
    number = 0
    for article in articles:
        number += 1
        row = {name: _plain(value) for name, value in article.row().items()}
        out.write(
            json.dumps(row, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        )
        out.write("\n")
    return number


def write_csv(articles: Iterable[ExportedArticle], out: TextIO) -> int:
    """Write a head and a row each (RFC 4180); return how many articles.

    Pictures stand in one cell, a line each.
    """
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    number = 0
    for article in articles:
        number += 1
        writer.writerow([_cell(value) for value in article.row().values()])
    return number


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column's value
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _cell(value: Any) -> Any:  # noqa: ANN401 - likewise
    return "\n".join(value) if isinstance(value, list) else _plain(value)
