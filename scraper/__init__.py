"""nankai-archive: the archiver of university news."""

__version__ = "0.1.0"
