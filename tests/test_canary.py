"""The canary's judgement: what is an alarm, and what is only a site's own habit."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import canary, urls
from scraper.canary import Page, Past, Sightings
from scraper.values import replace


def page(number: int = 1, said: str = "UnknownLayout: no mark of g3-text") -> Page:
    url = urls.parse(f"http://news.example/a/{number}.shtml")
    assert url is not None
    return Page(url=url, said=said)


def run(*, read: int = 0, unreadable: int = 0) -> Sightings:
    seen = Sightings(unreadable=[page(number) for number in range(unreadable)])
    seen.layouts["g3-text"] += read
    return seen


def signs(seen: Sightings, past: Past | None = None) -> list[str]:
    return [alarm.sign for alarm in canary.judge(seen, past or Past())]


# ── pages that give no article ────────────────────────────────────────────────────────────────────────────


def test_a_page_or_two_that_cannot_be_read_are_no_alarm() -> None:
    assert signs(run(read=30, unreadable=2)) == []
    assert signs(run(unreadable=2)) == []


@pytest.mark.parametrize(("read", "unreadable"), [(0, 3), (5, 5), (25, 8), (1000, 80)])
def test_a_jump_in_the_share_of_unreadable_pages_is_an_alarm(read: int, unreadable: int) -> None:
    assert signs(run(read=read, unreadable=unreadable)) == ["unreadable"]


def test_what_a_site_always_did_is_no_alarm() -> None:
    usual = Past(read=700, unreadable=300)
    assert signs(run(read=20, unreadable=12), usual) == []
    assert signs(run(read=0, unreadable=30), usual) == ["unreadable"]


def test_the_alarm_shows_the_most_frequent_error_and_what_is_still_read() -> None:
    seen = run(read=4, unreadable=6)
    seen.unreadable.insert(0, page(99, "NotAnArticle: empty"))
    (alarm,) = canary.judge(seen, Past())
    assert alarm.page.url.endswith("/0.shtml")
    assert "7 of 11 pages give no article" in alarm.message
    assert "4 of g3-text are still read" in alarm.message
    assert "no mark of g3-text" in alarm.message


def test_articles_that_vanish_all_at_once_are_an_alarm() -> None:
    seen = Sightings(asked_again=40, vanished=[page(number, "status 404") for number in range(8)])
    assert signs(seen) == ["vanished"]
    assert signs(replace(seen, vanished=seen.vanished[:2])) == []


# ── bodies ────────────────────────────────────────────────────────────────────────────────────────────────


def bodies(*lengths: int) -> Sightings:
    seen = Sightings()
    for number, length in enumerate(lengths):
        seen.saw_body("g3-text", page(number).url, length, is_empty=length == 0)
    return seen


USUAL = Past(bodies=500, lengths={"g3-text": [60, *range(150, 3000, 20)]})


def test_bodies_that_are_suddenly_short_are_an_alarm_that_names_the_layout_and_the_shortest() -> None:
    (alarm,) = canary.judge(bodies(40, 30, 55, 20, 35, 48), USUAL)
    assert (alarm.sign, alarm.page.url) == ("short", page(3).url)
    assert "layout g3-text: 6 of 6 bodies" in alarm.message


def test_some_short_news_are_no_alarm() -> None:
    assert signs(bodies(40, 30, 800, 1200, 55, 900), USUAL) == []
    assert signs(bodies(40, 30, 35, 20, 22, 48), Past(lengths={"g3-text": [30, 40] * 8})) == []


def test_a_layout_of_pictures_has_no_text_and_that_is_usual() -> None:
    assert "short" not in signs(bodies(*[0] * 20), Past(bodies=50, lengths={"g3-text": [0] * 50}))


def test_empty_bodies_are_an_alarm_without_any_history_of_lengths() -> None:
    assert signs(bodies(0, 0, 0, 0, 500)) == ["empty"]


def test_one_page_under_two_addresses_is_no_alarm_and_under_three_it_is() -> None:
    seen = Sightings(repeated={"d": [page(1)]})
    assert signs(seen) == []
    seen.repeated["d"].append(page(2))
    assert signs(seen) == ["repeated"]


# ── memory and chance ─────────────────────────────────────────────────────────────────────────────────────


def test_the_past_fades_so_that_a_site_may_change_slowly() -> None:
    past = Past()
    for _ in range(300):
        past = canary.remember(past, run(read=20))
    assert 1000 < past.read < 4100
    assert past.unreadable == 0


def test_chance_rings_hardly_ever_on_a_site_that_is_well() -> None:
    """Ten thousand runs over a site with one odd page in fifty, as the limit allows."""
    chance = random.Random(7)  # noqa: S311 - no secret
    alarms = 0
    for _ in range(10_000):
        visits = chance.choice((1, 3, 10, 30))
        odd = sum(chance.random() < 0.02 for _ in range(visits))
        alarms += canary.is_unusual(odd, visits, 0, 0)
    assert alarms <= 3


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.001, 0.999))
def test_the_tail_is_a_probability_and_falls_with_the_count(count: int, of: int, share: float) -> None:
    at_least = canary.tail(count, of, share)
    assert 0 <= at_least <= 1 + 1e-9
    if count < of:
        assert canary.tail(count + 1, of, share) <= at_least + 1e-12


def test_the_tail_of_known_cases() -> None:
    assert canary.tail(1, 1, 0.25) == pytest.approx(0.25)
    assert canary.tail(2, 3, 0.5) == pytest.approx(0.5)
    assert canary.tail(3, 3, 0.02) == pytest.approx(8e-6)


# ── likeness ──────────────────────────────────────────────────────────────────────────────────────────────

LONG = (
    "星桥书院每周三晚七点办夜读会，阅览室里灯火通明，书院导师说夜读会将办满一个学期，人人都来人人都读。" * 4
)
OTHER = (
    "气象站昨日完成例行检修，值班员更换了风向标的轴承与雨量筒的滤网，今后三个月每旬校准一次并公布记录。" * 4
)


def test_a_revised_text_is_still_itself_and_another_one_is_not() -> None:
    assert not canary.is_replaced(LONG, LONG + OTHER[:120])
    assert not canary.is_replaced(LONG, LONG[60:])
    assert canary.is_replaced(LONG, OTHER)
    assert canary.is_replaced(LONG, "页面正在维护")
    assert not canary.is_replaced(LONG[:80], OTHER)


@pytest.mark.parametrize(
    ("listed", "shown", "same"),
    [
        ("星桥书院办起夜读会", "星桥书院办起夜读会", True),
        ("星桥书院办起夜...", "星桥书院办起夜读会", True),
        ("星桥书院 办起夜…", "星桥书院办起夜读会", True),
        ("系统维护通知", "星桥书院办起夜读会", False),
        (None, "星桥书院办起夜读会", None),
        ("…", "星桥书院办起夜读会", None),
    ],
)
def test_a_row_may_cut_a_title(listed: str | None, shown: str, same: bool | None) -> None:  # noqa: FBT001
    assert canary.same_title(listed, shown) is same
