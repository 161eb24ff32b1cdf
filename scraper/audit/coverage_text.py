"""A coverage as the contract's JSON, and as text for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scraper.audit.coverage import why_counts
from scraper.audit.coverage_facts import WHYS
from scraper.audit.status import thin_lines
from scraper.columns import padded, table
from scraper.messages import say, translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scraper.audit.coverage import ChannelCoverage, Missing, SiteCoverage
    from scraper.audit.coverage_facts import ListPage
    from scraper.audit.number_gaps import Run

_FEW = 20  # waiting articles, runs of numbers, months that are named where nobody asked for all


def to_json(sites: Iterable[SiteCoverage]) -> dict[str, Any]:
    """Return coverages as the contract has them; keys beyond the contract's come after its own."""
    return {"sites": {site.name: _site_to_json(site) for site in sites}}


def _site_to_json(site: SiteCoverage) -> dict[str, Any]:
    return {
        "listed": site.listed,
        "held": site.held,
        "channels": {channel.facts.name: _channel_to_json(channel) for channel in site.channels},
        "unlisted_numbers": [list(run) for run in site.unlisted_numbers],
        "missing": why_counts(site.missing),
        "errors": {lost.url: lost.error for lost in site.missing if lost.error is not None},
        "months": [
            {"month": month.month, "listed": month.listed, "held": month.held} for month in site.months
        ],
        "undated": site.undated,
        "thin_months": [
            {"month": thin.month, "listed": thin.listed, "expected": thin.expected} for thin in site.thin
        ],
        "thin": list(site.empty),
        "proven": site.is_proven(),
    }


def _channel_to_json(channel: ChannelCoverage) -> dict[str, Any]:
    return {
        "pages": channel.pages,
        "pages_read": channel.pages_read,
        "listed": channel.listed,
        "held": channel.held,
        "missing": [{"url": lost.url, "why": lost.why} for lost in channel.missing],
        "stated": channel.facts.stated,
        "short": channel.short,
        "gap": channel.facts.gap,
        "broken": channel.facts.broken,
        "unread_pager": channel.unread_pager,
        "sublists": list(channel.sublists),
        "unread_pages": [list(run) for run in channel.unread],
        "by_page": [_page_to_json(page) for page in channel.read],
    }


def _page_to_json(page: ListPage) -> dict[str, Any]:
    return {
        "page": page.number,
        "url": page.url,
        "read_at": page.read_at.isoformat(timespec="seconds"),
        "listed": page.listed,
        "held": page.held,
        "elsewhere": page.elsewhere,
    }


# ── for a person ──────────────────────────────────────────────────────────────────────────────────────────


def to_text(site: SiteCoverage, *, every: bool = False) -> str:
    """Return a coverage as lines. `every`: name all that waits and all pages, however many."""
    return "\n".join(_lines(site, every=every))


def _lines(site: SiteCoverage, *, every: bool) -> Iterator[str]:
    share = f" ({_percent(site.held, site.listed)})" if site.listed else ""
    yield translated(
        say(
            "{name} {title}: {held} of {listed} listed articles are held{share}",
            name=site.name,
            title=site.title,
            held=site.held,
            listed=site.listed,
            share=share,
        )
    )
    if site.channels:
        yield _table(site.channels)
    for channel in site.channels:
        yield from (f"{channel.facts.name}: {translated(said)}" for said in _list_troubles(channel))
        if every:
            yield from (f"{channel.facts.name}: {translated(_page(page))}" for page in channel.read)
    yield from _missing(site.missing, every=every)
    yield from _numbers(site.unlisted_numbers, every=every)
    thin = [
        translated(
            say(
                "{month} ({listed}, expected {expected})",
                month=month.month,
                listed=month.listed,
                expected=month.expected,
            )
        )
        for month in site.thin
    ]
    if thin:
        yield translated(
            say("months thinner than their neighbours: {months}", months=_some(thin, every=every))
        )
    yield from map(translated, thin_lines(site.name, site.empty))


_WHYS: Final = {
    "waiting": say("waiting"),
    "failed": say("failed"),
    "gone": say("gone"),
    "refused": say("refused"),
}


def _percent(part: int, whole: int) -> str:
    """Return a share that says 100 % only where nothing is missing."""
    return f"{min(100 * part / whole, 99.99 if part < whole else 100):.2f} %"


def _table(channels: Sequence[ChannelCoverage]) -> str:
    words = (say("channel"), "", say("pages"), say("stated"), say("listed"), say("held"))
    head = [translated(word) for word in (*words, *(_WHYS[why] for why in WHYS))]
    rows = []
    for channel in channels:
        facts, whys = channel.facts, why_counts(channel.missing)
        pages = f"{channel.pages_read}/{'?' if channel.pages is None else channel.pages}"
        stated = "" if facts.stated is None else str(facts.stated)
        counts = (str(whys.get(why, "")) for why in WHYS)
        rows.append((facts.name, facts.title, pages, stated, str(channel.listed), str(channel.held), *counts))
    return table(head, rows, right=head[2:])


def _list_troubles(channel: ChannelCoverage) -> Iterator[str]:
    facts = channel.facts
    if facts.read_at is None:
        yield say("its list was never read")
    elif channel.unread_pager:
        yield say("unread pager: it has older pages, and how they are reached is not understood")
    elif channel.pages is None:
        yield say("nobody knows yet how many pages its list has: a backfill asks")
    elif channel.pages_read < channel.pages:
        yield say(
            "{count} pages of its list were not read: {numbers}",
            count=channel.pages - channel.pages_read,
            numbers=", ".join(map(_run, channel.unread)) or say("those at its end"),
        )
    if facts.broken is not None and facts.broken_since is not None:
        since = facts.broken_since.isoformat(timespec="minutes")
        yield say("its list could not be read since {since}: {broken}", since=since, broken=facts.broken)
    if facts.gap:
        yield say("between its newest page and what was known before there are pages that were not read")
    if channel.sublists:
        yield say("an overview of lists that are no channels: {lists}", lists=", ".join(channel.sublists))
    if channel.short:
        yield say(
            "the site states {stated} articles; {short} of them are on none of its pages",
            stated=facts.stated,
            short=channel.short,
        )


def _page(page: ListPage) -> str:
    return say(
        "{page}: {held} of {listed} held{off}; read {when}",
        page=page.url if page.number is None else say("page {number}", number=page.number),
        held=page.held,
        listed=page.listed,
        off=say(", and {count} rows lead off the site", count=page.elsewhere) if page.elsewhere else "",
        when=page.read_at.isoformat(timespec="minutes"),
    )


def _missing(missing: Sequence[Missing], *, every: bool) -> Iterator[str]:
    """Yield a line for each missing article; of those that only wait for their turn, a few."""
    left_out = 0
    for why in reversed(WHYS):
        lines = [_lost(lost) for lost in missing if lost.why == why]
        shown = lines if every or why != "waiting" else lines[:_FEW]
        left_out += len(lines) - len(shown)
        yield from shown
    if left_out:
        yield translated(say("waiting  and {count} more: -v names them", count=left_out))


def _lost(lost: Missing) -> str:
    reason = f"  {lost.error}" if lost.error is not None and lost.why != "gone" else ""
    return f"{padded(translated(_WHYS[lost.why]), 8)} {lost.url}{reason}"


def _numbers(runs: Sequence[Run], *, every: bool) -> Iterator[str]:
    if runs:
        count = sum(last - first + 1 for first, last in runs)
        said = _some([_run(run) for run in runs], every=every)
        yield translated(
            say(
                "numbers between known articles that no list names: {count}, in {runs} runs: {said}",
                count=count,
                runs=len(runs),
                said=said,
            )
        )


def _run(run: Run) -> str:
    first, last = run
    return str(first) if first == last else f"{first}–{last}"


def _some(words: Sequence[str], *, every: bool) -> str:
    """Return the words in one line, not too many of them."""
    shown = words if every else words[:_FEW]
    more = (
        translated(say(" and {count} more", count=len(words) - len(shown))) if len(shown) < len(words) else ""
    )
    return ", ".join(shown) + more
