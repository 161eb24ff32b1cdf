"""The query language: what a person types, as values.

南开 校庆           both, anywhere
"a phrase"          these characters in this order, blanks and all; “…” and 「…」 too
-word  -"a phrase"  not that
title:word          in the title
site:nankai         of this site; several: of any of them. channel: likewise, -site: and -channel: not those
from:2020  until:2021-05-31     days of publication, both included; a year or a month is all its days
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from scraper.errors import UsageError
from scraper.messages import say
from scraper.search.folding import fold
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(
    r"""(?:(?<!\s)\s++)?(?P<minus>-)?(?:(?P<field>site|channel|from|until|title)[:：])?
    (?:"(?P<straight>[^"]*)(?:"|$)|“(?P<curly>[^”]*)(?:”|$)|「(?P<corner>[^」]*)(?:」|$)|(?P<word>\S+))""",
    re.VERBOSE | re.IGNORECASE,
)
_MOST_TERMS: Final = 64  # what FTS5 makes of thousands takes it seconds, whatever the archive holds
_DAY: Final = re.compile(r"(\d{4})(?:[-/.年]?(\d{1,2})(?:[-/.月]?(\d{1,2})日?|月)?|年)?", re.ASCII)


class Term(Value, frozen=True):
    """What a text must hold, or must not."""

    text: str  # folded, never empty
    where: Literal["anywhere", "title"] = "anywhere"


class Query(Value, frozen=True, kw_only=True):
    """What is asked for; nothing asked is everything."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    sites: frozenset[str] = field(default_factory=frozenset)  # empty: of any
    channels: frozenset[str] = field(default_factory=frozenset)  # empty: of any
    not_sites: frozenset[str] = field(default_factory=frozenset)
    not_channels: frozenset[str] = field(default_factory=frozenset)
    since: date | None = None  # None: from the first
    until: date | None = None  # None: to the last; included

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is asked for."""
        return self == Query()


def parse(text: str) -> Query:
    """Return what a person typed as a query. Raises UsageError for a day that is none, or too many words."""
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    names: dict[tuple[str, bool], set[str]] = {}
    days: dict[str, date] = {}
    for name, value, minus in _tokens(text):
        if name in {"from", "until"}:
            day = _day(name, value)
            kept = days.get(name, day)
            days[name] = max(kept, day) if name == "from" else min(kept, day)
        elif name in {"site", "channel"}:
            names.setdefault((name, minus), set()).add(value)
        elif folded := fold(value):
            term = Term(folded, "title" if name == "title" else "anywhere")
            (unwanted if minus else wanted)[term] = None
            if len(wanted) + len(unwanted) > _MOST_TERMS:
                raise UsageError(say("search: it asks for more than {most} words", most=_MOST_TERMS))
    return Query(
        wanted=tuple(wanted),
        unwanted=tuple(unwanted),
        sites=frozenset(names.get(("site", False), ())),
        channels=frozenset(names.get(("channel", False), ())),
        not_sites=frozenset(names.get(("site", True), ())),
        not_channels=frozenset(names.get(("channel", True), ())),
        since=days.get("from"),
        until=days.get("until"),
    )


def _tokens(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield field ("" where none is named), value, and whether a minus stands before it."""
    for found in _TOKEN.finditer(text):
        quoted = next(
            (found[name] for name in ("straight", "curly", "corner") if found[name] is not None), None
        )
        name, minus = (found["field"] or "").lower(), found["minus"] is not None
        if quoted is not None:
            yield name, quoted, minus
        else:
            yield name, found["word"], minus


def _day(name: str, value: str) -> date:
    """Return the day that a bound names: of a year or a month the first, or for `until` the last."""
    found = _DAY.fullmatch(value)
    year, month, day = map(int, found.groups(default="0")) if found is not None else (0, 0, 0)
    is_last = name == "until"
    month = month or (12 if is_last else 1)
    try:
        return date(year, month, day or (calendar.monthrange(year, month)[1] if is_last else 1))
    except ValueError as error:
        message = say(
            "search: {name}:{value}: no day, month or year: 2020, 2020-06 or 2020-06-14",
            name=name,
            value=value,
        )
        raise UsageError(message) from error
