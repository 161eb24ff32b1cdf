"""What the search index is asked: words, newest first; how many a year.

Two ways to the newest that answer. The terms name all candidates, which are then sorted; or, where every few
articles answer, the articles are walked from the newest on and looked at one by one. Whichever is shorter.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from scraper.search.bigrams import expression
from scraper.search.matching import Snippet, is_match, marked, needs_text, snippet_of
from scraper.stores.search_index.rows import article_of, unpacked
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from scraper.search.article import IndexedArticle
    from scraper.search.query import Query
    from scraper.stores.search_index.rows import Connection

CHECKED: Final = 500  # candidates whose text is looked at for a count; beyond that it is an estimate
_WALK: Final = 16  # how much dearer it is to look at a text than to sort a candidate
_ALL: Final = -1  # of what is sorted, to SQLite
_TIMES: Final = 8  # how much longer than expected a walk may become before the other way is taken


class Hit(Value, frozen=True, kw_only=True):
    """An article that answers."""

    article: IndexedArticle
    title: Snippet  # its title, words marked
    snippet: Snippet


class Found(Value, frozen=True, kw_only=True):
    """What a query came to."""

    total: int
    exact: bool  # False: `total` is an estimate, "about N"; the hits themselves are always right
    hits: tuple[Hit, ...]


class _Plan(NamedTuple):
    """A query as SQL."""

    expression: str  # for FTS5; "": no word that it could look for
    articles: str  # the table and how its newest are found: `article a …`
    filters: str  # conditions on `a`, each preceded by AND
    values: dict[str, Any]
    checks: bool  # whether candidates must be looked at


class SearchQueries:
    """Verbs that read the index."""

    def __init__(self, connection: Connection) -> None:
        """Take an open connection."""
        self._connection = connection

    # ── words ─────────────────────────────────────────────────────────────────────────────────────────────

    def search(self, query: Query, *, limit: int = 20, offset: int = 0, checked: int = CHECKED) -> Found:
        """Return the newest articles that answer, `offset` of them left out, and how many there are.

        `checked`: how many candidates are looked at to count them; where there are more, the total is an
        estimate.
        """
        plan = _plan(query)
        candidates = self._candidates(plan)
        hits = [
            self._hit(identifier, query)
            for identifier in islice(
                self._newest(query, plan, candidates, offset + limit), offset, offset + limit
            )
        ]
        total, exact = self._count(query, plan, candidates, checked)
        return Found(total=total, exact=exact, hits=tuple(hits))

    def years(self, query: Query, *, checked: int = CHECKED) -> tuple[dict[int, int], bool]:
        """Return how many articles answer, by the year of publication, and whether that is no estimate."""
        plan = _plan(query)
        rows = self._connection.execute(
            f"SELECT a.moment / 10000000000 AS year, count(*) AS articles {_from(plan)} GROUP BY year",
            plan.values,
        )
        counts = {int(row["year"]): int(row["articles"]) for row in rows}
        candidates = sum(counts.values())
        if not plan.checks:
            return counts, True
        if candidates <= checked:
            kept: dict[int, int] = dict.fromkeys(counts, 0)
            for identifier, at in self._sorted(plan):
                kept[at // 10**10] += self._answers(identifier, query, unchecked=not plan.expression)
            return {year: number for year, number in kept.items() if number}, True
        total, _ = self._count(query, plan, candidates, checked)
        return {year: round(number * total / candidates) for year, number in counts.items()}, False

    def _candidates(self, plan: _Plan) -> int:
        """Return how many articles have the terms, whatever else is asked of them."""
        if not plan.expression:
            return self.count()
        (number,) = self._connection.execute(
            "SELECT count(*) FROM bigram WHERE bigram MATCH :expression", plan.values
        ).fetchone()
        return int(number)

    def _newest(self, query: Query, plan: _Plan, candidates: int, wanted: int) -> Iterator[int]:
        """Yield the ids of the articles that answer, newest first; `wanted`: how many will be asked for."""
        if plan.expression and candidates:
            every = self.count()
            expected = max(wanted, 1) * every // candidates
            if candidates > _WALK * expected:
                found = self._walked(query, plan, wanted, most=_TIMES * expected + 100)
                if found is not None:
                    yield from found
                    return
        for identifier, _ in self._sorted(plan, most=_ALL if plan.checks else wanted):
            if not plan.checks or self._answers(identifier, query, unchecked=not plan.expression):
                yield identifier

    def _sorted(self, plan: _Plan, *, most: int = _ALL) -> Iterator[tuple[int, int]]:
        """Yield id and moment of candidates, newest first: so many of them."""
        rows = self._connection.execute(
            f"SELECT a.id, a.moment {_from(plan)} ORDER BY a.moment DESC, a.id DESC LIMIT :most",
            plan.values | {"most": most},
        )
        yield from ((row["id"], row["moment"]) for row in rows)

    def _walked(self, query: Query, plan: _Plan, wanted: int, *, most: int) -> list[int] | None:
        """Return the newest that answer, by looking at all articles; None: not enough among so many."""
        rows = self._connection.execute(
            f"SELECT a.id FROM {plan.articles} WHERE 1 {plan.filters} "  # noqa: S608 - likewise
            "ORDER BY a.moment DESC, a.id DESC LIMIT :most",
            plan.values | {"most": most},
        )
        found = list(
            islice((row["id"] for row in rows if self._answers(row["id"], query, unchecked=True)), wanted)
        )
        return found if len(found) == wanted else None

    def _count(self, query: Query, plan: _Plan, candidates: int, checked: int) -> tuple[int, bool]:
        """Return how many answer, and whether that is no estimate."""
        if not plan.checks and not plan.filters:
            return candidates, True
        if not plan.checks:
            (number,) = self._connection.execute(f"SELECT count(*) {_from(plan)}", plan.values).fetchone()
            return int(number), True
        looked_at = good = 0
        for identifier, _ in self._sorted(plan, most=checked + 1):
            if looked_at == checked:
                break
            looked_at += 1
            good += self._answers(identifier, query, unchecked=not plan.expression)
        else:
            return good, True
        among = self._filtered(plan, candidates)
        return max(good, round(among * good / looked_at)) if looked_at else among, False

    def _filtered(self, plan: _Plan, candidates: int) -> int:
        """Return how many candidates are of the sites and days asked for, as far as proportion tells."""
        every = self.count()
        if not plan.filters or not every:
            return candidates
        (number,) = self._connection.execute(
            f"SELECT count(*) FROM article a WHERE 1 {plan.filters}",  # noqa: S608 - of constants
            plan.values,
        ).fetchone()
        return round(candidates * int(number) / every)

    def _answers(self, identifier: int, query: Query, *, unchecked: bool = False) -> bool:
        row = self._connection.execute(
            "SELECT title, text FROM article JOIN body USING (id) WHERE id = ?", (identifier,)
        ).fetchone()
        return is_match(query, row["title"], unpacked(row["text"]), unchecked=unchecked)

    def _hit(self, identifier: int, query: Query) -> Hit:
        row = self._connection.execute(
            "SELECT * FROM article JOIN body USING (id) WHERE id = ?", (identifier,)
        ).fetchone()
        article = article_of(row)
        return Hit(
            article=article,
            title=marked(query, article.title),
            snippet=snippet_of(query, unpacked(row["text"])),
        )

    # ── how many ──────────────────────────────────────────────────────────────────────────────────────────

    def count(self, site: str | None = None) -> int:
        """Return how many articles are indexed, of one site or of all."""
        where = "" if site is None else "WHERE site = :site"
        query = f"SELECT count(*) FROM article {where}"  # noqa: S608 - of constants
        (number,) = self._connection.execute(query, {} if site is None else {"site": site}).fetchone()
        return int(number)


# ── a query as SQL ────────────────────────────────────────────────────────────────────────────────────────


def _plan(query: Query) -> _Plan:
    asked = " AND ".join(expression(term.text) for term in query.wanted)
    refused = [expression(term.text) for term in query.unwanted if not needs_text(term)]
    if asked and refused:
        asked = f"({asked}) NOT ({' OR '.join(refused)})"
        refused = []
    terms = (*query.wanted, *query.unwanted)
    filters, values = _filters(query)
    return _Plan(
        expression=asked,
        articles="article a" if len(query.sites) == 1 else "article a INDEXED BY article_moment",
        filters=filters,
        values=values | {"expression": asked},
        checks=bool(refused) or any(map(needs_text, terms)),
    )


def _filters(query: Query) -> tuple[str, dict[str, Any]]:
    conditions: list[str] = []
    values: dict[str, Any] = {}
    lists = (
        ("site", "IN", query.sites),
        ("channel", "IN", query.channels),
        ("site", "NOT IN", query.not_sites),
        ("channel", "NOT IN", query.not_channels),
    )
    for number, (column, verb, names) in enumerate(lists):
        if names:
            held = [f"n{number}_{at}" for at in range(len(names))]
            value = f"coalesce(a.{column}, '')" if verb == "NOT IN" else f"a.{column}"
            conditions.append(f"AND {value} {verb} ({', '.join(f':{name}' for name in held)})")
            values |= dict(zip(held, sorted(names), strict=True))
    if query.since is not None:
        conditions.append("AND a.moment >= :since")
        values["since"] = _day(query.since) * 10**6
    if query.until is not None:
        conditions.append("AND a.moment < :until")
        values["until"] = (_day(query.until) + 1) * 10**6
    return " ".join(conditions), values


def _from(plan: _Plan) -> str:
    """Return where candidates come from, and which they are: the words lead to them, never a site."""
    if not plan.expression:
        return f"FROM {plan.articles} WHERE 1 {plan.filters}"
    found = "FROM bigram CROSS JOIN article a ON a.id = bigram.rowid WHERE bigram MATCH :expression"
    return f"{found} {plan.filters}"


def _day(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
