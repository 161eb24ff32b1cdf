"""What the search is brought up to date with: what a state holds, held against what is indexed, by key."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from listing_cases import site
from test_search import an_article

from scraper.app.indexing import changes_of, indexed
from scraper.article_record import ArticleRecord, Status
from scraper.stores.search_index import open_index, prepare
from scraper.stores.state import open_copy
from scraper.urls import Url
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scraper.model import Site
    from scraper.stores.state import State
    from scraper.stores.state.holdings import HeldText

SITE: Site = site()
OFTEN = 0.7
KEYS = [*map(str, range(2100)), "http://a.example/1", "é", "e\u0301", "\uffff", "\U00020000", "中", " "]
"""More than are read at once, and some that sort otherwise here than there would be found at once."""


def held(state: State, keys: Iterable[str]) -> dict[str, HeldText]:
    with state.transaction():
        for number, key in enumerate(keys):
            url = Url(f"http://news.example/{key}")
            state.articles.put(
                ArticleRecord(
                    site=SITE.name,
                    key=key,
                    url=url,
                    ask=url,
                    first_seen=datetime(2026, 3, 1, tzinfo=UTC),
                    status=Status.HELD,
                    title=f"标题 {key}",
                    path=f"{SITE.name}/{number}.md",
                )
            )
    return {known.key: known for known in state.holdings.texts(SITE.name)}


@pytest.mark.parametrize("seed", range(3))
def test_what_is_new_changed_or_gone_is_found_whatever_the_keys_are(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same every day
    there, now, stale = ({key for key in KEYS if dice.random() < OFTEN} for _ in range(3))
    with open_copy(tmp_path / "none") as state, open_index(tmp_path / "search.sqlite3") as index:
        texts = held(state, now)
        assert set(texts) == now
        with index.transaction():
            for key in there:
                known = (
                    indexed(SITE, texts[key])
                    if key in texts
                    else replace(an_article(1), key=key, site=SITE.name)
                )
                article = replace(known, version="") if key in stale else known
                index.put_prepared(prepare(article, "一"))
        gone: list[str] = []
        found = changes_of(SITE, state.holdings.texts(SITE.name), index.versions(SITE.name), gone)
        changed = [article.key for article in found]
    assert sorted(changed) == sorted(key for key in now if key not in there or key in stale)
    assert sorted(gone) == sorted(there - now)


@pytest.mark.parametrize(("before", "after"), [("b", "a"), ("a", "b")])
def test_an_article_that_came_under_another_key_is_indexed_under_that_one(
    tmp_path: Path, before: str, after: str
) -> None:
    with open_copy(tmp_path / "none") as state:
        known = held(state, [after])[after]
    gone: list[str] = []
    there = iter([(before, indexed(SITE, known).version)])
    assert [article.key for article in changes_of(SITE, [known], there, gone)] == [after]
    assert gone == [before]


@pytest.mark.parametrize(
    "change",
    [
        {"article_digest": "0f" * 32},
        {"path": "s/elsewhere.md"},
        {"title": "另题"},
        {"title": None},
        {"channel": "bcyw"},
        {"published": datetime(2026, 3, 2, tzinfo=UTC)},
    ],
)
def test_whatever_is_said_otherwise_is_indexed_anew(tmp_path: Path, change: dict[str, Any]) -> None:
    with open_copy(tmp_path / "none") as state:
        known = held(state, ["1"])["1"]
    before = [("1", indexed(SITE, known).version)]
    assert list(changes_of(SITE, [known], iter(before), [])) == []
    (found,) = changes_of(SITE, [replace(known, **change)], iter(before), [])
    told = {name: value for name, value in change.items() if name != "article_digest"}
    assert {name: getattr(found, name) for name in told} == told | (
        {"title": known.url} if change.get("title", "") is None else {}
    )


def test_a_site_that_moves_to_another_time_zone_is_indexed_anew(tmp_path: Path) -> None:
    with open_copy(tmp_path / "none") as state:
        known = held(state, ["1"])["1"]
    moved = replace(SITE, timezone=ZoneInfo("Pacific/Auckland"))
    (found,) = changes_of(moved, [known], iter([("1", indexed(SITE, known).version)]), [])
    assert found.published.isoformat() == "2026-03-01T13:00:00+13:00"
