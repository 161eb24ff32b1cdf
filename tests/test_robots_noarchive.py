"""Whether a page asks not to be kept."""

from __future__ import annotations

import pytest

from scraper import robots


@pytest.mark.parametrize(
    ("name", "content", "forbidden"),
    [
        ("robots", "noarchive", True),
        ("ROBOTS", "index, NoArchive ", True),
        ("robots", "nocache", True),
        ("nankai-archive", "noarchive", True),
        ("googlebot", "noarchive", False),
        ("robots", "index,follow", False),
        ("robots", "noindex,nofollow", False),
        ("robots", "none", False),
        ("keywords", "noarchive", False),
        ("robots", "", False),
    ],
)
def test_a_page_says_so_in_its_meta(name: str, content: str, *, forbidden: bool) -> None:
    assert robots.forbids_archiving([(name, content)], ()) is forbidden


@pytest.mark.parametrize(
    ("value", "forbidden"),
    [
        (b"noarchive", True),
        (b"noindex, noarchive", True),
        (b"nankai-archive: noarchive", True),
        (b"googlebot: noarchive", False),
        (b"googlebot: noindex, noarchive", False),
        (b"unavailable_after: 25 Jun 2030 15:00:00 PST, noarchive", True),
        (b"noindex", False),
        (b"\xff\xfe", False),
    ],
)
def test_a_server_says_so_in_a_header(value: bytes, *, forbidden: bool) -> None:
    assert robots.forbids_archiving([], ((b"x-ROBOTS-tag", value),)) is forbidden


def test_another_header_says_nothing() -> None:
    assert not robots.forbids_archiving([], ((b"X-Other", b"noarchive"),))
