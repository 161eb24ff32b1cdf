"""`verify`: a sound archive is sound, and each kind of damage is named by file and reason."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive, captures_in, only, opened

from scraper import cli
from scraper.audit.verification import Verified, verify
from scraper.extractor import VERSION
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.model import CaptureRef

CHANNEL = "bcyw"
SITE = "beichen"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    """Return an archive of eight articles."""
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    world.bulk(CHANNEL, 8, first=FIRST)
    assert only(archive.run()).written == 8
    return archive


@dataclass(frozen=True)
class Verdict:
    """What the command said of the one site."""

    code: int
    captures: int
    tail: int
    documents: int
    damaged: list[dict[str, Any]]
    pictures: int = 0
    accepted: int = 0
    outdated: int = 0


@pytest.fixture
def verdict(archive: Archive, capsys: pytest.CaptureFixture[str]) -> Callable[..., Verdict]:
    """Return the command line, over the archive."""

    def ask(*options: str) -> Verdict:
        code = cli.main(["verify", "--config", str(archive.folder / "config.yaml"), "--json", *options])
        told = json.loads(capsys.readouterr().out)
        assert (told["command"], told["exit_code"]) == ("verify", code)
        return Verdict(code=code, **told["sites"][SITE])

    return ask


def articles(archive: Archive) -> list[CaptureRef]:
    """Return where the captures of articles lie, in order."""
    with opened(archive.config) as context:
        return [entry.ref for entry in context.state.captures.every(SITE) if entry.key is not None]


def volume(archive: Archive) -> Path:
    [path] = (archive.inside / "captures").glob("*.warc.gz")
    return path


def name_of(path: Path, archive: Archive) -> str:
    return str(path.relative_to(archive.root))


def sql(archive: Archive, statement: str, *values: object, rows: int = 1) -> None:
    """Change the state behind the program's back."""
    connection = sqlite3.connect(archive.inside / "state.sqlite3", isolation_level=None)
    assert connection.execute(statement, values).rowcount == rows
    connection.close()


def test_a_sound_archive_is_sound(verdict: Callable[..., Verdict]) -> None:
    assert verdict() == Verdict(code=0, captures=10, tail=0, documents=8, damaged=[])
    assert verdict("--render").code == 0


def test_an_archive_that_is_not_there_is_not_sound(
    tmp_path: Path, server: Server, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    Archive(tmp_path, server, world)
    assert cli.main(["verify", "--config", str(tmp_path / "config.yaml")]) == 2
    assert "there is no archive at" in capsys.readouterr().err
    assert not (tmp_path / "archive").exists()


# ── documents ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_document_edited_by_hand_is_named_with_the_line(
    archive: Archive, verdict: Callable[..., Verdict]
) -> None:
    path, text = next(iter(archive.documents().items()))
    (archive.root / path).write_text(text.replace("date: 20", "date: 19", 1), encoding="utf-8")
    found = verdict()
    what = "the document was changed: line 3 is not what its capture gives"
    assert (found.code, found.damaged) == (7, [{"file": path, "what": what}])


def test_a_document_that_was_cut_or_grew_is_named(archive: Archive, verdict: Callable[..., Verdict]) -> None:
    (first, text), (second, other) = list(archive.documents().items())[:2]
    (archive.root / first).write_text(text[:-20], encoding="utf-8")
    (archive.root / second).write_text(other + "\n", encoding="utf-8")
    assert [one["file"] for one in verdict().damaged] == [first, second]


def test_a_missing_document_is_named(archive: Archive, verdict: Callable[..., Verdict]) -> None:
    path = next(iter(archive.documents()))
    (archive.root / path).unlink()
    assert verdict().damaged == [{"file": path, "what": "the document is missing"}]


def test_what_a_document_says_less_than_its_page_is_named_when_it_is_rendered(
    archive: Archive, verdict: Callable[..., Verdict]
) -> None:
    path, text = next((path, text) for path, text in archive.documents().items() if "![图](" in text)
    at = text.index("![图](")
    (archive.root / path).write_text(text[:at] + text[text.index(")", at) + 1 :], encoding="utf-8")
    whats = [one["what"] for one in verdict("--render").damaged]
    assert whats[0].startswith("the document was changed")
    assert whats[1:] == ["the document says less than its page; missing: pictures 1"]


def test_a_document_made_by_another_version_is_named_with_what_to_do(
    archive: Archive, verdict: Callable[..., Verdict]
) -> None:
    path, text = next(iter(archive.documents().items()))
    (archive.root / path).write_text(text + "\n", encoding="utf-8")
    sql(archive, "UPDATE article SET extractor = 0 WHERE path = ?", path)
    [damage] = verdict().damaged
    assert damage["what"].endswith(f"(version 0 made it, this is {VERSION}: see `reextract`)")


# ── captures ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_flipped_bit_is_named_by_file_and_offset_and_by_the_document_made_of_it(
    archive: Archive, verdict: Callable[..., Verdict]
) -> None:
    ref = articles(archive)[3]
    path = volume(archive)
    data = bytearray(path.read_bytes())
    data[ref.offset + ref.length // 2] ^= 1
    path.write_bytes(data)
    capture, document = verdict().damaged
    assert (capture["file"], capture["offset"]) == (name_of(path, archive), ref.offset)
    assert document["file"] in archive.documents()
    assert "CaptureDamaged" in document["what"]


def test_captures_that_were_cut_off_are_missed(archive: Archive, verdict: Callable[..., Verdict]) -> None:
    last = articles(archive)[-1]
    path = volume(archive)
    path.write_bytes(path.read_bytes()[: last.offset])
    found = verdict()
    assert (found.code, found.captures) == (7, 9)
    assert found.damaged[0]["offset"] == last.offset
    assert "it ends before 1 captures that the state knows" in found.damaged[0]["what"]


def test_a_missing_file_of_captures_is_named_once(archive: Archive, verdict: Callable[..., Verdict]) -> None:
    path = volume(archive)
    path.unlink()
    found = verdict()
    assert found.damaged[0] == {
        "file": name_of(path, archive),
        "what": "the file is missing, and with it 10 captures that the state knows: see `repair`",
    }
    assert len(found.damaged) == 1 + 8


# ── the state ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [("digest", "0" * 64, "digest"), ("url", "http://other.example/", "address"), ("status", 404, "status")],
)
def test_a_row_that_is_not_what_its_capture_says_is_named(
    archive: Archive, verdict: Callable[..., Verdict], column: str, value: object, word: str
) -> None:
    ref = articles(archive)[2]
    sql(archive, f"UPDATE capture SET {column} = ? WHERE offset = ?", value, ref.offset)  # noqa: S608 - ours
    [damage] = verdict().damaged
    assert (damage["offset"], damage["what"]) == (
        ref.offset,
        f"the state knows another {word} of this capture",
    )


def test_a_capture_in_the_midst_that_the_state_does_not_know_is_named(
    archive: Archive, verdict: Callable[..., Verdict]
) -> None:
    ref = articles(archive)[2]
    sql(archive, "DELETE FROM capture WHERE offset = ?", ref.offset)
    [damage] = verdict().damaged
    assert damage["offset"] == ref.offset
    assert "does not know" in damage["what"]


def test_a_lost_state_is_named(archive: Archive, verdict: Callable[..., Verdict]) -> None:
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    found = verdict()
    assert (found.code, found.captures, found.tail, found.documents) == (7, 10, 10, 0)
    assert [one["file"] for one in found.damaged] == [".scraper/beichen/state.sqlite3"]


def test_a_state_that_is_no_database_is_named(archive: Archive, verdict: Callable[..., Verdict]) -> None:
    (archive.inside / "state.sqlite3").write_bytes(b"x" * 5000)
    path = volume(archive)
    path.write_bytes(path.read_bytes()[:-1])
    found = verdict()
    assert (found.code, found.captures) == (7, 9)
    state, capture = found.damaged
    assert state["file"] == ".scraper/beichen/state.sqlite3"
    assert "made again by the next run" in state["what"]
    assert (capture["file"], capture["what"]) == (
        name_of(path, archive),
        "the file ends within the record",
    )


def test_a_state_of_a_newer_version_is_none_of_its_business(archive: Archive) -> None:
    sql(archive, "PRAGMA user_version = 99", rows=-1)
    assert cli.main(["verify", "--config", str(archive.folder / "config.yaml")]) == 2


# ── beside a run, and after a killed one ──────────────────────────────────────────────────────────────────


def test_it_needs_no_lock_and_leaves_everything_as_it_was(
    archive: Archive, verdict: Callable[..., Verdict]
) -> None:
    with opened(archive.config):
        before = {path: path.stat().st_mtime_ns for path in archive.root.rglob("*")}
        assert verdict().code == 0
        assert {path: path.stat().st_mtime_ns for path in archive.root.rglob("*")} == before


def test_what_a_run_appends_meanwhile_is_no_damage(archive: Archive, verdict: Callable[..., Verdict]) -> None:
    shelf = captures_in(archive.config)
    capture = shelf.read(articles(archive)[0])
    shelf.append(capture)
    with volume(archive).open("ab") as file:
        file.write(b"\x1f\x8b\x08\x00 the beginning of a record")
    assert verdict() == Verdict(code=0, captures=11, tail=1, documents=8, damaged=[])


def test_damage_in_the_tail_that_something_follows_is_named(
    archive: Archive, verdict: Callable[..., Verdict]
) -> None:
    shelf = captures_in(archive.config)
    capture = shelf.read(articles(archive)[0])
    refs = [shelf.append(capture) for _ in range(2)]
    path = volume(archive)
    data = bytearray(path.read_bytes())
    data[refs[0].offset + 40] ^= 1
    path.write_bytes(data)
    [damage] = verdict().damaged
    assert damage["offset"] == refs[0].offset


def test_a_document_that_a_run_revises_meanwhile_is_no_damage(archive: Archive, world: EcmsWorld) -> None:
    class AndMeanwhile(Unwatched):
        def waiting(self, site: str, count: int, delay: float) -> None:
            del site, count, delay
            assert only(archive.run()).revised == 1

    story = world.publish(CHANNEL)
    archive.clock.now = story.published
    archive.run()
    world.revise(story.number, add="这是后来补充的一段话。")
    archive.clock.wait(days=1, hours=1)
    found = list(verify(archive.config.sites[0], archive.root, render=False, progress=AndMeanwhile()))
    assert isinstance(found[-1], Verified)
    assert (len(found), found[-1].documents, found[-1].tail) == (1, 9, 1)  # lists as they were leave nothing
