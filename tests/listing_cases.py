"""What the tests of discovery share: a site, captures of saved pages, and the cases of `cases/lists`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scraper import urls
from scraper.model import Capture, Channel, Headers, Site

if TYPE_CHECKING:
    from scraper.model import Link, ListingPage
    from scraper.urls import Url

CASES = Path(__file__).parent / "cases" / "lists"
SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "pages"
BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCase:
    """One case folder: a page of a list, and what it says."""

    name: str
    page: bytes
    expected: dict[str, Any]


def list_cases() -> list[ListCase]:
    """Return every case folder, by name."""
    return [
        ListCase(
            name=folder.name,
            page=(folder / "page.html").read_bytes(),
            expected=json.loads((folder / "expected.json").read_text(encoding="utf-8")),
        )
        for folder in sorted(CASES.iterdir())
    ]


def url(text: str) -> Url:
    """Return an address that the test knows to be one."""
    made = urls.parse(text)
    assert made is not None, text
    return made


def site(home: str = "http://news.qingcheng.example/", *, family: str | None = None, **more: Any) -> Site:  # noqa: ANN401 - the fields of Site, each of its own type
    """Return a site in Beijing's zone, with one channel on its own host."""
    made = url(home)
    channel = Channel(name="ywsd", title="要闻", index=url(f"{urls.origin(made)}/ywsd/index.shtml"))
    return Site(
        name="qingcheng",
        title="青橙大学",
        archive_name="qingcheng.example",
        home=made,
        timezone=BEIJING,
        family=family,
        channels=(channel,),
        **more,
    )


def capture(
    address: str,
    body: bytes | str,
    content_type: str | None = "text/html; charset=utf-8",
    *,
    status: int = 200,
) -> Capture:
    """Return what a server answered."""
    headers: Headers = () if content_type is None else ((b"Content-Type", content_type.encode("ascii")),)
    return Capture(
        url=url(address),
        final_url=url(address),
        fetched_at=datetime(2021, 3, 13, 8, tzinfo=UTC),
        status=status,
        reason="OK",
        headers=headers,
        body=body.encode("utf-8") if isinstance(body, str) else body,
    )


def as_rows(links: tuple[Link, ...]) -> list[dict[str, str | None]]:
    """Return links as the case files write them."""
    return [
        {
            "url": link.url,
            "title": link.title,
            "date": link.date.date().isoformat() if link.date is not None else None,
        }
        for link in links
    ]


def as_expected(page: ListingPage) -> dict[str, Any]:
    """Return a page of a list as the case files write it."""
    return {
        "links": as_rows(page.links),
        "elsewhere": as_rows(page.elsewhere),
        "next": page.next.urls[0] if page.next is not None else None,
        "pager": page.pager,
        "pages": page.pages,
        "stated": page.stated,
        "number": page.number,
    }
