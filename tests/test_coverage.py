"""The judgement of a coverage: what is listed, held, missing, unread; numbers, months, picture."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from scraper import urls
from scraper.audit import chart, coverage_text, months, number_gaps
from scraper.audit.coverage import judge
from scraper.audit.coverage_facts import ChannelFacts, ListedArticle, ListPage
from scraper.audit.months import Month
from scraper.values import replace

if TYPE_CHECKING:
    from scraper.audit.coverage import SiteCoverage
    from scraper.audit.coverage_facts import Why
    from scraper.urls import Url

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def url(name: object) -> Url:
    made = urls.parse(f"http://news.example/{name}")
    assert made is not None
    return made


def article(key: str, why: Why | None = None, *, channel: str = "a", month: str = "2026-01") -> ListedArticle:
    return ListedArticle(channel=channel, key=key, url=url(key), why=why, month=month)


def page(name: str, number: int | None = None, *, rows: int = 2, follows: str | None = None) -> ListPage:
    return ListPage(
        url=url(name),
        read_at=NOW,
        number=number,
        next_url=url(follows) if follows else None,
        rows=rows,
        elsewhere=0,
        listed=rows,
        held=rows,
    )


def channel(*read: ListPage, counted: bool = False, pages: int | None = None, **more: object) -> ChannelFacts:
    fields: dict[str, object] = {"name": "a", "title": "要闻", "index": url("index"), "read_at": NOW} | more
    return ChannelFacts(read=read, counted=counted, pages=pages, **fields)  # type: ignore[arg-type] # its own fields


def site(*articles: ListedArticle, channels: tuple[ChannelFacts, ...] = ()) -> SiteCoverage:
    facts = channels or (channel(page("index")),)
    return judge("s", "北辰", facts, articles, [found.key for found in articles])


# ── articles ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_that_two_channels_name_counts_once_for_the_site_and_once_for_each() -> None:
    both = (article("1"), article("1", channel="b"), article("2", "gone", channel="b"))
    found = site(
        *both, channels=(channel(page("index")), channel(page("other"), name="b", index=url("other")))
    )
    assert (found.listed, found.held) == (2, 1)
    assert [(one.listed, one.held) for one in found.channels] == [(1, 1), (2, 1)]
    assert [(lost.url, lost.why) for lost in found.missing] == [(url("2"), "gone")]


@pytest.mark.parametrize("why", ["waiting", "failed", "refused", "gone"])
def test_whatever_is_missing_leaves_the_site_unproven_unless_it_is_allowed(why: Why) -> None:
    found = site(article("1"), article("2", why))
    assert not found.is_proven()
    assert found.is_proven({why})
    assert site(article("1")).is_proven()


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_pages_that_a_script_counts_are_read_when_each_number_is() -> None:
    read = [page("index"), *(page(f"c{number}", number) for number in (1, 2, 5))]
    (one,) = site(channels=(channel(*read, counted=True, pages=5),)).channels
    assert (one.pages, one.pages_read, one.unread) == (5, 3, ((3, 4),))
    assert not one.is_read


def test_a_script_that_was_not_asked_leaves_the_number_of_pages_open() -> None:
    (one,) = site(channels=(channel(page("index"), counted=True),)).channels
    assert (one.pages, one.pages_read, one.is_read) == (None, 0, False)


def test_the_index_is_the_first_of_pages_numbered_from_the_newest_on() -> None:
    read = (page("index"), page("list2", 2), page("list3", 3), page("list9", 9))
    (one,) = site(channels=(channel(*read, pages=4),)).channels
    assert (one.pages, one.pages_read, one.unread) == (4, 3, ((4, 4),))


def test_a_chain_of_pages_is_read_when_its_last_one_names_no_other() -> None:
    read = (page("index", follows="2"), page("2", follows="1"), page("1"), page("stale"))
    (one,) = site(channels=(channel(*read),)).channels
    assert (one.pages, one.pages_read, one.is_read) == (3, 3, True)
    (broken,) = site(channels=(channel(page("index", follows="2"), page("2", follows="1")),)).channels
    assert (broken.pages, broken.pages_read, broken.is_read) == (None, 2, False)


def test_a_list_that_was_never_read_or_has_a_gap_proves_nothing() -> None:
    assert not site(channels=(channel(read_at=None),)).is_proven()
    assert not site(channels=(channel(page("index"), gap=True),)).is_proven()


def test_articles_that_the_site_states_and_no_page_names_are_counted() -> None:
    (one,) = site(article("1"), channels=(channel(page("index", rows=7), pages=1, stated=9),)).channels
    assert one.short == 2
    (whole,) = site(article("1"), channels=(channel(page("index", rows=9), pages=1, stated=9),)).channels
    assert whole.short == 0
    (unread,) = site(article("1"), channels=(channel(page("index", rows=7), pages=2, stated=9),)).channels
    assert unread.short == 0


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────


def test_numbers_between_known_ones_are_named_as_runs() -> None:
    known = ["030041000", "030041004", "030041005", "030041007"]
    assert list(number_gaps.missing_runs(known)) == [(30_041_001, 30_041_003), (30_041_006, 30_041_006)]


def test_the_jump_between_two_series_is_no_run_of_missing_numbers() -> None:
    assert list(number_gaps.missing_runs(["000456789", "000456791", "030000001", "030000002"])) == [
        (456_790, 456_790)
    ]
    assert list(number_gaps.missing_runs(["17", "19", "http://x/", "5000000"])) == [(18, 18)]


def test_numbers_come_in_any_order_and_those_of_each_width_are_by_themselves() -> None:
    known = ["0013", "15", "0010", "12", "10", "٣", "12"]  # an Arabic three is no article's number
    assert list(number_gaps.missing_runs(known)) == [(11, 11), (13, 14), (11, 12)]


def test_nothing_known_has_no_numbers_missing() -> None:
    assert list(number_gaps.missing_runs([])) == []
    assert list(number_gaps.runs_without([3, 1, 2, 7], 9)) == [(4, 6), (8, 9)]
    assert list(number_gaps.runs_without([], 10**12)) == [(1, 10**12)]


# ── months ────────────────────────────────────────────────────────────────────────────────────────────────


def year_like(counts: list[int]) -> tuple[Month, ...]:
    return tuple(
        Month(month=f"{2020 + at // 12}-{at % 12 + 1:02}", listed=count, held=count)
        for at, count in enumerate(counts)
    )


def test_months_without_any_article_are_there_too() -> None:
    found = months.filled({"2020-11": 3, "2021-02": 1}, {"2020-11": 2})
    assert [(month.month, month.listed, month.held) for month in found] == [
        ("2020-11", 3, 2),
        ("2020-12", 0, 0),
        ("2021-01", 0, 0),
        ("2021-02", 1, 0),
    ]


def test_a_month_far_below_its_neighbours_and_its_season_is_thin() -> None:
    usual = [60, 20, 70, 65, 70, 68, 30, 15, 72, 66, 64, 62] * 3
    assert months.thin_months(year_like(usual)) == ()  # February and August are quiet each year
    usual[16] = 8
    assert [(thin.month, thin.listed) for thin in months.thin_months(year_like(usual))] == [("2021-05", 8)]


def test_the_first_and_the_last_month_are_never_thin() -> None:
    assert months.thin_months(year_like([1, *[60] * 22, 1])) == ()


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_json_is_the_contracts() -> None:
    told = coverage_text.to_json([site(article("030000001"), article("030000003", "gone"))])["sites"]["s"]
    assert (told["listed"], told["held"], told["unlisted_numbers"]) == (2, 1, [[30_000_002, 30_000_002]])
    one = told["channels"]["a"]
    assert one["missing"] == [{"url": "http://news.example/030000003", "why": "gone"}]
    assert (one["pages"], one["pages_read"], one["listed"], one["held"]) == (1, 1, 2, 1)


def test_the_text_names_all_that_failed_and_some_that_wait() -> None:
    lost = [article(f"{number}", "failed") for number in range(100, 140)]
    waiting = [article(f"{number}", "waiting") for number in range(200, 240)]
    text = coverage_text.to_text(site(*lost, *waiting))
    assert text.count("failed   http://") == 40
    assert text.count("waiting  http://") == 20
    assert "and 20 more" in text
    assert coverage_text.to_text(site(*lost, *waiting), every=True).count("waiting  http://") == 40


def test_a_share_never_rounds_up_to_all() -> None:
    found = site(*(article(f"{number:05}") for number in range(50_000)), article("x", "failed"))
    assert "(99.99 %)" in coverage_text.to_text(found)


def test_the_picture_is_xml_with_a_title_and_a_bar_for_what_is_missing() -> None:
    drawn = chart.draw([site(article("1"), article("2", "gone", month="2026-02"))])
    root = ET.fromstring(drawn)  # noqa: S314 - our own, just drawn
    space = {"s": "http://www.w3.org/2000/svg"}
    assert root.find("s:title", space) is not None
    assert "北辰: 1 of 2 listed articles are held. 2026: 1 of 2." in drawn
    bars = [bar.get("class") for bar in root.iterfind(".//s:g/s:rect", space)]
    assert bars == ["held", "missing"]


def test_a_picture_of_nothing_is_a_picture() -> None:
    assert "0 of 0" in chart.draw([site()])


# ── pages that nobody can follow ──────────────────────────────────────────────────────────────────────────


def test_a_list_with_an_unread_pager_is_never_complete() -> None:
    facts = channel(replace(page("index"), unread_pager=True), pages=1)
    found = site(article("1"), channels=(facts,))
    assert not found.is_proven()
    assert "a: unread pager" in coverage_text.to_text(found)
    assert coverage_text.to_json([found])["sites"]["s"]["channels"]["a"]["unread_pager"] is True


def test_the_end_of_a_chain_with_an_unread_pager_is_not_its_end() -> None:
    facts = channel(page("index", follows="2"), replace(page("2"), unread_pager=True))
    (judged,) = site(channels=(facts,)).channels
    assert (judged.pages, judged.is_read) == (None, False)


def test_an_overview_whose_lists_are_no_channels_is_not_complete() -> None:
    facts = channel(replace(page("index"), sublists=(url("gzdt/"), url("tzgg/"))))
    found = site(article("1"), channels=(facts,))
    assert not found.is_proven()
    assert (
        f"an overview of lists that are no channels: {url('gzdt/')}, {url('tzgg/')}"
        in coverage_text.to_text(found)
    )
