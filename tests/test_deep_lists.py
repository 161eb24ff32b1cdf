"""Lists that move while they are read: what moved between two requests is not missed.

Lists alone are walked: a backfill of a span in which nothing was published wants no article.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, opened, state_of

from scraper.audit.coverage_query import coverage_of
from scraper.crawl.date_range import DateRange
from scraper.crawl.plan import Backfill
from scraper.demo.campus import Column
from scraper.demo.server import serve
from scraper.demo.vsb_world import VsbWorld
from scraper.demo.webplus_world import WebplusWorld

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.audit.coverage import SiteCoverage
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.demo.world import World

CHANNEL = "bcyw"
FIRST = datetime(2005, 1, 6, 9, tzinfo=UTC)
NOTHING = DateRange(until=date(1990, 1, 1))


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    return Archive(tmp_path, server, world, channel=CHANNEL)


def walk_lists(archive: Archive, *, seconds: float | None = None) -> int:
    """Read the lists and nothing else; return the exit code."""
    return archive.go("backfill", Backfill(days=NOTHING), seconds=seconds).exit_code


def named(archive: Archive) -> set[str]:
    """Return the numbers of the articles that the archive's state knows from lists."""
    config = archive.config
    with state_of(config) as state:
        return {article.key for article in state.counts.named(config.sites[0].name)}


def covered(archive: Archive) -> SiteCoverage:
    config = archive.config
    with state_of(config) as state:
        return coverage_of(config.sites[0], state)


def put_in(world: World, channel: str, at: int) -> str:
    """Put a new article into a list at an older place; return its number."""
    number = world.publish(channel).number
    rows = world.lists[channel]
    rows.insert(at, rows.pop())
    return number


# ── counted from the oldest page ──────────────────────────────────────────────────────────────────────────


def test_what_is_published_while_the_list_is_walked_is_met(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 600, first=FIRST)
    world.after(3, lambda: world.publish(CHANNEL), again=True)
    walk_lists(archive)
    assert len(world.lists[CHANNEL]) > 606
    assert len(world.listed() - named(archive)) <= 2  # published after the last look at the index


def test_an_article_put_in_at_an_older_day_hides_no_other(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 600, first=FIRST)
    world.after(8, lambda: put_in(world, CHANNEL, 100))
    walk_lists(archive)
    assert named(archive) == world.listed()


def test_an_article_put_in_long_after_the_backfill_is_found_by_the_next(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CHANNEL, 600, first=FIRST)
    walk_lists(archive)
    number = put_in(world, CHANNEL, 400)
    server.forget()
    archive.clock.wait(days=30)
    walk_lists(archive)
    assert number in named(archive)
    assert len(server.requests(path="/count/")) < 30  # down to where nothing moved; twice, for it was new


def test_articles_taken_out_cost_no_second_reading_of_the_past(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    numbers = world.bulk(CHANNEL, 600, first=FIRST)
    walk_lists(archive)
    world.remove(numbers[10])
    server.forget()
    archive.clock.wait(days=30)
    walk_lists(archive)
    assert len(server.requests(path="/count/")) <= 5
    assert named(archive) == set(numbers)


def test_the_walk_over_a_moving_list_goes_on_where_it_was_ended(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 900, first=FIRST)
    world.after(30, lambda: world.publish(CHANNEL), again=True)
    world.after(12, lambda: put_in(world, CHANNEL, 50))
    archive.configure("delay", 1)  # some twelve requests fit into a run, however fast the machine is
    codes: list[int] = []
    while not codes or codes[-1] == 6:
        codes.append(walk_lists(archive, seconds=12))
        archive.clock.wait(hours=5)
        assert len(codes) < 60
    assert len(codes) > 3
    assert len(world.listed() - named(archive)) <= 1


def test_a_walk_that_a_kill_ended_looks_at_the_list_once_more(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    """What the killed run found last it may not have told: a walk that is gone on with never ends at once."""
    world.bulk(CHANNEL, 60, first=FIRST)
    walk_lists(archive)
    config = archive.config
    with opened(config) as context, context.state.transaction():
        context.state.listings.begin_campaign(config.sites[0].name, CHANNEL, NOTHING.label, archive.clock.now)
    archive.clock.wait(hours=1)
    server.forget()
    walk_lists(archive)
    assert len(server.requests(path="index.shtml")) == 2


# ── counted from the newest page ──────────────────────────────────────────────────────────────────────────


def webplus() -> WebplusWorld:
    columns = (Column(name="xyxw", number=17471, title="学院新闻", per_page=8, style="news_list"),)
    return WebplusWorld("tide.beichen.example", columns, name="haichao", title="海潮学院")


def vsb() -> VsbWorld:
    columns = (Column(name="xwzx/tzgg", number=1076, title="通知公告", per_page=6),)
    return VsbWorld("map.beichen.example", columns, name="xingtu", title="星图学院")


@pytest.fixture(params=[webplus, vsb], ids=["webplus", "vsb"])
def campus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Archive, World, str]]:
    world: World = request.param()
    (channel,) = world.channel_titles()
    for _ in range(60):
        world.publish(channel)
    with serve(world) as server:
        yield Archive(tmp_path, server, world), world, channel


def keys_of(world: World) -> set[str]:
    return {str(int(number)) for number in world.listed()}


def test_a_page_that_is_added_while_the_list_is_walked_hides_none(
    campus: tuple[Archive, World, str],
) -> None:
    archive, world, channel = campus
    world.after(4, lambda: [world.publish(channel) for _ in range(9)])
    walk_lists(archive)
    assert {str(int(key)) for key in named(archive)} == keys_of(world)


def test_rows_that_move_up_while_the_list_is_walked_are_met(campus: tuple[Archive, World, str]) -> None:
    archive, world, channel = campus
    rows = [row for row in world.lists[channel] if isinstance(row, str)]
    world.after(4, lambda: world.hide(rows[-1]))
    world.after(6, lambda: world.hide(rows[-2]))
    walk_lists(archive)
    assert {str(int(key)) for key in named(archive)} >= keys_of(world)


# ── all of it ─────────────────────────────────────────────────────────────────────────────────────────────


def test_coverage_names_what_was_planted_in_a_list_of_5_000_and_nothing_else(
    archive: Archive, world: EcmsWorld
) -> None:
    """Missing from lists, listed twice, published during the walk: the lists of a site, all of them."""
    numbers = world.bulk(CHANNEL, 5_000, first=FIRST, minutes=500)
    unlisted = [numbers[at] for at in (77, 78, 79, 1_000, 4_998)]
    for number in unlisted:
        world.lists[CHANNEL].remove(number)
    world.list_twice(numbers[1_250])
    world.after(75, lambda: world.publish(CHANNEL))
    world.after(100, lambda: put_in(world, CHANNEL, 4_000))
    assert walk_lists(archive) == 0
    found = covered(archive)
    assert named(archive) == world.listed()
    assert (found.listed, found.held) == (4_997, 0)
    runs = [(int(unlisted[0]), int(unlisted[2])), *((int(lone), int(lone)) for lone in unlisted[3:])]
    assert list(found.unlisted_numbers) == runs
    (channel,) = found.channels
    assert (channel.pages, channel.pages_read, channel.is_read) == (167, 167, True)
    assert found.thin == ()
