"""Files that a page names otherwise than by a plain link: in calls of scripts, in viewers, by their words.

Read in one pass: a text is cut at its quotation marks, and each piece is looked at once.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qsl, unquote

from scraper import text, urls
from scraper.urls import Url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scraper.extractor.addresses import Addresses

_SUFFIXES: Final = (
    r"pdf|docx?|docm|dotx?|xlsx?|xlsm|xlsb|csv|pptx?|pptm|ppsx?|wps|et|dps|ofd|rtf|odt|ods|odp"
    r"|zip|rar|7z|tar|t?gz|bz2|xz|caj|kdh|nh|ceb|epub|mobi|txt"
)
_FILE: Final = re.compile(rf"\.(?:{_SUFFIXES})$", re.IGNORECASE)
_WORDS: Final = re.compile(
    rf"[^\s.]\.(?:{_SUFFIXES})[\s)）】\]》」”\"'（(]*(?:[（(\[][^()（）]{{0,40}}[)）\]])?$", re.IGNORECASE
)
_PLAYED: Final = re.compile(
    r"\.(?:mp4|m4v|flv|f4v|wmv|avi|mov|rmvb?|mpe?g|webm|m3u8|mkv|ogv|3gp|asf|mp3|wma|wav|m4a|ogg|oga|aac|flac|amr)$",
    re.IGNORECASE,
)
_PICTURE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|avif|tiff?)$", re.IGNORECASE)
_PAGE: Final = re.compile(r"\.s?html?$|/$", re.IGNORECASE)
_PAGES: Final = (".shtml", ".html", ".htm")
_QUOTES: Final = re.compile("[\"'`]")
_SHOWS_PDF: Final = re.compile("pdf", re.IGNORECASE)
_VIEWS: Final = re.compile(r"view|pdfjs|embed|preview|reader|player|flipbook|web/index", re.IGNORECASE)
_VIEWS_PDF: Final = re.compile(
    r"(?:view|show|preview|read|open)_?pdf|pdf_?(?:view|show|preview|read)", re.IGNORECASE
)
_DYNAMIC: Final = re.compile(
    r"\.(?:aspx?|ashx|jspx?|php\d?|do|action|vsb|cgi|psp)$|/(?:down|download|file|attach)\w*/?$",
    re.IGNORECASE,
)
_CALLED: Final = re.compile(r"(?:^|[^a-z])(?:[a-z]{0,20}_?)(?:name|title|label|text)$", re.IGNORECASE)
_WRITTEN: Final = re.compile(  # a link that a script writes
    r"<a\s[^<>]{0,300}?href=\\?([\"'])([^\"'<>]{1,500}?)\\?\1[^<>]{0,300}>([^<>]{1,200})</a>", re.IGNORECASE
)
_ESCAPED: Final = re.compile(r"https?%3A%2F%2F", re.IGNORECASE)
_LONGEST_KEY: Final = 40  # characters of a name in a script
_LONGEST_WORDS: Final = 300  # characters of a link's words that are looked at, from their end
_LONGEST: Final = 2_048  # characters of an address
_OPENS: Final = re.compile(r"open|location|href|down|pdf|file|view|show|url", re.IGNORECASE)


class Named(NamedTuple):
    """What a script names, in order."""

    files: tuple[str, ...]
    played: tuple[str, ...]
    pictures: tuple[str, ...]  # of the article, where they stand beside a PDF
    others: tuple[str, ...]  # pictures that are none of the article, such as a player's poster
    words: dict[str, str]  # what the script calls its files, by their addresses

    def __bool__(self) -> bool:
        """Tell whether it names anything."""
        return any(self)


def named_in(script: str) -> Named:
    """Return what the strings of a script name, and what it calls its files: `{name: …, url: …}`."""
    files: list[str] = []
    played: list[str] = []
    pictures: list[str] = []
    words = {match[2].replace("\\/", "/"): text.fold(match[3]) for match in _WRITTEN.finditer(script)}
    waiting = ""  # a name whose address follows
    for key, string in _keyed(script):
        if "/" not in string and _CALLED.search(key):
            if files and files[-1] not in words:
                words[files[-1]] = text.fold(string)
            else:
                waiting = text.fold(string)
        elif is_file_name(string):
            files.append(string)
            if waiting:
                words.setdefault(string, waiting)
            waiting = ""
        elif is_played_name(string):
            played.append(string)
        elif _ends_as(_PICTURE, _path(string)):
            pictures.append(string)
    shows = bool(_SHOWS_PDF.search(script)) and not played
    told, others = (pictures, []) if shows else ([], pictures)
    return Named(
        files=tuple(dict.fromkeys(files)),
        played=tuple(dict.fromkeys(played)),
        pictures=tuple(dict.fromkeys(told)),
        others=tuple(dict.fromkeys(others)),
        words=words,
    )


def strings(script: str) -> Iterator[str]:
    """Yield the pieces between the quotation marks of a script that may be addresses, comments left out."""
    return (string for _, string in _keyed(script))


def _keyed(script: str) -> Iterator[tuple[str, str]]:
    """Yield those pieces, each with its name: the `url` of `{"url": "/a.pdf"}`; "" where it has none."""
    kept = "\n".join(line for line in script.split("\n") if not line.lstrip().startswith("//"))
    before, last = "", ""
    for piece in _QUOTES.split(kept):
        plain = piece.replace("\\/", "/").strip("\\ \t\r\n")
        if 4 < len(plain) <= _LONGEST and "." in plain and not _has_blank_line(plain):  # noqa: PLR2004 - `a.gz`
            own = last[-_LONGEST_KEY:].strip()
            key = before if own in {":", "="} else own.rstrip(":=").rstrip()
            yield key, unquote(plain) if _ESCAPED.match(plain) else plain
        before, last = last, piece


def _has_blank_line(plain: str) -> bool:
    return "\n" in plain or "<" in plain or ";" in plain.rpartition("?")[0]


def is_file_name(reference: str) -> bool:
    """Tell whether a reference leads to a document or an archive, by the name that its path or query has."""
    if _ends_as(_FILE, _path(reference)):
        return True
    if "?" not in reference:
        return False
    query = reference.partition("#")[0].partition("?")[2]
    return any(_FILE.search(value.strip()) for _, value in parse_qsl(query))


def is_played_name(reference: str) -> bool:
    """Tell whether a reference leads to video or audio, by the name that its path or query ends in."""
    plain = reference.partition("#")[0]
    return _ends_as(_PLAYED, _path(plain)) or ("?" in plain and _ends_as(_PLAYED, plain.strip()))


def is_attachment(href: str) -> bool:
    """Tell whether a link leads to a document or an archive, by its address alone."""
    return not is_plainly_page(href) and _is_attachment(href)


@lru_cache(maxsize=1024)  # where it stands, and again for all links of the body
def _is_attachment(href: str) -> bool:
    return href.startswith("http") and (is_file_name(href) or _downloads(href))


def _downloads(href: str) -> bool:
    """Tell whether an address is that of a program which sends the files of a system."""
    plain = href.lower()
    by_name = "downloadattachurl" in plain or "virtual_attach_file.vsb" in plain
    return by_name or "/_content/download.jsp" in plain


def may_be_program(href: str) -> bool:
    """Tell whether an address may be that of a program which sends files (`down.asp?id=7`, `/download/7`)."""
    if not href.startswith("http") or "?" in href:
        return href.startswith("http")
    plain = href.partition("#")[0]
    return _DYNAMIC.search(plain, max(plain.rfind("/", 0, -1), 0)) is not None  # in the last of its names


def is_plainly_page(href: str) -> bool:
    """Tell a link that its name alone shows to lead to a page: to no file, player or program."""
    return href.endswith(_PAGES) and "?" not in href and "#" not in href


def is_page(href: str) -> bool:
    """Tell whether a link leads to a page, or to a picture, by its name: no file, even where it is saved."""
    path = _path(href)
    return _PAGE.search(path) is not None or _PICTURE.search(path) is not None or not href.startswith("http")


def is_named_by(attributes: Mapping[str, str | None], words: str) -> bool:
    """Tell whether a link's words end in a file's name, or its `download` or `title` is one."""
    told = (words.strip()[-_LONGEST_WORDS:], attributes.get("download"), attributes.get("title"))
    return any(name and _WORDS.search(name.strip()[-_LONGEST_WORDS:]) for name in told)


def leads_somewhere(href: str) -> bool:
    """Tell whether a link's own address leads anywhere, without a script."""
    return bool(href.strip()) and not href.strip().lower().startswith(("#", "javascript:", "about:"))


def as_url(href: str) -> Url:
    """Return a link's address without its fragment."""
    return Url(href.partition("#")[0])


def viewed(address: Url) -> Url | None:
    """Return the file that an address shows in a viewer, or is itself; None where it shows none.

    `viewer.html?file=%2Fa.pdf`, `embed.aspx?src=http…`, `onlinePreview?url=<base64>`, `viewPdf?contentId=7`.
    """
    parts = urls.split(address)
    if _FILE.search(_path(address)):
        return address
    page = f"{parts.authority}{parts.path}"
    for _, value in parse_qsl(parts.query[1:]):
        named = _decoded(value)
        if _FILE.search(_path(named)) and len(named) > len(_path(named).rpartition(".")[2]) + 1:
            return urls.join(address, named) if _VIEWS.search(page) or named.startswith("http") else address
    if is_file_name(address) or _downloads(address) or _VIEWS_PDF.search(page):
        return address
    return None


def _decoded(value: str) -> str:
    """Return a parameter's value with what is still escaped undone; base64 where that gives an address."""
    plain = unquote(value).strip()
    if _FILE.search(_path(plain)) or len(plain) < 16:  # noqa: PLR2004 - no address is so short
        return plain
    try:
        packed = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return plain
    return packed if packed.startswith(("http", "/")) else plain


def opened_by(script: str, addresses: Addresses) -> Url | None:
    """Return the file that a click opens (`window.open('/a.pdf')`); None where it opens none."""
    if not _OPENS.search(script):
        return None
    for string in strings(script):
        url = addresses.file(string) if is_file_name(string) or _downloads(string) else None
        if url is not None:
            return viewed(url) or url
    return None


def name_of(address: str) -> str:
    """Return the name that a file's address ends in; words for a file where it ends in none."""
    path = _path(address).rpartition("/")[2]
    if _FILE.search(path) or _PLAYED.search(path):
        return text.fold(path)
    for _, value in parse_qsl(address.partition("?")[2]):
        name = value.rpartition("/")[2].strip()
        if _FILE.search(name) and not name.startswith("."):
            return text.fold(name)
    return "附件"


def _ends_as(name: re.Pattern[str], plain: str) -> bool:
    """Tell whether a text ends in a dot and one of some names: looked for at its last dot alone."""
    return name.match(plain, max(plain.rfind("."), 0)) is not None


@lru_cache(maxsize=1024)  # of one link it is asked again and again
def _path(reference: str) -> str:
    return unquote(reference.partition("#")[0].partition("?")[0]).strip()
