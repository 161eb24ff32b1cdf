"""Where each site stands: what is held, when it last went well, what waits, where its lists have gaps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scraper import policy
from scraper.audit.coverage import Tally, judge_channel
from scraper.audit.coverage_query import channels_of
from scraper.columns import table
from scraper.messages import say, translated
from scraper.spans import ago
from scraper.stores.state.queries import Standing
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from scraper.model import Site
    from scraper.stores.state import State
    from scraper.stores.state.runs import SiteRun
    from scraper.urls import Url

_AHEAD = timedelta(minutes=5)  # by which two clocks may differ; what is later was told by a clock gone wrong


class ChannelStatus(Value, frozen=True, kw_only=True):
    """Where one channel stands."""

    name: str
    title: str
    standing: Standing
    last_success: datetime | None  # its list was read; None: never
    gaps: int | None  # pages of its list that nobody read; None: nobody knows how many there are
    broken: str | None = None  # why its list could not be read the last time; None: it could
    configured: bool = True  # False: the config no longer names it

    def is_older(self, age: timedelta, now: datetime) -> bool:
        """Say whether its list was last read longer ago than this, or never."""
        read = self.last_success
        return self.configured and (read is None or read > now + _AHEAD or now - read > age)


class SiteStatus(Value, frozen=True, kw_only=True):
    """Where one site stands; its articles are counted once, however many channels name them."""

    name: str
    title: str
    standing: Standing
    last_success: datetime | None  # None: no run went well yet
    last_run: SiteRun | None  # None: none came to its end yet
    channels: tuple[ChannelStatus, ...]
    thin: tuple[Url, ...] = ()  # articles that are held, and whose pages tell nothing

    @property
    def gaps(self) -> int | None:
        """Return the gaps of all its channels; None where one of them is unknown."""
        gaps = [channel.gaps for channel in self.channels]
        return None if None in gaps else sum(gap for gap in gaps if gap is not None)

    def is_older(self, age: timedelta, now: datetime) -> bool:
        """Say whether the last success is longer ago than this, or there was none."""
        return self.last_success is None or now - self.last_success > age


def status_of(site: Site, state: State, now: datetime) -> SiteStatus:
    """Return where a site stands. Runs that ended after `now`, by a clock that was wrong, prove nothing."""
    runs = list(_until_success(state.runs.of_site(site.name), now + _AHEAD))
    good = runs[-1] if runs and policy.is_success(runs[-1].exit_code, runs[-1].listed) else None
    return SiteStatus(
        name=site.name,
        title=site.title,
        standing=state.counts.standing(site.name),
        last_success=good.finished if good else None,
        last_run=runs[0] if runs else None,
        channels=tuple(_channels(site, state)),
        thin=state.counts.thin(site.name),
    )


def _until_success(runs: Iterable[SiteRun], latest: datetime) -> Iterator[SiteRun]:
    for run in runs:
        if run.finished <= latest:
            yield run
            if policy.is_success(run.exit_code, run.listed):
                return


def _channels(site: Site, state: State) -> Iterator[ChannelStatus]:
    standings = state.counts.standings(site.name)
    for facts in channels_of(site, state, counted=False):
        yield ChannelStatus(
            name=facts.name,
            title=facts.title,
            standing=standings.get(facts.name, Standing()),
            last_success=facts.read_at,
            gaps=judge_channel(facts, Tally()).gaps,
            broken=facts.broken,
            configured=facts.name in {channel.name for channel in site.channels},
        )


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────────


def to_json(sites: Iterable[SiteStatus]) -> dict[str, Any]:
    """Return the status for programs, moments in ISO 8601."""
    return {"sites": {site.name: _site_to_json(site) for site in sites}}


def _site_to_json(site: SiteStatus) -> dict[str, Any]:
    run = site.last_run
    return {
        **_counts(site.standing, site.last_success, site.gaps),
        "thin": list(site.thin),
        "last_run": None
        if run is None
        else {
            "command": run.command,
            "started": _iso(run.started),
            "finished": _iso(run.finished),
            "exit_code": run.exit_code,
        },
        "channels": {
            channel.name: {
                **_counts(channel.standing, channel.last_success, channel.gaps),
                "broken": channel.broken,
            }
            for channel in site.channels
        },
    }


def _counts(standing: Standing, last_success: datetime | None, gaps: int | None) -> dict[str, Any]:
    return {
        "articles": standing.articles,
        "last_success": _iso(last_success),
        "failures": standing.failures,
        "waiting": standing.waiting,
        "gaps": gaps,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def too_old(
    sites: Iterable[SiteStatus], age: timedelta, now: datetime
) -> Iterator[tuple[str, datetime | None]]:
    """Yield what had its last success longer ago than this, and when: sites, else channels of theirs."""
    for site in sites:
        if site.is_older(age, now):
            yield site.name, site.last_success
            continue
        for channel in site.channels:
            if channel.is_older(age, now):
                yield f"{site.name}.{channel.name}", channel.last_success


_HEAD = (
    say("site"),
    say("channel"),
    "",
    say("articles"),
    say("last success"),
    say("failures"),
    say("waiting"),
    say("gaps"),
)
_NUMBERS = (say("articles"), say("failures"), say("waiting"), say("gaps"))


def thin_lines(name: str, thin: Iterable[Url]) -> Iterator[str]:
    """Yield a line for each article of a site that is held, and whose page tells nothing."""
    for url in thin:
        yield say("{name}: held, though its page tells nothing: {url}", name=name, url=url)


def to_text(sites: Sequence[SiteStatus], zone: tzinfo, now: datetime) -> str:
    """Return the status as a table, moments in this time zone and how long ago they were."""
    head, numbers = [translated(word) for word in _HEAD], [translated(word) for word in _NUMBERS]
    told = table(head, [row for site in sites for row in _rows(site, zone, now)], right=numbers)
    thin = (line for site in sites for line in thin_lines(site.name, site.thin))
    return "\n".join([told, *map(translated, thin)])


def _rows(site: SiteStatus, zone: tzinfo, now: datetime) -> Iterator[Sequence[str]]:
    success = _success(site.last_success, zone, now)
    yield (site.name, "", site.title, *_cells(site.standing, success, site.gaps))
    for channel in site.channels:
        success = _success(channel.last_success, zone, now)
        yield ("", channel.name, channel.title, *_cells(channel.standing, success, channel.gaps))


def _success(moment: datetime | None, zone: tzinfo, now: datetime) -> str:
    """Return a moment with its zone, and how long ago it was; what a wrong clock told has no span."""
    if moment is None:
        return translated(say("never"))
    when = f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    return when if moment > now else f"{when} ({translated(ago(now - moment))})"


def _cells(standing: Standing, success: str, gaps: int | None) -> tuple[str, ...]:
    return (
        str(standing.articles),
        success,
        str(standing.failures),
        str(standing.waiting),
        "?" if gaps is None else str(gaps),
    )
