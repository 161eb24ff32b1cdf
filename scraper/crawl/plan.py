"""What a run does with each site, as a value: `SiteCrawl.carry_out` does it."""

from __future__ import annotations

from typing import TypeAlias

from scraper.crawl.date_range import DateRange
from scraper.values import Value, field


class Incremental(Value, frozen=True, kw_only=True):
    """Bring what is new."""


class Backfill(Value, frozen=True, kw_only=True):
    """Bring the whole past, as far as the days go."""

    channels: tuple[str, ...] = ()  # only these; empty: all
    days: DateRange = field(default_factory=DateRange)


class Refetch(Value, frozen=True, kw_only=True):
    """Bring again what lost captures held, and nothing else."""


Plan: TypeAlias = Incremental | Backfill | Refetch
