"""What names articles besides a channel's list, or in its place: feeds, sitemaps, the index that is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from announce import Announcer
from archiving import Archive, only, state_of

from scraper import urls
from scraper.audit.coverage_query import coverage_of
from scraper.demo import campus_sites, pieces
from scraper.demo.server import serve
from scraper.exit_codes import ExitCode
from scraper.urls import Url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.demo.campus import CampusWorld
    from scraper.demo.server import Server

PER_RUN = 30  # articles that a first run takes of sitemaps


@pytest.fixture
def world() -> CampusWorld:
    """Return a site of twenty-nine articles in two lists, with sitemaps of ten articles each, and feeds."""
    made = campus_sites.webplus()
    Announcer(made)
    return made


@pytest.fixture
def server(world: CampusWorld) -> Iterator[Server]:
    with serve(world) as running:
        yield running


@pytest.fixture
def archive_of(tmp_path: Path, world: CampusWorld, server: Server) -> Callable[..., Archive]:
    """Return an archive of one channel, `all`, with these keys."""

    def make(**keys: str) -> Archive:
        archive = Archive(tmp_path, server, world)
        file = tmp_path / "config.yaml"
        head = file.read_text(encoding="utf-8").partition("    channels:\n")[0]
        named = ", ".join(f"{key}: {value}" for key, value in keys.items())
        file.write_text(f"{head}    channels:\n      all: {{{named}}}\n", encoding="utf-8")
        return archive

    return make


def stems(archive: Archive) -> set[str]:
    return {path.rpartition("/")[2].removesuffix(".md") for path in archive.documents()}


def names(world: CampusWorld) -> set[str]:
    return {urls.urlname(Url(world.address(number))) for number in world.stories}


def asked(server: Server) -> list[str]:
    return [access.path for access in server.log]


def test_a_channel_of_a_feed_alone_is_archived_and_then_only_what_is_new(
    archive_of: Callable[..., Archive], world: CampusWorld, server: Server
) -> None:
    archive = archive_of(feed=f'"{world.home}/rss.xml"')
    assert only(archive.run()).written == 10
    server.forget()
    assert only(archive.run()).written == 0
    assert asked(server) == ["/rss.xml"]
    new = world.publish("tzgg")
    assert only(archive.run()).written == 1
    assert urls.urlname(Url(world.address(new.number))) in stems(archive)


def test_sitemaps_name_the_whole_past(archive_of: Callable[..., Archive], world: CampusWorld) -> None:
    archive = archive_of(sitemap=f'"{world.home}/sitemap.xml"')
    report = archive.backfill()
    assert report.exit_code == ExitCode.DONE
    assert only(report).written == len(world.stories) == 29
    assert stems(archive) == names(world)


def test_a_run_reads_only_the_sitemaps_that_have_changed(
    archive_of: Callable[..., Archive], world: CampusWorld, server: Server
) -> None:
    archive = archive_of(sitemap=f'"{world.home}/sitemap.xml"')
    archive.backfill()
    server.forget()
    assert only(archive.run()).written == 0
    assert asked(server) == ["/sitemap.xml"]
    archive.clock.wait(days=3)
    world.now = archive.clock.now
    world.publish("xyxw")
    server.forget()
    assert only(archive.run()).written == 1
    daily = "/sitemap-1.xml.gz"  # one end of the index, which is looked at once a day, whatever its date
    assert [path for path in asked(server) if "sitemap" in path] == [
        "/sitemap.xml",
        daily,
        "/sitemap-3.xml.gz",
    ]


def test_a_first_run_takes_the_newest_of_a_sitemap_and_no_more(
    archive_of: Callable[..., Archive], world: CampusWorld
) -> None:
    Announcer(world, per_sitemap=50)
    for _ in range(11):
        world.publish("xyxw")
    archive = archive_of(sitemap=f'"{world.home}/sitemap-1.xml.gz"')
    assert only(archive.run()).written == PER_RUN < len(world.stories)
    assert only(archive.run()).written == 0


def test_what_several_ways_name_is_archived_once(
    archive_of: Callable[..., Archive], world: CampusWorld, server: Server
) -> None:
    archive = archive_of(
        index=f'"{world.index("xyxw")}"',
        feed=f'["{world.home}/rss.xml", "{world.home}/atom.xml"]',
        sitemap=f'"{world.home}/sitemap.xml"',
    )
    report = archive.backfill()
    assert report.exit_code == ExitCode.DONE
    assert len(stems(archive)) == len(world.stories)
    articles = [path for path in asked(server) if "/page.htm" in path]
    assert len(articles) == len(set(articles)) == len(world.stories)


def test_a_feed_that_is_gone_fails_alone(archive_of: Callable[..., Archive], world: CampusWorld) -> None:
    archive = archive_of(index=f'"{world.index("xyxw")}"', feed=f'"{world.home}/none.xml"')
    report = archive.run()
    assert report.exit_code == ExitCode.SOME_FAILED
    assert only(report).written == 8
    (problem,) = only(report).problems
    assert problem.url == f"{world.home}/none.xml"


def test_a_sitemap_that_names_itself_comes_to_an_end(
    archive_of: Callable[..., Archive], world: CampusWorld, server: Server
) -> None:
    archive = archive_of(sitemap=f'["{world.home}/sitemap.xml", "{world.home}/sitemap.xml"]')
    archive.run()
    assert asked(server).count("/sitemap.xml") == 1


def test_an_index_that_is_one_article_is_archived_as_that_article(
    archive_of: Callable[..., Archive], world: CampusWorld, server: Server
) -> None:
    address = world.index("gcgk")
    archive = archive_of(title="观测概况", index=f'"{address}"')
    report = archive.run()
    assert (report.exit_code, only(report).listed, only(report).written) == (ExitCode.DONE, 1, 1)
    (text,) = archive.documents().values()
    assert f"urlname: {urls.urlname(Url(address))}\n" in text
    assert "观测概况" in text
    server.forget()
    again = archive.run()
    assert (again.exit_code, only(again).written, only(again).revised) == (ExitCode.DONE, 0, 0)
    assert len(asked(server)) == 1


def test_an_index_that_is_one_article_is_looked_at_again(
    archive_of: Callable[..., Archive], world: CampusWorld
) -> None:
    archive = archive_of(index=f'"{world.index("gcgk")}"')
    archive.run()
    column = world.columns["gcgk"]
    assert column.single is not None
    more = (*column.single, pieces.paragraph("今年起每月开放一次。"))
    world.columns["gcgk"] = type(column)(name="gcgk", number=column.number, title=column.title, single=more)
    archive.clock.wait(days=2)
    assert only(archive.run()).revised == 1
    (text,) = archive.documents().values()
    assert "今年起每月开放一次。" in text


def test_a_list_that_turns_into_one_article_is_told(
    archive_of: Callable[..., Archive], world: CampusWorld
) -> None:
    archive = archive_of(index=f'"{world.index("tzgg")}"')
    archive.run()
    world.columns["tzgg"] = world.columns["gcgk"]
    assert archive.run().exit_code == ExitCode.CANARY


def test_a_rebuilt_state_knows_what_feeds_and_sitemaps_named(
    archive_of: Callable[..., Archive], world: CampusWorld, server: Server
) -> None:
    archive = archive_of(sitemap=f'"{world.home}/sitemap.xml"', feed=f'"{world.home}/rss.xml"')
    archive.backfill()
    before = archive.documents()
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    server.forget()
    report = archive.run()
    assert only(report).written == 0
    assert archive.documents() == before
    assert [path for path in asked(server) if "/page.htm" in path] == []


def test_coverage_counts_what_sitemaps_name(archive_of: Callable[..., Archive], world: CampusWorld) -> None:
    archive = archive_of(sitemap=f'"{world.home}/sitemap.xml"')
    archive.backfill()
    with state_of(archive.config) as state:
        covered = coverage_of(archive.config.sites[0], state)
    assert (covered.listed, covered.held) == (29, 29)
