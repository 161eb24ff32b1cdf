"""The bundled site: 北辰大学, which is nowhere, and the news of it, from a fixed seed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from scraper.demo.ecms import ChannelSpec
from scraper.demo.ecms_world import EcmsWorld
from scraper.demo.story import BEIJING, Form

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
)


def empty(host: str = HOST) -> EcmsWorld:
    """Return the site without articles."""
    return EcmsWorld(host, CHANNELS)
