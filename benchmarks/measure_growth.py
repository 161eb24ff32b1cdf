"""What an archive costs as it grows: the state with a thousand and a hundred thousand known articles.

And the search with a thousand and twenty thousand texts. The floor of each figure is the same with a
thousand: what is found by an index stays near it, what goes through all grows as the archive does.
"""

from __future__ import annotations

import random
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from figures import Figure, best
from invented import CHANNEL, ON_A_PAGE, archive_of, fill_state, held, invented, list_page

from scraper.app.config_file import load_config
from scraper.audit.coverage_query import coverage_of
from scraper.audit.status import status_of
from scraper.demo import words
from scraper.search.article import IndexedArticle
from scraper.search.query import parse
from scraper.stores.search_index import open_index, view_index
from scraper.stores.state import open_state, open_view
from scraper.stores.state.takedown import belongings
from scraper.urls import Url, urlname

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scraper.model import Site
    from scraper.stores.state import State

    Works: TypeAlias = dict[str, tuple[int, Callable[[], object]]]  # by name, how often a round does it

KNOWN = (1_000, 100_000)
INDEXED = (1_000, 20_000)
SMALL = (10, 100)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SEARCHES = {
    "search, two letters in every sixth article": "校园",
    "search, a word in every sixth article": "种子交换会",
    "search, a word in one article": "第七号",
    "search, a word of a site": "河灯 site:beichen",
    "search, a word of some days": "河灯 from:2010 until:2010-02",
    "search, the newest of a site": "site:beichen",
}


def measure(*, small: bool) -> Iterator[Figure]:
    """Yield milliseconds of CPU for what a run asks of the state, the state's size, and the search."""
    yield from _figures(_of_state, SMALL if small else KNOWN)
    yield from _figures(_of_search, SMALL if small else INDEXED)


def _figures(measured: Callable[[int], dict[str, float]], sizes: Sequence[int]) -> Iterator[Figure]:
    """Yield what is measured with each number of articles, beside the same with the fewest."""
    least: dict[str, float] = {}
    for known in sizes:
        for what, value in measured(known).items():
            yield Figure(
                name=f"{what}, {known:,} known",
                value=max(value, 1e-6),
                unit="kB" if what.endswith("kB an article") else "ms CPU",
                floor=least.setdefault(what, max(value, 1e-6)),
                floor_name="the least",
            )


def _spent(works: Works) -> dict[str, float]:
    return {what: best(work, 3) * 1e3 / times for what, (times, work) in works.items()}


def _of_state(known: int) -> dict[str, float]:
    world, _ = invented(1)
    with tempfile.TemporaryDirectory() as name:
        site = load_config(archive_of(Path(name), world)).sites[0]
        path = Path(name) / "state.sqlite3"
        with open_state(path) as state:
            fill_state(state, site, known)
            state.checkpoint()
            size = path.stat().st_size
            for number, record in enumerate(islice(held(site, known), 0, None, 50)):
                state.events.put(site.name, record.key, "revised", NOW - timedelta(days=number))
            spent = _spent(_works(state, site, known))
        spent["a state opened for reading"] = best(lambda: open_view(path).close(), 3) * 1e3
    return spent | {"state, kB an article": size / known / 1000}


def _of_search(known: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "search.sqlite3"
        with open_index(path) as index:
            for first in range(0, known, 500):
                with index.transaction():
                    for number in range(first, min(first + 500, known)):
                        index.put(*_article(number, known))
        with view_index(path) as index:
            works: Works = {
                what: (1, partial(index.search, parse(asked))) for what, asked in SEARCHES.items()
            }
            works["search, how many a year"] = (1, lambda: index.years(parse("种子交换会")))
            spent = _spent(works)
        return spent | {"search index, kB an article": path.stat().st_size / known / 1000}


def _article(number: int, known: int) -> tuple[IndexedArticle, str]:
    """Return an article of some sentences; the middle one of all has a word of its own."""
    dice = random.Random(number)  # noqa: S311 - the same texts every day
    url = Url(f"http://news.beichen.example/info/{number:07}.htm")
    article = IndexedArticle(
        site="beichen",
        key=str(number),
        url=url,
        urlname=urlname(url),
        title=words.headline(dice),
        published=datetime(2010, 1, 1, tzinfo=UTC) + timedelta(hours=number),
        path=f"beichen/{number}.md",
        channel=CHANNEL,
    )
    own = "第七号。" if number == known // 2 else ""
    return article, f"{words.opening(dice)}{words.statement(dice)}\n{words.statement(dice)}{own}"


def _works(state: State, site: Site, known: int) -> Works:
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
        "what became of articles (`changed`)": (
            10,
            lambda: [list(state.events.since(name, NOW - timedelta(days=20))) for _ in range(10)],
        ),
        "an article's captures (`history`)": (
            100,
            lambda: [state.captures.of_article(name, record.key) for _ in range(100)],
        ),
        "what belongs to an article (`forget`)": (1, lambda: belongings(state, name, record.key)),
        "all counted (`status`)": (1, lambda: status_of(site, state, NOW)),
        "all held against the lists (`coverage`)": (1, lambda: coverage_of(site, state)),
    }


def _visit(state: State, site: str, key: str) -> None:
    known = state.articles.get(site, key)
    if known is not None:
        with state.transaction():
            state.articles.put(known, run=2)
