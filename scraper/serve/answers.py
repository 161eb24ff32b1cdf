"""How pages are answered: templates, languages, and the headers that keep a page from doing anything.

Whatever an article holds, the browser is told to ask nobody else, to run nothing, and to be framed by nobody.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from scraper import __version__
from scraper.rendering.wording import Words, preferred
from scraper.serve import addresses
from scraper.values import Value

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from scraper.app.reading_room import ReadingRoom

HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'{pictures}; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
INERT: Final = (
    "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
"""Of a replayed page: nothing in it runs, is submitted, leads away, or is fetched from elsewhere."""

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
    "Cache-Control": "no-cache",
}


class Desk(Value, frozen=True, kw_only=True):
    """What every page needs: the archive, and how it is to be shown."""

    room: ReadingRoom
    remote_pictures: bool


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that hears a request."""
    desk: Desk = request.app.state.desk
    return desk


def words_of(request: Request) -> Words:
    """Return the words of the language that the browser likes best."""
    return Words(preferred(request.headers.get("Accept-Language")))


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - whatever a template shows
    """Answer with a page made of a template."""
    desk, say = desk_of(request), words_of(request)
    html = (
        environment()
        .get_template(template)
        .render(
            say=say,
            at=addresses,
            desk=desk,
            sites=desk.room.sites,
            style=style_address(),
            version=__version__,
            query=values.pop("query", ""),
            **values,
        )
    )
    return HTMLResponse(html, status, {"Content-Language": say.tag, "Vary": "Accept-Language"})


def atom(request: Request, template: str, **values: Any) -> Response:  # noqa: ANN401 - likewise
    """Answer with an Atom feed."""
    xml = (
        environment()
        .get_template(template)
        .render(
            base=str(request.base_url).rstrip("/"),
            here=str(request.url),
            at=addresses,
            say=words_of(request),
            **values,
        )
    )
    return Response(xml, media_type="application/atom+xml")


@cache
def environment() -> Environment:
    """Return the templates; whatever is put into them is escaped."""
    made = Environment(
        loader=PackageLoader("scraper.serve"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["printable"] = printable
    return made


def printable(text: str) -> str:
    """Return text without the characters that XML does not allow."""
    return "".join(
        c
        for c in text
        if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )


@cache
def static(name: str) -> bytes:
    """Return a file of the pages' own."""
    return resources.files("scraper.rendering").joinpath("static", name).read_bytes()


@cache
def style_address() -> str:
    """Return where the style sheet is; another one has another address, so that it may be kept for ever."""
    return f"/static/{sha256(static('style.css')).hexdigest()[:12]}/style.css"


class Guard:
    """Puts the headers of safety on every answer, and refuses what other sites' pages fetch from here."""

    def __init__(self, app: ASGIApp, *, remote_pictures: bool) -> None:
        """Take the application behind it."""
        self._app = app
        self._policy = _POLICY.format(pictures=" http: https:" if remote_pictures else "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through and complete its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", self._policy)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        sent = dict(scope["headers"])
        foreign = sent.get(b"sec-fetch-site") == b"cross-site" and sent.get(b"sec-fetch-mode") != b"navigate"
        app = PlainTextResponse("this archive answers no other site's pages\n", 403) if foreign else self._app
        await app(scope, receive, guarded)
