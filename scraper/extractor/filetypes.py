"""What the bytes of a picture or a file are, by the bytes alone: servers call pictures `text/html`.

The same bytes always have the same suffix, whatever address or header they came with. What could act on the
reader of a site that is built of the archive (web pages, SVG, programs) is told, and is nothing to keep.
"""

from __future__ import annotations

import re
from typing import Final

from scraper.errors import WrongType
from scraper.messages import say
from scraper.model import Kind

FOLDER: Final = "pictures"
PICTURES: Final = frozenset(
    ("jpg", "png", "gif", "webp", "bmp", "tif", "ico", "avif", "heic", "jxl", "jp2"),
)
_OFFICE = ("doc", "xls", "ppt", "docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "rtf", "ofd")
_TEXTS = ("pdf", "epub", "caj", "txt")
_PACKS = ("zip", "rar", "7z", "gz", "xz")
_PLAYED = ("mp3", "m4a", "wav", "mp4", "mov", "avi", "flv", "wmv")
FILES: Final = PICTURES | {*_OFFICE, *_TEXTS, *_PACKS, *_PLAYED}

_ACTIVE: Final = {
    "html": "a web page",
    "svg": "an SVG, which can hold scripts",
    "xml": "XML, which can hold scripts",
    "exe": "a program",
    "swf": "a Flash film, which is a program",
}
_LASTING: Final = {"svg", "exe", "swf"}  # another day brings no other: an error page may go away

_MAGIC: Final = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
    (b"\xff\x0a", "jxl"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gz"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"CAJ\x00", "caj"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"\xff\xf2", "mp3"),
    (b"FLV\x01", "flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wmv"),
    (b"MZ", "exe"),
    (b"\x7fELF", "exe"),
    (b"#!", "exe"),
    (b"FWS", "swf"),
    (b"CWS", "swf"),
    (b"ZWS", "swf"),
)
_RIFF: Final = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}
_BRANDS: Final = {
    **dict.fromkeys((b"avif", b"avis"), "avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), "heic"),
    b"M4A ": "m4a",
    b"qt  ": "mov",
}
_BITMAP_HEADERS: Final = {12, 40, 52, 56, 64, 108, 124}  # sizes that the header after `BM` may have
_MOST_ICONS: Final = 64  # in one .ico: four zeros and small numbers are a weak mark

# Names of a package's parts stand uncompressed in its directory.
_PACKED: Final = (
    (b"word/vbaProject.bin", "docm"),
    (b"xl/vbaProject.bin", "xlsm"),
    (b"ppt/vbaProject.bin", "pptm"),
    (b"word/document.xml", "docx"),
    (b"xl/workbook.", "xlsx"),
    (b"ppt/presentation.xml", "pptx"),
    (b"OFD.xml", "ofd"),
    (b"META-INF/container.xml", "epub"),
)
# Names of streams, in UTF-16; slides may hold sheets and texts, texts may hold sheets.
_COMPOUND: Final = tuple(
    (name.encode("utf-16-le"), suffix)
    for name, suffix in (
        ("PowerPoint Document", "ppt"),
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("Book", "xls"),
    )
)
_HEAD: Final = 4096  # bytes in which a web page shows that it is one
_HTML: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|script|frameset|iframe|form|div|table|center|h[1-6]|p|a)\b",
    re.IGNORECASE,
)
_SVG: Final = re.compile(rb"<(?:\w+:)?svg\b", re.IGNORECASE)
_NO_TEXT: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def place_of(digest: str, suffix: str) -> str:
    """Return where a picture or file belongs, relative to the archive; `digest`: its sha256 in hex."""
    return f"{FOLDER}/{digest[:2]}/{digest}.{suffix}"


def suffix_for(kind: Kind, data: bytes, url: str) -> str:
    """Return the suffix that a picture's or a file's bytes deserve.

    Raises `WrongType` where they are nothing that is kept as that.
    """
    suffix = suffix_of(data)
    if suffix in (PICTURES if kind is Kind.IMAGE else FILES):
        return suffix
    found = _ACTIVE.get(suffix, f"a file of type {suffix}") if suffix else "of no known type"
    msg = say(
        "{kind}: {url}: its {count} bytes are {found}", kind=kind, url=url, count=len(data), found=found
    )
    raise WrongType(msg, heals=suffix not in _LASTING)


def suffix_of(data: bytes) -> str:
    """Return the suffix for these bytes, of a name without its dot; "" where nobody knows them."""
    marked = next((suffix for magic, suffix in _MAGIC if data.startswith(magic)), "")
    return marked or _contained(data) or _picture(data) or _text(data)


def _contained(data: bytes) -> str:
    """Tell what stands in one of the containers that several formats share."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((suffix for name, suffix in _PACKED if name in data), "zip")
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return next((suffix for name, suffix in _COMPOUND if name in data), "")
    if data.startswith(b"RIFF"):
        return _RIFF.get(data[8:12], "")
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "mp4")
    return ""


def _picture(data: bytes) -> str:
    """Tell the pictures whose mark is too short to be believed alone."""
    if data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _BITMAP_HEADERS:
        return "bmp"
    if data.startswith(b"\x00\x00\x01\x00") and 0 < int.from_bytes(data[4:6], "little") <= _MOST_ICONS:
        return "ico"
    return ""


def _text(data: bytes) -> str:
    """Tell markup from plain text; "" for what is neither."""
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if _SVG.search(head):
        return "svg"
    if _HTML.search(head):
        return "html"
    if head.startswith(b"<"):
        return "xml"
    return "txt" if head and not _NO_TEXT.search(data) and _is_readable(data) else ""


def _is_readable(data: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
