"""A channel's trouble is its own: the other channels and all waiting articles go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, only

from scraper.demo import faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

FIRST = datetime(2026, 1, 6, 9, tzinfo=UTC)
CLOSED = "bcyw"


def close_with(status: int) -> Callable[[EcmsWorld], None]:
    def close(world: EcmsWorld) -> None:
        world.fail(f"/{CLOSED}/", faults.status(status))

    return close


def close_by_robots(world: EcmsWorld) -> None:
    world.robots = f"User-agent: *\nDisallow: /{CLOSED}/\n"


def silence(world: EcmsWorld) -> None:
    world.fail(f"/{CLOSED}/", faults.reset())


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    """Return an archive of a site with several channels, of which the first is soon closed."""
    archive = Archive(tmp_path, server, world)
    names = [channel.name for channel in archive.config.sites[0].channels]
    assert names[0] == CLOSED
    for name in names:
        world.bulk(name, 3, first=FIRST)
    return archive


@pytest.mark.parametrize(
    ("close", "code"),
    [
        (close_with(401), 8),
        (close_with(403), 8),
        (close_by_robots, 8),
        (silence, 3),
        (close_with(500), 3),
    ],
)
def test_one_closed_channel_silences_nothing_but_itself(
    archive: Archive, world: EcmsWorld, close: Callable[[EcmsWorld], None], code: int
) -> None:
    close(world)
    others = len(archive.config.sites[0].channels) - 1
    report = archive.run()
    assert only(report).written == 3 * others
    assert report.exit_code == code
    assert sum(CLOSED in problem.url for problem in only(report).problems) >= 1


@pytest.mark.parametrize("close", [close_with(403), close_by_robots, silence])
def test_a_backfill_goes_on_with_the_other_channels_too(
    archive: Archive, world: EcmsWorld, close: Callable[[EcmsWorld], None]
) -> None:
    close(world)
    others = len(archive.config.sites[0].channels) - 1
    assert only(archive.backfill()).written == 3 * others


def test_waiting_articles_are_visited_though_every_list_is_closed(archive: Archive, world: EcmsWorld) -> None:
    archive.run(limit=1)
    world.fail(r"/index\.shtml$", faults.status(403))
    report = archive.run()
    assert report.exit_code == 8
    assert only(report).written == 3 * len(archive.config.sites[0].channels) - 1


def test_articles_that_refuse_in_a_row_after_closed_lists_make_us_leave(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    archive.run(limit=1)
    world.fail(".", faults.status(403))
    asked = len(server.log)
    report = archive.run()
    assert report.exit_code == 8
    channels = len(archive.config.sites[0].channels)
    assert len(server.log) - asked <= channels + 3 + 1  # each index, our patience, robots.txt


def test_an_article_that_comes_makes_up_for_those_that_did_not(archive: Archive, world: EcmsWorld) -> None:
    stories = sorted(world.stories)
    for number in stories[::2]:
        world.fail(f"/{number}", faults.reset())
    report = only(archive.run())
    assert report.failed == len(stories[::2]) > 3  # our patience, but never so many in a row
    assert report.written == len(stories[1::2])


def test_where_robots_txt_forbids_all_nothing_is_put_off(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    archive.run(limit=1)
    world.robots = "User-agent: *\nDisallow: /\n"
    archive.clock.wait(days=1, hours=1)
    asked = len(server.log)
    report = archive.run()
    assert report.exit_code == 8
    assert len(server.log) - asked == 1  # robots.txt
    world.robots = ""
    archive.clock.wait(days=1, hours=1)
    assert only(archive.run()).written == 3 * len(archive.config.sites[0].channels) - 1


def test_a_list_that_does_not_answer_is_left_alone_after_some_pages_and_the_rest_is_read(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CLOSED, 200, first=FIRST)
    archive.backfill(channels=(CLOSED,), limit=1)
    world.fail(rf"/{CLOSED}/system/count/.*shtml", faults.status(403))
    asked = len(server.log)
    archive.backfill()
    pages = [one for one in server.log[asked:] if "/count/" in one.path and CLOSED in one.path]
    assert len(pages) <= 4  # the script that counts them, and our patience
    others = len(archive.config.sites[0].channels) - 1
    assert sum("md" in path for path in archive.documents()) >= 3 * others


def test_another_channels_trouble_does_not_keep_a_lists_gap_open(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    second = archive.config.sites[0].channels[1].name
    close_with(403)(world)
    archive.run()
    requests = []
    for day in range(4):
        if day == 0:
            world.bulk(second, 60, first=datetime(2026, 3, 2, tzinfo=UTC))
        archive.clock.wait(days=1, hours=1)
        asked = len(server.log)
        archive.run()
        requests.append(len(server.log) - asked)
    assert requests[0] > 60
    channels = len(archive.config.sites[0].channels)
    assert all(count <= 2 * channels + 2 for count in requests[2:])
    assert abs(requests[2] - requests[3]) <= 1  # robots.txt, once a day
