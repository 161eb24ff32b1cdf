"""Whether an answer is a firewall's, and not the site's: pure, from the answer alone.

    412 to a question without condition, 405 to a GET, 418, 468, 567, 202   what Chinese firewalls answer
    any other error, 521 above all, with a page that only a browser passes  a challenge
    a redirect to itself that sets a cookie                                 a cookie check, see `redirects`

Who is answered so is not wanted, and asks no more than a few times.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from scraper.charset import body_bytes, text_of
from scraper.errors import NotAnArticle, TooLarge

if TYPE_CHECKING:
    from scraper.model import Capture

_BY_STATUS = {
    HTTPStatus.ACCEPTED: "202 to a question that has an answer",
    HTTPStatus.METHOD_NOT_ALLOWED: "405 to a GET",
    HTTPStatus.PRECONDITION_FAILED: "412 to a question without condition",
    HTTPStatus.IM_A_TEAPOT: "418",
    468: "468",
    567: "567",
}
_LARGEST = 262_144  # bytes of a challenge: it is a page of scripts
_SHOWN = 400  # characters of a page that has nothing to say
_NOT_SHOWN = re.compile(r"<[^<>]*>|\s+")
_UNSEEN = (("<script", "</script"), ("<style", "</style"), ("<!--", "-->"))


def refusal(capture: Capture) -> str | None:
    """Return in words how an answer to a question without condition refuses us; None: it does not."""
    said = _BY_STATUS.get(capture.status)
    if said is None and capture.status >= HTTPStatus.BAD_REQUEST and is_challenge(capture):
        said = f"a challenge page, {capture.status}"
    return said


def is_challenge(capture: Capture) -> bool:
    """Say whether an error's page is one that asks for a browser, or says that somebody was kept out."""
    if not capture.body or len(capture.body) > _LARGEST:
        return False
    try:
        page = text_of(body_bytes(capture, _LARGEST), capture.header("content-type"))
    except (TooLarge, NotAnArticle):
        return False
    return len(_NOT_SHOWN.sub("", _seen(page))) <= _SHOWN and _is_marked(page)


def _is_marked(page: str) -> bool:
    """Say whether a page has one of the marks of a challenge."""
    from scraper import page_words  # noqa: PLC0415 - 5 ms, which a run whose answers are good need not spend

    marks = (page_words.CHALLENGE, page_words.MAY_BE_CHALLENGE, page_words.SCRIPTS, page_words.LEAVES)
    return page_words.COOKIE in page or any(mark.search(page) for mark in marks)


def _seen(page: str) -> str:
    """Return a page without its scripts, styles and comments; one that does not end takes all the rest."""
    for begin, end in _UNSEEN:
        lowered, kept, at = page.lower(), [], 0
        while (start := lowered.find(begin, at)) >= 0:
            kept.append(page[at:start])
            at = lowered.find(end, start)
            at = len(page) if at < 0 else at
        page = "".join([*kept, page[at:]])
    return page
