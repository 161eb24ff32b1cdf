"""What somebody is told of once, and of its end: a site that changed, refuses us, is damaged, is silent.

A run or `verify` finds what holds of a site and what no longer does; held against what was told before, that
makes the notices. What a run could not see, it neither begins nor ends: a site that refuses us shows nothing
of its layouts, and only `verify` sees that damage is mended.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from scraper.exit_codes import ExitCode
from scraper.messages import say, say_count, translated
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from scraper.report import SiteReport


class Event(StrEnum):
    """What somebody is told of; the value stands in the file of what was told."""

    NO_ROOM = "no room"
    DAMAGE = "damage"
    REFUSED = "refused"
    CANARY = "canary"
    NOTHING_NEW = "nothing new"


_CODES: Final = {
    Event.NO_ROOM: ExitCode.NO_ROOM,
    Event.DAMAGE: ExitCode.DAMAGED,
    Event.REFUSED: ExitCode.REFUSED,
    Event.CANARY: ExitCode.CANARY,
}
_KINDS: Final = {  # the errors that show it: of several codes a run keeps the worst alone
    Event.NO_ROOM: {"NoRoom"},
    Event.DAMAGE: {"CaptureDamaged"},
    Event.REFUSED: {"Refused", "Blocked"},
    Event.CANARY: {"Canary"},
}
_ALONE: Final = {Event.REFUSED}  # one article may be refused and the site not: here the code alone counts
_BEGAN: Final = {
    Event.NO_ROOM: say("no room on the disk: nothing is fetched until there is"),
    Event.DAMAGE: say("damage was found: `nankai-archive verify` names it file by file"),
    Event.REFUSED: say("the site refuses us"),
    Event.CANARY: say("the site no longer looks as its layouts say"),
    Event.NOTHING_NEW: say("nothing new for a long time"),
}
_ENDED: Final = {
    Event.NO_ROOM: say("there is room on the disk again"),
    Event.DAMAGE: say("no damage is found any more"),
    Event.REFUSED: say("the site no longer refuses us"),
    Event.CANARY: say("the site looks as its layouts say again"),
    Event.NOTHING_NEW: say("there is something new again"),
}


class Finding(Value, frozen=True, kw_only=True):
    """What a run or `verify` found of a site."""

    holds: Mapping[Event, str] = field(default_factory=dict)  # and what shows it, "" where nothing more does
    over: frozenset[Event] = frozenset()  # looked for, and not there


class Notice(Value, frozen=True, kw_only=True):
    """One event of one site that began, or ended."""

    site: str
    event: Event
    shown: str  # what shows that it began, "" where nothing more does
    since: str | None  # ISO 8601, when its beginning was told; None: it begins

    def __str__(self) -> str:
        """Return the line that tells it, in the language in use."""
        if self.since is not None:
            told = say("{site}: over: {what} (told of on {day})", what=_ENDED[self.event], **self._of())
        elif self.shown:
            told = say("{site}: {what}: {shown}", what=_BEGAN[self.event], shown=self.shown, **self._of())
        else:
            told = say("{site}: {what}", what=_BEGAN[self.event], **self._of())
        return translated(told)

    def _of(self) -> dict[str, str]:
        return {"site": self.site} if self.since is None else {"site": self.site, "day": self.since[:10]}


def of_run(
    site: SiteReport,
    *,
    code: int,
    success: bool,
    newest: datetime | None,
    now: datetime,
    nothing_new_after: timedelta | None,
) -> Finding:
    """Return what a run found of a site, which is what `code` and `success` are of.

    `newest`: when its newest article was published; None: it has none.
    """
    holds = {event: shown for event in _CODES if (shown := _shown(event, site, code)) is not None}
    over: set[Event] = set()
    if success:
        over |= {Event.NO_ROOM, Event.REFUSED}
        read = site.written or site.revised or site.unchanged
        over |= {Event.CANARY} if read else set()  # a run that saw no article saw no layout
        if nothing_new_after is not None and newest is not None:
            if now - newest > nothing_new_after:
                holds[Event.NOTHING_NEW] = f"{newest:%Y-%m-%d}"
            else:
                over.add(Event.NOTHING_NEW)
    return Finding(holds=holds, over=frozenset(over - holds.keys()))


def of_verify(damaged: int) -> Finding:
    """Return what `verify` found: so many damaged files."""
    if not damaged:
        return Finding(over=frozenset({Event.DAMAGE}))
    return Finding(holds={Event.DAMAGE: say_count("{count} file", "{count} files", damaged)})


def of_error(code: int, said: str) -> Finding:
    """Return what an error shows that ended a run before it began."""
    return Finding(holds={event: said for event, its_code in _CODES.items() if its_code == code})


def _shown(event: Event, site: SiteReport, code: int) -> str | None:
    """Return what shows that an event holds; None: it does not."""
    messages = [problem.message for problem in site.problems if problem.kind in _KINDS[event]]
    if code != _CODES[event] and (event in _ALONE or not messages):
        return None
    return messages[0] if messages else ""


def news_of(
    site: str, finding: Finding, told: Mapping[str, str], now: str
) -> tuple[list[Notice], dict[str, str]]:
    """Return what is to be told of a site, and what has been told then.

    `told`: the events that somebody knows to hold, each with the moment of its telling, ISO 8601.
    """
    began = [
        Notice(site=site, event=event, shown=shown, since=None)
        for event, shown in finding.holds.items()
        if event not in told
    ]
    ended = [
        Notice(site=site, event=event, shown="", since=told[event])
        for event in Event
        if event in finding.over and event in told
    ]
    over = {notice.event for notice in ended}
    after = {event: moment for event, moment in told.items() if event not in over}
    return began + ended, after | {notice.event: now for notice in began}


def subject(notices: Sequence[Notice]) -> str:
    """Return one line over notices: which sites they are of."""
    sites = list(dict.fromkeys(notice.site for notice in notices))
    few = ", ".join(sites[:3]) + (" …" if len(sites) > 3 else "")  # noqa: PLR2004 - as many as a line holds
    over = all(notice.since is not None for notice in notices)
    return translated(
        say("{sites}: it is over", sites=few) if over else say("{sites}: look at it", sites=few)
    )


def body(notices: Iterable[Notice]) -> str:
    """Return the notices, a line each."""
    return "\n".join(str(notice) for notice in notices)
