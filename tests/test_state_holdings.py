"""What a state holds, as readers are told it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scraper.article_record import ArticleRecord, Status
from scraper.stores.state import open_copy
from scraper.stores.state.listings import PageState
from scraper.urls import Url

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_an_article_is_of_all_channels_that_ever_named_it_its_own_first(tmp_path: Path) -> None:
    own = {"1": "b", "2": None}
    with open_copy(tmp_path / "none") as state, state.transaction():
        for key, channel in own.items():
            url = Url(f"http://news.example/{key}")
            state.articles.put(
                ArticleRecord(
                    site="s",
                    key=key,
                    url=url,
                    ask=url,
                    first_seen=NOON,
                    status=Status.HELD,
                    channel=channel,
                    path=f"s/{key}.md",
                )
            )
        for channel, keys in {"a": ["1", "2"], "b": ["1"], "c": ["2"], "": ["1", "2"]}.items():
            page = PageState(
                site="s", channel=channel, url=Url("http://news.example/"), read_at=NOON, rows=len(keys)
            )
            state.listings.put_page(page, keys, run=None)
        told = {row.key: (row.channel, row.channels) for row in state.holdings.rows("s", UTC)}
    assert told == {"1": ("b", ("b", "a")), "2": (None, ("a", "c"))}
