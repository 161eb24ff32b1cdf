"""The bundled site: 北辰大学, which is nowhere, and the news of it, from fixed seeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scraper.demo import oddities, words
from scraper.demo.ecms import ChannelSpec
from scraper.demo.ecms_world import EcmsWorld
from scraper.demo.story import BEIJING, Form

if TYPE_CHECKING:
    from scraper.demo.story import Story

HOST = "news.beichen.example"

CHANNELS = (
    ChannelSpec(name="bcyw", code="0003000", title="北辰要闻", aliases=("bcxw",)),
    ChannelSpec(name="xyzs", code="0004000", title="校园纵深"),
    ChannelSpec(name="mtbc", code="0006000", title="媒体看北辰"),
    ChannelSpec(name="bcsy", code="0010000", title="北辰视野"),
    ChannelSpec(name="bcgb", code="0012000", title="北辰之声"),
    ChannelSpec(name="gybc", code="0020000", title="光影北辰"),
    ChannelSpec(name="lzzt", code="0019000", title="连载专题"),
    ChannelSpec(name="jwzl", code="0008000", title="旧闻资料", old=True, cid="32000000", per_page=12),
    ChannelSpec(name="xs", code="0009000", title="校史", old=True, cid="33000000"),
    ChannelSpec(name="xfzt", code="0021000", title="风土专题", old=True, cid="34000000"),
)

# (channel, form, how many, first moment, days between two)
_OLD = (
    ("jwzl", Form.G0_TEXT, 8, datetime(2009, 3, 2, 9, 5, tzinfo=BEIJING), 190),
    ("xfzt", Form.G0_TOPIC, 5, datetime(2012, 3, 21, 16, 30, tzinfo=BEIJING), 400),
    ("jwzl", Form.G1_TEXT, 14, datetime(2014, 9, 1, 8, 0, tzinfo=BEIJING), 110),
    ("jwzl", Form.G1_PHOTO, 4, datetime(2018, 12, 1, 10, 10, tzinfo=BEIJING), 9),
    ("jwzl", Form.G1_AV, 3, datetime(2019, 1, 8, 20, 7, tzinfo=BEIJING), 20),
    ("xs", Form.G1_XS, 4, datetime(2013, 10, 16, 9, 0, tzinfo=BEIJING), 200),
)
_NEW = (
    ("bcyw", Form.G2_TEXT, 8, datetime(2019, 6, 3, 9, 30, tzinfo=BEIJING), 60),
    ("lzzt", Form.G3_TOPIC, 5, datetime(2020, 9, 1, 23, 26, tzinfo=BEIJING), 45),
    ("bcyw", Form.G3_TEXT, 28, datetime(2021, 2, 1, 8, 45, tzinfo=BEIJING), 50),
    ("xyzs", Form.G3_TEXT, 20, datetime(2021, 3, 3, 11, 0, tzinfo=BEIJING), 70),
    ("mtbc", Form.G3_TEXT, 8, datetime(2022, 1, 10, 7, 50, tzinfo=BEIJING), 150),
    ("bcsy", Form.G3_AV, 6, datetime(2022, 5, 5, 15, 28, tzinfo=BEIJING), 180),
    ("bcgb", Form.G3_AV, 4, datetime(2021, 1, 15, 17, 2, tzinfo=BEIJING), 90),
    ("gybc", Form.G3_PHOTO, 8, datetime(2021, 11, 15, 16, 22, tzinfo=BEIJING), 160),
)


def empty(host: str = HOST) -> EcmsWorld:
    """Return the site without articles."""
    return EcmsWorld(host, CHANNELS)


def site(host: str = HOST) -> EcmsWorld:
    """Return the site with everything on it: all generations, all oddities, and lists as they are."""
    world = empty(host)
    _publish_old(world)
    _publish_new(world)
    _publish_oddities(world)
    _disorder(world)
    return world


def _publish_old(world: EcmsWorld) -> None:
    """Publish what the old system left: nine digits below a million, hundreds apart."""
    number = 18_000
    for channel, form, count, first, days in _OLD:
        for at in range(count):
            number += 1_213 + at * 37
            moment = first + timedelta(days=days * at, minutes=17 * at)
            source = (words.NEWSROOM, "云溪日报", None)[at % 3]
            world.publish(channel, form=form, published=moment, number=f"{number:09}", source=source)


def _publish_new(world: EcmsWorld) -> None:
    """Publish what ECMS has, in the order of time; a few articles stand in the first channel's list too."""
    planned = sorted(
        (first + timedelta(days=days * at, minutes=23 * at), channel, form, at)
        for channel, form, count, first, days in _NEW
        for at in range(count)
    )
    for moment, channel, form, at in planned:
        shared = ("bcyw",) if channel not in {"bcyw", "xyzs"} and at % 3 == 0 else ()
        source = words.OUTSIDE[at % len(words.OUTSIDE)] if channel == "mtbc" else words.NEWSROOM
        world.publish(
            channel,
            form=form,
            published=moment,
            day=moment.date() + timedelta(days=1 if at % 10 == 7 else 0),  # noqa: PLR2004 -- one of ten
            source=None if at % 11 == 10 else source,  # noqa: PLR2004 -- one of eleven
            also_in=shared,
        )


def _publish_oddities(world: EcmsWorld) -> None:
    moment = datetime(2025, 1, 6, 9, 0, tzinfo=BEIJING)
    for oddity in oddities.all_of_them():
        moment += timedelta(days=3, hours=5, minutes=7)
        world.publish(
            "bcyw",
            title=oddity.title,
            title_html=oddity.title_html,
            published=moment,
            day=(moment + oddity.shift).date(),
            source=oddity.source,
            body=oddity.body(world.home),
        )


def _disorder(world: EcmsWorld) -> None:
    """Put into the lists what real lists hold: aliases, an article twice, dead and foreign rows."""
    own = _newest(world, "bcyw")
    world.alias(own[0].number, channel="mtbc", under="bcxw")
    world.alias(own[1].number, channel="xyzs", scheme="https")
    world.list_twice(own[2].number)
    world.list_address(
        "xyzs", f"{world.home}/xyzs/system/2022/02/30/030049999.shtml", title="已经不在了的一篇"
    )
    world.remove(own[3].number, status=404, keep_listed=True)


def _newest(world: EcmsWorld, channel: str) -> list[Story]:
    return [story for story in reversed(world.stories.values()) if story.channel == channel]
