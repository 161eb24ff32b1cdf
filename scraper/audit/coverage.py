"""The judgement: what a site's lists name, what of it is held, what is missing and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from scraper.audit import months, number_gaps
from scraper.audit.coverage_facts import WHYS
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from scraper.audit.coverage_facts import ChannelFacts, ListedArticle, ListPage, Why
    from scraper.audit.months import Month, ThinMonth
    from scraper.audit.number_gaps import Run
    from scraper.urls import Url


class Missing(Value, frozen=True, kw_only=True):
    """An article that a list names and that the archive does not have."""

    url: Url
    why: Why
    error: str | None = None  # of the last failure; None: there was none


class ChannelCoverage(Value, frozen=True, kw_only=True):
    """What one channel's list names, and what of it is held."""

    facts: ChannelFacts
    listed: int
    held: int
    missing: tuple[Missing, ...]
    pages: int | None  # None: nobody knows how many the list has
    pages_read: int
    unread: tuple[Run, ...]  # numbers of pages that nobody read
    read: tuple[ListPage, ...]  # the pages that count, in the order of the list

    @property
    def short(self) -> int:
        """Return how many articles the site states beyond those that its pages name; 0 where it states none.

        Only said of a list that was read to its end. Rows that lead off the site count as named.
        """
        if self.facts.stated is None or self.pages != self.pages_read:
            return 0
        rows = sum(page.rows + page.elsewhere for page in self.read)
        return max(self.facts.stated - max(rows, self.listed), 0)

    @property
    def unread_pager(self) -> bool:
        """Say whether a page of the list has a pager that is not understood."""
        return any(page.unread_pager for page in self.read)

    @property
    def sublists(self) -> tuple[Url, ...]:
        """Return the lists that its index shows the newest rows of, and that are no channels."""
        return tuple(dict.fromkeys(url for page in self.read for url in page.sublists))

    @property
    def gaps(self) -> int | None:
        """Return how many pages of the list were not read, as far as is known; None: nobody knows."""
        if self.pages is None:
            return None
        return max(self.pages - self.pages_read, 1 if self.facts.gap else 0)

    @property
    def is_read(self) -> bool:
        """Say whether the whole list was read."""
        whole = self.pages is not None and self.pages_read >= self.pages and not self.facts.gap
        return whole and not self.unread_pager and not self.sublists and self.facts.broken is None


class SiteCoverage(Value, frozen=True, kw_only=True):
    """What a site's lists name, and what of it is held: articles by identity, each once."""

    name: str
    title: str
    listed: int
    held: int
    missing: tuple[Missing, ...]
    channels: tuple[ChannelCoverage, ...]
    unlisted_numbers: tuple[Run, ...]
    months: tuple[Month, ...]
    undated: int  # articles whose month nobody knows
    thin: tuple[ThinMonth, ...]
    empty: tuple[Url, ...] = ()  # articles that are held, and whose pages tell nothing

    def is_proven(self, allowed: Collection[Why] = ()) -> bool:
        """Say whether all that the site lists is held, and all its lists were read.

        `allowed`: reasons for which an article may be missing.
        """
        lists = all(channel.is_read and channel.short == 0 for channel in self.channels)
        return lists and all(missing.why in allowed for missing in self.missing)


def judge(
    name: str,
    title: str,
    channels: Iterable[ChannelFacts],
    articles: Iterable[ListedArticle],
    known: Iterable[str],
) -> SiteCoverage:
    """Judge one site. `articles` come sorted by key; `known`: the keys of all articles, listed or not."""
    count = _Count()
    for article in articles:
        count.add(article)
    timeline = months.filled(count.months_listed, count.months_held)
    return SiteCoverage(
        name=name,
        title=title,
        listed=count.listed,
        held=count.held,
        missing=tuple(count.missing),
        channels=tuple(judge_channel(facts, count.of_channel.get(facts.name, Tally())) for facts in channels),
        unlisted_numbers=tuple(number_gaps.missing_runs(known)),
        months=timeline,
        undated=count.listed - sum(count.months_listed.values()),
        thin=months.thin_months(timeline),
    )


class Tally(Value):
    """One channel's counts."""

    listed: int = 0
    held: int = 0
    missing: list[Missing] = field(default_factory=list)


class _Count(Value):
    """The counts of a site, article by article: memory grows with what is missing, not with what is held."""

    listed: int = 0
    held: int = 0
    missing: list[Missing] = field(default_factory=list)
    of_channel: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    months_listed: Counter[str] = field(default_factory=Counter)
    months_held: Counter[str] = field(default_factory=Counter)
    _last: str | None = None

    def add(self, article: ListedArticle) -> None:
        tally = self.of_channel[article.channel]
        tally.listed += 1
        lost = None
        if article.why is None:
            tally.held += 1
        else:
            lost = Missing(url=article.url, why=article.why, error=article.error)
            tally.missing.append(lost)
        if article.key != self._last:
            self._last = article.key
            self._add_once(article, lost)

    def _add_once(self, article: ListedArticle, lost: Missing | None) -> None:
        self.listed += 1
        if lost is None:
            self.held += 1
        else:
            self.missing.append(lost)
        if article.month is not None:
            self.months_listed[article.month] += 1
            self.months_held[article.month] += lost is None


def judge_channel(facts: ChannelFacts, tally: Tally) -> ChannelCoverage:
    """Judge one channel's list by its pages, given the counts of its articles."""
    read, pages = _counted(facts) if facts.counted else _numbered(facts)
    found = {page.number for page in read if page.number is not None}
    if not facts.counted and read:
        found.add(1)
    numbered = pages is not None and len(found) == len(read)
    unread = number_gaps.runs_without(found, pages or 0) if numbered else ()
    return ChannelCoverage(
        facts=facts,
        listed=tally.listed,
        held=tally.held,
        missing=tuple(tally.missing),
        pages=pages,
        pages_read=len(read),
        unread=tuple(unread),
        read=read,
    )


def _counted(facts: ChannelFacts) -> tuple[tuple[ListPage, ...], int | None]:
    """Return the pages that a script counts, and their number; the index shows their newest rows again."""
    by_number = {page.number: page for page in facts.read if page.number is not None}
    wanted = sorted(number for number in by_number if facts.pages is None or number <= facts.pages)
    return tuple(by_number[number] for number in wanted), facts.pages


def _numbered(facts: ChannelFacts) -> tuple[tuple[ListPage, ...], int | None]:
    """Return the pages of a list whose first one is its index, and their number where it is known.

    Known is what the site states; else a list whose last page names no further one has been read to its end.
    """
    by_url = {page.url: page for page in facts.read}
    index = by_url.get(facts.index)
    if index is None:
        return (), facts.pages
    by_number = {page.number: page for page in facts.read if page.number is not None and page is not index}
    if facts.pages is not None and by_number:
        inside = sorted(number for number in by_number if 1 < number <= facts.pages)
        return (index, *(by_number[number] for number in inside)), facts.pages
    chain = {index.url: index}
    following = index.next_url
    while following in by_url and following not in chain:
        chain[following] = by_url[following]
        following = by_url[following].next_url
    ended = (following is None or following in chain) and not any(
        page.unread_pager for page in chain.values()
    )
    return tuple(chain.values()), facts.pages or (len(chain) if ended else None)


def why_counts(missing: Iterable[Missing]) -> dict[Why, int]:
    """Return how many articles are missing for each reason, reasons without any left out."""
    found = Counter(lost.why for lost in missing)
    return {why: found[why] for why in WHYS if found[why]}
