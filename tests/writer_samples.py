"""An article and a site, invented, for the tests of documents."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from scraper.blocks import Paragraph, Text
from scraper.model import Article, Shown, Site
from scraper.urls import Url
from scraper.values import replace

if TYPE_CHECKING:
    from scraper.blocks import Block

BEIJING: Final = ZoneInfo("Asia/Shanghai")
CAPTURED: Final = datetime(2026, 6, 1, 23, 59, 58, 123456, tzinfo=BEIJING)
IDENTITY: Final = Url("http://news.beichen.example/ywsd/system/2023/02/08/030054321.shtml")
SITE: Final = Site(
    name="beichen",
    title="北辰大学",
    archive_name="beichen.info",
    home=Url("http://news.beichen.example/"),
    timezone=BEIJING,
    tags=("北辰大学",),
    categories=("beichen.info", "北辰大学"),
)
HEXO: Final = replace(SITE, layout="hexo")


def paragraph(text: str) -> Paragraph:
    """Return a paragraph of plain text."""
    return Paragraph(children=(Text(text=text),))


def article(*body: Block, title: str = "北辰大学召开新学期工作会", images: tuple[str, ...] = ()) -> Article:
    """Return an article with this body, published on 2023-02-08 at 14:40."""
    return Article(
        url=Url(IDENTITY.replace("http:", "https:")),
        title=title,
        published=datetime(2023, 2, 8, 14, 40, tzinfo=BEIJING),
        published_from="page",
        family="ecms",
        layout="g3-text",
        body=body,
        shown=Shown(),
        channel="ywsd",
        images=tuple(map(Url, images)),
    )
