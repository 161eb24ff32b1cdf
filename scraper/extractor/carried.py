"""What elements carry in attributes of no common name, until a script makes something of it.

Files and players are told where they stand; pictures where their element shows nothing else; words are named
as left out, since nobody but the script knows how they look.
"""

from __future__ import annotations

import re
from functools import partial
from html import unescape
from typing import TYPE_CHECKING, Final, NamedTuple

from scraper import dom, text
from scraper.blocks import Picture
from scraper.extractor import embeds, files, pictures
from scraper.extractor.survey import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extractor.addresses import Addresses
    from scraper.extractor.survey import Survey
    from scraper.extractor.walk import Handler, Walk

_NAMED_BY_TAG: Final = frozenset(
    [
        "img",
        "script",
        "source",
        "param",
        "option",
        "area",
        "canvas",
        "image",
        "v:imagedata",
        *embeds.TAGS,
        *embeds.CARDS,
    ]
)
_USUAL: Final = PLAIN | {
    *("face", "background", "sudyfile-attr", "pdfsrc", "sudy-wp-src", "vurl", "placeholder", "aria-label")
}
_SHOWN_BESIDE: Final = re.compile(r"title|name|label|desc|alt$|tools|nick|type|style|placeholder|author")
_CODED: Final = re.compile(r"[\"'`]")
_PATH: Final = re.compile(r"(?:url\()?[\"']?([^\s\"'<>()]{3,2048})[\"']?\)?")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_TAG: Final = re.compile(r"<[^<>]{0,300}>")
_WORDS: Final = 12  # Chinese characters of an attribute that may be a text
_SHORT: Final = 120  # characters of an element that is a link as a whole
_SHOWS: Final = "img, video, audio, iframe, embed, object, image"
_MARKUP: Final = "a, p, div, table, ul, ol, video, iframe"


class _Carried(NamedTuple):
    """What one element carries."""

    names: list[str]  # of files and of what can be played, in order
    images: list[str]
    words: list[str]


def elements(survey: Survey, _addresses: Addresses) -> Iterator[tuple[dom.Node, Handler]]:
    """Yield the elements that carry anything, each with the handler that tells it."""
    found: dict[int, tuple[dom.Node, _Carried]] = {}
    for node, tag, attributes in survey.unusual:
        if tag not in _NAMED_BY_TAG:
            for name, value in attributes.items():
                if name not in _USUAL and value and ("." in value or "%2" in value or len(value) >= _WORDS):
                    _take(node, name, value, survey, found)
    for node, told in found.values():
        yield node, partial(_read, told=told)


def _take(
    node: dom.Node, name: str, value: str, survey: Survey, found: dict[int, tuple[dom.Node, _Carried]]
) -> None:
    """Add what an attribute carries to what is known of its element."""
    if name.startswith("on") or (name == "src" and node.tag == "input"):
        return
    if node.tag == "a" and files.leads_somewhere(dom.attribute(node, "href")):
        return
    plain = value.strip()
    told = _Carried([], [], [])
    if _CODED.search(plain) and "url(" not in plain[:5]:
        named = files.named_in(plain)
        told.names.extend((*named.files, *named.played))
    elif (path := _PATH.fullmatch(plain)) is not None:
        if files.is_file_name(path[1]) or files.is_played_name(path[1]):
            told.names.append(path[1])
        elif pictures.is_named(path[1]):
            told.images.append(path[1])
    if _is_text(name, plain) and (words := text.fold(_TAG.sub(" ", unescape(plain)))) not in survey.text:
        told.words.append(words)
    if any(told):
        known = found.setdefault(node.mem_id, (node, _Carried([], [], [])))[1]
        for own, more in zip(known, told, strict=True):
            own.extend(each for each in more if each not in own)


def _is_text(name: str, value: str) -> bool:
    """Tell whether an attribute holds a text: many Chinese characters, and is no mere description."""
    is_own = name.startswith("data-") or name in {"content", "text", "html"}
    if not is_own or len(value) < _WORDS or _SHOWN_BESIDE.search(name):
        return False
    return len(_HAN.findall(value[: 100 * _WORDS])) >= _WORDS


def _read(walk: Walk, node: dom.Node, told: _Carried) -> None:
    """Tell what an element carries, and then what stands in it; words with a single file are its link."""
    for words in told.words:
        walk.account.note(words, "script-text")
    _show(walk, node, told)
    found = [(name, url) for name in told.names if (url := walk.addresses.file(name)) is not None]
    if len(found) == 1 and _is_link(node):
        name, url = found[0]
        if files.is_played_name(name):
            walk.played.append(url)
            embeds.linked(walk, node, url)
        else:
            embeds.called(walk, node, files.viewed(url) or url)
        return
    for name, url in found:
        if files.is_played_name(name):
            embeds.put(walk, embeds.of_address(url))
        else:
            walk.file(files.viewed(url) or url)
    walk.usual(node)


def _is_link(node: dom.Node) -> bool:
    """Tell whether an element is a few words and nothing else, which a click makes a link."""
    if node.tag == "input":
        return dom.attribute(node, "type").lower() in {"button", "submit"}
    shown = text.visible_text(dom.text_of(node))
    within = (each for each in dom.select(node, _MARKUP) if each.mem_id != node.mem_id)
    return 0 < len(shown) <= _SHORT and next(within, None) is None


def _show(walk: Walk, node: dom.Node, told: _Carried) -> None:
    """Put the picture that an element without anything else waits for; beside others it is a poster."""
    shows_nothing = not told.names and dom.first(node, _SHOWS) is None and node.tag != "input"
    shows_nothing = shows_nothing and not text.visible_text(dom.text_of(node))
    for reference in told.images:
        url = walk.addresses.picture(reference)
        if url is None:
            continue
        if shows_nothing and url not in walk.pictures:
            walk.pictures.add(url)
            walk.add(Picture(src=url))
            shows_nothing = False
        else:
            walk.account.note(reference, "script-file")
