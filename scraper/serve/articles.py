"""One article: as it reads, where it is from, what changed in it; and the way to it by its first address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from scraper.rendering.document import render
from scraper.serve import addresses
from scraper.serve.answers import desk_of, page
from scraper.stores.catalogue import Span
from scraper.values import Value

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from scraper.app.reading_room import ReadingRoom
    from scraper.stores.catalogue import Entry

_SAME_DAY: Final = 12


class HeldPlaces(Value, frozen=True):
    """Where the links and pictures of documents lead here."""

    room: ReadingRoom
    site: str
    remote_pictures: bool

    def article(self, url: str) -> str | None:
        """Return the address of the held copy of an article; None: none is held."""
        entry = self.room.catalogue.at(url)
        return None if entry is None else addresses.article(entry)

    def held(self, path: str) -> str | None:
        """Return the address of a picture or file of the archive; None: it is not there."""
        return path if self.room.picture(path, self.site) is not None else None


async def article(request: Request) -> Response:
    """Show an article: its text, its provenance, its neighbours."""
    desk, entry = desk_of(request), entry_of(request)
    document = desk.room.document(entry)
    if document is None:
        raise HTTPException(404)
    places = HeldPlaces(desk.room, entry.site, desk.remote_pictures)
    shown = await run_in_threadpool(render, document, places)
    catalogue = desk.room.catalogue
    channel = request.query_params.get("in") or entry.channel
    before, after = catalogue.beside(entry, channel)
    day = Span(site=entry.site, date=entry.day)
    past = desk.room.past(entry)
    return page(
        request,
        "article.html",
        entry=entry,
        site=desk.room.sites[entry.site],
        body=Markup(shown.html),
        channels=catalogue.channels_of(entry),
        before=before,
        after=after,
        same_day=[other for other in catalogue.entries(day, limit=_SAME_DAY + 1) if other != entry][
            :_SAME_DAY
        ],
        past=past,
        reading=await run_in_threadpool(desk.room.reading, past),
    )


async def versions(request: Request) -> Response:
    """Show an article's captures, and what changed from each to the next."""
    desk, entry = desk_of(request), entry_of(request)
    found = await run_in_threadpool(desk.room.versions, entry)
    return page(request, "versions.html", entry=entry, site=desk.room.sites[entry.site], versions=found)


async def by_url(request: Request) -> Response:
    """Lead to the article that was ever met at an address."""
    url = request.query_params.get("u", "").strip()
    entry = desk_of(request).room.find(url) if url else None
    if entry is None:
        return page(request, "by_url.html", url=url, status=404 if url else 200)
    return RedirectResponse(addresses.article(entry), 302)


def entry_of(request: Request) -> Entry:
    """Return the article that an address names. None of that name is not found."""
    entry = desk_of(request).room.catalogue.named(request.path_params["urlname"])
    if entry is None:
        raise HTTPException(404)
    return entry
