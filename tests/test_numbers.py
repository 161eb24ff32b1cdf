"""Numbers of pages, servers and files are bounded where they are read, and none is an error of Python's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from listing_cases import capture

from scraper import dates, dom, robots, urls
from scraper.audit import number_gaps
from scraper.crawler.retry import retry_after
from scraper.discovery import pager
from scraper.discovery.timestamps import moment
from scraper.extractor import numbering, page_kind, tables
from scraper.extractor.page import open_page
from scraper.families.ecms import ECMS
from scraper.families.family import Rows
from scraper.families.jeecms import JEECMS
from scraper.families.webplus import WEBPLUS
from scraper.numbers import whole
from scraper.values import replace

if TYPE_CHECKING:
    from scraper.families.family import Family

TZ = ZoneInfo("Asia/Shanghai")
HUGE = "9" * 5_000
BASE = urls.Url("http://xw.example.cn/list.htm")
COUNTED = Rows(name="t", pages="em.all", stated="em.stated", current="em.this")


@pytest.mark.parametrize(
    "digits", ["", None, "-1", "+1", "1.0", "x", "1 ", " 1", "１x", HUGE, "1" * 19, "101"]
)
def test_what_is_no_number_up_to_the_bound_is_none(digits: str | None) -> None:
    assert whole(digits, 100) is None


def test_zeros_in_front_count_nothing() -> None:
    assert whole("0" * 6_000 + "7", 100) == 7
    assert whole("0", 100) == 0


@pytest.mark.parametrize("said", ["999999999", HUGE, "20220307", "1/999999999", f"1/{HUGE}", "共999999999页"])
def test_a_list_that_says_too_many_pages_says_none(said: str) -> None:
    page = dom.parse(f"<em class=all>{said}</em><em class=stated>{HUGE}</em><em class=this>{HUGE}</em>")
    assert pager.pages(page, COUNTED, WEBPLUS.pager, BASE) in {None, 1}
    assert pager.stated(page, COUNTED) is None
    assert pager.current(page, COUNTED, WEBPLUS.pager, BASE) == 1  # as its address says


def test_a_date_is_no_number_of_pages() -> None:
    page = dom.parse("<em class=all>更新于 2022-03-07，共 12 页</em>")
    assert pager.pages(page, COUNTED, WEBPLUS.pager, BASE) == 12


@pytest.mark.parametrize(
    ("family", "address"),
    [
        (WEBPLUS, f"http://xw.example.cn/list{HUGE}.htm"),
        (JEECMS, f"http://xw.example.cn/xw/index.chtml?curPage={HUGE}"),
        (ECMS, "http://xw.example.cn/system/count/1/0/000/000/c1_999999999.shtml"),
    ],
)
def test_the_number_in_an_address_is_bounded(family: Family, address: str) -> None:
    assert pager.page_number(family.pager, urls.Url(address)) is None


@pytest.mark.parametrize("port", [HUGE, "65536", "0" * 5_000 + "99999"])
def test_a_port_beyond_the_last_is_no_address(port: str) -> None:
    assert urls.parse(f"http://xw.example.cn:{port}/") is None
    assert urls.join(BASE, f"//xw.example.cn:{port}/a") is None


def test_zeros_before_a_port_are_none_of_it() -> None:
    assert urls.parse("http://xw.example.cn:" + "0" * 5_000 + "81/") == "http://xw.example.cn:81/"


@pytest.mark.parametrize(
    "text",
    [
        *("0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
        *(
            "Mon, 01 Jan 0001 00:00:00 +1400",
            "Fri, 31 Dec 9999 23:59:59 -1200",
            f"Mon, 01 Jan {HUGE} 00:00:00",
        ),
        *("Mon, 01 Jan 2020 00:00:00 +99999999", "Mon", "", ",,,", "九九九九年十二月三十一日"),
        f"Mon, 01 Jan 2020 {HUGE}:00:00",
    ],
)
def test_a_moment_at_the_calendars_ends_is_none(text: str) -> None:
    found = moment(text, TZ)
    assert found is None or dates.is_plausible(found)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        (HUGE, 31 * 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 31 * 86_400.0),
        (f"Fri, 31 Dec {HUGE} 23:59:59 GMT", None),
        ("Fri, 31 Dec 2021 99:99:99 GMT", None),
        ("Fri, 31 Dec 2021 00:00:00 +999999999999", None),
        ("-5", None),
        ("1e9", None),
    ],
)
def test_a_wait_is_one_that_somebody_could_wait(value: str, seconds: float | None) -> None:
    answer = replace(capture("http://xw.example.cn/", b""), headers=((b"Retry-After", value.encode()),))
    assert retry_after(answer) == seconds


@pytest.mark.parametrize("value", ["1e308", HUGE, "99999999", "inf", "nan", "-1"])
def test_a_crawl_delay_is_one_that_somebody_could_keep(value: str) -> None:
    delay = robots.read(f"user-agent: *\ncrawl-delay: {value}".encode()).delay
    assert delay is None or 0 <= delay <= 31 * 86_400


@pytest.mark.parametrize("value", [HUGE, f"-{HUGE}", "٣٣٣٣٣٣٣٣٣٣٣٣", "1e9", "", None])
def test_a_list_begins_with_a_number_that_can_be_told(value: str | None) -> None:
    assert abs(numbering.number_of(value) or 1) < 2**31
    assert 1 <= tables.span(value) <= 1_000


def test_a_refresh_of_a_thousand_digits_is_no_jump() -> None:
    html = f'<html><head><meta http-equiv="refresh" content="{HUGE};url=/b.htm"></head><body>a</body></html>'
    page = open_page(capture("http://xw.example.cn/a.htm", html))
    assert page_kind.of_page(page, None) is None


def test_numbers_of_thousands_of_digits_are_no_articles_numbers() -> None:
    keys = ["30041000", "30041003", HUGE, "9" * 400]
    assert list(number_gaps.missing_runs(keys)) == [(30041001, 30041002)]


def test_how_many_pages_nobody_read_costs_what_was_read() -> None:
    assert list(number_gaps.runs_without([2, 1, 5], 10**15)) == [(3, 4), (6, 10**15)]
    assert list(number_gaps.runs_without([], 0)) == []


def test_a_moment_keeps_its_zone() -> None:
    assert moment("2022-03-07T14:00:00Z", TZ) == datetime(2022, 3, 7, 14, tzinfo=UTC)
