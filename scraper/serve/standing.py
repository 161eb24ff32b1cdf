"""Where the archive stands: status and coverage, as tables and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from scraper.audit.coverage import why_counts
from scraper.rendering import charts
from scraper.serve import addresses
from scraper.serve.answers import desk_of, page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from scraper.audit.coverage import SiteCoverage

_MOST_MISSING: Final = 200


async def status(request: Request) -> Response:
    """Show where each site and channel stands."""
    room = desk_of(request).room
    found = [await run_in_threadpool(room.status, name) for name in room.sites]
    return page(request, "status.html", found=found)


async def coverage(request: Request) -> Response:
    """Show how much of each site is held."""
    room = desk_of(request).room
    found = [await run_in_threadpool(room.coverage, name) for name in room.sites]
    return page(request, "coverage.html", found=[(one, _bars(one), why_counts(one.missing)) for one in found])


async def site_coverage(request: Request) -> Response:
    """Show how much of one site is held, channel by channel, and what is missing."""
    room, name = desk_of(request).room, request.path_params["site"]
    if name not in room.sites:
        raise HTTPException(404)
    found = await run_in_threadpool(room.coverage, name)
    return page(
        request,
        "site_coverage.html",
        site=room.sites[name],
        found=found,
        bars=_bars(found),
        missing=found.missing[:_MOST_MISSING],
        more=max(len(found.missing) - _MOST_MISSING, 0),
    )


def _bars(found: SiteCoverage) -> Markup:
    bars = [
        charts.Bar(
            month=month.month,
            count=month.held,
            missing=month.listed - month.held,
            href=addresses.span(found.name, None, month.month),
        )
        for month in found.months
    ]
    return Markup(charts.bars(bars))
