"""What servers once sent, shown again: by the calendar, and each page as it was, unable to do anything."""

from __future__ import annotations

import re
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scraper import charset
from scraper.numbers import whole
from scraper.rendering import charts
from scraper.serve import addresses
from scraper.serve.answers import INERT, desk_of, page
from scraper.serve.lists import page_number

if TYPE_CHECKING:
    from starlette.requests import Request

    from scraper.model import Site
    from scraper.stores.state.captures import CaptureEntry

_A_PAGE: Final = 200
_AS_THEY_ARE: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_PAGES: Final = ("text/html", "application/xhtml+xml", "")
_FIRST_YEAR, _LAST_YEAR = "1900", "9998"
_LAST_PLACE: Final = 2**63 - 1  # in a file: what a column of SQLite holds
_MOST: Final = 64 * 2**20  # bytes that a body may inflate to
_OPENS: Final = re.compile(r"<(link|iframe|frame|object|embed)(?=[\s/>])", re.IGNORECASE)
_INERT_TAG: Final = {
    "link": '<meta http-equiv="" name="" content=""',
    "iframe": '<iframe src="about:blank" srcdoc=""',
    "frame": '<frame src="about:blank"',
    "object": '<object data=""',
    "embed": '<embed src=""',
}
"""How the elements begin for whose sake Chromium opens a connection before it asks the policy, which then
forbids what they would fetch: `rel=preconnect`, frames. Of attributes given twice the first counts."""


async def calendar(request: Request) -> Response:
    """Show on which days a site was looked at, a year a picture."""
    site = _site(request)
    counts = await run_in_threadpool(desk_of(request).room.captures_a_day, site.name)
    years = sorted({day[:4] for day in counts}, reverse=True)
    pictures = []
    for year in years:
        days = {day: count for day, count in counts.items() if day.startswith(year)}
        svg = charts.calendar(int(year), days, lambda day: addresses.captures(site.name, day))
        pictures.append((year, Markup(svg), days))
    return page(request, "calendar.html", site=site, years=pictures, count=sum(counts.values()))


async def day(request: Request) -> Response:
    """List a day's captures."""
    site, text = _site(request), request.path_params["day"]
    if not _is_day(text):
        raise HTTPException(404)
    room, number = desk_of(request).room, page_number(request)
    counts = await run_in_threadpool(room.captures_a_day, site.name)
    pages = max(-(-counts.get(text, 0) // _A_PAGE), 1)
    if number > pages:
        raise HTTPException(404)
    found = room.captures_of(site.name, text, limit=_A_PAGE, skip=(number - 1) * _A_PAGE)
    days = list(counts)
    at = days.index(text) if text in counts else None
    return page(
        request,
        "captures.html",
        site=site,
        day=text,
        count=counts.get(text, 0),
        captures=found,
        entries={one.key: room.catalogue.of_key(site.name, one.key) for one in found if one.key},
        before=days[at - 1] if at else None,
        after=days[at + 1] if at is not None and at + 1 < len(days) else None,
        number=number,
        pages=pages,
    )


def _is_day(text: str) -> bool:
    """Say whether a text is a day as addresses have it, with another after it in every time zone."""
    try:
        return date.fromisoformat(text).isoformat() == text and _FIRST_YEAR <= text[:4] <= _LAST_YEAR
    except ValueError:
        return False


async def capture(request: Request) -> Response:
    """Show a capture in a frame, below what it is."""
    one = _capture(request)
    room = desk_of(request).room
    entry = room.catalogue.of_key(one.site, one.key) if one.key else None
    return page(request, "capture.html", site=room.sites[one.site], capture=one, entry=entry)


async def replay(request: Request) -> Response:
    """Answer with what a server sent, to look at; what is no page, picture or text is saved."""
    one = _capture(request)
    taken = desk_of(request).room.capture(one.site, one.ref)
    body = charset.body_bytes(taken, _MOST)
    stated = (taken.header("Content-Type") or "").partition(";")[0].strip().lower()
    headers = {"Content-Security-Policy": INERT}
    if stated in _PAGES:
        text = inert(charset.text_of(body, taken.header("Content-Type")))
        return Response(text.encode("utf-8", "replace"), 200, headers, "text/html")
    if stated in _AS_THEY_ARE:
        return Response(body, 200, headers, stated)
    if stated.startswith("text/") or stated.endswith(("xml", "json", "javascript")):
        text = charset.text_of(body, taken.header("Content-Type"))
        return Response(text.encode("utf-8", "replace"), 200, headers, "text/plain")
    return Response(body, 200, headers | {"Content-Disposition": "attachment"}, "application/octet-stream")


def inert(html: str) -> str:
    """Return a page with nothing in it that would open a connection, whatever the policy says."""
    return _OPENS.sub(lambda found: _INERT_TAG[found[1].lower()], html)


async def raw(request: Request) -> Response:
    """Hand out the very bytes that came, to be saved."""
    one = _capture(request)
    taken = desk_of(request).room.capture(one.site, one.ref)
    headers = {"Content-Disposition": f'attachment; filename="{one.ref.digest[:16]}"'}
    return Response(taken.body, 200, headers, "application/octet-stream")


def _capture(request: Request) -> CaptureEntry:
    site = _site(request)
    file, offset = request.path_params["file"], whole(request.path_params["offset"], _LAST_PLACE)
    if offset is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    with desk_of(request).room.state(site.name) as state:
        found = state.captures.at(site.name, file, offset)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def _site(request: Request) -> Site:
    site = desk_of(request).room.sites.get(request.path_params["site"])
    if site is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return site
