"""What bytes are, told by the bytes alone."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.demo.pictures import bytes_for
from scraper.errors import WrongType
from scraper.extractor.filetypes import FILES, PICTURES, suffix_for, suffix_of
from scraper.model import Kind

ADDRESS = "http://news.beichen.example/x"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PAGE = b"\r\n\xef\xbb\xbf<!DOCTYPE html><html><head><title>404</title></head><body></body></html>"


def packed(*names: str) -> bytes:
    """Return a ZIP with such files in it."""
    with zipfile.ZipFile(stream := BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "x" * 100)
    return stream.getvalue()


def compound(*streams: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le") + bytes(64) for name in ("Root Entry", *streams))


@pytest.mark.parametrize("suffix", ["jpg", "png", "gif", "mp4", "mp3", "pdf"])
def test_what_the_fake_sites_serve_is_known(suffix: str) -> None:
    made = bytes_for(f"/x.{suffix}")
    assert made is not None
    assert suffix_of(made[1]) == suffix


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "webp"),
        (b"BM" + bytes(12) + b"\x28\x00\x00\x00" + bytes(40), "bmp"),
        (b"BMW ist ein Auto, und dies ist ein Text.", "txt"),
        (b"\x00\x00\x00\x20ftypavif" + bytes(16), "avif"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(16), "heic"),
        (b"\x00\x00\x01\x00\x01\x00\x10\x10", "ico"),
        (packed("[Content_Types].xml", "word/document.xml"), "docx"),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "docm"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), "pptx"),
        (packed("OFD.xml"), "ofd"),
        (packed("报名表.txt"), "zip"),
        (compound("WordDocument"), "doc"),
        (compound("WordDocument", "Workbook"), "doc"),
        (compound("Workbook"), "xls"),
        (compound("PowerPoint Document", "Workbook"), "ppt"),
        (compound("Unknown"), ""),
        ("姓名,学号\n柳青禾,001\n".encode("gb18030"), "txt"),
        ("姓名,学号\n".encode(), "txt"),
        (PAGE, "html"),
        (b"<p>hello", "html"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "svg"),
        (b"<svg:svg/>", "svg"),
        (b'<?xml version="1.0"?><rss/>', "xml"),
        (b"MZ\x90\x00", "exe"),
        (b"", ""),
        (b"   \n", ""),
        (b"\x01\x02\x03\x04", ""),
    ],
)
def test_bytes_are_told_by_their_marks(data: bytes, suffix: str) -> None:
    assert suffix_of(data) == suffix


def test_a_document_is_a_file_and_no_picture() -> None:
    pdf = b"%PDF-1.4\n"
    assert suffix_for(Kind.FILE, pdf, ADDRESS) == "pdf"
    with pytest.raises(WrongType, match=r"image: .*: its 9 bytes are a file of type pdf"):
        suffix_for(Kind.IMAGE, pdf, ADDRESS)


@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.FILE])
@pytest.mark.parametrize(
    ("data", "what", "heals"),
    [
        (PAGE, "a web page", True),
        (b"", "its 0 bytes are of no known type", True),
        (b"<svg/>", "an SVG", False),
        (b"MZ\x90\x00", "a program", False),
        (b"FWS\x06", "Flash", False),
    ],
)
def test_what_is_no_picture_and_no_file_is_named(kind: Kind, data: bytes, what: str, heals: bool) -> None:  # noqa: FBT001
    with pytest.raises(WrongType, match=what) as raised:
        suffix_for(kind, data, ADDRESS)
    assert raised.value.heals is heals


@given(st.binary(max_size=200))
def test_any_bytes_are_something_known_or_nothing(data: bytes) -> None:
    assert suffix_of(data) in FILES | PICTURES | {"", "html", "svg", "xml", "exe", "swf"}


@given(st.text(max_size=50))
def test_markup_is_never_text(text: str) -> None:
    assert suffix_of(f"<html>{text}".encode("utf-8", "replace")) in {"html", "svg"}
