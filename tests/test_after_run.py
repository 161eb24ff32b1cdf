"""What a run leaves behind for readers: the search, up to date, and the feeds where they are asked for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import feedparser
import pytest
from archiving import Archive

from scraper import cli
from scraper.app import indexing
from scraper.app.indexing import index_path
from scraper.app.post_run import keep_up
from scraper.search.query import parse
from scraper.stores.search_index import view_index

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"
FIRST = datetime(2026, 2, 28, 12, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path, world: EcmsWorld, server: Server) -> Archive:
    found = Archive(tmp_path, server, world, channel=CHANNEL)
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "\nfeeds: true\n", encoding="utf-8")
    return found


def visit(archive: Archive) -> list[str]:
    return list(keep_up(archive.config, archive.run()))


def found(archive: Archive, words: str) -> list[str]:
    with view_index(index_path(archive.config)) as index:
        return [hit.article.url for hit in index.search(parse(words), limit=1000).hits]


def test_each_run_brings_what_is_new_and_what_was_revised(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL)
    number, archive.clock.now = story.number, story.published
    assert visit(archive) == []
    assert found(archive, "后来又添一句") == []
    assert found(archive, "") == [world.address(number)]
    world.revise(number, add="后来又添一句。")
    archive.clock.wait(days=2)
    assert visit(archive) == []
    assert found(archive, "后来又添一句") == [world.address(number)]
    assert found(archive, "") == [world.address(number)]


def test_a_revision_that_a_killed_run_left_the_next_run_brings(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL)
    number, archive.clock.now = story.number, story.published
    visit(archive)
    world.revise(number, add="后来又添一句。")
    archive.clock.wait(days=2)
    archive.run()  # killed before it brought its search up to date
    assert found(archive, "后来又添一句") == []
    assert visit(archive) == []
    assert found(archive, "后来又添一句") == [world.address(number)]


def test_a_site_that_was_taken_in_is_not_compared_again(
    archive: Archive, world: EcmsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.clock.now = world.publish(CHANNEL).published
    visit(archive)
    visit(archive)
    compare = Mock(side_effect=AssertionError)
    monkeypatch.setattr(indexing, "_changes", compare)
    assert visit(archive) == []
    assert not compare.called


def test_what_an_index_lacks_the_next_run_brings(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 5, first=FIRST)
    visit(archive)
    index_path(archive.config).unlink()
    visit(archive)
    assert len(found(archive, "")) == 5


def test_rebuilding_gives_the_same_and_names_what_cannot_be_read(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.bulk(CHANNEL, 5, first=FIRST)
    visit(archive)
    before = found(archive, "北辰")
    config = ["--config", str(archive.folder / "config.yaml")]
    assert cli.main([*config, "search", "--rebuild"]) == 0
    assert found(archive, "北辰") == before
    lost, broken, *_ = archive.documents()
    (archive.root / lost).unlink()
    (archive.root / broken).write_bytes(b"\xff")
    capsys.readouterr()
    assert cli.main([*config, "search", "--rebuild", "北辰", "--json"]) == 3
    said = capsys.readouterr()
    assert lost in said.err
    assert broken in said.err
    assert json.loads(said.out)["total"] == 3
    assert sorted(path.name for path in index_path(archive.config).parent.glob("search*")) == [
        "search.sqlite3"
    ]


def feeds(archive: Archive, folder: str = "") -> tuple[Any, Any]:
    root = archive.root / folder
    atom = feedparser.parse((root / "feed.atom").read_text(encoding="utf-8"))
    assert not atom.bozo
    return atom, json.loads((root / "feed.json").read_text(encoding="utf-8"))


def test_feeds_tell_the_newest_articles_and_when_they_were_revised(
    archive: Archive, world: EcmsWorld
) -> None:
    stories = [world.publish(CHANNEL) for _ in range(3)]
    numbers, archive.clock.now = [story.number for story in stories], stories[-1].published
    visit(archive)
    for folder in ("", "beichen"):
        atom, as_json = feeds(archive, folder)
        urls = [world.address(number) for number in reversed(numbers)]
        assert [entry.link for entry in atom.entries] == urls
        assert [item["url"] for item in as_json["items"]] == urls
        assert all(entry.id.startswith("urn:md5:") for entry in atom.entries)
        assert atom.entries[0].updated == atom.entries[0].published
    before = feeds(archive)[0]
    world.revise(numbers[0], add="后来又添一句。")
    archive.clock.wait(days=2)
    visit(archive)
    after = feeds(archive)[0]
    assert [entry.id for entry in after.entries] == [entry.id for entry in before.entries]
    assert after.feed.id == before.feed.id
    assert after.entries[2].updated_parsed > before.entries[2].updated_parsed
    assert after.entries[1].updated == before.entries[1].updated
    assert "后来又添一句" in after.entries[2].content[0].value


def test_a_run_with_nothing_new_leaves_the_feeds_untouched(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 3, first=FIRST)
    visit(archive)
    before = {file: file.stat().st_mtime_ns for file in archive.root.rglob("feed.*")}
    assert len(before) == 4
    visit(archive)
    assert {file: file.stat().st_mtime_ns for file in archive.root.rglob("feed.*")} == before


def test_an_index_that_cannot_be_written_is_told_and_no_reason_to_fail(
    archive: Archive, world: EcmsWorld
) -> None:
    world.bulk(CHANNEL, 1, first=FIRST)
    report = archive.run()
    index_path(archive.config).mkdir()
    wrong = list(keep_up(archive.config, report))
    assert len(wrong) == 1
    assert "search.sqlite3" in wrong[0]
