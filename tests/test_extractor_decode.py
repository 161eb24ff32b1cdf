"""Bytes to text: character sets, whatever their labels say, and encodings undone within bounds."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from listing_cases import capture

from scraper.charset import body_bytes, text_of
from scraper.content_encoding import Inflation
from scraper.errors import NotAnArticle, TooLarge
from scraper.model import Capture

WORDS = "橙园新闻：第三届读书节"
META = '<meta http-equiv="Content-Type" content="text/html; charset={}">'


def page(label: str | None, words: str = WORDS) -> str:
    return (META.format(label) if label else "") + f"<p>{words}</p>"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (page("utf-8").encode(), "text/html; charset=utf-8"),
        (page(None).encode(), None),
        (page(None).encode("gb18030"), None),
        (page(None).encode("big5", "ignore"), "text/html; charset=big5"),
        (page("gb2312").encode("gb18030"), "text/html"),
        (page("utf-8").encode("gb18030"), "text/html; charset=GBK"),
        (page("utf-8").encode("gb18030"), "text/html"),
        (page("gb2312").encode(), "text/html"),
        (page("gb2312").encode(), "text/html; charset=gb2312"),
        (page("gbk").encode("gb18030"), 'text/html; charset="gb_2312-80"'),
        (page("gbk").encode("gb18030"), "text/html; charset=ISO-8859-1"),
        (page("iso-8859-1").encode(), "text/html; charset=ISO-8859-1"),
        (b"\xef\xbb\xbf" + page("gbk").encode(), "text/html; charset=gbk"),
        (b"\xff\xfe" + page("gbk").encode("utf-16-le"), "text/html; charset=gbk"),
        (b"\xfe\xff" + page("utf-8").encode("utf-16-be"), None),
        (page("utf-16").encode(), None),
        (b"<!-- " + META.format("big5").encode() + b" -->" + page("gbk").encode("gb18030"), None),
        (b"<style>" + b" " * 4_000 + b"</style>" + page("gbk").encode("gb18030"), None),
        (page("no-such-charset").encode("gb18030"), "text/html; charset=neither"),
    ],
)
def test_the_words_are_read_whatever_the_labels_say(data: bytes, content_type: str | None) -> None:
    text = text_of(data, content_type)
    words = (
        WORDS if content_type != "text/html; charset=big5" else WORDS.encode("big5", "ignore").decode("big5")
    )
    assert f"<p>{words}</p>" in text
    assert not text.startswith("\ufeff")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x80", "€"),
        (b"a\x80b\xb3\xc8", "a€b橙"),
        (b"\xb3\xc8\xff\xb3", "橙\ufffd\ufffd"),
        (b"\x84\x31\xa4\x37", "\ufffd"),  # GB 18030 has a place for U+FFFD itself
        (b"\xfe\x59\xa6\xd9", "\u9fb4\ufe10"),  # in the private use area before 2022
        ("\U00020087".encode("gb18030"), "\U00020087"),
    ],
)
def test_gbk_is_the_superset_that_browsers_read(data: bytes, text: str) -> None:
    assert text_of(data, "text/html; charset=gb2312") == text


def test_a_few_broken_bytes_do_not_change_the_character_set() -> None:
    text = text_of(page("utf-8", WORDS * 9).encode() + b"\xb3", "text/html; charset=utf-8")
    assert text.endswith("\ufffd")
    assert WORDS in text


def test_what_is_not_utf_8_though_its_header_says_so_is_read_as_gb() -> None:
    assert WORDS in text_of(page("utf-8", WORDS * 9).encode("gb18030") + b"\xff", "text/html; charset=utf-8")


def test_any_bytes_at_all_are_read_as_something() -> None:
    assert text_of(bytes(range(256)) * 3, None)


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


ENCODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd,
    "identity": bytes,
    "": bytes,
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data)),
}


def encoded(name: str, body: bytes) -> Capture:
    plain = capture("http://news.qingcheng.example/", body)
    headers = (*plain.headers, (b"content-ENCODING", name.encode()))
    return Capture(
        url=plain.url,
        final_url=plain.url,
        fetched_at=plain.fetched_at,
        status=200,
        reason="OK",
        headers=headers,
        body=body,
    )


@pytest.mark.parametrize("name", ENCODINGS)
def test_an_encoding_is_undone(name: str) -> None:
    data = page("utf-8").encode() * 3_000
    assert body_bytes(encoded(name, ENCODINGS[name](data)), len(data)) == data


def test_raw_deflate_several_gzip_members_and_several_zstd_frames_are_one_body() -> None:
    assert body_bytes(encoded("deflate", raw_deflate(b"abc")), 9) == b"abc"
    assert body_bytes(encoded("gzip", gzip.compress(b"ab") + gzip.compress(b"c") + b"\0\0"), 9) == b"abc"
    assert body_bytes(encoded("zstd", zstd(b"ab") + zstd(b"c")), 9) == b"abc"


@pytest.mark.parametrize("name", [name for name in ENCODINGS if name])
def test_a_body_that_inflates_beyond_the_bound_is_too_large(name: str) -> None:
    with pytest.raises(TooLarge, match="1000 bytes"):
        body_bytes(encoded(name, ENCODINGS[name](b"\0" * 2_000_000)), 1_000)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_a_compressed_body_that_breaks_off_is_no_article(name: str) -> None:
    data = ENCODINGS[name](bytes(range(256)) * 40)
    with pytest.raises(NotAnArticle, match="cannot be inflated") as caught:
        body_bytes(encoded(name, data[: len(data) // 2]), 1_000_000)
    assert caught.value.what == "truncated"


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("step", [1, 7, 1_000])
def test_an_encoding_is_undone_as_the_bytes_come(name: str, step: int) -> None:
    data = page("utf-8").encode() * 300
    packed = ENCODINGS[name](data)
    inflation = Inflation("http://news.qingcheng.example/", name, len(data))
    found = [
        piece
        for start in range(0, len(packed), step)
        for piece in inflation.feed(packed[start : start + step])
    ]
    assert b"".join((*found, *inflation.end())) == data


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "deflate, gzip"])
def test_of_a_bomb_little_more_than_the_bound_is_ever_held(name: str) -> None:
    inflation = Inflation("http://news.qingcheng.example/", name, 1_000_000)
    bomb = ENCODINGS[name](bytes(50_000_000))
    tracemalloc.start()
    with pytest.raises(TooLarge):
        sum(map(len, inflation.feed(bomb)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


def test_encodings_in_each_other_have_an_end() -> None:
    with pytest.raises(NotAnArticle, match="6 encodings"):
        body_bytes(encoded(",".join(["gzip"] * 6), b"x"), 9)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "deflate, gzip"])
def test_an_empty_body_may_be_encoded_too(name: str) -> None:
    assert body_bytes(encoded(name, ENCODINGS[name](b"")), 9) == b""
    assert body_bytes(encoded(name, b""), 9) == b""


def test_a_body_called_gzip_that_is_none_is_taken_as_it_is() -> None:
    assert body_bytes(encoded("gzip", b"<html>"), 9) == b"<html>"
