"""Articles as documents: Markdown under front matter, in the dialect of Hugo or of Hexo."""

from scraper.writer.document import write
from scraper.writer.loss import loss_of
from scraper.writer.markdown import render
from scraper.writer.paths import document_path
from scraper.writer.patterns import PATTERN_FIELDS
from scraper.writer.tree import without_media

__all__ = ["PATTERN_FIELDS", "document_path", "loss_of", "render", "without_media", "write"]
