"""A document's body read back: as plain text, as HTML, as the pictures that it shows.

Reads documents of other hands too. The last line, which leads to where the article first stood, and the
divider `<!--more-->` are no part of what an article says.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Final

from scraper.urls import parse
from scraper.writer.commonmark import to_html

if TYPE_CHECKING:
    from scraper.urls import Url

_LAST_LINE_BEGINS: Final = "[转入文章首发地址]("
LAST_LINE: Final = re.compile(r"\[转入文章首发地址\]\((?P<address><[^>\n]*>|\S*)\)[ \t]*\Z")
MORE: Final = re.compile(r"(?:(?<![ \t])[ \t]++)?<!--[ \t]*+more[ \t]*+-->[ \t]*+")
_FRONT_MATTER: Final = re.compile(r"\ufeff?---[ \t]*\r?\n(?:.*?\n)??---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_DIVIDER: Final = re.compile(rf"(?P<above>(?:(?<!\n)\n++)?){MORE.pattern}(?P<below>\n*+)")
_COMMENT: Final = "<!--"
_DIVIDING: Final = re.compile(r"<!--[ \t]*+more[ \t]*+-->[ \t]*+\n*+")
_PICTURE: Final = re.compile(r'<img src="(?P<address>[^"]*)" alt="(?P<alt>[^"]*)"[^<>]*/>')
_TAG: Final = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL)
_USUAL_ALT: Final = {"图", "图片"}  # says nothing of the picture


def body_of(document: str) -> str:
    """Return what follows a document's front matter, whatever stands in it; the whole, where it has none."""
    found = _FRONT_MATTER.match(document)
    return document if found is None else document[found.end() :]


def said(body: str) -> str:
    """Return a document's body without its last line and its divider, line ends those of Unix."""
    text = body.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    at = text.rfind(_LAST_LINE_BEGINS)
    if at >= 0 and LAST_LINE.fullmatch(text[at:]) is not None:
        text = text[:at]
    return _undivided(text).strip("\n")


def _undivided(text: str) -> str:
    """Return `_DIVIDER.sub(_joint, text)`, looked for only where a comment begins: few texts have any."""
    parts: list[str] = []
    done = looked = 0
    at = text.find(_COMMENT)
    while at >= 0:
        ends = _DIVIDING.match(text, at)
        if ends is not None:
            begins = looked + len(text[looked:at].rstrip(" \t\n"))
            found = _DIVIDER.search(text, begins, ends.end())
            if found is not None:
                parts += (text[done : found.start()], _joint(found))
                done = found.end()
        looked = max(done, at + len(_COMMENT))
        at = text.find(_COMMENT, looked)
    return "".join((*parts, text[done:]))


def _joint(found: re.Match[str]) -> str:
    """Return what stands between two parts without the divider: a blank line where there was one."""
    return "\n" * min(2, max(len(found["above"]), len(found["below"])))


@lru_cache(maxsize=1)  # of one document several things are asked, one after another
def html(body: str) -> str:
    """Return a document's body as HTML. HTML that stands in it is left out, and no link runs a script."""
    return to_html(said(body))


def plain_text(body: str) -> str:
    """Return what a reader of a document's body sees, a paragraph a line; of pictures their own words."""
    shown = _PICTURE.sub(lambda found: "" if found["alt"] in _USUAL_ALT else found["alt"], html(body))
    lines = unescape(_TAG.sub("", shown.replace("<br />", "\n"))).split("\n")
    return "\n".join(line for line in lines if line.strip())


def pictures(body: str) -> tuple[Url, ...]:
    """Return the addresses of the pictures that a document shows from the web, in their order."""
    if "![" not in body:
        return ()
    addresses = (unescape(found["address"]) for found in _PICTURE.finditer(html(body)))
    return tuple(url for url in map(parse, addresses) if url is not None)
