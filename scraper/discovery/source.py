"""The text of an answer that should hold links, or the error that it is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import charset
from scraper.errors import NotAListing, NotAnArticle
from scraper.messages import say

if TYPE_CHECKING:
    from scraper.model import Capture

_OK = range(200, 300)


def source_bytes(capture: Capture, max_bytes: int) -> bytes:
    """Return the decoded body. Raises `NotAListing` where there is none, `TooLarge` beyond the bound."""
    if capture.status not in _OK:
        msg = say("{url}: answered {status}, no list", url=capture.url, status=capture.status)
        raise NotAListing(msg)
    try:
        return charset.body_bytes(capture, max_bytes)
    except NotAnArticle as error:
        msg = say("{url}: no list: {error}", url=capture.url, error=error)
        raise NotAListing(msg, what=error.what) from error


def source_text(capture: Capture, max_bytes: int) -> str:
    """Return the text of the body. Raises as `source_bytes` does."""
    return source_page(capture, max_bytes).text


def source_page(capture: Capture, max_bytes: int) -> charset.Decoded:
    """Return the text of the body and its encoding. Raises as `source_bytes` does."""
    return charset.decoded(source_bytes(capture, max_bytes), capture.header("content-type"))
