"""Moments as pages of the Chinese and English web write them, and days as addresses hold them.

Does not guess: what is no day of the calendar is not found, no moment is made up from "3 hours ago", and
12/03/2021 is only read where an address or a day above 12 says which part is the month. All results are
aware; a day without a time is midnight.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

_DIGITS = "〇零○一二三四五六七八九"
_REWRITTEN = (  # NFKC keeps these, and labels are known in simplified characters alone
    dict.fromkeys("‐‑‒–—―−﹣－─", "-")
    | dict.fromkeys("∕⁄", "/")
    | dict(zip("發佈時間於錄創開傳線", "发布时间于录创开传线", strict=True))
)
_REWRITING = re.compile(f"[{''.join(_REWRITTEN)}]")
_PLAIN, _BARE = 1, 2  # the rank of 时间, and of a date without a label
_RANKS = {"published": 0, "plain": _PLAIN, "changed": 3, "other": 4}  # of labels, the best first
_DONE = r"发\s*[稿布表文]|刊\s*[发登]|首\s*发|上\s*[传线]|录\s*入|创\s*建|公\s*[开告]|添\s*加|推\s*送"
_LABELS = {  # in Chinese, and in English
    "published": (
        rf"(?:{_DONE})\s*(?:于|(?:时\s*间|日\s*期?)(?:[:：\s]|(?=\d))|时\s*间|日\s*期|[:：])",
        r"posted|published|publish\s+date|publication\s+date|date\s+published|release(?:d|\s+date)?|created",
    ),
    "changed": (
        r"(?:更\s*新|修\s*[改订])\s*(?:于|时\s*间|日\s*期|[:：])",
        r"(?:last\s+)?(?:updated?|modified|edited|revised)",
    ),
    "other": (
        r"[\u4e00-\u9fff](?:时间|日期)",
        r"(?:deadline|due|event|closing|start|end)(?:\s+date)?",
    ),
    "plain": (r"时\s*间|日\s*期", "date"),
}
_LABEL = re.compile(
    "|".join(rf"(?P<{kind}>{han}|(?i:\b(?:{latin})\b))" for kind, (han, latin) in _LABELS.items())
)
_LABEL_IN_CHINESE = re.compile("|".join(f"(?P<{kind}>{han})" for kind, (han, _) in _LABELS.items()))
_LATIN = re.compile(
    r"[A-Za-z\u017f\u0130\u0131\u212a]"
)  # with what a pattern that ignores case takes for one
_NUMERIC = re.compile(
    r"""(?<![\d.])
    (?P<year>(?:19|20)\d\d)
    (?: \s*年\s* (?P<month>1[0-2]|0?[1-9]) \s*月\s* (?P<day>3[01]|[12]\d|0?[1-9]) \s*[日号]?
      | \s?(?P<sep>[-/.])\s? (?P<month2>1[0-2]|0?[1-9]) \s?(?P=sep)\s? (?P<day2>3[01]|[12]\d|0?[1-9])
        (?: (?!\d) | (?<=\d\d)(?=[0-2]\d:[0-5]\d) )  # 2022-03-0410:20 too
    )
    (?=(?P<rest>.{0,40}))""",
    re.VERBOSE | re.DOTALL,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ENGLISH = tuple(
    re.compile(rf"(?<![\w.]){form}(?!\d)(?=(?P<rest>.{{0,40}}))", re.IGNORECASE | re.DOTALL)
    for form in (
        rf"{_MONTH}\s?{_DAY}\s?,?\s?(?P<year>(?:19|20)\d\d)",  # Mar 5, 2021
        rf"{_DAY}[\s-](?:of\s)?{_MONTH}[\s,-]\s?(?P<year>(?:19|20)\d\d)",  # 5 March 2021, 05-Mar-2021
        rf"(?P<year>(?:19|20)\d\d)[\s-]{_MONTH}[\s-]{_DAY}",  # 2021-Mar-05
    )
)
_MONTH_FIRST = re.compile(  # 3月 11, 2021, as WordPress writes it in Chinese
    r"(?<!\d)(?P<month>1[0-2]|0?[1-9])\s?月\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?,\s(?P<year>(?:19|20)\d\d)(?!\d|\s?[级届年学])"
    r"(?=(?P<rest>.{0,40}))",
    re.DOTALL,
)
_WESTERN = re.compile(  # 12/03/2021, either part may be the month
    r"(?<![\d./-])(?P<one>\d{1,2})(?P<sep>[/.-])(?P<two>\d{1,2})(?P=sep)(?P<year>(?:19|20)\d\d)(?!\d)"
    r"(?=(?P<rest>.{0,40}))",
    re.DOTALL,
)
_SHORT = re.compile(  # 21-03-05
    r"(?<![\d./-])(?P<year>\d\d)(?:(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})"
    r"|年(?P<month2>\d{1,2})月(?P<day2>\d{1,2})日?)(?![\d./-])(?=(?P<rest>.{0,40}))",
    re.DOTALL,
)
_COMPACT = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])(?!\d)")
_UNUSUAL = re.compile(  # where a date of the last three forms may begin
    r"\d(?:(?<![\d./-].)\d?[-/.年]|(?<!\d.)\d{7})"
)
_TO = re.compile(r"(?:至|到|~|--?|～)\s{0,3}\Z")  # before the end of a span
_AROUND = " \t\r\n[]()<>【】|:：·"  # what may stand between a label and its date
_NAMED = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_YEAR_PART, _MONTH_PART, _DAY_PART = r"(?P<year>(?:19|20)\d\d)", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_PARTS = tuple(  # a day in one element, its year and month in the next
    re.compile(rf"(?<!\d){form}(?!\d)", re.IGNORECASE)
    for form in (
        rf"{_DAY_PART}日?\s?[-/.]?\s{_YEAR_PART}\s?[-/.年]\s?{_MONTH_PART}月?",  # 05 | 2024-03
        rf"{_YEAR_PART}\s?[-/.年]\s?{_MONTH_PART}月?\s{_DAY_PART}日?(?![\d:])",  # 2024-03 | 05
        rf"{_MONTH_PART}\s?[-/.月]\s?{_DAY_PART}日?\s{_YEAR_PART}年?",  # 03-05 | 2024
        rf"{_YEAR_PART}年?\s{_MONTH_PART}\s?[-/.月]\s?{_DAY_PART}日?",  # 2024 | 03-05
        rf"{_NAMED}\s{_DAY_PART}(?:st|nd|rd|th)?,?\s{_YEAR_PART}",  # Oct 25, 2015
        rf"{_DAY_PART}(?:st|nd|rd|th)?\s{_NAMED},?\s{_YEAR_PART}",  # 25 Oct 2015
    )
)
_EDGES = frozenset(["", *"[]()<>【】|·"])  # what may stand beside a date in a cell of its own
_TIME = re.compile(
    r"""(?P<joint>[\sT,，|]*+) (?:[(（]?\s*+(?:(?:星期|周)[一二三四五六日天]
        |(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}+)\s*+[)）]?,?)? \s*+
    (?P<half>上午|早上|凌晨|中午|下午|晚上|傍晚)? \s*+
    (?P<hour>2[0-4]|[01]?\d) \s*+(?:[:：]|时|点(?!击))\s*+  # 13点 is an hour, 13点击 are clicks
    (?:(?P<minute>[0-5]?\d) (?:\s*+(?:[:：]|分)\s*+(?P<second>[0-5]?\d(?!\d)))? )?
    (?:\.\d++)? \s*+
    (?P<zone>Z\b|(?:GMT|UTC)?[+-]\d\d:?\d\d(?!\d)|GMT\b|UTC\b)? (?:\s?(?P<meridiem>[AaPp])\.?[Mm]\b)?""",
    re.VERBOSE,
)
_TIME_ALONE = re.compile(r"\s*+(?:2[0-4]|[01]?\d)\s?[:：]\s?[0-5]\d(?:\s?[:：]\s?[0-5]\d)?\s*+")
_HAN = re.compile(
    rf"(?P<year>[{_DIGITS}]{{4}})\s*年\s*"
    rf"(?P<month>[{_DIGITS}十]{{1,3}})\s*月\s*(?P<day>[{_DIGITS}十廿卅]{{1,3}})\s*[日号]"
)
_IN_PATH = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)"
    r"(?:[/_-](?P<month>0?[1-9]|1[0-2])[/_-](?P<day>0?[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
    r"|[/_-]?(?P<month2>0[1-9]|1[0-2])[/_-]?(?P<day2>0[1-9]|[12]\d|3[01]))(?!\d)"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_LONGEST = 5_000  # characters of a text in which a moment is looked for
_LONGEST_TIME = 12  # characters of a time of day, blanks between its parts included
_BESIDE = 40  # characters on either side of a date that are looked at
_NOON = 12
_MONTHS_OF_A_YEAR = 12
_MIDNIGHT = 24
_EARLIEST, _LATEST = -12 * 60, 14 * 60  # minutes from UTC of any place on earth
_PIVOT = 69  # a year of two digits is of this century below, as POSIX has it


class _Found(NamedTuple):
    """A moment in a text, and where it begins."""

    at: int
    moment: datetime


def find_moment(
    text: str, tz: ZoneInfo, *, near: datetime | None = None, day_first: bool | None = None
) -> datetime | None:
    """Return the moment that a line of text shows, told in `tz`; None where there is none.

    A moment behind a label wins over an earlier one, since 来源 may hold a date too: first those of
    publication (发稿时间, 发布日期, 时间 …), then those without a label, then those of a change or an event.
    `near` is a day that is known from elsewhere, such as the address: it settles 21-03-05 and 12/03/2021.
    `day_first` is the order of 12/03/2021 where the site's is known.
    """
    ranked = _ranked(text, tz, near, day_first=day_first)
    return min(ranked, key=lambda each: each[0])[1] if ranked else None


def find_labelled(text: str, tz: ZoneInfo, *, near: datetime | None = None) -> datetime | None:
    """Return the moment that a line of text shows behind a label of publication; None where there is none."""
    ranked = [each for each in _ranked(text, tz, near, day_first=None) if each[0] <= _PLAIN]
    return min(ranked, key=lambda each: each[0])[1] if ranked else None


def find_parts(text: str, tz: ZoneInfo) -> datetime | None:
    """Return midnight of the day that a line shows in parts, the day large and the year small; else None.

    A month and a day without a year are no date: which year they mean is a guess.
    """
    plain = " ".join(text[:_LONGEST].split())
    found = (_of_parts(match, tz) for form in _PARTS for match in form.finditer(plain))
    return next((day for day in found if day is not None), None)


def _of_parts(match: re.Match[str], tz: ZoneInfo) -> datetime | None:
    month = match["month"]
    number = int(month) if month.isdecimal() else _MONTHS.index(month[:3].lower()) + 1
    return _day(match["year"], number, match["day"], tz)


def is_plausible(moment: datetime) -> bool:
    """Tell whether a page can have been published then: no calendar's end, which no other zone can tell."""
    return _FIRST_YEAR <= moment.year <= _LAST_YEAR


def writes_day_first(text: str) -> bool | None:
    """Return the order in which a text writes 25/03/2021; None where nothing shows it, or both are there."""
    orders = {
        int(match["one"]) > _MONTHS_OF_A_YEAR
        for match in _WESTERN.finditer(text)
        if (int(match["one"]) > _MONTHS_OF_A_YEAR) != (int(match["two"]) > _MONTHS_OF_A_YEAR)
    }
    return orders.pop() if len(orders) == 1 else None


def shows_western(text: str) -> bool:
    """Tell whether a text shows a date of the form 12/03/2021, whichever its order."""
    return _WESTERN.search(text) is not None


def is_time(text: str) -> bool:
    """Tell whether a text is a time of day and nothing else."""
    if len(text.strip()) > _LONGEST_TIME:
        return False
    return _TIME_ALONE.fullmatch(unicodedata.normalize("NFKC", text)) is not None


def date_in_path(url: str, tz: ZoneInfo) -> datetime | None:
    """Return midnight of the day that a path holds: `/2023/02/08/`, `/2024/0305/`, `t20240305_1`."""
    path = url.partition("#")[0].partition("?")[0]
    for match in _IN_PATH.finditer(path, path.find("/", path.find("//") + 2)):
        month, day = match["month"] or match["month2"], match["day"] or match["day2"]
        moment = _day(match["year"], month, day, tz)
        if moment is not None:
            return moment
    return None


def _ranked(
    text: str, tz: ZoneInfo, near: datetime | None, *, day_first: bool | None
) -> list[tuple[int, datetime]]:
    """Return the moments of a text with the rank of what stands before each, in the order of the text."""
    text = _plain(text[:_LONGEST])
    if "20" not in text and "19" not in text and not any(mark in text for mark in ("-", "/", ".", "年")):
        return []
    label_of = _LABEL if _LATIN.search(text) else _LABEL_IN_CHINESE
    labels = [(_RANKS[label.lastgroup or "other"], label.end()) for label in label_of.finditer(text)]
    found = sorted(
        _moments(text, tz, near, [end for _, end in labels], day_first=day_first), key=lambda each: each.at
    )
    ranked: list[tuple[int, datetime]] = []
    others: set[int] = set()  # where the moments of changes and events stand
    places = [each.at for each in found]
    for rank, end in labels:
        at = bisect_left(places, end)
        if at < len(found):
            behind = found[at]
            ranked.append((rank, behind.moment))
            others |= set(places[at : _end_of_span(text, places, at)]) if rank > _BARE else set()
    return ranked + [(_BARE, each.moment) for each in found if each.at not in others][:1]


def _plain(text: str) -> str:
    """Return a text in plain characters: NFKC, with one dash, one slash and the labels' characters."""
    text = unicodedata.normalize("NFKC", text.replace("：", ":").replace("\xa0", " "))  # the rest is rare
    return _REWRITING.sub(lambda found: _REWRITTEN[found[0]], text)


def _end_of_span(text: str, places: list[int], at: int) -> int:
    """Return the number behind a moment, or behind the one that ends a span with it: `…至2024-06-05`."""
    follows = places[at + 1] if at + 1 < len(places) else None
    is_span = follows is not None and _TO.search(text, places[at], follows) is not None
    return at + 2 if is_span else at + 1


def _moments(
    text: str, tz: ZoneInfo, near: datetime | None, labels: list[int], *, day_first: bool | None
) -> Iterator[_Found]:
    """Yield the moments of a text, form by form."""
    for match in _NUMERIC.finditer(text):
        day = _day(match["year"], match["month"] or match["month2"], match["day"] or match["day2"], tz)
        if day is not None:
            yield _Found(match.start(), _at_time(day, match["rest"]))
    for match in _HAN.finditer(text) if "年" in text else ():
        year = "".join(str(_han(character)) for character in match["year"])
        day = _day(year, _han(match["month"]), _han(match["day"]), tz)
        if day is not None:
            yield _Found(match.start(), day)
    for match in _MONTH_FIRST.finditer(text) if "月" in text and "," in text else ():
        day = _day(match["year"], match["month"], match["day"], tz)
        if day is not None and near in {None, day}:  # else another thing's
            yield _Found(match.start(), _at_time(day, match["rest"]))
    if _LATIN.search(text) is not None:
        yield from _english(text, tz)
    if _UNUSUAL.search(text) is not None:
        yield from _western(text, tz, near, day_first=day_first)
        yield from _short(text, tz, near, labels)
        yield from _compact(text, tz, labels)


def _english(text: str, tz: ZoneInfo) -> Iterator[_Found]:
    """Yield the moments whose month has an English name."""
    for match in (match for form in _ENGLISH for match in form.finditer(text)):
        month = _MONTHS.index(match["month"][:3].lower()) + 1
        day = _day(match["year"], month, match["day"], tz)
        if day is not None:
            yield _Found(match.start(), _at_time(day, match["rest"]))


def _western(text: str, tz: ZoneInfo, near: datetime | None, *, day_first: bool | None) -> Iterator[_Found]:
    """Yield the moments of the form 12/03/2021, where it is clear which part is the month."""
    for match in _WESTERN.finditer(text):
        readings = [_day(match["year"], match[a], match[b], tz) for a, b in (("one", "two"), ("two", "one"))]
        days = {day for day in readings if day is not None}
        if len(days) > 1:
            days &= {near if near in days or day_first is None else readings[day_first]}
        if len(days) == 1:
            yield _Found(match.start(), _at_time(days.pop(), match["rest"]))


def _short(text: str, tz: ZoneInfo, near: datetime | None, labels: list[int]) -> Iterator[_Found]:
    """Yield the moments of the form 21-03-05 that stand alone, right behind a label, or for a known day."""
    for match in _SHORT.finditer(text):
        century = 1900 if int(match["year"]) >= _PIVOT else 2000
        year, month = century + int(match["year"]), match["month"] or match["month2"]
        day = _day(year, month, match["day"] or match["day2"], tz)
        before = text[max(0, match.start() - _BESIDE) : match.start()].rstrip()
        behind = text[match.end() : match.end() + _BESIDE].lstrip()
        clock = _TIME_ALONE.match(behind)
        behind = behind if clock is None else behind[clock.end() :]
        alone = before[-1:] in _EDGES and behind[:1] in _EDGES
        nearest = bisect_right(labels, match.start())
        labelled = nearest > 0 and not text[labels[nearest - 1] : match.start()].strip(_AROUND)
        if day is not None and (alone or labelled or day == near):
            yield _Found(match.start(), _at_time(day, match["rest"]))


def _compact(text: str, tz: ZoneInfo, labels: list[int]) -> Iterator[_Found]:
    """Yield the days of the form 20220304 that stand right behind a label."""
    for match in _COMPACT.finditer(text):
        nearest = bisect_right(labels, match.start())
        if nearest and not text[labels[nearest - 1] : match.start()].strip(_AROUND):
            day = _day(match["year"], match["month"], match["day"], tz)
            if day is not None:
                yield _Found(match.start(), day)


def _day(year: str | int, month: str | int, day: str | int, tz: ZoneInfo) -> datetime | None:
    try:
        day_of = datetime(int(year), int(month), int(day), tzinfo=tz)
    except ValueError:  # 31 February
        return None
    return day_of if is_plausible(day_of) else None


def _at_time(day: datetime, rest: str) -> datetime:
    """Return the day at the time that follows it; the day itself where no time follows."""
    match = _TIME.match(rest)
    if match is None:
        return day
    hour = _hour(int(match["hour"]), match["half"] or match["meridiem"] or "")
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    if hour == _MIDNIGHT:  # 24:00 is the end of the day, and the beginning of the next
        return day if minute or second else day + timedelta(days=1)
    moment = day.replace(hour=hour, minute=minute, second=second)
    minutes = _offset(match)
    if minutes is None:
        return moment
    return moment.replace(tzinfo=timezone(timedelta(minutes=minutes))).astimezone(day.tzinfo)


def _offset(match: re.Match[str]) -> int | None:
    """Return the minutes from UTC that a time names; None where it names none.

    The second half of 14:00-16:30 is no offset: one to the west needs seconds or a T before it.
    """
    zone = match["zone"]
    if zone is None or zone in {"Z", "GMT", "UTC"}:
        return None if zone is None else 0
    sign, digits = zone[-6:].lstrip("GMTUC")[0], re.sub(r"\D", "", zone)
    if sign == "-" and match["second"] is None and "T" not in match["joint"]:
        return None
    minutes = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if sign == "-" else 1)
    return minutes if _EARLIEST <= minutes <= _LATEST and minutes % 15 == 0 else None


def _hour(hour: int, half: str) -> int:
    """Return the hour of the day, 0 to 24."""
    if half.lower() in {"下午", "晚上", "傍晚", "p"} and hour < _NOON:
        return hour + _NOON
    if half.lower() == "a" and hour == _NOON:
        return 0
    return hour


def _han(numeral: str) -> int:
    """Return a Chinese numeral below 100: 五, 十二, 二十, 廿三."""
    numeral = numeral.replace("廿", "二十").replace("卅", "三十").replace("零", "〇").replace("○", "〇")
    tens, ten, ones = numeral.rpartition("十")
    value = "〇一二三四五六七八九".find
    if ten:
        return 10 * (value(tens) if tens else 1) + (value(ones) if ones else 0)
    return int("".join(str(value(character)) for character in ones))
