"""What an archive costs as it grows: the state with a thousand and a hundred thousand known articles.

The floor of each figure is the same with a thousand: what is found by an index stays near it, what goes
through all grows as the archive does.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure, best
from invented import CHANNEL, ON_A_PAGE, archive_of, fill_state, held, invented, list_page

from scraper.app.config_file import load_config
from scraper.audit.coverage_query import coverage_of
from scraper.audit.status import status_of
from scraper.stores.state import open_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.model import Site
    from scraper.stores.state import State

KNOWN = (1_000, 100_000)
SMALL = (10, 100)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def measure(*, small: bool) -> Iterator[Figure]:
    """Yield milliseconds of CPU for what a run asks of the state, and the state's size."""
    world, _ = invented(1)
    least: dict[str, float] = {}
    for known in SMALL if small else KNOWN:
        with tempfile.TemporaryDirectory() as name:
            site = load_config(archive_of(Path(name), world)).sites[0]
            path = Path(name) / "state.sqlite3"
            with open_state(path) as state:
                fill_state(state, site, known)
                state.checkpoint()
                works = _works(state, site, known)
                spent = {what: best(work, 3) * 1e3 / times for what, (times, work) in works.items()}
            spent["state, kB an article"] = path.stat().st_size / known / 1000
        for what, value in spent.items():
            unit = "kB" if what.startswith("state") else "ms CPU"
            yield Figure(
                name=f"{what}, {known:,} known",
                value=max(value, 1e-6),
                unit=unit,
                floor=least.setdefault(what, max(value, 1e-6)),
                floor_name="the least",
            )


def _works(state: State, site: Site, known: int) -> dict[str, tuple[int, Callable[[], object]]]:
    """Return what is asked, by name, with how many times a round does it."""
    name, number = site.name, known // 2
    record = next(iter(held(site, 1)))
    page = list_page(site, ON_A_PAGE - 1 if known >= ON_A_PAGE else known - 1).url
    digest = f"{number:064x}"
    return {
        "an article found, put": (100, lambda: [_visit(state, name, record.key) for _ in range(100)]),
        "the same text elsewhere": (
            100,
            lambda: [state.articles.with_body(name, digest) for _ in range(100)],
        ),
        "what a page has due": (
            100,
            lambda: [state.articles.due_on(name, CHANNEL, page, NOW, run=2) for _ in range(100)],
        ),
        "what is due": (10, lambda: [state.articles.due(name, NOW, run=2) for _ in range(10)]),
        "an address found": (100, lambda: [state.articles.find(name, page) for _ in range(100)]),
        "all counted (`status`)": (1, lambda: status_of(site, state, NOW)),
        "all held against the lists (`coverage`)": (1, lambda: coverage_of(site, state)),
    }


def _visit(state: State, site: str, key: str) -> None:
    known = state.articles.get(site, key)
    if known is not None:
        with state.transaction():
            state.articles.put(known, run=2)
