"""Encodings of a body that are not quite what they say: the text is had, and what was wrong is noted."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listing_cases import capture

from scraper.charset import body_bytes
from scraper.content_encoding import Inflation, content_encoding
from scraper.errors import NotAnArticle, TooLarge
from scraper.values import replace

PLAIN = ("<!DOCTYPE html><p>" + "云岫书院第三期读书会。" * 60).encode()
GZIPPED = gzip.compress(PLAIN, mtime=0)
DEFLATED = zlib.compress(PLAIN)


def inflated(name: str, body: bytes, step: int) -> tuple[bytes, tuple[str, ...]]:
    inflation = Inflation("http://news.qingcheng.example/", name, 1_000_000)
    found = [piece for at in range(0, len(body), step) for piece in inflation.feed(body[at : at + step])]
    return b"".join((*found, *inflation.end())), inflation.notes


@pytest.mark.parametrize("step", [1, 7, 100_000])
@pytest.mark.parametrize(
    ("name", "body", "note"),
    [
        ("gzip", GZIPPED[:-8], "gzip: its checksum is missing"),
        ("gzip", GZIPPED[:-1], "gzip: its checksum is missing"),
        ("gzip", GZIPPED[:-8] + bytes(8), "gzip: its checksum is wrong"),
        ("gzip", GZIPPED[:-4] + bytes(4), "gzip: its checksum is wrong"),
        ("deflate", DEFLATED[:-4], "deflate: its checksum is missing"),
        ("deflate", DEFLATED[:-4] + bytes(4), "deflate: its checksum is wrong"),
    ],
)
def test_a_text_that_is_whole_but_for_its_checksum_is_taken_and_noted(
    name: str, body: bytes, note: str, step: int
) -> None:
    assert inflated(name, body, step) == (PLAIN, (note,))


@pytest.mark.parametrize("step", [1, 100_000])
@pytest.mark.parametrize("name", ["br", "deflate", "gzip", "zstd", "gzip;q=1", "GZIP"])
@pytest.mark.parametrize(
    "body",
    [
        *(PLAIN, b"\xef\xbb\xbf" + PLAIN, b"\r\n\r\n" + PLAIN, PLAIN.decode().encode("gbk")),
        *(b'{"a": 1}' * 90, b"plain words " * 90, b"x", b"{}", b"{", b"\x89PNG\r\n\x1a\n" + bytes(900)),
    ],
)
def test_a_body_that_is_not_encoded_as_it_says_is_taken_as_it_is(name: str, body: bytes, step: int) -> None:
    assert inflated(name, body, step) == (body, ())


@pytest.mark.parametrize("name", ["br", "deflate"])
def test_a_body_that_is_gzip_by_another_name_is_inflated(name: str) -> None:
    assert inflated(name, GZIPPED, 100) == (PLAIN, ())


def test_a_gzip_header_with_every_field_is_passed_over() -> None:
    header = b"\x1f\x8b\x08\x1f" + bytes(6) + b"\x03\x00abc" + b"name\0" + b"a comment\0" + b"\x12\x34"
    assert inflated("gzip", header + GZIPPED[10:], 1) == (PLAIN, ())


@pytest.mark.parametrize(
    ("name", "body"),
    [
        pytest.param("gzip", b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * 900_000, id="a name without end"),
        pytest.param("gzip", gzip.compress(b"", mtime=0) * 40_000, id="members without end"),
        pytest.param("zstd", b"\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00" * 40_000, id="frames without end"),
    ],
)
def test_what_only_costs_time_to_inflate_is_given_up_within_its_first_part(name: str, body: bytes) -> None:
    inflation = Inflation("http://news.qingcheng.example/", name, 64_000_000)
    taken = 0
    with pytest.raises(NotAnArticle):  # noqa: PT012 - how far it came
        for at in range(0, len(body), 1_000):
            assert not any(inflation.feed(body[at : at + 1_000]))
            taken += 1_000
    assert taken < len(body) * 2 / 3


def test_many_members_are_one_body() -> None:
    body = b"".join(gzip.compress(PLAIN[at : at + 1], mtime=0) for at in range(len(PLAIN)))
    assert inflated("gzip", body, 1_000) == (PLAIN, ())


def test_encodings_may_be_told_in_several_lines() -> None:
    headers = ((b"Content-Encoding", b"gzip"), (b"X", b"y"), (b"content-encoding", b"br"))
    assert content_encoding(headers) == "gzip,br"
    twice = replace(
        capture("http://news.qingcheng.example/", gzip.compress(GZIPPED)),
        headers=((b"Content-Encoding", b"gzip"),) * 2,
    )
    assert body_bytes(twice, 1_000_000) == PLAIN


@given(st.binary(max_size=900), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br"]))
def test_no_bytes_whatever_are_more_than_an_error(body: bytes, name: str) -> None:
    with suppress(NotAnArticle, TooLarge):
        inflated(name, body, 50)
