"""Articles as documents: Markdown under front matter, in the dialect of Hugo or of Hexo.

What writes them is imported when it is first asked for: a run that finds nothing new writes none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.lazy import parts

if TYPE_CHECKING:
    from scraper.writer.document import write
    from scraper.writer.loss import loss_of
    from scraper.writer.markdown import render
    from scraper.writer.paths import document_path
    from scraper.writer.patterns import PATTERN_FIELDS
    from scraper.writer.tree import without_media

__all__ = ["PATTERN_FIELDS", "document_path", "loss_of", "render", "without_media", "write"]

__getattr__ = parts(
    __name__,
    {
        "PATTERN_FIELDS": "patterns",
        "document_path": "paths",
        "loss_of": "loss",
        "render": "markdown",
        "without_media": "tree",
        "write": "document",
    },
)
