"""Articles as Parquet, a batch of rows at a time. Needs the extra `[parquet]` (pyarrow)."""

from __future__ import annotations

from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

from scraper.errors import UsageError
from scraper.export.article import COLUMNS
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.export.article import ExportedArticle

_BATCH: Final = 2_000  # rows of a group: what is in memory at once
_MOMENTS: Final = ("published", "captured", "checked")
_REQUIRED: Final = ("url", "urlname", "site", "title", "status", "path", "text", "markdown")


def write_parquet(articles: Iterable[ExportedArticle], out: IO[bytes]) -> int:
    """Write a table, compressed with zstd; return how many articles. Raises UsageError without pyarrow."""
    arrow, parquet = _pyarrow()
    schema = arrow.schema([_field(arrow, name) for name in COLUMNS])
    rows = (article.row() for article in articles)
    number = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _BATCH)):
            number += len(batch)
            writer.write_batch(arrow.RecordBatch.from_pylist(batch, schema=schema))
    return number


def _field(arrow: Any, name: str) -> Any:  # noqa: ANN401 - pyarrow has no type hints
    if name in _MOMENTS:
        return arrow.field(name, arrow.timestamp("s", tz="UTC"))
    if name == "images":
        return arrow.field(name, arrow.list_(arrow.string()), nullable=False)
    return arrow.field(name, arrow.string(), nullable=name not in _REQUIRED)


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and 50 MB of it
        from pyarrow import parquet  # noqa: PLC0415 - likewise
    except ImportError as error:
        message = say("export: parquet needs an extra: pip install 'nankai-archive[parquet]'")
        raise UsageError(message) from error
    return pa, parquet
