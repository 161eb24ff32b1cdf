"""Small invented sites of the other systems: faculties and offices of 北辰大学."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from scraper.demo import campus_pieces, pieces, words
from scraper.demo.campus import CampusWorld, Column
from scraper.demo.jeecms_world import JeecmsWorld
from scraper.demo.story import BEIJING
from scraper.demo.vsb_world import VsbWorld
from scraper.demo.webplus_world import WebplusWorld

if TYPE_CHECKING:
    from scraper.demo.pieces import Piece

_FIRST = datetime(2021, 3, 5, 10, 20, tzinfo=BEIJING)


def webplus(
    host: str = "tide.beichen.example", *, name: str = "haichao", title: str = "海潮学院"
) -> WebplusWorld:
    """Return a Webplus site: two lists, a column that is one article, sticky, shared and foreign rows."""
    columns = (
        Column(name="xyxw", number=17471, title="学院新闻", per_page=8, style="news_list"),
        Column(name="tzgg", number=17472, title="通知公告", per_page=6),
        Column(name="gcgk", number=17473, title="观测概况", single=_about(f"http://{host}")),
    )
    world = WebplusWorld(host, columns, name=name, title=title)
    numbers = _fill(world, "xyxw", 19) + _fill(world, "tzgg", 10)
    world.stick(numbers[2])
    world.list_twice(numbers[20], channel="xyxw")
    world.list_address("tzgg", "http://www.elsewhere.example/notice/77.html", title="外站通知一则")
    world.redirect_row("tzgg", "http://www.elsewhere.example/notice/78.html", title="转到外站的通知")
    return world


def vsb(host: str = "map.beichen.example", *, name: str = "xingtu", title: str = "星图学院") -> VsbWorld:
    """Return a VSB site: two lists that count down, one of a single page, an article under two addresses."""
    columns = (
        Column(name="xwzx/tzgg", number=1076, title="通知公告", per_page=6),
        Column(name="xwzx/xsky", number=1077, title="学术科研", per_page=15),
        Column(name="xygk", number=1030, title="学院概况", single=_about(f"http://{host}")),
    )
    world = VsbWorld(host, columns, name=name, title=title)
    numbers = _fill(world, "xwzx/tzgg", 21) + _fill(world, "xwzx/xsky", 8)
    world.list_address(
        "xwzx/xsky", world.content_address(numbers[0]).removeprefix(world.home), title="旧址一则"
    )
    return world


def jeecms(
    host: str = "bid.beichen.example", *, name: str = "zhaobiao", title: str = "招投标办公室"
) -> JeecmsWorld:
    """Return a jeecms site: two lists turned by `?curPage=`."""
    columns = (
        Column(name="yxgk", number=341, title="意向公开", per_page=8),
        Column(name="jggg", number=342, title="结果公告", per_page=15),
    )
    world = JeecmsWorld(host, columns, name=name, title=title)
    _fill(world, "yxgk", 18)
    _fill(world, "jggg", 7)
    return world


def many(count: int) -> list[CampusWorld]:
    """Return so many small sites of all three systems, each on a host of its own."""
    makers = (webplus, vsb, jeecms)
    return [
        makers[at % 3](f"site{at:02}.beichen.example", name=f"site{at:02}", title=f"第{at}学院")
        for at in range(count)
    ]


def _fill(world: CampusWorld, channel: str, count: int) -> list[str]:
    moments = [_FIRST + timedelta(days=23 * at, minutes=11 * at) for at in range(count)]
    return [world.publish(channel, published=moment).number for moment in moments]


def _about(home: str) -> tuple[Piece, ...]:
    """Return the one article of a column that is no list."""
    random = Random(home)  # noqa: S311 -- invented news, no secret
    return (
        pieces.heading("概况"),
        campus_pieces.webplus_paragraph(words.opening(random)),
        campus_pieces.webplus_paragraph(words.statement(random)),
    )
