"""Moments in the forms that Chinese pages write, and days in addresses."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from scraper.dates import date_in_path, find_labelled, find_moment, find_parts, writes_day_first

BEIJING = ZoneInfo("Asia/Shanghai")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)  # type: ignore[misc,arg-type] # year, month, day and what follows


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-05", at(2024, 3, 5)),
        ("2024-3-5 9:07", at(2024, 3, 5, 9, 7)),
        ("发布时间：2024-03-0510:20", at(2024, 3, 5, 10, 20)),
        ("2024-Mar-05", at(2024, 3, 5)),
        ("2024/03/05 (Tue) 10:20", at(2024, 3, 5, 10, 20)),
        ("更新於 2024-05-01 發佈於 2024-03-05", at(2024, 3, 5)),
        ("开标时间：2024-06-01 10:00 公告时间：2024-03-05", at(2024, 3, 5)),
        ("报名时间：2024-06-01至2024-06-05 | 2024-03-05", at(2024, 3, 5)),
        ("发布时间：20240305", at(2024, 3, 5)),
        ("发布时间：·20240305", at(2024, 3, 5)),
        ("發佈時間：20240305", at(2024, 3, 5)),
        ("3月 5， 2024", at(2024, 3, 5)),
        ("[24年3月5日]", at(2024, 3, 5)),
        ("最后修改：2024-03-09　创建：2024-03-05", at(2024, 3, 5)),
        ("发稿时间：2024-03-05 10:20", at(2024, 3, 5, 10, 20)),
        ("发稿时间： 2024-03-05 10:20:31", at(2024, 3, 5, 10, 20, 31)),
        ("2024年3月5日 10:20", at(2024, 3, 5, 10, 20)),
        ("2024年03月05日10时20分30秒", at(2024, 3, 5, 10, 20, 30)),
        ("2024 年 3 月 5 日", at(2024, 3, 5)),
        ("2024年3月5日（星期二）上午8:30", at(2024, 3, 5, 8, 30)),
        ("2024年3月5日 星期二 下午3点", at(2024, 3, 5, 15)),
        ("2024/3/5", at(2024, 3, 5)),
        ("2024-03-05 13点击", at(2024, 3, 5)),
        ("2024/03/05 23:59", at(2024, 3, 5, 23, 59)),
        ("2024.03.05", at(2024, 3, 5)),
        ("２０２４年３月５日", at(2024, 3, 5)),
        ("二〇二四年三月十五日", at(2024, 3, 15)),
        ("二○○七年五月八日", at(2007, 5, 8)),
        ("二〇二〇年十二月二十三日", at(2020, 12, 23)),
        ("2024-03-05T10:20:30+08:00", at(2024, 3, 5, 10, 20, 30)),
        ("2024-03-05T02:20:30Z", at(2024, 3, 5, 10, 20, 30)),
        ("2024-03-05T02:20:30.123Z", at(2024, 3, 5, 10, 20, 30)),
        ("3/5/24 2024-03-05 1:02 PM", at(2024, 3, 5, 13, 2)),
        ("2024-03-05 12:00 AM", at(2024, 3, 5)),
        ("2024-03-05 24:00", at(2024, 3, 6)),
        ("2024-03-05 24:30", at(2024, 3, 5)),
        ("2024-03-05 浏览：1020", at(2024, 3, 5)),
        ("2024-02-31，实为 2024-03-02", at(2024, 3, 2)),
        ("来源：2020年12月04日 青橙晚报 第12版 发稿时间：2020-12-08 10:21", at(2020, 12, 8, 10, 21)),
        ("更新时间：不详 日期 2019-01-02", at(2019, 1, 2)),
        ("发布日期：[2019-01-02]", at(2019, 1, 2)),
        ("Mar 5, 2024", at(2024, 3, 5)),
        ("March 5th, 2024 3:20 pm", at(2024, 3, 5, 15, 20)),
        ("5 March 2024", at(2024, 3, 5)),
        ("05-Mar-2024", at(2024, 3, 5)),
        ("Tue, 05 Mar 2024 02:20:30 GMT", at(2024, 3, 5, 10, 20, 30)),
        ("Tue, 05 Mar 2024 10:20:30 +0800", at(2024, 3, 5, 10, 20, 30)),
        ("25/03/2024", at(2024, 3, 25)),
        ("03/25/2024", at(2024, 3, 25)),
        ("２０２４－０３－１２　１０：３０", at(2024, 3, 12, 10, 30)),
        ("2024–03–12", at(2024, 3, 12)),
        ("2024—3—12", at(2024, 3, 12)),
        ("24-03-12", at(2024, 3, 12)),
        ("[ 98-03-12 ]", at(1998, 3, 12)),
        ("24-03-12 10:30", at(2024, 3, 12, 10, 30)),
        ("来源：校报 发布时间：24-03-12", at(2024, 3, 12)),
        ("2024-03-12 14:00-16:30", at(2024, 3, 12, 14)),
        ("2024-03-12 09:00-11:30", at(2024, 3, 12, 9)),
        ("2024-03-12T10:00:00+99:00", at(2024, 3, 12, 10)),
        ("2024-03-12T10:00:00-05:00", at(2024, 3, 12, 23)),
        ("更新时间：2024-04-01 发布时间：2024-03-12", at(2024, 3, 12)),
        ("修改日期：2024-04-01 时间：2024-03-12", at(2024, 3, 12)),
        ("截止日期：2024-05-13 发布日期：2024-05-10", at(2024, 5, 10)),
        ("会议时间：2024-05-13 2024-05-10", at(2024, 5, 10)),
        ("更新于 2024-05-13", at(2024, 5, 13)),
        ("Updated 6 Mar 2024 | Published 5 Mar 2024", at(2024, 3, 5)),
    ],
)
def test_a_moment_is_read(text: str, moment: datetime) -> None:
    found = find_moment(text, BEIJING)
    assert found == moment
    assert found.tzinfo is BEIJING


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3 小时前",
        "昨天 10:20",
        "2024-13-05",
        "2024-02-30",
        "12024-03-05",
        "2024-03-051",
        "1.2024-03",
        "电话：022-2024-0305",
        "第2024.3期",
        "1823年3月5日",
        "二〇二四年",
        "12/03/2024",
        "比分 21-03-05 之后",
        "版本 2.21-03-05",
    ],
)
def test_what_is_no_moment_is_not_found(text: str) -> None:
    assert find_moment(text, BEIJING) is None


@pytest.mark.parametrize(
    ("text", "near", "moment"),
    [
        ("12/03/2024", at(2024, 3, 12), at(2024, 3, 12)),
        ("12/03/2024 8:30", at(2024, 12, 3), at(2024, 12, 3, 8, 30)),
        ("12/03/2024", at(2024, 5, 1), None),
        ("校报 24-03-12 第3版", at(2024, 3, 12), at(2024, 3, 12)),
        ("校报 24-03-12 第3版", at(2024, 3, 13), None),
    ],
)
def test_a_known_day_settles_what_digits_leave_open(
    text: str, near: datetime, moment: datetime | None
) -> None:
    assert find_moment(text, BEIJING, near=near) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("发布时间：2024-03-12", at(2024, 3, 12)),
        ("时间：2024-03-12", at(2024, 3, 12)),
        ("2024-03-12", None),
        ("更新时间：2024-03-12", None),
        ("讲座时间：2024-03-12", None),
    ],
)
def test_a_label_of_publication_is_told_from_others(text: str, moment: datetime | None) -> None:
    assert find_labelled(text, BEIJING) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("05 2024-03", at(2024, 3, 5)),
        ("2024.03 05", at(2024, 3, 5)),
        ("03/05 2024", at(2024, 3, 5)),
        ("5 Mar 2024", at(2024, 3, 5)),
        ("03-05", None),
        ("31 2024-02", None),
    ],
)
def test_a_day_in_parts_is_found_with_its_year(text: str, moment: datetime | None) -> None:
    assert find_parts(text, BEIJING) == moment


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("http://news.example/ywsd/system/2023/02/08/030054801.shtml", at(2023, 2, 8)),
        ("https://www.example/2024/0305/c17473a561107/page.htm", at(2024, 3, 5)),
        ("https://gov.example/xw/t20240305_123456.html", at(2024, 3, 5)),
        ("https://x.example/2024-03/05/content_1.htm", at(2024, 3, 5)),
        ("https://x.example/n1/202403/05/1.htm", at(2024, 3, 5)),
        ("https://x.example/a/2024_03_05.htm", at(2024, 3, 5)),
        ("https://x.example/c100/2024/3/5/6e0f.shtml", at(2024, 3, 5)),
        ("https://x.example/2024/0230/c1a2/page.htm", None),
        ("https://x.example/info/1011/20231.htm", None),
        ("https://2024-03-05.example/a.htm", None),
        ("https://x.example/a.htm?d=2024-03-05", None),
        ("https://x.example/pic/003/000/20240305123/a.htm", None),
    ],
)
def test_a_day_in_an_address_is_read_from_its_path(url: str, day: datetime | None) -> None:
    assert date_in_path(url, BEIJING) == day


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("25/03/2024 与 12/03/2024", True),
        ("03/25/2024", False),
        ("12/03/2024", None),
        ("25/03/2024 03/25/2024", None),
    ],
)
def test_the_order_of_day_and_month_is_learnt_from_other_dates(text: str, *, order: bool | None) -> None:
    assert writes_day_first(text) is order


def test_a_known_order_settles_a_date() -> None:
    assert find_moment("12/03/2024", BEIJING, day_first=True) == at(2024, 3, 12)
    assert find_moment("12/03/2024", BEIJING, day_first=False) == at(2024, 12, 3)
