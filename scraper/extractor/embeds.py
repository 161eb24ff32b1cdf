"""Video, audio, flash, viewers, foreign players: from an element to the address that a reader can follow."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import unquote

from scraper import dom, text, urls
from scraper.blocks import Figure, Media
from scraper.extractor import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extractor.addresses import Addresses
    from scraper.extractor.survey import Survey
    from scraper.extractor.walk import Walk
    from scraper.urls import Url

MediaKind: TypeAlias = Literal["video", "audio", "flash", "embed"]

TAGS = frozenset(["video", "audio", "embed", "object", "iframe"])
"""Elements that play something. What stands within them is shown only where they cannot play."""

_DISGUISED = (
    "sudy-wp-src",
    "pdfsrc",
)  # attributes of players that are no such element, and of some tags alone:
_VURL = frozenset(["script", "div", "span", "p", "a"])

_FILE_NAME = re.compile(
    r"['\"]title['\"]\s{0,9}:\s{0,9}['\"](.{0,300}?)['\"]\s{0,9}[,}]"
)  # sudyfile-attr="{'title':'x.mp4'}"
_VIDEO = re.compile(
    r"\.(?:mp4|m4v|flv|f4v|wmv|avi|mov|rmvb?|mpe?g|webm|m3u8|mkv|ogv|3gp|asf)$", re.IGNORECASE
)
_AUDIO = re.compile(r"\.(?:mp3|wma|wav|m4a|ogg|oga|aac|flac|midi?|ra|amr)$", re.IGNORECASE)
_FLASH = re.compile(r"\.swf$", re.IGNORECASE)
_PLAYS = re.compile(  # what a flash player was told to play: `player.swf?file=…flv`, `vcastr_file=…`
    r"(?:^|[?&;|])\w+=([^&;|\s]+?\.(?:mp4|m4v|flv|f4v|wmv|mov|mp3|m4a|m3u8)(?:\?[^&;|\s]*)?)(?=$|[&;|\s])",
    re.IGNORECASE,
)
_MOVIE = ("movie", "src", "url", "filename", "video", "file")


def media_of(node: dom.Node, addresses: Addresses) -> Media | None:
    """Return what an element plays; None where it names nothing that can be asked for."""
    attributes = node.attributes
    for reference in _references(node):
        played = _PLAYS.search(reference)
        url = addresses.file(_plain(played[1])) if played else None
        if url is None and not _is_variables(reference):
            url = addresses.file(reference)
        if url is not None:
            title = text.fold(attributes.get("title") or attributes.get("alt") or _file_name(node))
            return Media(kind=_kind(node.tag or "", url, attributes.get("type") or ""), src=url, title=title)
    return None


def media(walk: Walk, node: dom.Node) -> None:
    """Read a player or viewer, and nothing of what it shows where it cannot play; a file is a link to it."""
    played = media_of(node, walk.addresses)
    if played is None:
        walk.account.leave(node, "player")
        return
    file = files.viewed(played.src) if played.kind == "embed" else None
    if file is not None:
        walk.file(file, played.title)
    else:
        put(walk, played)
    walk.account.leave(node, "fallback")


def disguised(survey: Survey) -> Iterator[dom.Node]:
    """Yield the players of Webplus and VSB that are no such element: empty ones that a script fills."""
    yield from (node for node, _ in survey.with_any(*_DISGUISED))
    yield from (node for node, _ in survey.with_any("vurl") if node.tag in _VURL)


def put(walk: Walk, played: Media) -> None:
    """Put a player on a line of its own."""
    walk.flush()
    walk.blocks.append(played)


def script(walk: Walk, _node: dom.Node, named: files.Named) -> None:
    """Read what a script shows where it stands: files, players, and the pictures of a PDF's pages."""
    for reference in named.files:
        if (url := walk.addresses.file(reference)) is not None:
            walk.file(files.viewed(url) or url)
    for reference in named.played:
        if (url := walk.addresses.file(reference)) is not None:
            put(walk, Media(kind=_kind("", url, ""), src=url))
    for reference in named.pictures:
        if (url := walk.addresses.picture(reference)) is not None and url not in walk.pictures:
            walk.flush()
            walk.pictures.add(url)
            walk.blocks.append(Figure(src=url))
    for reference in named.others:
        walk.account.note(reference, "script-file")


def carried(walk: Walk, node: dom.Node, references: tuple[str, ...]) -> None:
    """Read an element that names files or players in attributes of its own, and then what stands in it."""
    for reference in references:
        url = walk.addresses.file(reference)
        if url is None:
            continue
        if files.is_played_name(reference):
            put(walk, Media(kind=_kind("", url, ""), src=url))
        else:
            walk.file(files.viewed(url) or url)
    walk.usual(node)


def called(walk: Walk, node: dom.Node, url: Url) -> None:
    """Read an element that opens a file when it is clicked, as a link to it."""
    walk.files.append(url)
    walk.hrefs.append(url)
    if not text.visible_text(dom.text_of(node)):
        walk.add(files.name_of(url))
    before = walk.style
    walk.style = before.linked(len(walk.hrefs) - 1)
    walk.after(partial(setattr, walk, "style", before))
    walk.usual(node)


def _file_name(node: dom.Node) -> str:
    named = _FILE_NAME.search(node.attributes.get("sudyfile-attr") or "")
    return named[1] if named else ""


def _references(node: dom.Node) -> Iterator[str]:
    """Yield what may name the thing played, the surest first.

    An `<object>`'s own `data` comes last: on three pages of 2012 it names the film of another article, and
    the `movie` parameter the right one.
    """
    attributes = node.attributes
    parameters = {
        (param.attributes.get("name") or "").lower(): param.attributes.get("value") or ""
        for param in (dom.select(node, "param") if node.tag == "object" else ())
    }
    yield from filter(None, [attributes.get("flashvars"), parameters.get("flashvars")])
    yield from filter(
        None, (attributes.get(name) for name in ("sudy-wp-src", "pdfsrc", "vurl", "src", "data-src"))
    )
    yield from filter(None, (parameters.get(name) for name in _MOVIE))
    if node.tag in {"video", "audio", "object"}:
        for inner in dom.select(node, "source, embed"):
            yield from filter(None, [inner.attributes.get("flashvars"), inner.attributes.get("src")])
    yield from filter(None, [attributes.get("data")])


def _plain(value: str) -> str:
    """Return a variable's value, its escapes undone where even the colon of the address is escaped."""
    return unquote(value) if "%3a" in value.lower() or "%2f" in value.lower() else value


def _is_variables(reference: str) -> bool:
    """Tell flash variables (`a=1&b=2`) from an address."""
    return "=" in reference and not re.match(r"\s*+(?:https?:|//|/|[^=&?]*\?)", reference)


def _kind(tag: str, url: Url, mime: str) -> MediaKind:
    """Return what is played, by the file's name, else by what the element says."""
    path = unquote(urls.split(url).path).strip()
    if _AUDIO.search(path):
        return "audio"
    if _VIDEO.search(path):
        return "video"
    if _FLASH.search(path) or "flash" in mime:
        return "flash"
    match tag:
        case "video":
            return "video"
        case "audio":
            return "audio"
    return "embed"
