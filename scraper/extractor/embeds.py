"""Video, audio, flash, viewers, foreign players: from an element to the address that a reader can follow."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import unquote

from scraper import dom, text, urls
from scraper.blocks import Figure, Media, Picture
from scraper.extractor import files, pictures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scraper.extractor.addresses import Addresses
    from scraper.extractor.survey import Survey
    from scraper.extractor.walk import Walk
    from scraper.urls import Url

MediaKind: TypeAlias = Literal["video", "audio", "flash", "embed"]

_OF_WECHAT = frozenset(["mpvideo", "mpvoice", "mp-common-mpaudio", "qqmusic"])
TAGS = frozenset(["video", "audio", "embed", "object", "iframe", "bgsound", *_OF_WECHAT])
"""Elements that play something. What stands within them is shown only where they cannot play."""

CARDS = frozenset(
    [
        *("mp-miniprogram", "mp-weapp", "mp-common-profile", "mp-common-product", "mp-common-videosnap"),
        *("mp-common-poi", "mpcps", "mpproduct", "mp-common-cpsad"),
    ]
)
"""Cards of WeChat, which a script draws and only its own program follows."""
_DISGUISED = (
    "sudy-wp-src",
    "pdfsrc",
)  # attributes of players that are no such element, and of some tags alone:
_VURL = frozenset(["script", "div", "span", "p", "a"])

_VOICE = "https://res.wx.qq.com/voice/getvoice?mediaid="  # where WeChat plays what it knows by a number
_BY_NUMBER = re.compile(
    r"\bsetVid\s?\(|[\"'?&,{\s]vid(?:eo_?id)?[\"']?\s?[:=]\s?[\"']?[\w-]{4,}|polyvObject", re.IGNORECASE
)
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
            title = text.fold(
                next(filter(None, map(attributes.get, ("title", "alt", "name", "music_name"))), "")
                if node.tag in _OF_WECHAT
                else attributes.get("title") or attributes.get("alt") or _file_name(node)
            )
            return Media(kind=_kind(node.tag or "", url, attributes.get("type") or ""), src=url, title=title)
    return None


def media(walk: Walk, node: dom.Node) -> None:
    """Read a player or viewer, and nothing of what it shows where it cannot play; a file is a link to it."""
    played = media_of(node, walk.addresses)
    if played is None:
        walk.account.leave(node, "player")
        return
    if played.kind == "embed" and node.tag in {"object", "embed"} and pictures.is_named(played.src):
        walk.pictures.add(played.src)
        walk.add(Picture(src=played.src, alt=played.title))
        walk.account.leave(node, "fallback")
        return
    file = _viewed(node, played) if played.kind == "embed" else None
    if file is not None:
        walk.file(file, played.title)
    else:
        put(walk, played)
    walk.account.leave(node, "fallback")


def _viewed(node: dom.Node, played: Media) -> Url | None:
    """Return the file that a viewer shows, before or behind the mark: `viewer.html#file=/a.pdf`."""
    _, mark, behind = dom.attribute(node, "src").partition("#")
    named = behind.partition("=")[2] or behind
    if mark and files.is_file_name(named):
        return urls.join(played.src, unquote(named))
    return files.viewed(played.src)


def disguised(survey: Survey) -> Iterator[dom.Node]:
    """Yield the players of Webplus and VSB that are no such element: empty ones that a script fills."""
    yield from (node for node, _ in survey.with_any(*_DISGUISED))
    yield from (node for node, _ in survey.with_any("vurl") if node.tag in _VURL)


def of_address(url: Url) -> Media:
    """Return what an address alone says to be played."""
    return Media(kind=_kind("", url, ""), src=url)


def put(walk: Walk, played: Media) -> None:
    """Put a player on a line of its own."""
    walk.flush()
    walk.blocks.append(played)
    walk.played.append(played.src)


def script(walk: Walk, _node: dom.Node, named: files.Named) -> None:
    """Read what a script shows where it stands: files, players, and the pictures of a PDF's pages."""
    walk.file_words.extend(named.words.values())
    for reference in named.files:
        if (url := walk.addresses.file(reference)) is not None:
            walk.file(files.viewed(url) or url, named.words.get(reference, ""))
    for reference in named.played:
        if (url := walk.addresses.file(reference)) is not None:
            put(walk, of_address(url))
    for reference in named.pictures:
        if (url := walk.addresses.picture(reference)) is not None and url not in walk.pictures:
            walk.flush()
            walk.pictures.add(url)
            walk.blocks.append(Figure(src=url))
    for reference in named.others:
        walk.account.note(reference, "script-file")


def plays_by_number(script: dom.Node) -> bool:
    """Tell a script that shows a film of another house by its number, which is no address."""
    code = dom.attribute(script, "src") or script.text(deep=True) or ""
    return "vid" in code.lower() and _BY_NUMBER.search(code) is not None


def called(walk: Walk, node: dom.Node, url: Url) -> None:
    """Read an element that opens a file, when it is clicked or by an attribute, as a link to it."""
    walk.files.append(url)
    linked(walk, node, url)


def linked(walk: Walk, node: dom.Node, url: Url) -> None:
    """Read an element as a link to what it plays or opens."""
    walk.hrefs.append(url)
    before = walk.style
    walk.style = before.linked(len(walk.hrefs) - 1)
    if node.tag == "input":
        walk.add(text.fold(dom.attribute(node, "value")) or files.name_of(url))
        walk.style = before
        return
    if not text.visible_text(dom.text_of(node)):
        walk.add(files.name_of(url))
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
        None,
        (
            attributes.get(name)
            for name in (
                "sudy-wp-src",
                "pdfsrc",
                "vurl",
                *(() if _is_voice(attributes) else ("src", "data-src")),
            )
        ),
    )
    if number := attributes.get("voice_encode_fileid") or attributes.get("audiourl"):
        yield number if "/" in number else f"{_VOICE}{number}"
    yield from filter(None, (parameters.get(name) for name in _MOVIE))
    if node.tag in {"video", "audio", "object"}:
        for inner in dom.select(node, "source, embed"):
            named = (inner.attributes.get(name) for name in ("flashvars", "src", "data-src"))
            yield from filter(None, named)
        fallback = (dom.attribute(link, "href") for link in dom.select(node, "a[href]"))
        yield from filter(files.is_played_name, fallback)
    yield from filter(None, [attributes.get("data")])


def _is_voice(attributes: Mapping[str, str | None]) -> bool:
    """Tell a sound of WeChat, whose `src` is the page that draws it."""
    return bool(attributes.get("voice_encode_fileid") or attributes.get("audiourl"))


def _plain(value: str) -> str:
    """Return a variable's value, its escapes undone where even the colon of the address is escaped."""
    return unquote(value) if "%3a" in value.lower() or "%2f" in value.lower() else value


def _is_variables(reference: str) -> bool:
    """Tell flash variables (`a=1&b=2`) from an address."""
    return "=" in reference and not re.match(r"\s*+(?:https?:|//|/|[^=&?]*\?)", reference)


def _kind(tag: str, url: Url, mime: str) -> MediaKind:
    """Return what is played, by the file's name, else by what the element says."""
    parts = urls.split(url)
    path = unquote(parts.path).strip()
    if _AUDIO.search(path) or _AUDIO.search(parts.query):
        return "audio"
    if _VIDEO.search(path) or _VIDEO.search(parts.query):
        return "video"
    if _FLASH.search(path) or "flash" in mime:
        return "flash"
    match tag:
        case "video":
            return "video"
        case "audio" | "bgsound" | "mpvoice" | "mp-common-mpaudio" | "qqmusic":
            return "audio"
    return "embed"
