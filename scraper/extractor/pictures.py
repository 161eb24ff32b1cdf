"""Which picture an element shows: full size before a scaled copy, a lazy address before a placeholder.

A page may keep the address of a picture anywhere until a script needs it; the attribute's name is whatever
the script's author called it. So an attribute is known by its value: it ends in a picture's name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from scraper import dom, urls
from scraper.extractor.styles import declarations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scraper.extractor.account import Rule
    from scraper.extractor.addresses import Addresses
    from scraper.urls import Url

    Choice: TypeAlias = tuple[Url | None, Rule]  # an address, or the rule by which an element shows nothing

_FULL_SIZE: Final = ("original-src", "orisrc")  # Webplus, VSB: `src` is a scaled copy
_KNOWN_LAZY: Final = (  # whose value is an address whatever it ends in
    *("data-src", "data-original", "data-lazy-src", "data-url", "lay-src", "_src", "src2", "file"),
    *("data-lazyload", "data-echo", "data-lazy", "data-actualsrc", "data-original-src", "zoomfile"),
)
_NO_PICTURE: Final = frozenset(
    ["src", "alt", "title", "class", "id", "style", "href", "usemap", "name", "longdesc", "sudyfile-attr"]
)
_NAME: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|bmp|avif|svg|tiff?|heic|jfif)(?:[?#!@&].*)?$", re.IGNORECASE | re.DOTALL
)
_PLACEHOLDER: Final = re.compile(
    r"(?:^|[/_.\-])(?:blank|none|empty|loading|lazy|lazyload|placeholder|spacer|transparent|grey|gray|pixel|1x1|dot)[^/]{0,100}"
    r"\.(?:gif|png|jpe?g|svg|webp)",
    re.IGNORECASE,
)
_SPACER: Final = re.compile(
    r"(?:^|/)(?:blank|spacer|space|transparent|trans|pixel|1x1|1px|clear|shim|none|empty|loading\d?|lazy(?:load)?"
    r"|placeholder|gr[ea]y)\.(?:gif|png)$",
    re.IGNORECASE,
)
_ICON: Final = re.compile(  # before an attachment, by the file's kind
    r"/fileTypeImages/|/_ueditor/themes/|/ueditor/dialogs/attachment/|/sysimage/icon"
    r"|/icons?/[^/]{0,40}\.(?:gif|png|svg|jpe?g|ico)$"
    r"|(?:^|[/_\-])(?:icon|ico|file|filetype|type|att|attach|fj)[_\-]?"
    r"(?:docx?|xlsx?|pptx?|pdf|rar|zip|txt|mp[34]|wps|7z|default|unknown)\.(?:gif|png|svg|ico)$"
    r"|/(?:docx?|xlsx?|pptx?|pdf|rar|zip|txt|wps|word|excel|ppt)\.(?:gif|ico|svg|png)$",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp)$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9A-Fa-f_\-]++\.(?:jpe?g|JPE?G|png|PNG|gif|webp|bmp)")  # surely plain
_SUSPECT: Final = re.compile(  # in small letters, what the three patterns above find in a name: far quicker
    r"icon|ico[_\-]|filetype|_ueditor|ueditor|blank|load|lazy|place|spac|trans|pixel|1x1|1px|gr[ea]y|dot|clear"
    r"|shim|none|empty|data:|#|att|fj|file|type|/(?:doc|xls|ppt|pdf|rar|zip|txt|wps|word|excel)"
)
_SUSPECT_FOLDER: Final = re.compile(  # likewise, what they find before it
    r"icon|filetypeimages|ueditor/(?:themes|dialogs)|data:|#|\.(?:gif|png|jpe?g|svg|webp)"
)
_PATH: Final = re.compile(r"(?:https?:)?/[^\s\"'<>{}]{2,2048}")
_LONGEST: Final = 400  # characters of an address that is surely plain
_WIDE: Final = frozenset("23456789")  # what the width of no point begins with
_MAY_BE_POINT_BY_STYLE: Final = re.compile(r"(?<!-)width\s*+:\s*+[01]")
_SIZE: Final = re.compile(r"\s*+0*([01])(?:\.0*+)?\s*+(?:px)?\s*+$")
_LAZY_CLASS: Final = re.compile(r"(?:^|[\s_\-])(?:b-?|js-?|img-?)?lazy", re.IGNORECASE)
_CANDIDATE: Final = re.compile(
    r"(?P<reference>\S++)(?:(?<!,)\s++(?P<descriptor>[\d.]{1,12}[wx]))?\s*+,?", re.IGNORECASE
)
_BACKGROUND: Final = re.compile(r"url\(\s*+['\"]?([^'\"()]{1,2048}+)['\"]?\s*+\)", re.IGNORECASE)


def choose(node: dom.Node, addresses: Addresses) -> Choice:
    """Return what an `<img>`, or another element with the attributes of one, shows."""
    return chosen(node, node.attributes, addresses)


def chosen(node: dom.Node, attributes: Mapping[str, str | None], addresses: Addresses) -> Choice:
    """Return what such an element shows, given its attributes."""
    src = attributes.get("src") or ""
    folder, slash, name = src.rpartition("/")
    if (
        (_NUMBER.fullmatch(name) or (_PLAIN.search(name) and not _SUSPECT.search((slash + name).lower())))
        and src.isascii()
        and len(src) <= _LONGEST
        and not _is_suspect(folder)
        and _is_simple(attributes)
        and (url := addresses.picture(src)) is not None
    ):
        return url, "picture"
    return _decorates(attributes) or _chosen(node, attributes, addresses)


@lru_cache(maxsize=1024)
def _is_suspect(folder: str) -> bool:
    """Tell a folder that may be one of icons or spacers; a page keeps its pictures in one or two."""
    return _SUSPECT_FOLDER.search(folder.lower()) is not None


def _is_simple(attributes: Mapping[str, str | None]) -> bool:
    """Tell a picture that is what its `src` says: no larger one is named, no side is a point, none waits."""
    width, style = attributes.get("width") or "", (attributes.get("style") or "").lower()
    return not (
        "original-src" in attributes
        or "orisrc" in attributes
        or "lazy" in (attributes.get("class") or "").lower()
        or "data-loaded" in attributes
        or (width and width[0] not in _WIDE and _SIZE.match(width))
        or ("width" in style and _MAY_BE_POINT_BY_STYLE.search(style))
    )


def _decorates(attributes: Mapping[str, str | None]) -> Choice | None:
    """Return the rule for an icon, a spacer or a counter; None for a picture."""
    src = (attributes.get("src") or "").strip()
    name = "" if src[:5].lower() == "data:" else src.partition("?")[0]
    if _ICON.search(name):
        return None, "decoration"
    lazy = next(_lazy(attributes), None)
    if lazy is None and (_is_point(attributes) or _SPACER.search(name)):
        return None, "decoration"
    return None


def _is_point(attributes: Mapping[str, str | None]) -> bool:
    told = declarations(attributes.get("style") or "")
    for sides in (attributes, told):
        if _SIZE.match(sides.get("width") or "") and _SIZE.match(sides.get("height") or ""):
            return True
    return False


def _chosen(node: dom.Node, attributes: Mapping[str, str | None], addresses: Addresses) -> Choice:
    for name in _FULL_SIZE:
        url = addresses.file(attributes.get(name))
        if url is not None:
            return url, "picture"
    src = addresses.picture(attributes.get("src"))
    lazy = next(filter(None, (_waiting(each, addresses) for each in _lazy(attributes))), None)
    if src is not None and not _gives_way(attributes, src, lazy, addresses):
        return src, "picture"
    if lazy is not None:
        return lazy, "picture"
    several = _largest(attributes, addresses) or _of_picture_element(node, addresses)
    if several is not None:
        return several, "picture"
    if src is None and (carried := _carried(attributes, addresses)) is not None:
        return carried, "picture"
    own = (attributes.get("src") or "").strip()
    is_empty = not own or own.startswith(("data:", "#", "about:"))
    return None if src is None or _waits(attributes) else src, "placeholder" if is_empty else "picture"


def _waiting(reference: str, addresses: Addresses) -> Url | None:
    """Return the address of a picture that a script would show, be it written into the page itself."""
    return addresses.picture(reference) if reference[:5].lower() == "data:" else addresses.file(reference)


def _carried(attributes: Mapping[str, str | None], addresses: Addresses) -> Url | None:
    """Return the address that an element without a picture of its own keeps in some `data-…` or `…src`."""
    for name, value in attributes.items():
        if value and (name.startswith("data-") or name.endswith("src")) and _PATH.fullmatch(value.strip()):
            return addresses.file(value)
    return None


def _gives_way(
    attributes: Mapping[str, str | None], src: Url, lazy: Url | None, addresses: Addresses
) -> bool:
    """Tell whether `src` only keeps the place of another: by its name, its size, or the element's class."""
    if src.startswith("/"):  # written into the page itself
        return lazy is not None
    if _PLACEHOLDER.search(src) or _is_point(attributes):
        return True
    if lazy is None or not _waits(attributes):
        return False
    own = urls.host(addresses.base)
    return urls.host(lazy) == own or urls.host(src) != own  # a local copy beside a foreign original stays


def _waits(attributes: Mapping[str, str | None]) -> bool:
    return bool(_LAZY_CLASS.search(attributes.get("class") or "")) or attributes.get("data-loaded") == "false"


def _lazy(attributes: Mapping[str, str | None]) -> Iterator[str]:
    """Yield what a script would put in the place of `src`: known names first, then any picture's name."""
    known = ((attributes.get(name) or "").strip() for name in _KNOWN_LAZY)
    yield from filter(None, known)
    for name, value in attributes.items():
        if value and name not in _NO_PICTURE and not name.startswith("on") and "srcset" not in name:
            plain = value.strip()
            if " " not in plain and _NAME.search(plain) and not _PLACEHOLDER.search(plain):
                yield plain


def _largest(attributes: Mapping[str, str | None], addresses: Addresses) -> Url | None:
    """Return the largest of a `srcset`, or of an attribute that a script makes one of."""
    names = [name for name in attributes if name.endswith("srcset")]
    for name in sorted(names, key=lambda name: name != "srcset"):
        url = largest_of(attributes.get(name) or "", addresses)
        if url is not None:
            return url
    return None


def largest_of(srcset: str, addresses: Addresses) -> Url | None:
    """Return the address with the greatest descriptor (`2x`, `800w`); None where there is none to ask for."""
    best: tuple[float, Url] | None = None
    for reference, descriptor in _candidates(srcset):
        url = addresses.file(reference)
        if url is not None and (best is None or _weight(descriptor) > best[0]):
            best = (_weight(descriptor), url)
    return best[1] if best else None


def _candidates(srcset: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses of a `srcset`, each with its descriptor, as HTML reads them.

    An address ends at white space, and may hold commas within.
    """
    for match in _CANDIDATE.finditer(srcset):
        yield match["reference"].strip(","), match["descriptor"] or ""


def _weight(descriptor: str) -> float:
    digits = descriptor.strip().rstrip("xwXW")[:12]
    return float(digits) if digits.replace(".", "", 1).isdigit() else 1.0


def _of_picture_element(node: dom.Node, addresses: Addresses) -> Url | None:
    """Return what the sources of the `<picture>` around an element name."""
    above = node.parent
    if above is None or above.tag != "picture":
        return None
    for source in dom.select(above, "source"):
        attributes = source.attributes
        url = _largest(attributes, addresses) or addresses.file(attributes.get("src"))
        if url is not None:
            return url
    return None


def is_named(reference: str) -> bool:
    """Tell whether a reference leads to a picture, by its name, and to none that keeps another's place."""
    return _NAME.search(reference) is not None and not (
        _PLACEHOLDER.search(reference) or _SPACER.search(reference) or _ICON.search(reference)
    )


def background(style: str) -> str | None:
    """Return the picture that a style lays under an element; None where it lays none, or a pattern."""
    found = _BACKGROUND.search(style)
    if (
        found is None
        or "repeat-" in style.lower()
        or declarations(style).get("background-repeat") == "repeat"
    ):
        return None
    reference = found[1].strip()
    return None if _SPACER.search(reference) or _ICON.search(reference) else reference
