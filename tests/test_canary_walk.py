"""A site that rots while it is archived: the run says so, keeps what it got, and writes no garbage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, only, state_of

from scraper.demo import faults, pieces
from scraper.demo.exchange import Answer, Ask, page
from scraper.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.faults import Fault
    from scraper.demo.server import Server
    from scraper.report import Problem, Report

CHANNEL = "bcyw"
FIRST = datetime(2026, 6, 1, 9, tzinfo=UTC)
LAKE = "十二月的北辰湖结了薄冰，值更的人每天清晨量一次冰厚，记在门口的黑板上，好让过湖的学生看见。"
GAUGE = "气象站昨日完成例行检修，更换了风向标的轴承与雨量筒的滤网，今后三个月每旬校准一次并公布。"
ARTICLE = r"/system/20\d\d/"


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    opened = Archive(tmp_path, server, world, channel=CHANNEL)
    opened.clock.now = datetime(2026, 6, 18, 6, tzinfo=UTC)
    return opened


def canaries(report: Report) -> list[Problem]:
    return [problem for problem in only(report).problems if problem.kind == "Canary"]


def new_template(_ask: Ask, answer: Answer) -> Answer:
    """Redraw every page in a template that nobody knows."""
    html = answer.body.decode("utf-8", "replace")
    for old, new in (("font-size:30px", "font-size:2rem"), ('id="txt"', 'id="content"')):
        html = html.replace(old, new)
    return page(html)


def always(world: EcmsWorld, number: str) -> Callable[[Ask, Answer], Answer]:
    """Return a fault that answers with one article whatever is asked for."""
    path = world.path_of(world.stories[number])
    return lambda ask, _answer: world.answer(Ask(host=ask.host, path=path))


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_that_is_suddenly_empty_is_an_alarm(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 5, first=FIRST)
    archive.run()
    world.fail(r"/index", lambda _ask, _answer: page("<html><body><div id='pagetemple'></div></body></html>"))
    report = archive.run()
    assert report.exit_code == ExitCode.CANARY
    (alarm,) = canaries(report)
    assert alarm.url == world.index(CHANNEL)


def test_a_list_that_names_a_small_part_of_what_it_did_is_an_alarm(
    archive: Archive, world: EcmsWorld
) -> None:
    world.bulk(CHANNEL, 30, first=FIRST)
    archive.run()
    world.lists[CHANNEL][:] = world.lists[CHANNEL][-4:]
    report = archive.run()
    assert report.exit_code == ExitCode.CANARY
    assert "the list names 4 articles, and named 30 the last time" in canaries(report)[0].message


def test_a_list_behind_a_challenge_is_a_refusal(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 5, first=FIRST)
    world.fail(r"/index", faults.challenge())
    assert archive.run().exit_code == ExitCode.REFUSED


def test_articles_behind_a_challenge_are_a_refusal(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 5, first=FIRST)
    world.fail(ARTICLE, faults.challenge())
    assert archive.run().exit_code == ExitCode.REFUSED
    assert archive.documents() == {}


@pytest.mark.parametrize("wall", [faults.challenge, faults.login_wall])
def test_after_three_walls_in_a_row_no_other_article_is_asked_for(
    archive: Archive, world: EcmsWorld, server: Server, wall: Callable[[], Fault]
) -> None:
    world.bulk(CHANNEL, 12, first=FIRST)
    world.fail(ARTICLE, wall())
    assert archive.run().exit_code == ExitCode.REFUSED
    assert len({access.path for access in server.requests(path="/system/20")}) == 3


def test_a_list_behind_a_login_is_a_refusal(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 5, first=FIRST)
    world.fail(r"/index", faults.login_wall())
    assert archive.run().exit_code == ExitCode.REFUSED


# ── articles ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_template_is_an_alarm_that_names_layouts_and_shows_a_page(
    archive: Archive, world: EcmsWorld
) -> None:
    world.bulk(CHANNEL, 20, first=FIRST)
    archive.run()
    world.fail(ARTICLE, new_template)
    numbers = [world.publish(CHANNEL).number for _ in range(6)]
    archive.clock.wait(hours=20)
    report = archive.run()
    assert report.exit_code == ExitCode.CANARY
    (alarm,) = canaries(report)
    assert alarm.url in {world.address(number) for number in numbers}
    assert "lacks td[style*=" in alarm.message
    assert len(archive.documents()) == 20
    world.heal()
    archive.run()
    assert len(archive.documents()) == 26


def test_the_alarm_does_not_become_usual_while_it_lasts(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 5, first=FIRST)
    archive.run()
    world.fail(ARTICLE, new_template)
    for _ in range(4):
        for _ in range(4):
            world.publish(CHANNEL)
        archive.clock.wait(hours=20)
        assert archive.run().exit_code == ExitCode.CANARY


def test_a_site_that_gives_no_article_any_more_is_left_alone_soon(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CHANNEL, 100, first=FIRST)
    world.fail(ARTICLE, new_template)
    report = archive.backfill()
    assert report.exit_code == ExitCode.CANARY
    assert len(server.requests(path="/system/2026/")) == 20


def test_an_old_part_in_a_template_that_nobody_knows_does_not_end_the_walk(
    archive: Archive, world: EcmsWorld
) -> None:
    old = world.bulk(CHANNEL, 50, first=FIRST)
    world.bulk(CHANNEL, 10, first=datetime(2026, 6, 12, tzinfo=UTC))
    oldest = world.bulk(CHANNEL, 3, first=datetime(2026, 5, 1, tzinfo=UTC))
    rows = world.lists[CHANNEL]
    rows[:] = [*rows[-3:], *rows[:-3]]
    world.fail("|".join(old), new_template)
    report = archive.backfill()
    assert report.exit_code == ExitCode.CANARY
    assert (only(report).written, only(report).failed) == (13, 50)
    assert all(world.stories[number].title in str(archive.documents()) for number in oldest)


def test_articles_for_members_only_do_not_make_the_site_one_that_refuses(
    archive: Archive, world: EcmsWorld
) -> None:
    numbers = world.bulk(CHANNEL, 12, first=FIRST)
    world.fail("|".join(numbers[4:8]), faults.login_wall())
    report = archive.run()
    assert (report.exit_code, only(report).written, only(report).failed) == (ExitCode.SOME_FAILED, 8, 4)


def test_captures_of_an_alarm_are_kept_for_reextract(archive: Archive, world: EcmsWorld) -> None:
    numbers = [world.publish(CHANNEL).number for _ in range(6)]
    world.fail(ARTICLE, new_template)
    archive.run()
    config = archive.config
    with state_of(config) as state:
        for number in numbers:
            assert [entry.status for entry in state.captures.of_article(config.sites[0].name, number)] == [
                200
            ]


def test_soft_error_pages_everywhere_are_an_alarm_and_one_is_not(archive: Archive, world: EcmsWorld) -> None:
    numbers = world.bulk(CHANNEL, 12, first=FIRST)
    world.remove(numbers[3], status=200, keep_listed=True)
    assert archive.run().exit_code == ExitCode.SOME_FAILED
    world.fail(ARTICLE, faults.soft_error())
    for _ in range(8):
        world.publish(CHANNEL)
    assert archive.run().exit_code == ExitCode.CANARY


# ── one page under many addresses ─────────────────────────────────────────────────────────────────────────


def test_one_page_under_many_addresses_becomes_no_document(archive: Archive, world: EcmsWorld) -> None:
    numbers = world.bulk(CHANNEL, 8, first=FIRST)
    archive.run()
    before = archive.documents()
    new = [world.publish(CHANNEL).number for _ in range(5)]
    notice = world.publish("xyzs", title="系统升级公告").number
    world.fail("|".join(new), always(world, notice))
    report = archive.run()
    assert report.exit_code == ExitCode.CANARY
    assert any("one page under" in problem.message for problem in canaries(report))
    assert archive.documents() == before
    archive.run()
    assert archive.documents() == before
    world.heal()
    archive.clock.wait(days=3)
    archive.run()
    assert len(archive.documents()) == len(numbers) + len(new)


def test_the_same_news_under_two_numbers_is_kept_twice(archive: Archive, world: EcmsWorld) -> None:
    body = (pieces.paragraph(LAKE),)
    for _ in range(3):
        world.publish(CHANNEL, title="【组图】北辰湖的冰", body=body)
    report = archive.run()
    assert (report.exit_code, only(report).written) == (ExitCode.DONE, 3)


# ── a page that has nothing of its article ────────────────────────────────────────────────────────────────


def test_another_page_in_an_articles_place_does_not_replace_it_at_once(
    archive: Archive, world: EcmsWorld
) -> None:
    number = world.publish(CHANNEL, body=(pieces.paragraph(LAKE * 4),)).number
    other = world.publish("xyzs", body=(pieces.paragraph(GAUGE * 4),)).number
    archive.run()
    before = archive.documents()
    world.fail(number, always(world, other))
    archive.clock.wait(days=2)
    report = archive.run()
    assert [problem.kind for problem in only(report).problems] == ["Replaced"]
    assert archive.documents() == before
    for _ in range(3):
        archive.clock.wait(days=2)
        report = archive.run()
    assert only(report).revised == 1  # it stays so: then it is what the site says
    assert archive.documents() != before


def test_a_true_revision_is_not_held_back(archive: Archive, world: EcmsWorld) -> None:
    number = world.publish(CHANNEL).number
    archive.run()
    world.revise(number, title="改过的题目", add="补记：参加的人数更正为四十一人。")
    archive.clock.wait(days=2)
    assert only(archive.run()).revised == 1
