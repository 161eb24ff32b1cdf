from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING

from stores_samples import capture, store

from scraper.stores.fixity import Sound
from scraper.stores.warc_reader import Damaged

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.stores.captures import CaptureStore

LONG = "<p>一段说了两遍的话。</p>".encode() * 100


def damages(shelf: CaptureStore) -> list[Damaged]:
    """Return what verify finds wrong."""
    return [found for found in shelf.verify() if isinstance(found, Damaged)]


def test_every_record_of_a_sound_shelf_is_sound(tmp_path: Path) -> None:
    shelf = store(tmp_path, roll_bytes=4000)
    first = shelf.append(capture(1, body=LONG))
    hop = capture(3, status=301, body=b"")
    refs = [
        first,
        shelf.append(capture(2, url=hop.url, hops=(hop,))),
        shelf.append(capture(1, body=LONG), same_as=first),
        shelf.append(capture(1, status=304, body=b""), same_as=first),
        shelf.append(capture(4, body=b"")),
    ]
    findings = list(shelf.verify())
    sound = [found for found in findings if isinstance(found, Sound)]
    assert sound == findings
    assert [found.capture for found in sound if found.capture] == refs
    ends: dict[str, int] = {}
    for found in sound:
        assert found.offset == ends.get(found.file, 0)
        ends[found.file] = found.offset + found.length
    assert ends == {path.name: path.stat().st_size for path in tmp_path.iterdir()}


def test_a_site_without_captures_has_nothing_to_find(tmp_path: Path) -> None:
    assert list(store(tmp_path).verify()) == []


def test_every_flipped_bit_that_changes_anything_is_found(tmp_path: Path) -> None:
    """A gzip member has bits that mean nothing: a time, a system, the padding at its end."""
    shelf = store(tmp_path)
    shelf.append(capture(1))
    before = list(shelf.scan())
    [path] = tmp_path.iterdir()
    whole = path.read_bytes()
    found = 0
    chance = random.Random(7)  # noqa: S311 - a repeatable choice, no secret
    for place in range(len(whole)):
        data = bytearray(whole)
        data[place] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        if damages(shelf):
            found += 1
        else:
            assert list(shelf.scan()) == before
    assert found > len(whole) - 3 * 10


def test_a_file_that_is_cut_anywhere_but_between_records_is_found(tmp_path: Path) -> None:
    """So that nothing passes as it does with warcio check and fastwarc check."""
    shelf = store(tmp_path)
    shelf.append(capture(1))
    [path] = tmp_path.iterdir()
    whole = path.read_bytes()
    ends = {found.offset for found in shelf.verify() if isinstance(found, Sound)}
    for end in set(range(len(whole))) - ends:
        path.write_bytes(whole[:end])
        [damage] = damages(shelf)
        assert damage.what == "the file ends within the record"
        assert damage.offset == max(start for start in ends if start < end)


def test_damage_is_named_by_file_and_offset_and_the_rest_is_read_on(tmp_path: Path) -> None:
    shelf = store(tmp_path)
    refs = [shelf.append(capture(number)) for number in range(5)]
    path = tmp_path / refs[0].file
    data = bytearray(path.read_bytes())
    for ref in (refs[1], refs[3]):
        data[ref.offset + 60] ^= 255
    path.write_bytes(data)
    found = damages(shelf)
    assert [(damage.file, damage.offset) for damage in found] == [
        (refs[1].file, refs[1].offset),
        (refs[3].file, refs[3].offset),
    ]
    assert str(found[0]).startswith(f"a capture is damaged: {refs[1].file} at {refs[1].offset}: ")
    sound = [one.capture for one in shelf.verify() if isinstance(one, Sound) and one.capture]
    assert sound == [refs[0], refs[2], refs[4]]


def test_a_revisit_whose_original_is_damaged_is_found(tmp_path: Path) -> None:
    shelf = store(tmp_path, roll_bytes=1)
    first = shelf.append(capture(1, body=LONG))
    second = shelf.append(capture(2, body=LONG), same_as=first)
    path = tmp_path / first.file
    data = bytearray(path.read_bytes())
    data[first.offset + 60] ^= 255
    path.write_bytes(data)
    assert [(damage.file, damage.offset) for damage in damages(shelf)] == [
        (first.file, first.offset),
        (second.file, second.offset),
    ]


def test_a_block_that_is_whole_but_not_what_was_digested_is_found(tmp_path: Path) -> None:
    """The headers of an answer, rewritten by somebody who knew how to pack a record again."""
    shelf = store(tmp_path)
    ref = shelf.append(capture(1))
    path = tmp_path / ref.file
    data = path.read_bytes()
    forged = gzip.decompress(data[ref.offset :]).replace(b"Server: nginx", b"Server: xnign")
    path.write_bytes(data[: ref.offset] + gzip.compress(forged))
    [damage] = damages(shelf)
    assert (damage.offset, damage.what) == (ref.offset, "the record does not have its digest")


def test_a_file_that_is_missing_between_others_is_found(tmp_path: Path) -> None:
    shelf = store(tmp_path, roll_bytes=1)
    refs = [shelf.append(capture(number)) for number in range(4)]
    (tmp_path / refs[1].file).unlink()
    (tmp_path / refs[2].file).unlink()
    found = damages(shelf)
    assert [damage.file for damage in found] == [refs[3].file] * 2
    assert "00002" in found[0].what
    assert "00003" in found[1].what


def test_a_file_under_another_files_name_is_found(tmp_path: Path) -> None:
    shelf = store(tmp_path, roll_bytes=1)
    refs = [shelf.append(capture(number)) for number in range(2)]
    (tmp_path / refs[1].file).write_bytes((tmp_path / refs[0].file).read_bytes())
    assert [damage.file for damage in damages(shelf)] == [refs[1].file]
