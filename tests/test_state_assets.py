"""The state of pictures and files: each once, due or not, and the documents that do not say so yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.article_record import Asset, AssetStatus
from scraper.model import CaptureRef, Kind
from scraper.stores.state import State, open_state
from scraper.urls import Url
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
ONE, TWO, FILE = (Url(f"http://xw.example/{name}") for name in ("1.jpg", "2.jpg", "3.pdf"))
REF = CaptureRef(file="xw/1.warc.gz", offset=5, length=9, digest="0" * 64)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path / "state.sqlite3") as opened:
        yield opened


def show(state: State, key: str, *urls: Url, told: tuple[Url, ...] = ()) -> None:
    shown = [(url, Kind.FILE if url == FILE else Kind.IMAGE) for url in urls]
    with state.transaction():
        state.assets.show("xw", key, shown, NOW, told=told)


def hold(state: State, url: Url, name: str = "a", run: int | None = None) -> Asset:
    asset = state.assets.get("xw", url)
    assert asset is not None
    held = replace(
        asset, status=AssetStatus.HELD, due=None, path=f"pictures/{name}.jpg", digest=name, capture=REF
    )
    with state.transaction():
        state.assets.put(held, run=run)
    return held


def due(state: State, key: str, run: int = 1) -> list[Url]:
    return [asset.url for asset in state.assets.due("xw", key, NOW, run=run)]


def test_what_an_article_shows_is_due_in_its_order_and_each_once(state: State) -> None:
    show(state, "7", TWO, ONE, TWO, FILE)
    assert due(state, "7") == [TWO, ONE, FILE]
    assert [asset.kind for asset in state.assets.due("xw", "7", NOW, run=1)] == [
        *(Kind.IMAGE, Kind.IMAGE, Kind.FILE)
    ]
    assert list(state.assets.articles_due("xw", NOW, run=1)) == ["7"]


def test_what_is_remembered_comes_back_as_it_was(state: State) -> None:
    show(state, "7", ONE)
    held = hold(state, ONE)
    assert state.assets.get("xw", ONE) == held
    assert state.assets.get("other", ONE) is None


def test_what_is_held_through_one_article_is_not_due_for_another(state: State) -> None:
    show(state, "7", ONE)
    hold(state, ONE)
    show(state, "8", ONE, told=(ONE,))
    assert (due(state, "8"), list(state.assets.articles_due("xw", NOW, run=1))) == ([], [])
    assert state.assets.addresses_of("xw", "8") == {ONE: "/a.jpg"}


def test_what_a_run_tried_does_not_come_to_it_again(state: State) -> None:
    show(state, "7", ONE)
    tried = state.assets.due("xw", "7", NOW, run=1)[0]
    with state.transaction():
        state.assets.put(replace(tried, status=AssetStatus.FAILED, attempts=1, error="Blocked: no"), run=1)
    assert (due(state, "7", run=1), due(state, "7", run=2)) == ([], [ONE])


def test_what_no_article_shows_any_more_is_not_asked_for(state: State) -> None:
    show(state, "7", ONE)
    show(state, "7", TWO)
    assert list(state.assets.articles_due("xw", NOW, run=1)) == ["7"]
    assert due(state, "7") == [TWO]


def test_documents_are_stale_until_they_say_what_became_of_their_pictures(state: State) -> None:
    show(state, "7", ONE, TWO, told=(ONE, TWO))
    show(state, "8", ONE, told=(ONE,))
    assert state.assets.stale("xw") == ()
    hold(state, ONE)
    assert state.assets.stale("xw") == ("7", "8")
    show(state, "7", ONE, TWO, told=(ONE,))
    assert state.assets.stale("xw") == ("8",)


def test_a_failure_changes_no_document(state: State) -> None:
    show(state, "7", ONE, told=(ONE,))
    asset = state.assets.due("xw", "7", NOW, run=1)[0]
    with state.transaction():
        state.assets.put(replace(asset, status=AssetStatus.FAILED, due=NOW + timedelta(days=1)))
    assert (state.assets.stale("xw"), state.assets.addresses_of("xw", "7")) == ((), {})


def test_what_is_gone_has_no_address_and_is_told(state: State) -> None:
    show(state, "7", ONE, TWO, told=(ONE, TWO))
    asset = state.assets.due("xw", "7", NOW, run=1)[0]
    with state.transaction():
        state.assets.put(replace(asset, status=AssetStatus.GONE, due=None))
    assert state.assets.addresses_of("xw", "7") == {ONE: None}
    assert state.assets.addresses("xw", [TWO, ONE]) == {ONE: None}
    assert state.assets.stale("xw") == ("7",)


def test_reading_an_unchanged_article_leaves_its_document_as_told_as_it_was(state: State) -> None:
    show(state, "7", ONE, TWO, told=(ONE, TWO))
    hold(state, ONE)
    show(state, "7", ONE, TWO)
    assert state.assets.stale("xw") == ("7",)
    show(state, "7", ONE, TWO, told=(ONE, TWO))
    show(state, "7", ONE, TWO)
    assert state.assets.stale("xw") == ()


def test_a_document_that_meets_a_picture_held_already_is_stale_where_it_was_not_told(state: State) -> None:
    show(state, "7", ONE)
    hold(state, ONE)
    show(state, "7", ONE, told=(ONE,))
    show(state, "8", ONE)
    assert state.assets.stale("xw") == ("8",)


def test_files_are_named_once_however_many_addresses_lead_to_them(state: State) -> None:
    urls = [Url(f"http://xw.example/{number}.jpg") for number in range(2500)]
    show(state, "7", *urls)
    for number, url in enumerate(urls):
        hold(state, url, name=f"{number // 2:05}")
    assert list(state.assets.files("xw")) == [
        (f"pictures/{number:05}.jpg", f"{number:05}") for number in range(1250)
    ]
    assert list(state.assets.files("other")) == []
