"""Where an answer sends us: pure, from the answer alone. Whether we go there is not decided here."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from scraper import urls
from scraper.errors import BadStatus, Blocked, Refused
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.model import Capture
    from scraper.urls import Url

MOST = 8  # redirects from one address
MOST_BYTES = 1 << 22  # of a redirect's own body: all that lead to one answer are kept beside it
_REDIRECTS = {
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
}
_ASCII = bytes(range(0x80))


def is_redirect(status: int) -> bool:
    """Say whether an answer of this status sends us elsewhere."""
    return status in _REDIRECTS


def target(capture: Capture) -> Url | None:
    """Return the address that a redirect leads to; None: the answer is none.

    Raises `BadStatus` for a redirect without a Location, `Refused` for one to what is no http or https.
    """
    if not is_redirect(capture.status):
        return None
    location = next((value for name, value in capture.headers if name.lower() == b"location"), b"")
    if not location.strip():
        msg = say("no use: {url}: {status} without a Location", url=capture.url, status=capture.status)
        raise BadStatus(msg, status=capture.status)
    found = urls.join(capture.url, _text(location))
    if found is None:
        msg = say(
            "not followed: {url}: it leads to {location!r}, which is no address of the web",
            url=capture.url,
            location=location[:200],
        )
        raise Refused(msg)
    return found


def follow(hops: Sequence[Capture], onward: Url, *, cookie_sent: bool | None = None) -> None:
    """Raise where redirects go in a circle or do not end. `hops`: those that came so far.

    A circle whose answers set a cookie asks for it back: `Blocked` where none was sent. `cookie_sent`: None:
    the config sends none; False: the next request brings it.
    """
    first, last = hops[0], hops[-1]
    circle = any(hop.url == onward for hop in hops)
    if circle and any(sets_cookie(hop) for hop in hops):
        if cookie_sent is None:
            what = say(
                "it sets a cookie and sends back to {onward}; `network.cookies: session` gives it back, "
                "within one visit",
                onward=onward,
            )
            raise Blocked(say("blocked: {url}: a cookie check: {what}", url=first.url, what=what))
        if cookie_sent:
            what = say("it sends back to {onward}, though its cookie was given back", onward=onward)
            raise Blocked(say("blocked: {url}: a cookie check: {what}", url=first.url, what=what))
    elif circle:
        what = say("its redirects go in a circle, back to {onward}", onward=onward)
        raise BadStatus(say("no use: {url}: {what}", url=first.url, what=what), status=last.status)
    if len(hops) > MOST:
        msg = say(
            "no use: {url}: more than {most} redirects, the last to {onward}",
            url=first.url,
            most=MOST,
            onward=onward,
        )
        raise BadStatus(msg, status=last.status)


def sets_cookie(capture: Capture) -> bool:
    """Say whether an answer sets a cookie."""
    return any(name.lower() == b"set-cookie" for name, _ in capture.headers)


def _text(location: bytes) -> str:
    """Read a Location as browsers do: UTF-8 where it is that, else its bytes (GBK, mostly) as they stand."""
    try:
        return location.decode("utf-8")
    except UnicodeDecodeError:
        return quote_from_bytes(location, safe=_ASCII)
