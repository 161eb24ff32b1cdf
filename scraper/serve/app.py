"""The application: which address is answered by what, and what stands before all of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from scraper.console import tell
from scraper.errors import ArchiveError
from scraper.serve import articles, captures, files, lists, searching, standing
from scraper.serve.answers import HOSTS, Desk, Guard, page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from scraper.app.reading_room import ReadingRoom

_LOOK_EVERY: Final = 2.0  # seconds between two looks at whether a run changed anything
_REST: Final = 10.0  # times as long as a reading took are between two of them

_SITE: Final = "/sites/{site}/"
_CHANNEL: Final = _SITE + "channels/{channel}/"
_ARTICLE: Final = "/{urlname}/"

ROUTES: Final = [
    Route("/", lists.home),
    Route("/search", searching.search),
    Route("/search.atom", searching.feed),
    Route("/by-url", articles.by_url),
    Route("/status/", standing.status),
    Route("/coverage/", standing.coverage),
    Route("/static/{digest}/{name}", files.own),
    Route("/favicon.ico", files.sign),
    Route("/robots.txt", files.robots),
    Route("/pictures/{path:path}", files.picture),
    Route(_SITE + "coverage/", standing.site_coverage),
    Route(_SITE + "captures/", captures.calendar),
    Route(_SITE + "captures/{file}/{offset}/", captures.capture),
    Route(_SITE + "captures/{file}/{offset}/replay", captures.replay),
    Route(_SITE + "captures/{file}/{offset}/bytes", captures.raw),
    Route(_SITE + "captures/{day}/", captures.day),
    *(
        route
        for base in ("/", _SITE, _CHANNEL)
        for route in (
            Route(base + "dates/{date:path}feed.atom", lists.feed),
            Route(base + "dates/{date:path}", lists.listing),
        )
    ),
    *(
        route
        for base in (_SITE, _CHANNEL)
        for route in (Route(base, lists.listing), Route(base + "feed.atom", lists.feed))
    ),
    Route(_ARTICLE, articles.article),
    Route(_ARTICLE + "versions/", articles.versions),
]


def make_app(room: ReadingRoom, *, remote_pictures: bool = False) -> Starlette:
    """Return the application that shows an archive."""
    app = Starlette(
        routes=ROUTES,
        middleware=[
            Middleware(Guard, remote_pictures=remote_pictures),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False),
            Middleware(Freshness, room=room),
        ],
        exception_handlers={HTTPException: _refused, ArchiveError: _broken, 404: _refused},
        lifespan=_opened,
    )
    app.state.desk = Desk(room=room, remote_pictures=remote_pictures)
    return app


@asynccontextmanager
async def _opened(app: Starlette) -> AsyncIterator[None]:
    """Read the catalogue before the first answer."""
    desk: Desk = app.state.desk
    await run_in_threadpool(desk.room.refresh)
    for said in desk.room.damage():
        tell(said)
    yield


class Freshness:
    """Has the catalogue read again behind the answers when a run changed the archive."""

    def __init__(self, app: ASGIApp, *, room: ReadingRoom) -> None:
        """Take the application behind it and the archive."""
        self._app = app
        self._room = room
        self._looked = time.monotonic()
        self._rest = _LOOK_EVERY
        self._reading: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by what was read last; look meanwhile whether there is more."""
        if scope["type"] == "http" and time.monotonic() - self._looked > self._rest:
            self._looked = time.monotonic()
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read())
        await self._app(scope, receive, send)

    async def _read(self) -> None:
        started = time.monotonic()
        await run_in_threadpool(self._room.refresh)
        self._rest = max(_LOOK_EVERY, _REST * (time.monotonic() - started))
        self._looked = time.monotonic()


async def _refused(request: Request, error: Exception) -> Response:
    """Say that there is no such page, or why it cannot be."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    return page(request, "error.html", status=status, what=None)


async def _broken(request: Request, error: Exception) -> Response:
    """Say what of the archive cannot be read."""
    return page(request, "error.html", status=500, what=str(error))
