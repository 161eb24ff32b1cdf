"""Digests in the state: half the room, and always what they were."""

from __future__ import annotations

import pytest

from scraper.stores.state.digests import packed, unpacked

ZEROED = "0f" * 32


@pytest.mark.parametrize(
    ("digest", "kept"),
    [
        (ZEROED, bytes.fromhex(ZEROED)),
        ("0f" * 16, bytes.fromhex("0f" * 16)),
        ("0f" * 15, "0f" * 15),  # as states have always kept one that is too short for a digest
        (ZEROED.upper(), ZEROED.upper()),
        (f"{ZEROED} ", f"{ZEROED} "),
        (ZEROED[1:], ZEROED[1:]),
        ("no digest", "no digest"),
        ("", ""),
        (None, None),
    ],
)
def test_a_digest_is_read_as_it_was_kept(digest: str | None, kept: object) -> None:
    assert packed(digest) == kept
    assert unpacked(packed(digest)) == digest
