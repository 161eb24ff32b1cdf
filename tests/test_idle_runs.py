"""A year of runs that bring nothing costs next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from archiving import Archive, only, state_of

from scraper.demo import faults

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    for _ in range(3):
        world.publish(CHANNEL)
    opened = Archive(tmp_path, server, world, channel=CHANNEL)
    opened.run()
    return opened


def captured(archive: Archive) -> int:
    return sum(file.stat().st_size for file in (archive.inside / "captures").iterdir())


def lists_kept(archive: Archive) -> int:
    """Return how many answers to questions about lists, and about robots.txt, the archive keeps."""
    with state_of(archive.config) as state:
        return sum(entry.key is None for entry in state.captures.every("beichen"))


def size_of_state(archive: Archive) -> int:
    with state_of(archive.config) as state:
        (pages,) = state.connection.execute("PRAGMA page_count").fetchone()
        (free,) = state.connection.execute("PRAGMA freelist_count").fetchone()
        (page,) = state.connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * page)


def test_a_list_that_is_as_it_was_leaves_no_record_and_no_row(archive: Archive) -> None:
    archive.run()
    rows = lists_kept(archive)
    for _ in range(5):
        archive.clock.wait(hours=1)
        archive.run()
    archive.clock.wait(hours=30)  # the list is asked for whole once more, and is the same
    archive.run()
    assert lists_kept(archive) == rows


def test_a_list_that_changed_is_kept(archive: Archive, world: EcmsWorld) -> None:
    before = captured(archive)
    world.publish(CHANNEL)
    assert only(archive.run()).written == 1
    assert captured(archive) > before


def test_a_list_is_still_asked_for_whole_once_a_day(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    for _ in range(3):  # three days without a change
        archive.clock.wait(hours=25)
        archive.run()
    world.fail(rf"/{CHANNEL}/index", faults.status(304))  # what it says to whoever names what he has
    before = len(server.log)
    archive.clock.wait(hours=1)
    archive.run()
    asked = [access for access in server.log[before:] if "/index" in access.path]
    assert len(asked) == 1


def test_runs_of_long_ago_that_changed_nothing_are_forgotten(archive: Archive) -> None:
    for _ in range(115):
        archive.clock.wait(days=1)
        archive.run()
    with state_of(archive.config) as state:
        runs = list(state.runs.of_site("beichen"))
    assert 100 <= len(runs) <= 110
    assert runs[-1].listed > 0  # the first one wrote something, and is kept
    grown = size_of_state(archive)
    for _ in range(30):
        archive.clock.wait(days=1)
        archive.run()
    assert size_of_state(archive) <= grown + 3 * 4096
