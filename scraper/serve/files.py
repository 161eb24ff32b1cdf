"""Files: the pages' own style sheet and sign, and the pictures that the archive holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from scraper.serve.answers import INERT, desk_of, static

if TYPE_CHECKING:
    from starlette.requests import Request

_OWN: Final = {"style.css": "text/css", "sign.svg": "image/svg+xml"}
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_SHOWN: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
}


async def own(request: Request) -> Response:
    """Answer with a file of the pages' own."""
    name = request.path_params["name"]
    if name not in _OWN:
        raise HTTPException(404)
    return Response(static(name), 200, _FOR_EVER, _OWN[name])


async def sign(_: Request) -> Response:
    """Answer with the sign that browsers ask for by themselves."""
    return Response(static("sign.svg"), 200, _FOR_EVER, "image/svg+xml")


async def picture(request: Request) -> Response:
    """Answer with a picture or file that the archive holds; what no browser shows is saved."""
    room = desk_of(request).room
    path = room.picture(f"/pictures/{request.path_params['path']}")
    data = None if path is None else room.file(path)
    if path is None or data is None:
        raise HTTPException(404)
    kind = _SHOWN.get(path.rpartition(".")[2].lower())
    headers = _FOR_EVER | {"Content-Security-Policy": INERT}
    if kind is None:
        headers |= {"Content-Disposition": "attachment"}
    return Response(data, 200, headers, kind or "application/octet-stream")


async def robots(_: Request) -> Response:
    """Ask whoever crawls machines to leave this one alone."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
