"""What a worker does, as Prometheus's text format, for `metrics.prom` of its machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.cluster.site_work import Workshop

_PREFIX = "nankai_archive_cluster"


def metrics(shop: Workshop, slots: int) -> str:
    """Return the figures of one worker."""
    return "".join(f"{line}\n" for line in _lines(shop, slots))


def _lines(shop: Workshop, slots: int) -> Iterator[str]:
    figures = shop.figures
    away = 0.0 if shop.leases.away_since is None else shop.clock() - shop.leases.away_since
    for name, kind, text, value in (
        ("slots", "gauge", "Sites that this machine works at once, at most.", slots),
        ("sites_held", "gauge", "Sites whose lease this machine holds.", len(shop.leases.sites)),
        ("sites_shipping", "gauge", "Of them, those that wait for the store.", len(figures.shipping)),
        ("database_away_seconds", "gauge", "How long the database has not answered.", round(away, 3)),
        ("runs_total", "counter", "Runs of sites since the worker began.", figures.runs),
        ("runs_broken_total", "counter", "Of them, those whose process broke off.", figures.failed),
        ("leases_lost_total", "counter", "Leases that another machine took.", figures.lost),
        ("shipped_bytes_total", "counter", "Bytes that went to the store.", figures.bytes_shipped),
        ("brought_bytes_total", "counter", "Bytes of states that came from it.", figures.bytes_brought),
    ):
        yield f"# HELP {_PREFIX}_{name} {text}"
        yield f"# TYPE {_PREFIX}_{name} {kind}"
        yield f'{_PREFIX}_{name}{{machine="{shop.machine}"}} {value}'
