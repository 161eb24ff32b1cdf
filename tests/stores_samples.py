"""What the tests of the stores share: captures of invented pages, a store with a clock and ids of its own."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from scraper.model import Capture
from scraper.stores.captures import CaptureStore
from scraper.urls import Url

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOON = datetime(2026, 3, 5, 12, 0, 0, 250_000, tzinfo=UTC)
SITE = "nankai"


def counting_ids() -> Callable[[], UUID]:
    """Ids that count up."""
    numbers = itertools.count(1)
    return lambda: UUID(int=next(numbers))


def ticking_clock(start: datetime = NOON) -> Callable[[], datetime]:
    """Return a clock that goes on by a second whenever it is read."""
    seconds = itertools.count()
    return lambda: start + timedelta(seconds=next(seconds))


def store(folder: Path, **changes: Any) -> CaptureStore:  # noqa: ANN401 - passed on as it is
    """Return a store whose ids and moments are the same in every run."""
    settings = {"software": "nankai-archive/0", "now": ticking_clock(), "new_id": counting_ids()}
    return CaptureStore(folder, SITE, **{**settings, **changes})


def capture(number: int = 1, **changes: Any) -> Capture:  # noqa: ANN401 - passed on as it is
    """Return what a server might have answered for the page of this number."""
    url = Url(f"http://news.example.edu.cn/ywsd/system/2026/03/05/{number:09d}.shtml")
    values: dict[str, Any] = {
        "url": url,
        "final_url": url,
        "fetched_at": NOON + timedelta(seconds=number),
        "status": 200,
        "reason": "OK",
        "headers": ((b"Server", b"nginx"), (b"Content-Type", b"text/html; charset=gbk")),
        "body": f"<html><h2>第{number}篇：春日植树</h2><p>同学们种下了{number}棵树。</p></html>".encode(
            "gbk"
        ),
        "request_headers": ((b"Host", b"news.example.edu.cn"), (b"User-Agent", b"nankai-archive/0")),
        "ip_address": "192.0.2.7",
    }
    return Capture(**{**values, **changes})
