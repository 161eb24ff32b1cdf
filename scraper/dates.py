"""Moments as Chinese pages write them, and days as addresses hold them.

Does not guess: what is no day of the calendar is not found, and no moment is made up from "3 hours ago".
All results are aware; a day without a time is midnight.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

_DIGITS = "〇零○一二三四五六七八九"
_LABEL = re.compile(
    r"(?:发稿|发布|发表|刊发|更新|创建|日)\s*(?:时间|日期|期)|时\s*间|(?i:posted|published|date)"
)
_NUMERIC = re.compile(
    r"""(?<![\d.])
    (?P<year>(?:19|20)\d\d)
    (?: \s*年\s* (?P<month>1[0-2]|0?[1-9]) \s*月\s* (?P<day>3[01]|[12]\d|0?[1-9]) \s*[日号]?
      | \s?(?P<sep>[-/.])\s? (?P<month2>1[0-2]|0?[1-9]) \s?(?P=sep)\s? (?P<day2>3[01]|[12]\d|0?[1-9]) (?![\d])
    )
    (?=(?P<rest>.{0,40}))""",
    re.VERBOSE | re.DOTALL,
)
_TIME = re.compile(
    r"""[\sT,，|]* (?:[(（]?\s*(?:星期|周)[一二三四五六日天]\s*[)）]?)? \s*
    (?P<half>上午|早上|凌晨|中午|下午|晚上|傍晚)? \s*
    (?P<hour>2[0-4]|[01]?\d) \s*(?:[:：]|时|点(?!击))\s*  # 13点 is an hour, 13点击 are clicks
    (?:(?P<minute>[0-5]?\d) (?:\s*(?:[:：]|分)\s*(?P<second>[0-5]?\d(?!\d)))? )?
    (?:\.\d+)? \s*
    (?P<offset>Z|[+-]\d\d:?\d\d)? (?:\s?(?P<meridiem>[AaPp][Mm])\b)?""",
    re.VERBOSE,
)
_HAN = re.compile(
    rf"(?P<year>[{_DIGITS}]{{4}})\s*年\s*"
    rf"(?P<month>[{_DIGITS}十]{{1,3}})\s*月\s*(?P<day>[{_DIGITS}十廿卅]{{1,3}})\s*[日号]"
)
_IN_PATH = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)"
    r"(?:[/_-](?P<month>0[1-9]|1[0-2])[/_-]?(?P<day>0[1-9]|[12]\d|3[01])"
    r"|(?P<month2>0[1-9]|1[0-2])[/_-]?(?P<day2>0[1-9]|[12]\d|3[01]))(?!\d)"
)
_NOON = 12
_MIDNIGHT = 24


def find_moment(text: str, tz: ZoneInfo) -> datetime | None:
    """Return the moment that a line of text shows, told in `tz`; None where there is none.

    A moment behind a label (发稿时间, 发布日期 …) wins over an earlier one: 来源 may hold a date too.
    """
    if not any(mark in text for mark in ("-", "/", ".", "年")):
        return None
    text = unicodedata.normalize("NFKC", text)
    labels = [match.end() for match in _LABEL.finditer(text)]
    for start in [*labels, 0]:
        moment = next(_moments(text, start, tz), None)
        if moment is not None:
            return moment
    return None


def date_in_path(url: str, tz: ZoneInfo) -> datetime | None:
    """Return midnight of the day that a path holds: `/2023/02/08/`, `/2024/0305/`, `t20240305_1`."""
    for match in _IN_PATH.finditer(urlsplit(url).path):
        month, day = match["month"] or match["month2"], match["day"] or match["day2"]
        moment = _day(match["year"], month, day, tz)
        if moment is not None:
            return moment
    return None


def _moments(text: str, start: int, tz: ZoneInfo) -> Iterator[datetime]:
    for match in _NUMERIC.finditer(text, start):
        day = _day(match["year"], match["month"] or match["month2"], match["day"] or match["day2"], tz)
        if day is not None:
            yield _at_time(day, match["rest"])
    for match in _HAN.finditer(text, start):
        year = "".join(str(_han(character)) for character in match["year"])
        day = _day(year, _han(match["month"]), _han(match["day"]), tz)
        if day is not None:
            yield day


def _day(year: str, month: str | int, day: str | int, tz: ZoneInfo) -> datetime | None:
    try:
        return datetime(int(year), int(month), int(day), tzinfo=tz)
    except ValueError:  # 31 February
        return None


def _at_time(day: datetime, rest: str) -> datetime:
    """Return the day at the time that follows it; the day itself where no time follows."""
    match = _TIME.match(rest)
    if match is None:
        return day
    hour = _hour(int(match["hour"]), match["half"] or match["meridiem"] or "")
    if hour is None:
        return day
    moment = day.replace(hour=hour, minute=int(match["minute"] or 0), second=int(match["second"] or 0))
    offset = match["offset"]
    if offset is None:
        return moment
    zone = datetime.strptime("+0000" if offset == "Z" else offset, "%z").tzinfo
    return moment.replace(tzinfo=zone).astimezone(day.tzinfo)


def _hour(hour: int, half: str) -> int | None:
    """Return the hour of the day, 0 to 23; None for 24:00, which is no moment of that day."""
    if half.lower() in {"下午", "晚上", "傍晚", "pm"} and hour < _NOON:
        return hour + _NOON
    if half.lower() == "am" and hour == _NOON:
        return 0
    return hour if hour < _MIDNIGHT else None


def _han(numeral: str) -> int:
    """Return a Chinese numeral below 100: 五, 十二, 二十, 廿三."""
    numeral = numeral.replace("廿", "二十").replace("卅", "三十").replace("零", "〇").replace("○", "〇")
    tens, ten, ones = numeral.rpartition("十")
    value = "〇一二三四五六七八九".find
    if ten:
        return 10 * (value(tens) if tens else 1) + (value(ones) if ones else 0)
    return int("".join(str(value(character)) for character in ones))
