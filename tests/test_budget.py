"""How much a run may do: an article more is asked for while there is time, and while the number lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper.crawl.budget import Budget, BudgetSpent

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("limit", [None, 5])
def test_no_article_is_begun_once_the_time_is_over(limit: int | None) -> None:
    moments = iter([NOON, NOON, NOON + timedelta(minutes=9, seconds=59), NOON + timedelta(minutes=10)])
    budget = Budget.of(lambda: next(moments), limit=limit, time_limit=timedelta(minutes=10))
    budget.spend()
    budget.spend()
    with pytest.raises(BudgetSpent):
        budget.spend()


def test_as_many_are_asked_for_as_the_limit_says() -> None:
    budget = Budget.of(lambda: NOON, limit=2, time_limit=None)
    budget.spend()
    budget.spend()
    with pytest.raises(BudgetSpent):
        budget.spend()
