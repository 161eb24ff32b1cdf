"""What a run does with each site, as a value: `SiteCrawl.carry_out` does it."""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from scraper.crawl.date_range import DateRange
from scraper.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Incremental:
    """Bring what is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """Bring the whole past, as far as the days go."""

    channels: tuple[str, ...] = ()  # only these; empty: all
    days: DateRange = field(default_factory=DateRange)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refetch:
    """Bring again what lost captures held, and nothing else."""


Plan: TypeAlias = Incremental | Backfill | Refetch
