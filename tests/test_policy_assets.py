"""What is remembered of a picture or a file that was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper import policy
from scraper.article_record import Asset, AssetStatus
from scraper.errors import ArchiveError, BadStatus, Blocked, Refused, TooLarge, Unreachable, WrongType
from scraper.model import CaptureRef, Kind
from scraper.urls import Url

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
AGES = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
ASSET = Asset(
    site="xw", url=Url("http://xw.example/1.jpg"), kind=Kind.IMAGE, first_seen=NOW - timedelta(days=2)
)
REF = CaptureRef(file="xw/1.warc.gz", offset=0, length=9, digest="0" * 64)


def failed(error: ArchiveError, times: int = 1, asset: Asset = ASSET) -> Asset:
    for _ in range(times):
        asset = policy.remember_asset_failure(asset, error, NOW)
    return asset


def test_what_is_held_is_not_asked_for_again() -> None:
    held = policy.remember_asset(failed(Blocked("no")), path="xw/pictures/a.jpg", digest="a", capture=REF)
    assert (held.status, held.due, held.attempts, held.error) == (AssetStatus.HELD, None, 0, None)
    assert held.address == "/pictures/a.jpg"


def test_what_is_gone_is_looked_for_once_more_at_the_last_of_the_ages() -> None:
    gone = policy.remember_asset_gone(ASSET, NOW, AGES)
    assert (gone.status, gone.due) == (AssetStatus.GONE, ASSET.first_seen + AGES[-1])
    assert policy.remember_asset_gone(gone, ASSET.first_seen + AGES[-1], AGES).due is None
    assert policy.remember_asset_gone(ASSET, NOW, ()).due is None


@pytest.mark.parametrize("error", [Unreachable("no"), BadStatus("no", status=500), WrongType("no")])
def test_what_failed_is_tried_by_the_next_runs_and_then_ever_less_often(error: ArchiveError) -> None:
    assert [failed(error, times).due <= NOW for times in (1, 3)] == [True, True]  # type: ignore[operator]
    assert failed(error, 4).due == NOW + timedelta(days=1)
    assert failed(error, 40).due == NOW + policy.LONGEST_PAUSE
    assert (failed(error).status, failed(error).error) == (AssetStatus.FAILED, f"{error.kind}: no")


def test_what_is_too_large_is_not_tried_before_a_month() -> None:
    after = failed(TooLarge("big"))
    assert (after.status, after.due) == (AssetStatus.FAILED, NOW + policy.LONGEST_PAUSE)


def test_what_we_decline_did_not_fail() -> None:
    forbidden, script = failed(Refused("robots")), failed(WrongType("svg", heals=False))
    assert (forbidden.status, forbidden.due) == (AssetStatus.REFUSED, NOW + policy.LONGEST_PAUSE)
    assert (script.status, script.due) == (AssetStatus.REFUSED, None)
    assert (forbidden.attempts, script.attempts) == (0, 0)


def test_what_is_gone_stays_gone_until_it_is_had() -> None:
    gone = policy.remember_asset_gone(ASSET, NOW, AGES)
    assert failed(Unreachable("no"), 2, gone).status is AssetStatus.GONE
