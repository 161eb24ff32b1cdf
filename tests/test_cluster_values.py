"""The values of a cluster, without a database or a store: what is shipped, and under which names."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.cluster import keys, manifest, page_delta
from scraper.cluster.lease import Lease, deadline_of, pause_between_renewals
from scraper.cluster.manifest import LONGEST_CHAIN, Manifest, Part, ShippedFile
from scraper.cluster.page_delta import PAGE
from scraper.cluster.schedule import (
    AGEING,
    JITTER,
    pause_between_upkeeps,
    queue_of,
    queue_priority,
    stretch_of,
)
from scraper.cluster.shipping_plan import PART, Tail, may_have_changed, packs, plan_volumes
from scraper.errors import StateTooNew, StoreError
from scraper.stores.elsewhere.catalogue import Totals
from scraper.values import replace

ZEROS = bytes(PART + 10)

FULL = Manifest(
    site="南开",
    epoch=7,
    serial=3,
    holder="m1#abc",
    machine="m1",
    written=datetime(2026, 3, 1, 4, tzinfo=UTC),
    state=ShippedFile(size=8192, digest="ab", parts=(Part(key="k1", bytes=10), Part(key="k2", bytes=3))),
    catalogue=ShippedFile(size=4096, digest="cd", parts=(Part(key="k3", bytes=10),)),
    last_volume="南开-20260301040000-00002.warc.gz",
    totals=Totals(volumes=2, capture_bytes=5, files=1, file_bytes=4),
    hosts={"news.example.edu.cn": {"host": "{}"}},
    last_run={"exit_code": 0},
)


# ── the manifest ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [Manifest(site="a"), FULL])
def test_a_manifest_comes_back_from_its_json_as_it_was(value: Manifest) -> None:
    assert manifest.from_json(manifest.to_json(value)) == value


def test_a_claim_changes_the_bytes_of_the_manifest_and_nothing_of_what_was_shipped() -> None:
    """The holder before it has an etag of other bytes: its commit fails."""
    claimed = FULL.claimed(epoch=8, holder="m2#def", now=datetime(2026, 3, 2, tzinfo=UTC))
    assert manifest.to_json(claimed) != manifest.to_json(FULL)
    assert replace(claimed, epoch=7, holder="m1#abc", written=FULL.written) == FULL


def test_a_manifest_of_a_later_format_is_refused_and_not_guessed_at() -> None:
    later = manifest.to_json(FULL).replace(b'"format": 1', b'"format": 2')
    with pytest.raises(StateTooNew, match="newer version"):
        manifest.from_json(later)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b'{"format": 1}', manifest.to_json(FULL)[:-40]])
def test_what_is_no_manifest_is_an_error_that_says_so(text: bytes) -> None:
    with pytest.raises(StoreError, match="manifest"):
        manifest.from_json(text)


def test_a_chain_of_parts_is_begun_anew_when_it_is_long_or_costs_more_than_it_spares() -> None:
    whole = Part(key="k", bytes=100)
    few = ShippedFile(size=1, digest="", parts=(whole, *[Part(key="d", bytes=4)] * (LONGEST_CHAIN - 2)))
    many = replace(few, parts=(*few.parts, Part(key="d", bytes=4)))
    heavy = ShippedFile(size=1, digest="", parts=(whole, Part(key="d", bytes=101)))
    assert [few.is_long(), many.is_long(), heavy.is_long()] == [False, True, True]


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────

pages = st.lists(st.sampled_from([b"a" * PAGE, b"b" * PAGE, bytes(PAGE)]), max_size=6)
files = st.tuples(pages, st.binary(max_size=100)).map(lambda parts: b"".join([*parts[0], parts[1]]))


@given(versions=st.lists(files, min_size=1, max_size=5))
def test_a_file_is_made_again_of_its_parts_whatever_changed_between_them(versions: list[bytes]) -> None:
    known, made = b"", b""
    for version in versions:
        made = page_delta.applied(made, page_delta.changes(version, known))
        assert made == version
        known = page_delta.page_digests(version)


def test_a_part_holds_only_the_pages_that_changed() -> None:
    old = b"".join(hashlib.shake_128(bytes([number])).digest(PAGE) for number in range(100))
    new = old[: 7 * PAGE] + hashlib.shake_128(b"new").digest(PAGE) + old[8 * PAGE :]
    part = page_delta.changes(new, page_delta.page_digests(old))
    assert PAGE < len(part) < PAGE + 200
    assert page_delta.applied(old, part) == new


@pytest.mark.parametrize("cut", [0, 1, 8, 20, 60, -1])
def test_a_damaged_part_is_told_and_makes_no_file(cut: int) -> None:
    part = page_delta.changes(hashlib.shake_128(b"pages").digest(3 * PAGE), b"")
    with pytest.raises(StoreError, match="damaged"):
        page_delta.applied(b"", part[:cut])


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_two_holders_of_a_site_and_no_two_tries_write_an_object_of_one_name() -> None:
    def written_by(epoch: int, mark: str) -> set[str]:
        names = keys.Shipment("a", epoch, mark)
        return {names.state_part(1, "state"), names.capture_part("a-1.warc.gz", 0), names.pack(1)}

    assert not written_by(1, "x") & written_by(2, "x")
    assert not written_by(1, "x") & written_by(1, "y")
    assert {keys.epoch_of(key) for key in written_by(12, "x")} == {12}
    assert keys.epoch_of(keys.manifest("a")) is None


# ── what is shipped ───────────────────────────────────────────────────────────────────────────────────────


def test_only_the_tails_that_the_store_lacks_are_shipped() -> None:
    plan = plan_volumes({"v1": 100, "v2": 70, "v4": 5}, {"v1": 100, "v2": 50, "v3": 9})
    assert plan.tails == (Tail(file="v2", start=50, end=70), Tail(file="v4", start=0, end=5))
    assert plan.rewritten == ()


def test_a_file_that_lost_bytes_is_shipped_whole_and_its_old_bytes_are_named() -> None:
    """`forget` takes an article out of a WARC file: the store must not keep it."""
    plan = plan_volumes({"v1": 60}, {"v1": 100})
    assert plan.tails == (Tail(file="v1", start=0, end=60),)
    assert plan.rewritten == ("v1",)


@given(size=st.integers(0, 5 * PART), stored=st.integers(0, 5 * PART))
def test_tails_have_no_gap_and_none_is_too_large(size: int, stored: int) -> None:
    tails = plan_volumes({"v": size}, {"v": stored}).tails
    begins = stored if size >= stored else 0
    assert [tail.start for tail in tails] == list(range(begins, size, PART))
    assert all(0 < tail.end - tail.start <= PART for tail in tails)
    assert not tails or tails[-1].end == size


@given(sizes=st.lists(st.sampled_from([0, 1, PART // 3, PART, PART + 10]), max_size=8))
def test_packs_hold_every_file_once_in_order_and_none_is_too_large(sizes: list[int]) -> None:
    named = [(str(number), memoryview(ZEROS)[:size]) for number, size in enumerate(sizes)]
    made = list(packs(cast("list[tuple[str, bytes]]", named)))
    assert [path for pack in made for path, _ in pack] == [path for path, _ in named]
    assert all(len(pack) == 1 or sum(len(data) for _, data in pack) <= PART for pack in made)


def test_a_document_is_read_again_where_it_is_new_of_another_size_or_young() -> None:
    def judged(mtime: int, stored: int | None, shipped: int | None) -> bool:
        return may_have_changed(size=10, mtime_ns=mtime, stored_size=stored, shipped_ns=shipped)

    second = 10**9
    assert judged(1, None, 100 * second)
    assert judged(1, 11, 100 * second)
    assert judged(1, 10, None)
    assert judged(99 * second, 10, 100 * second)
    assert not judged(97 * second, 10, 100 * second)


# ── leases and turns ──────────────────────────────────────────────────────────────────────────────────────


def test_a_holder_stops_before_anybody_else_can_begin_however_long_the_claim_was_under_way() -> None:
    """The database counts from when the claim came to it; the holder from before it was sent."""
    sent, arrived, ttl = 1000.0, 1017.0, 20.0
    assert deadline_of(sent, ttl) < arrived + ttl
    assert deadline_of(sent, ttl) < sent + ttl


def test_a_renewal_that_comes_late_does_not_shorten_a_lease() -> None:
    lease = Lease(site="a", epoch=1, holder="m", ttl=20, deadline=deadline_of(100, 20))
    assert lease.renewed(110).deadline == deadline_of(110, 20)
    assert lease.renewed(90) == lease


def test_three_renewals_may_fail_before_a_lease_runs_out() -> None:
    assert 3 * pause_between_renewals(20) < deadline_of(0, 20)


def test_the_next_run_is_due_within_the_jitter_of_every() -> None:
    assert stretch_of(0) == pytest.approx(1 - JITTER)
    assert stretch_of(0.5) == pytest.approx(1)
    assert stretch_of(0.999) < 1 + JITTER


def test_what_waits_longer_than_its_every_rises_above_what_is_more_important() -> None:
    hour = timedelta(hours=1)
    assert queue_priority(0, 0.9 * hour, hour) == 0
    assert queue_priority(0, 2 * hour, hour) == 2 * AGEING
    assert queue_priority(0, 6 * hour, hour) > queue_priority(50, 0 * hour, hour)


def test_upkeep_comes_often_where_leases_are_short_and_four_times_a_minute_else() -> None:
    assert [pause_between_upkeeps(ttl) for ttl in (0, 2, 4, 12, 30, 60, 3600)] == [1, 1, 1, 3, 6, 15, 15]


def test_a_machine_s_queue_is_never_the_one_for_all() -> None:
    assert queue_of("any") != queue_of(None)
