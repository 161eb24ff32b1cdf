from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from fastwarc.warc import ArchiveIterator as FastWarc
from hypothesis import given, settings
from hypothesis import strategies as st
from stores_samples import NOON, capture, store, ticking_clock
from warcio.archiveiterator import ArchiveIterator as WarcIo

from scraper.errors import CaptureDamaged, StoreError
from scraper.model import Capture, CaptureRef, Kind
from scraper.stores.captures import CaptureStore
from scraper.stores.warc import LEVEL, pack
from scraper.urls import Url
from scraper.values import replace

if TYPE_CHECKING:
    from pathlib import Path

LONG = "<p>一段说了两遍的话。</p>".encode() * 100


def without_group(whole: Capture) -> Capture:
    """Return what `read` tells of a capture: not its redirects, not the headers sent."""
    return replace(whole, request_headers=(), hops=())


def test_a_capture_is_read_back_as_it_was_appended(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    written = capture(kind=Kind.LISTING, channel="ywsd", page=1003)
    ref = shelf.append(written)
    assert shelf.read(ref) == without_group(written)
    assert list(shelf.scan()) == [(ref, written)]


def test_a_place_names_the_file_the_member_and_the_digest_of_the_body(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    shelf.append(capture(1))
    ref = shelf.append(capture(2))
    assert ref.file == "nankai-20260305120000-00001-00000000.warc.gz"
    member = (tmp_path / ref.file).read_bytes()[ref.offset : ref.offset + ref.length]
    assert gzip.decompress(member).endswith(capture(2).body + b"\r\n\r\n")
    assert ref.digest == hashlib.sha256(capture(2).body).hexdigest()


def test_captures_come_back_in_the_order_in_which_they_were_appended(tmp_path: Path) -> None:
    shelf = store(tmp_path, roll_bytes=3000)
    refs = [shelf.append(capture(number)) for number in range(20)]
    assert len({ref.file for ref in refs}) > 3
    assert [ref for ref, _ in shelf.scan()] == refs
    for number, ref in enumerate(refs):
        assert [found for found, _ in shelf.scan(after=ref)] == refs[number + 1 :]


def test_a_file_is_closed_before_it_grows_past_its_bound(tmp_path: Path) -> None:
    shelf = store(tmp_path, roll_bytes=3000)
    for number in range(20):
        shelf.append(capture(number))
    shelf.append(capture(99, body=os.urandom(5000)))
    sizes = [path.stat().st_size for path in sorted(tmp_path.iterdir())]
    assert all(size <= 3000 for size in sizes[:-1])
    assert sizes[-1] > 5000


def test_a_clock_that_goes_back_does_not_change_the_order_of_files(tmp_path: Path) -> None:
    first = store(tmp_path, roll_bytes=1).append(capture(1))
    yesterday = store(tmp_path, roll_bytes=1, now=ticking_clock(NOON - timedelta(days=1)))
    second = yesterday.append(capture(2))
    assert first.file < second.file
    assert [ref for ref, _ in yesterday.scan()] == [first, second]


def test_a_second_run_goes_on_in_the_newest_file(tmp_path: Path) -> None:
    first = store(tmp_path).append(capture(1))
    second = store(tmp_path).append(capture(2))
    assert second.file == first.file
    assert second.offset > first.offset


def test_files_keep_their_order_where_a_sites_name_changes(tmp_path: Path) -> None:
    first = store(tmp_path, roll_bytes=1).append(capture(1))
    renamed = CaptureStore(
        tmp_path,
        "aaa",
        software="test",
        now=ticking_clock(),
        new_id=uuid4,
        roll_bytes=1,
    )
    second = renamed.append(capture(2))
    assert [ref for ref, _ in renamed.scan()] == [first, second]
    assert sorted([second.file, first.file]) == [first.file, second.file]


def test_two_machines_never_give_two_files_one_name(tmp_path: Path) -> None:
    names = {store(tmp_path / str(at), new_id=uuid4).append(capture(1)).file for at in range(20)}
    assert len(names) == 20


@pytest.mark.parametrize("file", ["../x.warc.gz", "nankai", "nankai/../../x", "/etc/passwd", "nankai/a/b"])
def test_a_place_cannot_lead_out_of_the_captures_folder(tmp_path: Path, file: str) -> None:
    with pytest.raises(StoreError):
        store(tmp_path).read(CaptureRef(file=file, offset=0, length=1, digest=""))


def test_redirects_are_kept_with_the_capture_that_they_led_to(tmp_path: Path) -> None:
    asked, onward = capture(1).url, capture(2).url
    hop = capture(1, status=302, reason="Found", headers=((b"Location", onward.encode()),), body=b"")
    written = capture(2, url=asked, hops=(hop,))
    shelf = store(tmp_path)
    ref = shelf.append(written)
    assert [found for _, found in shelf.scan()] == [written]
    assert shelf.read(ref) == without_group(written)
    assert shelf.read(ref).url == asked
    assert shelf.read(ref).final_url == onward


def test_redirects_do_not_stray_to_another_capture(tmp_path: Path) -> None:
    """Neither to the next one of the same address, nor from a capture whose end was lost."""
    asked = capture(1).url
    hop = capture(1, status=302, body=b"")
    shelf = store(tmp_path)
    lost = shelf.append(capture(2, url=asked, hops=(hop,)))
    shelf.append(capture(1))
    shelf.append(capture(3, url=asked))
    path = tmp_path / lost.file
    data = bytearray(path.read_bytes())
    data[lost.offset + 50] ^= 255
    path.write_bytes(data)
    found = [one for _, one in shelf.scan(on_damage=lambda _: None)]
    assert found == [capture(1), capture(3, url=asked)]


def test_moments_come_back_as_the_same_instant(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 5, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    shelf = store(tmp_path)
    found = shelf.read(shelf.append(capture(fetched_at=moment)))
    assert found.fetched_at == moment
    assert found.fetched_at.tzinfo is UTC


# ── revisits ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_equal_body_is_stored_once_and_read_back_twice(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    first = shelf.append(capture(1, body=LONG))
    again = capture(1, body=LONG, fetched_at=NOON + timedelta(days=1), headers=((b"Date", b"morgen"),))
    second = shelf.append(again, same_as=first)
    third = shelf.append(again, same_as=second)
    assert LONG not in gzip.decompress((tmp_path / second.file).read_bytes()[second.offset :])
    assert shelf.read(second) == shelf.read(third) == without_group(again)
    assert [found for _, found in shelf.scan()][1:] == [again, again]


def test_a_revisit_names_the_response_it_repeats_and_its_date(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    first = shelf.append(capture(1, body=LONG))
    second = shelf.append(capture(2, body=LONG), same_as=first)
    shelf.append(capture(3, body=LONG), same_as=second)
    with (tmp_path / first.file).open("rb") as file:
        revisits = [record for record in WarcIo(file) if record.rec_type == "revisit"]
    assert len(revisits) == 2
    for record in revisits:
        fields = record.rec_headers
        assert fields.get_header("WARC-Refers-To-Target-URI") == capture(1).url
        assert fields.get_header("WARC-Refers-To-Date") == "2026-03-05T12:00:01.250000Z"
        assert fields.get_header("WARC-Profile").endswith("/1.1/revisit/identical-payload-digest")
        assert fields.get_header("WARC-Payload-Digest") == f"sha256:{first.digest}"


def test_a_body_that_differs_is_stored_though_an_earlier_capture_is_named(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    first = shelf.append(capture(1))
    second = shelf.append(capture(2), same_as=first)
    (tmp_path / first.file).write_bytes((tmp_path / first.file).read_bytes())
    assert shelf.read(second).body == capture(2).body != capture(1).body


def test_a_304_is_a_revisit_and_has_no_body_as_it_came(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    first = shelf.append(capture(1))
    answer = capture(1, status=304, reason="Not Modified", body=b"", headers=((b"ETag", b'"a"'),))
    second = shelf.append(answer, same_as=first)
    assert shelf.read(second) == without_group(answer)
    with (tmp_path / first.file).open("rb") as file:
        [record] = [record for record in WarcIo(file) if record.rec_type == "revisit"]
    assert record.rec_headers.get_header("WARC-Profile").endswith("/server-not-modified")
    assert record.rec_headers.get_header("WARC-Refers-To-Target-URI") == capture(1).url


def test_a_body_that_lies_in_another_sites_folder_is_not_relied_on(tmp_path: Path) -> None:
    first = store(tmp_path / "jwc").append(capture(1, body=LONG))
    shelf = store(tmp_path / "own", new_id=uuid4)
    shelf.append(capture(1, body=LONG), same_as=first)
    assert [found.body for _, found in shelf.scan()] == [LONG]


def test_a_revisit_is_not_made_of_an_original_that_cannot_be_read(tmp_path: Path) -> None:
    shelf = store(tmp_path, roll_bytes=1)
    first = shelf.append(capture(1, body=LONG))
    (tmp_path / first.file).unlink()
    second = shelf.append(capture(1, body=LONG), same_as=first)
    assert shelf.read(second).body == LONG


# ── damage ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_damaged_capture_is_named_by_file_and_offset(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    ref = shelf.append(capture())
    path = tmp_path / ref.file
    data = bytearray(path.read_bytes())
    data[ref.offset + ref.length // 2] ^= 4
    path.write_bytes(data)
    with pytest.raises(CaptureDamaged, match=f"{ref.file} at {ref.offset}: "):
        shelf.read(ref)


def test_a_whole_record_of_another_body_is_damage_too(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    shelf.append(capture(1))
    ref = shelf.append(capture(2))
    with pytest.raises(CaptureDamaged, match="does not have its digest"):
        shelf.read(replace(ref, digest="0" * 64))


def test_a_missing_file_is_damage(tmp_path: Path) -> None:
    ref = CaptureRef(file="nankai-20260101000000-00001.warc.gz", offset=0, length=9, digest="")
    with pytest.raises(CaptureDamaged, match="missing"):
        store(tmp_path).read(ref)


def test_a_scan_tells_damage_and_goes_on_behind_it(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    refs = [shelf.append(capture(number)) for number in range(5)]
    path = tmp_path / refs[2].file
    data = bytearray(path.read_bytes())
    data[refs[2].offset + 40] ^= 255
    path.write_bytes(data)
    told: list[object] = []
    assert [ref for ref, _ in shelf.scan(on_damage=told.append)] == [*refs[:2], *refs[3:]]
    assert len(told) == 1
    with pytest.raises(CaptureDamaged, match=f" at {refs[2].offset}: "):
        list(shelf.scan())


# ── what other readers see ────────────────────────────────────────────────────────────────────────────────


def test_warcio_reads_what_was_written(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    first = shelf.append(capture(1))
    second = shelf.append(capture(2))
    places = []
    with (tmp_path / first.file).open("rb") as file:
        records = WarcIo(file, check_digests="raise")
        kinds = []
        for record in records:
            kinds.append(record.rec_type)
            body = record.content_stream().read()
            if record.rec_type == "response":
                places.append((records.get_record_offset(), records.get_record_length(), body))
                assert record.http_headers.protocol == "HTTP/1.1"
                assert record.http_headers.get_header("Server") == "nginx"
    assert kinds == ["warcinfo", "request", "response", "request", "response"]
    assert places == [
        (first.offset, first.length, capture(1).body),
        (second.offset, second.length, capture(2).body),
    ]


def test_fastwarc_reads_what_was_written(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    refs = [shelf.append(capture(number)) for number in range(3)]
    data = (tmp_path / refs[0].file).read_bytes()
    responses = [
        (
            record.stream_pos,
            record.headers["WARC-Target-URI"],
            record.verify_payload_digest(),
            record.reader.read(),
        )
        for record in FastWarc(BytesIO(data))
        if "response" in str(record.record_type)
    ]
    assert responses == [(ref.offset, capture(i).url, True, capture(i).body) for i, ref in enumerate(refs)]
    blocks = [record.verify_block_digest() for record in FastWarc(BytesIO(data), parse_http=False)]
    assert blocks == [True] * 7


def test_each_record_is_one_gzip_member(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    ref = shelf.append(capture())
    data = (tmp_path / ref.file).read_bytes()
    assert data.count(b"\x1f\x8b\x08") == 3
    assert gzip.decompress(data).count(b"WARC/1.1\r\n") == 3


@pytest.mark.parametrize("size", [0, 100, 511, 512, 4_000, 8_191, 8_192, 40_000])
def test_a_record_is_packed_as_well_as_by_the_largest_window(size: int) -> None:
    """However small the window is that a record needs: nothing lies too far back to be referred to."""
    block = (b"%06d, " * (size // 16) % tuple(range(size // 16)) + os.urandom(size // 2) * 2)[:size]
    packed = pack((("WARC-Type", "request"),), block)
    raw = gzip.decompress(packed)
    largest = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    assert raw.endswith(block + b"\r\n" * 2)
    assert len(packed) <= len(largest.compress(raw) + largest.flush()) + size // 500


def test_a_dechunked_body_does_not_claim_to_be_chunked(tmp_path: Path) -> None:
    """A reader that believed the header would look for chunks; ours gets it back as it came."""
    headers = ((b"Transfer-Encoding", b"chunked"), (b"X-Crawler-transfer-encoding", b"theirs"))
    shelf = store(tmp_path)
    ref = shelf.append(capture(headers=headers))
    raw = gzip.decompress((tmp_path / ref.file).read_bytes()[ref.offset :])
    assert b"\r\nTransfer-Encoding:" not in raw
    assert b"\r\nX-Crawler-Transfer-Encoding: chunked\r\n" in raw
    assert shelf.read(ref).headers == headers


def test_a_content_encoding_stays_with_its_bytes(tmp_path: Path) -> None:
    packed = gzip.compress(LONG)
    shelf = store(tmp_path)
    ref = shelf.append(capture(headers=((b"Content-Encoding", b"gzip"),), body=packed))
    assert shelf.read(ref).body == packed
    with (tmp_path / ref.file).open("rb") as file:
        bodies = [r.content_stream().read() for r in WarcIo(file) if r.rec_type == "response"]
    assert bodies == [LONG]


def test_an_address_in_chinese_is_written_as_other_readers_need_it(tmp_path: Path) -> None:
    """And comes back letter by letter: a document's name is the digest of its address."""
    url = Url("http://news.example.edu.cn/春/a%E6%A0%91.shtml?b=树")
    shelf = store(tmp_path)
    ref = shelf.append(capture(url=url, final_url=url))
    assert shelf.read(ref).url == shelf.read(ref).final_url == url
    with (tmp_path / ref.file).open("rb") as file:
        targets = [record.rec_headers.get_header("WARC-Target-URI") for record in WarcIo(file)]
    assert targets[1:] == ["http://news.example.edu.cn/%E6%98%A5/a%E6%A0%91.shtml?b=%E6%A0%91"] * 2


def test_a_line_end_within_a_header_forges_no_other_line(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    ref = shelf.append(capture(headers=((b"X", b"a\r\n\r\n<script>"), (b"Y", b"1\n2"))))
    assert shelf.read(ref).headers == ((b"X", b"a    <script>"), (b"Y", b"1 2"))


def test_a_new_file_says_which_program_wrote_it(tmp_path: Path) -> None:
    ref = store(tmp_path, contact="mailto:archive@example.edu.cn").append(capture())
    with (tmp_path / ref.file).open("rb") as file:
        first = next(iter(WarcIo(file)))
        text = first.content_stream().read().decode()
    assert first.rec_headers.get_header("WARC-Filename") == ref.file
    assert "software: nankai-archive/0\r\n" in text
    assert "operator: mailto:archive@example.edu.cn\r\n" in text


VALUES = st.binary(max_size=40).filter(lambda raw: not set(raw) & set(b"\r\n"))
NAMES = st.from_regex(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}", fullmatch=True)


ANSWERS = st.fixed_dictionaries(
    {
        "body": st.binary(max_size=300),
        "headers": st.lists(st.tuples(NAMES | st.just(b"transfer-encoding"), VALUES), max_size=6).map(tuple),
        "status": st.integers(100, 999).filter(lambda number: number != 304),
        "reason": st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=20),
    }
)
PATHS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="#"), max_size=20)


@settings(max_examples=60, deadline=None)
@given(answer=ANSWERS, path=PATHS)
def test_any_answer_survives_the_shelf(
    tmp_path_factory: pytest.TempPathFactory, answer: dict[str, Any], path: str
) -> None:
    url = Url(f"http://news.example.edu.cn/{path}")
    written = capture(url=url, final_url=url, **answer)
    shelf = store(tmp_path_factory.mktemp("captures"))
    ref = shelf.append(written)
    assert [found for _, found in shelf.scan()] == [written]
    assert shelf.read(ref) == without_group(written)


def test_a_tombstone_is_on_the_disk_when_it_was_put(tmp_path: Path) -> None:
    ref = store(tmp_path).append(capture(1))
    path = tmp_path / ref.file
    seen: list[bool] = []

    def sync(fd: int) -> None:
        seen.append(os.fstat(fd).st_ino == path.stat().st_ino and b"wanted gone" in _plain(path))

    shelf = store(tmp_path, sync=sync)
    (place,) = shelf.places([ref])
    shelf.bury(place, "wanted gone")
    assert seen == [True]
    shelf.bury(place, "wanted gone")  # again: who put the first was killed, it may be, before its sync
    assert seen == [True, True]


def test_a_capture_under_a_tombstone_has_no_place_any_more(tmp_path: Path) -> None:
    """Whoever asks knows it from a state that is older than the tombstone, which takes its whole group."""
    shelf = store(tmp_path)
    asked = ((b"User-Agent", b"test"),)
    forgotten, other = (shelf.append(capture(number, request_headers=asked)) for number in (1, 2))
    (place,) = shelf.places([forgotten])
    assert place.offset < forgotten.offset
    shelf.bury(place, "wanted gone")
    assert shelf.places([forgotten]) == ()
    assert [found.offset for found in shelf.places([forgotten, other])] == [place.offset + place.length]


def _plain(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())
