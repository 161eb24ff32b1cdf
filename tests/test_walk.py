"""The walk over a site, from lists to documents: the program against the fake site, over loopback."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, only

from scraper import urls
from scraper.app.wiring import new_session
from scraper.crawl.date_range import DateRange
from scraper.crawl.plan import Backfill
from scraper.demo import faults
from scraper.demo.server import serve
from scraper.progress import Unwatched
from scraper.urls import Url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    return Archive(tmp_path, server, world, channel=CHANNEL)


@pytest.fixture
def whole(tmp_path: Path, beichen_site: EcmsWorld) -> Iterator[tuple[Archive, EcmsWorld, Server]]:
    with serve(beichen_site) as running:
        yield Archive(tmp_path, running, beichen_site), beichen_site, running


def paths(server: Server, since: int = 0) -> list[str]:
    return [access.path for access in server.log[since:]]


def pages_asked(server: Server, since: int = 0) -> list[str]:
    return [path for path in paths(server, since) if "/count/" in path and path.endswith(".shtml")]


def names(world: EcmsWorld, numbers: list[str]) -> set[str]:
    return {urls.urlname(Url(world.address(number))) for number in numbers}


def stems(archive: Archive) -> set[str]:
    return {path.rpartition("/")[2].removesuffix(".md") for path in archive.documents()}


# ── run ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_run_brings_what_the_index_names_and_no_more(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    numbers = world.bulk(CHANNEL, 100, first=FIRST)
    report = archive.run()
    assert (report.exit_code, only(report).listed, only(report).written) == (0, 30, 30)
    assert stems(archive) == names(world, numbers[-30:])
    assert pages_asked(server) == []


def test_a_run_with_nothing_new_asks_once_a_channel_and_rewrites_nothing(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CHANNEL, 40, first=FIRST)
    archive.run()
    before = {file: file.stat().st_mtime_ns for file in archive.root.rglob("*.md")}
    since = len(server.log)
    report = archive.run()
    assert (only(report).unchanged, only(report).written, report.exit_code) == (30, 0, 0)
    assert len(paths(server, since)) == 1
    assert {file: file.stat().st_mtime_ns for file in archive.root.rglob("*.md")} == before


def test_a_run_reads_older_pages_until_it_meets_what_it_knows(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CHANNEL, 65, first=FIRST)
    archive.run()
    missed = world.bulk(CHANNEL, 70, first=datetime(2025, 6, 1, tzinfo=UTC))
    report = archive.run()
    assert only(report).written == 70
    assert names(world, missed) <= stems(archive)
    assert len(pages_asked(server)) == 3


def test_a_gap_that_a_run_could_not_close_is_closed_by_the_next(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 30, first=FIRST)
    archive.run()
    missed = world.bulk(CHANNEL, 70, first=datetime(2025, 6, 1, tzinfo=UTC))
    world.fail(r"/count/.*_0+[0-9]+\.shtml", faults.status(404))
    assert archive.run().exit_code == 3
    world.heal()
    archive.run()
    assert names(world, missed) <= stems(archive)


def test_a_failed_article_is_kept_and_tried_again_by_the_next_run(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL)
    world.fail(rf"/{story.number}", faults.login_wall())
    report = archive.run()
    assert (report.exit_code, only(report).failed, only(report).written) == (3, 1, 0)
    assert only(report).problems[0].kind == "NotAnArticle"
    world.heal()
    report = archive.run()
    assert (report.exit_code, only(report).written) == (0, 1)


def test_a_revised_article_is_written_anew_under_its_old_path(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL)
    archive.clock.now = story.published
    archive.run()
    before = archive.documents()
    world.revise(story.number, add="这是后来补充的一段话。")
    assert only(archive.run()).revised == 0  # it is not yet time to look at it again
    archive.clock.wait(days=1, hours=1)
    report = archive.run()
    assert (only(report).revised, only(report).written) == (1, 0)
    after = archive.documents()
    assert after.keys() == before.keys()
    assert "这是后来补充的一段话。" in next(iter(after.values()))


def test_an_article_past_all_ages_is_not_asked_for_again(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CHANNEL, 5, first=FIRST)
    archive.run()
    archive.clock.wait(days=400)
    since = len(server.log)
    archive.run()
    assert {path.rpartition("/")[2] for path in paths(server, since)} == {"robots.txt", "index.shtml"}


def test_a_vanished_article_keeps_its_document(archive: Archive, world: EcmsWorld) -> None:
    story = world.publish(CHANNEL)
    archive.clock.now = story.published
    archive.run()
    before = archive.documents()
    world.remove(story.number, keep_listed=True)
    archive.clock.wait(days=1, hours=1)
    report = archive.run()
    assert (only(report).gone, report.exit_code) == (1, 0)
    assert archive.documents() == before


def test_a_soft_error_page_makes_an_article_gone_only_when_it_comes_twice(
    archive: Archive, world: EcmsWorld
) -> None:
    story = world.publish(CHANNEL)
    archive.clock.now = story.published
    archive.run()
    world.fail(rf"/{story.number}", faults.soft_error())
    archive.clock.wait(days=1, hours=1)
    assert (only(archive.run()).gone, only(archive.run()).gone) == (0, 1)


def test_the_same_number_under_another_address_is_an_alias_and_costs_no_request(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    story = world.publish(CHANNEL)
    archive.run()
    other = world.address(story.number).replace(f"/{CHANNEL}/", "/oldname/").replace("http:", "https:")
    world.list_address(CHANNEL, other)
    since = len(server.log)
    report = archive.run()
    assert (only(report).aliased, only(report).written, only(report).unchanged) == (1, 0, 1)
    assert not any(story.number in path for path in paths(server, since))
    assert only(archive.run()).aliased == 0


def test_a_limit_ends_the_run_with_work_left_and_the_next_goes_on(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 10, first=FIRST)
    report = archive.run(limit=4)
    assert (report.exit_code, only(report).written, only(report).waiting) == (6, 4, 6)
    assert only(archive.run()).written == 6


def test_a_time_limit_ends_the_run_with_work_left(tmp_path: Path, server: Server, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 10, first=FIRST)
    archive = Archive(tmp_path, server, world, channel=CHANNEL, delay=10)
    report = archive.run(seconds=60)
    assert report.exit_code == 6
    assert 0 < only(report).written < 10


def test_a_dry_run_writes_nothing_at_all(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 10, first=FIRST)
    report = archive.run(dry=True)
    assert (only(report).listed, only(report).waiting, only(report).written) == (10, 10, 0)
    assert not archive.root.exists()


def test_a_dry_run_names_what_would_be_asked_as_far_as_its_budget_goes(
    archive: Archive, world: EcmsWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world.bulk(CHANNEL, 10, first=FIRST)
    caplog.set_level(logging.INFO, logger="scraper")
    archive.run(dry=True)
    named = asked_for(caplog)
    assert len(set(named)) == 10
    caplog.clear()
    archive.run(dry=True, limit=3)
    assert asked_for(caplog) == named[:3]


def asked_for(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what a dry run would ask for, by its log."""
    records = (vars(record) for record in caplog.records if record.getMessage() == "would-ask")
    return [record["fields"]["url"] for record in records]


def test_a_backfill_tells_how_many_pages_are_still_to_be_read(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 95, first=FIRST)
    heard: list[tuple[int | None, int]] = []

    class Ears(Unwatched):
        def ahead(self, site: str, channel: str, pages: int | None, rows: int) -> None:
            assert (site, channel) == (archive.config.sites[0].name, CHANNEL)
            heard.append((pages, rows))

    new_session(archive.config, progress=Ears(), machine=archive.machine).go(
        "backfill", archive.config.sites, Backfill()
    )
    pages = [left for left, _ in heard if left is not None]
    assert heard[0] == (None, 0)
    assert pages[-1] == 0
    assert pages[:3] == sorted(pages[:3], reverse=True)
    assert pages[0] > 0


def test_a_page_of_another_kind_in_place_of_the_index_is_told_by_the_canary(
    archive: Archive, world: EcmsWorld
) -> None:
    world.publish(CHANNEL)
    world.fail(rf"/{CHANNEL}/index", faults.soft_error())
    report = archive.run()
    assert report.exit_code == 5
    assert only(report).problems[0].kind == "NotAListing"


def test_a_site_that_refuses_us_is_left_alone(archive: Archive, world: EcmsWorld, server: Server) -> None:
    world.publish(CHANNEL)
    world.fail(r"shtml", faults.status(403))
    report = archive.run()
    assert report.exit_code == 8
    assert len([path for path in paths(server) if path.endswith("shtml")]) == 1


def test_robots_txt_that_forbids_the_lists_is_a_refusal(archive: Archive, world: EcmsWorld) -> None:
    world.publish(CHANNEL)
    world.robots = "User-agent: *\nDisallow: /\n"
    report = archive.run()
    assert (report.exit_code, only(report).written) == (8, 0)


# ── backfill ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_backfill_brings_the_whole_past(archive: Archive, world: EcmsWorld) -> None:
    numbers = world.bulk(CHANNEL, 100, first=FIRST)
    report = archive.backfill(channels=(CHANNEL,))
    assert (report.exit_code, only(report).listed, only(report).written) == (0, 100, 100)
    assert stems(archive) == names(world, numbers)


def test_a_backfill_given_again_looks_at_one_settled_page_and_at_no_article(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CHANNEL, 130, first=FIRST)
    archive.backfill(channels=(CHANNEL,))
    since = len(server.log)
    report = archive.backfill(channels=(CHANNEL,))
    assert (only(report).written, only(report).requests) == (0, len(paths(server, since)))
    assert len(pages_asked(server, since)) == 3


def test_a_backfill_in_steps_comes_to_the_same_end(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    numbers = world.bulk(CHANNEL, 100, first=FIRST)
    codes = [archive.backfill(channels=(CHANNEL,), limit=30).exit_code for _ in range(4)]
    assert codes == [6, 6, 6, 0]
    assert stems(archive) == names(world, numbers)
    articles = [path for path in paths(server) if "/count" not in path and "index" not in path]
    assert len(articles) == len(set(articles))


def test_a_backfill_keeps_to_its_span(archive: Archive, world: EcmsWorld, server: Server) -> None:
    numbers = world.bulk(CHANNEL, 300, first=FIRST, minutes=1440)
    first, last = date(2025, 8, 1), date(2025, 8, 10)
    report = archive.backfill(channels=(CHANNEL,), span=DateRange(since=first, until=last))
    within = [number for number in numbers if first <= world.stories[number].day <= last]
    assert (only(report).written, len(within)) == (10, 10)
    assert stems(archive) == names(world, within)
    assert len(set(pages_asked(server))) < 6  # of ten


def test_without_the_pagers_script_the_pages_are_counted_by_asking(
    archive: Archive, world: EcmsWorld
) -> None:
    numbers = world.bulk(CHANNEL, 130, first=FIRST)
    world.fail(r"count_page_list", faults.status(404))
    report = archive.backfill(channels=(CHANNEL,))
    assert (report.exit_code, only(report).written) == (0, 130)
    assert stems(archive) == names(world, numbers)


def test_pages_from_a_thousand_on_are_found_in_their_folder(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CHANNEL, 30_100, first=datetime(2001, 1, 1, tzinfo=UTC))
    report = archive.backfill(channels=(CHANNEL,), limit=150)
    assert (report.exit_code, only(report).written, only(report).problems) == (6, 150, [])
    assert any("/000/001/" in path for path in pages_asked(server))
    assert any("/000/000/" in path for path in pages_asked(server))


@pytest.mark.parametrize("slashes", ["//", "/"])
def test_count_pages_are_found_with_one_slash_or_two(
    archive: Archive, world: EcmsWorld, server: Server, slashes: str
) -> None:
    world.bulk(CHANNEL, 130, first=FIRST)
    world.count_slashes = (slashes,)
    report = archive.backfill(channels=(CHANNEL,))
    assert (report.exit_code, only(report).written) == (0, 130)
    misses = [access for access in server.log if access.status == 404]
    assert len(misses) <= 2


def test_a_page_of_a_list_that_fails_is_read_by_the_next_backfill(archive: Archive, world: EcmsWorld) -> None:
    numbers = world.bulk(CHANNEL, 130, first=FIRST)
    world.fail(r"_000000003\.shtml", faults.status(404))
    report = archive.backfill(channels=(CHANNEL,))
    assert (report.exit_code, only(report).written) == (3, 100)
    world.heal()
    report = archive.backfill(channels=(CHANNEL,))
    assert (report.exit_code, only(report).written) == (0, 30)
    assert stems(archive) == names(world, numbers)


def test_the_bundled_site_is_archived_whole(whole: tuple[Archive, EcmsWorld, Server]) -> None:
    archive, world, _ = whole
    report = archive.backfill()
    listed = world.listed() - set(world.gone)
    assert only(report).failed == 0
    assert names(world, list(listed)) <= stems(archive)


# ── faults ────────────────────────────────────────────────────────────────────────────────────────────────


def test_at_one_transient_fault_in_five_three_runs_archive_everything(
    archive: Archive, world: EcmsWorld
) -> None:
    numbers = world.bulk(CHANNEL, 60, first=FIRST)
    for seed, fault in enumerate(
        (faults.status(503), faults.reset(), faults.reset(200), faults.short_body())
    ):
        world.fail(r"", fault, share=0.05, seed=seed)
    for _ in range(3):
        archive.backfill(channels=(CHANNEL,))
    assert stems(archive) == names(world, numbers)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.empty_body(), "NotAnArticle"),
        (faults.login_wall(), "NotAnArticle"),
        (faults.soft_error(), "NotAnArticle"),
        (faults.redirect_loop(), "BadStatus"),
        (faults.redirect("http://127.0.0.1/secret"), "Refused"),
        (faults.redirect("file:///etc/passwd"), "Refused"),
        (faults.gzip_bomb(), "TooLarge"),
        (faults.status(500), "BadStatus"),
    ],
)
def test_each_wrong_answer_is_an_error_of_its_own_and_no_document(
    archive: Archive, world: EcmsWorld, fault: faults.Fault, kind: str
) -> None:
    bad, good = world.publish(CHANNEL), world.publish(CHANNEL)
    world.fail(rf"/{bad.number}", fault)
    report = archive.run()
    assert [problem.kind for problem in only(report).problems] == [kind]
    assert stems(archive) == names(world, [good.number])


# ── what is on the shelf ──────────────────────────────────────────────────────────────────────────────────


def test_a_lost_state_is_made_again_from_the_captures(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CHANNEL, 40, first=FIRST)
    archive.backfill(channels=(CHANNEL,))
    before = archive.documents()
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    since = len(server.log)
    report = archive.run()
    assert (only(report).written, only(report).unchanged) == (0, 30)
    assert not any("/system/2" in path for path in paths(server, since))
    assert archive.documents() == before


# ── what acceptance tests from the contract alone found ───────────────────────────────────────────────────


def test_rows_that_lead_to_no_article_are_no_list(archive: Archive, world: EcmsWorld) -> None:
    for number in range(5):
        world.list_address(CHANNEL, f"{world.home}/{CHANNEL}/new/{number}.html")
    report = archive.run()
    assert report.exit_code == 5
    assert "no row of 5" in only(report).problems[0].message


def test_pages_beyond_a_stale_count_are_found(archive: Archive, world: EcmsWorld) -> None:
    numbers = world.bulk(CHANNEL, 130, first=FIRST)
    world.fail(r"count_page_list", faults.other_body(b"var maxpage = 2;", "application/javascript"))
    report = archive.backfill(channels=(CHANNEL,))
    assert (report.exit_code, only(report).written) == (0, 130)
    assert stems(archive) == names(world, numbers)


def test_every_article_that_was_listed_stands_in_one_column(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 60, first=FIRST, minutes=1440)
    report = only(archive.backfill(span=DateRange(since=date(2025, 2, 20), until=date(2025, 2, 25))))
    columns = (report.written, report.unchanged, report.gone, report.failed, report.skipped, report.waiting)
    assert (sum(columns), report.skipped) == (report.listed, report.listed - 6)


def test_a_site_whose_every_article_robots_txt_forbids_refuses_us(archive: Archive, world: EcmsWorld) -> None:
    world.publish(CHANNEL)
    world.robots = f"User-agent: *\nDisallow: /{CHANNEL}/system/\n"
    report = archive.run()
    assert (report.exit_code, only(report).skipped) == (8, 1)


def test_an_article_that_a_long_pause_kept_from_being_asked_waits(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    first, second = world.publish(CHANNEL), world.publish(CHANNEL)
    world.fail(r"/system/2", faults.status(429, retry_after=7200))
    report = archive.run()
    assert (report.exit_code, only(report).failed, only(report).waiting) == (8, 0, 2)
    asked = [path for path in paths(server) if first.number in path or second.number in path]
    assert len(set(asked)) == 1


def test_a_document_that_was_deleted_by_hand_is_not_written_again_by_itself_and_costs_no_request(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CHANNEL, 3, first=FIRST)
    archive.run()
    before = archive.documents()
    (archive.root / next(iter(before))).unlink()
    since = len(server.log)
    assert archive.run().exit_code == 0
    assert len(archive.documents()) == len(before) - 1
    assert len(paths(server, since)) == 1
