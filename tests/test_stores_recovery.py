from __future__ import annotations

import errno
import gzip
import os
import random
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pytest
from stores_samples import SITE, capture, store

from scraper.errors import NoRoom, StoreError
from scraper.stores.warc_reader import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scraper.stores.captures import CaptureStore

STRIDE: Final = int(os.environ.get("KILL_STRIDE", "3"))  # every third byte; 1: each


def bodies(shelf: CaptureStore) -> list[bytes]:
    """Return the bodies that a store gives back, in order."""
    return [found.body for _, found in shelf.scan()]


def only_file(folder: Path) -> Path:
    """Return the one captures file of the site."""
    [path] = folder.glob("*.warc.gz")
    return path


def test_a_site_without_captures_needs_no_recovery(tmp_path: Path) -> None:
    assert store(tmp_path).recover().file is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_ends_as_it_should_is_left_alone(tmp_path: Path) -> None:
    ref = store(tmp_path).append(capture())
    before = only_file(tmp_path).read_bytes()
    recovery = store(tmp_path).recover()
    assert (recovery.file, recovery.size, recovery.cut) == (ref.file, len(before), 0)
    assert only_file(tmp_path).read_bytes() == before


def test_a_capture_torn_at_any_byte_is_cut_and_nothing_before_it(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    shelf.append(capture(1))
    path = only_file(tmp_path)
    whole = path.read_bytes()
    hop = capture(7, status=301, body=b"")
    shelf.append(capture(2, url=hop.url, hops=(hop,)))
    longer = path.read_bytes()
    for end in range(len(whole), len(longer), STRIDE):
        path.write_bytes(longer[:end])
        again = store(tmp_path)
        recovery = again.recover()
        assert recovery.size == len(whole)
        assert recovery.cut == end - len(whole)
        assert path.read_bytes() == whole
        if recovery.kept:
            kept = tmp_path / recovery.kept
            assert kept.read_bytes() == longer[len(whole) : end]
            kept.unlink()
    assert bodies(store(tmp_path)) == [capture(1).body]


def test_a_first_capture_torn_at_any_byte_leaves_a_file_that_can_be_added_to(tmp_path: Path) -> None:
    store(tmp_path).append(capture(1))
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for end in range(0, len(whole), STRIDE):
        path.write_bytes(whole[:end])
        shelf = store(tmp_path)
        shelf.append(capture(2))
        assert bodies(shelf) == [capture(2).body]
        assert not [found for found in shelf.verify() if isinstance(found, Damaged)]
        assert gzip.decompress(path.read_bytes()).startswith(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n")


def test_a_tail_of_zeros_is_cut(tmp_path: Path) -> None:
    """What a file system may leave when the power fails: the new length, but not the bytes."""
    store(tmp_path).append(capture(1))
    with only_file(tmp_path).open("ab") as file:
        file.write(bytes(70_000))
    assert store(tmp_path).recover().cut == 70_000
    assert bodies(store(tmp_path)) == [capture(1).body]


def test_append_recovers_by_itself(tmp_path: Path) -> None:
    store(tmp_path).append(capture(1))
    with only_file(tmp_path).open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    again = store(tmp_path)
    again.append(capture(2))
    assert bodies(again) == [capture(1).body, capture(2).body]


def test_damage_in_the_midst_is_not_taken_for_a_torn_end(tmp_path: Path) -> None:
    """What stands behind it was acknowledged and must stay, also when the tail is torn as well."""
    shelf = store(tmp_path)
    refs = [shelf.append(capture(number)) for number in range(4)]
    path = only_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[refs[1].offset + 30] ^= 255
    path.write_bytes(data + b"\x1f\x8b\x08torn")
    again = store(tmp_path)
    assert again.recover().size == len(data)
    assert [again.read(ref).body for ref in (refs[0], *refs[2:])] == [
        capture(number).body for number in (0, 2, 3)
    ]


def test_no_byte_that_is_flipped_costs_a_capture_behind_it(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    refs = [shelf.append(capture(number)) for number in range(3)]
    path = only_file(tmp_path)
    whole = path.read_bytes()
    chance = random.Random(5)  # noqa: S311 - a repeatable choice, no secret
    for place in range(refs[0].offset, refs[2].offset, 3):
        data = bytearray(whole)
        data[place] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        again = store(tmp_path)
        assert again.recover().cut == 0
        assert again.read(refs[2]).body == capture(2).body


def test_nothing_is_added_to_a_file_whose_beginning_is_damaged(tmp_path: Path) -> None:
    first = store(tmp_path).append(capture(1))
    path = only_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[20] ^= 255
    path.write_bytes(data)
    again = store(tmp_path)
    second = again.append(capture(2))
    assert second.file != first.file
    assert path.read_bytes() == data
    assert again.read(first).body == capture(1).body


def test_a_file_that_somebody_else_put_there_is_left_alone(tmp_path: Path) -> None:
    """Nothing is cut off it, and nothing added to it."""
    ref = store(tmp_path, new_id=uuid4).append(capture(1))
    strange = only_file(tmp_path).with_name(f"{SITE}-20300101000000-00002.warc.gz")
    strange.write_bytes(only_file(tmp_path).read_bytes() + b"and more")
    before = strange.read_bytes()
    second = store(tmp_path).append(capture(2))
    assert strange.read_bytes() == before
    assert second.file > strange.name > ref.file


def test_a_warc_file_within_a_torn_capture_is_not_taken_for_ours(tmp_path: Path) -> None:
    """An attachment may itself be a WARC file, and bytes that do not deflate lie in ours as they are."""
    foreign = store(tmp_path / "foreign", new_id=uuid4)
    foreign.append(capture(8))
    trap = os.urandom(100_000) + only_file(tmp_path / "foreign").read_bytes() + os.urandom(100_000)
    shelf = store(tmp_path / "own")
    shelf.append(capture(1))
    path = only_file(tmp_path / "own")
    before = path.stat().st_size
    shelf.append(capture(2, body=trap))
    path.write_bytes(path.read_bytes()[:-1])
    assert store(tmp_path / "own").recover().size == before


def test_only_the_tail_of_a_file_that_is_well_is_read(tmp_path: Path) -> None:
    """Shown by damage in its midst that recovery does not meet."""
    shelf = store(tmp_path)
    refs = [shelf.append(capture(number, body=os.urandom(20_000))) for number in range(20)]
    path = only_file(tmp_path)
    hollow = bytearray(path.read_bytes())
    hollow[refs[2].offset : refs[9].offset] = bytes(refs[9].offset - refs[2].offset)
    path.write_bytes(hollow)
    assert store(tmp_path).recover().cut == 0


# ── a disk that is full, or ill ───────────────────────────────────────────────────────────────────────────


def failing_after(count: int, number: int) -> Callable[[int, memoryview], int]:
    """Return a `write` that takes `count` bytes and then fails as the system would."""
    left = count

    def write(fd: int, data: memoryview) -> int:
        nonlocal left
        if left == 0:
            raise OSError(number, os.strerror(number))
        taken = os.write(fd, data[:left])
        left -= taken
        return taken

    return write


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("taken", [0, 1, 400, 700])
def test_a_full_disk_is_told_and_leaves_the_file_as_it_was(tmp_path: Path, number: int, taken: int) -> None:
    ref = store(tmp_path).append(capture(1))
    before = only_file(tmp_path).read_bytes()
    full = store(tmp_path, write=failing_after(taken, number))
    with pytest.raises(NoRoom, match=only_file(tmp_path).name):
        full.append(capture(2))
    assert only_file(tmp_path).read_bytes() == before
    assert full.read(ref).body == capture(1).body


def test_a_store_goes_on_when_there_is_room_again(tmp_path: Path) -> None:
    full = True

    def write(fd: int, data: memoryview) -> int:
        return failing_after(0, errno.ENOSPC)(fd, data) if full else os.write(fd, data)

    shelf = store(tmp_path, write=write)
    with pytest.raises(NoRoom):
        shelf.append(capture(1))
    full = False
    shelf.append(capture(2))
    assert bodies(shelf) == [capture(2).body]


def test_a_failing_sync_is_no_acknowledgement(tmp_path: Path) -> None:
    def sync(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    store(tmp_path).append(capture(1))
    with pytest.raises(StoreError, match="Input/output error"):
        store(tmp_path, sync=sync).append(capture(2))
    assert bodies(store(tmp_path)) == [capture(1).body]


def test_what_a_signal_interrupts_is_undone(tmp_path: Path) -> None:
    def write(fd: int, data: memoryview) -> int:
        os.write(fd, data[:100])
        raise KeyboardInterrupt

    store(tmp_path).append(capture(1))
    before = only_file(tmp_path).read_bytes()
    with pytest.raises(KeyboardInterrupt):
        store(tmp_path, write=write).append(capture(2))
    assert only_file(tmp_path).read_bytes() == before


def test_a_kernel_that_takes_few_bytes_at_once_gets_them_all(tmp_path: Path) -> None:
    shelf = store(tmp_path, write=lambda fd, data: os.write(fd, data[:7]))
    ref = shelf.append(capture(1))
    assert shelf.read(ref).body == capture(1).body


def test_a_second_writer_is_noticed(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    shelf.append(capture(1))
    store(tmp_path).append(capture(2))
    with pytest.raises(StoreError, match="somebody else has written here"):
        shelf.append(capture(3))
    shelf.append(capture(3))
    assert bodies(shelf) == [capture(number).body for number in (1, 2, 3)]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "captures").write_text("a file stands in the way")
    with pytest.raises(StoreError, match="captures"):
        store(tmp_path / "captures").append(capture())


def test_no_umask_locks_the_owner_out(tmp_path: Path) -> None:
    before = os.umask(0o777)
    try:
        ref = store(tmp_path / "new" / "captures").append(capture())
    finally:
        os.umask(before)
    path = tmp_path / "new" / "captures" / ref.file
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
