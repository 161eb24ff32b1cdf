"""The program reads every article of the invented sites as it stands: the two halves of each piece agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from scraper import urls
from scraper.demo import beichen, campus_sites
from scraper.demo.exchange import Ask
from scraper.extractor import extract
from scraper.model import Article, Capture, Site

if TYPE_CHECKING:
    from scraper.demo.story import Truth
    from scraper.demo.world import World

MAKERS = (beichen.site, campus_sites.webplus, campus_sites.vsb, campus_sites.jeecms)


def read(world: World, truth: Truth) -> Article:
    """Read an article's page as the program does."""
    answer = world.answer(Ask(host=world.host, path=truth.url.removeprefix(world.home)))
    url, home = urls.parse(truth.url), urls.parse(world.home + "/")
    assert url is not None
    assert home is not None
    capture = Capture(
        url=url,
        final_url=url,
        fetched_at=datetime(2026, 6, 19, tzinfo=UTC),
        status=answer.status,
        reason="OK",
        headers=tuple((name.encode(), value.encode()) for name, value in answer.headers),
        body=answer.body,
    )
    site = Site(
        name=world.name,
        title=world.title,
        archive_name=world.name,
        home=home,
        timezone=ZoneInfo("Asia/Shanghai"),
        family=world.family,
    )
    return extract(capture, site)


def said(article: Article) -> dict[str, Any]:
    """Return what the truth also says, as the program read it."""
    return {
        "title": article.title,
        "published": article.published,
        "source": article.source,
        "editor": article.editor,
        "images": article.images,
        "media": article.media,
        "attachments": article.attachments,
        "links": article.shown.links,
        "text": article.shown.text,
    }


@pytest.mark.parametrize("make", MAKERS)
def test_every_article_is_read_as_it_stands(make: Any) -> None:  # noqa: ANN401 -- four makers of four worlds
    world: World = make()
    wrong = {
        (truth.title, name): (value, getattr(truth, name))
        for truth in world.truths().values()
        for name, value in said(read(world, truth)).items()
        if value != getattr(truth, name)
    }
    assert wrong == {}
