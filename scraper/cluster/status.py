"""Where the cluster stands, as the database knows it: machines, each site's schedule, lease, last run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scraper.columns import table
from scraper.messages import say, translated
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, tzinfo

_HEAD = (
    say("site"),
    say("due"),
    say("every"),
    say("priority"),
    say("machine"),
    say("lease"),
    say("last run"),
    say("exit"),
    say("written"),
    say("waiting"),
)
_NUMBERS = (say("priority"), say("exit"), say("written"), say("waiting"))
_MACHINES = (say("machine"), say("seen"), say("sites"), say("slots"))


class ClusterStatus(Value, frozen=True):
    """The rows that the database gave."""

    machines: Sequence[Any]
    sites: Sequence[Any]

    def to_json(self) -> dict[str, Any]:
        """Return it for programs, moments in ISO 8601."""
        return {
            "machines": {
                row.name: {"seen": row.seen.isoformat(), "slots": row.slots, "sites": row.held}
                for row in self.machines
            },
            "sites": {row.name: _site(row) for row in self.sites},
        }

    def to_text(self, zone: tzinfo) -> str:
        """Return it for people: a line a machine, a line a site, and what they come to."""
        machines = [(row.name, _told(row.seen, zone), str(row.held), str(row.slots)) for row in self.machines]
        sites = [_row(row, zone) for row in self.sites]
        held = sum(row.held for row in self.sites)
        queued = sum(row.queued for row in self.sites)
        counts = say(
            "{count} sites, {held} worked, {queued} in the queue", count=len(sites), held=held, queued=queued
        )
        return "\n".join(
            (
                table(_in_use(_MACHINES), machines, right=_in_use(_MACHINES[2:])),
                "",
                table(_in_use(_HEAD), sites, right=_in_use(_NUMBERS)),
                "",
                translated(counts),
            )
        )


def _site(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of `tables.STATUS`
    last = None
    if row.finished is not None:
        last = {
            "finished": row.finished.isoformat(),
            "exit_code": row.exit_code,
            "shipped": row.shipped,
            **row.report,
        }
    return {
        "due": row.due.isoformat(),
        "every": row.every.total_seconds(),
        "priority": row.priority,
        "backfill": row.backfill,
        "retired": None if row.retired is None else row.retired.isoformat(),
        "epoch": row.epoch,
        "holder": row.holder if row.held else None,
        "machine": row.machine,
        "queued": row.queued,
        "last_run": last,
    }


def _row(row: Any, zone: tzinfo) -> tuple[str, ...]:  # noqa: ANN401 - likewise
    lease = row.holder if row.held else (translated(say("queued")) if row.queued else "-")
    report = row.report or {}
    return (
        row.name,
        translated(say("retired")) if row.retired else _told(row.due, zone),
        f"{row.every.total_seconds() / 3600:g}h",
        str(row.priority),
        row.machine or "-",
        lease,
        _told(row.finished, zone),
        "-" if row.exit_code is None else str(row.exit_code),
        str(report.get("written", "-")),
        str(report.get("waiting", "-")),
    )


def _in_use(words: Iterable[str]) -> list[str]:
    """Return words in the language in use."""
    return [translated(word) for word in words]


def _told(moment: datetime | None, zone: tzinfo) -> str:
    return "-" if moment is None else f"{moment.astimezone(zone):%m-%d %H:%M}"
