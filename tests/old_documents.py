"""Older documents of invented news, in both dialects, whole and damaged: what an archive may take over."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urljoin

from scraper import urls
from scraper.urls import Url

HOST = "http://news.beichen.example"
SENTENCE = "每周三晚七点，星桥书院的阅览室里灯火通明，人人都来，人人都读。"


def address(number: int) -> Url:
    return Url(f"{HOST}/bcyw/system/2021/11/{number % 28 + 1:02}/03{number:07}.shtml")


def picture(number: int) -> str:
    return f"{HOST}/pic/003/000/430/0030{number:07}_e05f0708.jpg"


def taken_apart(page: str, *pictures: str) -> list[str]:
    """Return what the program of 2021 made of a page's pictures: its characters, in reverse."""
    return [urljoin(page, letter) for letter in reversed("".join(pictures))]


def old_document(
    number: int,
    *,
    dialect: str = "hugo",
    url: str | None = None,
    title: str | None = None,
    date: str | None = None,
    urlname: str | None = None,
    body: str | None = None,
    pictures: list[str] | None = None,
    last: str | None = None,
) -> str:
    """Return a document as the older archives have them; each argument puts something in another's place."""
    page = url or address(number)
    name = urlname or urls.urlname(Url(page))
    dated = datetime(2021, 12, 1, 1, 22, 50, 536139) + timedelta(minutes=number)  # noqa: DTZ001 - as there
    slug = f"slug: {name}\n" if dialect == "hugo" else ""
    end = "authorbox: false\nsidebar: false\n" if dialect == "hugo" else ""
    said = body or f"**本报讯** （记者 柳青禾）第{number}期夜读会开讲。\n\n{SENTENCE * 3}"
    shown = [picture(number)] if pictures is None else pictures
    parts = [said, *(f"![图]({one})" for one in shown), last or f"[转入文章首发地址]({page})"]
    return (
        f"---\ntitle: {title or f'北辰大学->第{number}期夜读会开讲 | beichen.example'}\n"
        f"date: {date or dated}\nurlname: {name}\n{slug}tags: \n- 北辰大学\ncategories:\n"
        f"- beichen.example\n- 北辰大学\n{end}---\n" + "\n\n".join(parts)
    )
