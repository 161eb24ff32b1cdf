"""What a state holds, as readers are told it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from listing_cases import site as a_site

from scraper.article_record import ArticleRecord, Status
from scraper.audit.coverage_query import coverage_of
from scraper.stores.state import open_copy
from scraper.stores.state.listings import PageState
from scraper.urls import Url
from scraper.values import replace

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.stores.state import State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def an_article(key: str, *, channel: str | None = None, status: Status = Status.HELD) -> ArticleRecord:
    url = Url(f"http://news.example/{key}")
    return ArticleRecord(
        site="s",
        key=key,
        url=url,
        ask=url,
        first_seen=NOON,
        status=status,
        channel=channel,
        path=f"s/{key}.md" if status is Status.HELD else None,
    )


def name(state: State, lists: dict[str, list[str]]) -> None:
    for channel, keys in lists.items():
        url = Url("http://news.example/")
        page = PageState(site="s", channel=channel, url=url, read_at=NOON, rows=len(keys))
        state.listings.put_page(page, keys, run=None)


def test_an_article_is_of_all_channels_that_ever_named_it_its_own_first(tmp_path: Path) -> None:
    with open_copy(tmp_path / "none") as state, state.transaction():
        state.articles.put(an_article("1", channel="b"))
        state.articles.put(an_article("2", channel=None))
        name(state, {"a": ["1", "2"], "b": ["1"], "c": ["2"], "": ["1", "2"]})
        told = {row.key: (row.channel, row.channels) for row in state.holdings.rows("s", UTC)}
    assert told == {"1": ("b", ("b", "a")), "2": (None, ("a", "c"))}


def test_an_article_that_a_list_names_by_several_addresses_counts_once(tmp_path: Path) -> None:
    """Of the same channel as much as of another one that names the article itself, too."""
    with open_copy(tmp_path / "none") as state, state.transaction():
        state.articles.put(an_article("1"))
        for key, other in {"7": "8", "8": "1", "9": "1"}.items():
            led_on = an_article(key, status=Status.ALIASED)
            state.articles.put(led_on)
            state.articles.add_alias("s", led_on.url, other, NOON)
        name(state, {"a": ["1", "8"], "b": ["8", "9"], "c": ["7"]})
        told = [(found.channel, found.key) for found in state.counts.named("s")]
    assert told == [("a", "1"), ("b", "1")]


def test_an_article_counts_to_the_month_that_it_was_at_its_site(tmp_path: Path) -> None:
    evening = datetime(2026, 2, 28, 17, tzinfo=UTC)  # and past midnight in Shanghai
    with open_copy(tmp_path / "none") as state, state.transaction():
        state.articles.put(replace(an_article("1"), published=evening))
        name(state, {"a": ["1"]})
        (month,) = coverage_of(replace(a_site(), name="s"), state).months
    assert (month.month, month.held) == ("2026-03", 1)
