"""What a run did, as values: the promise of `--json` in the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scraper.values import Value, asdict, field

if TYPE_CHECKING:
    from datetime import datetime


class Problem(Value, frozen=True, kw_only=True):
    """One address that could not be had, and why."""

    url: str
    kind: str  # the error's class
    message: str


class Note(Value, frozen=True, kw_only=True):
    """Something odd of an address, which was had all the same."""

    url: str
    message: str


class SiteReport(Value, kw_only=True):
    """The counts of one site. `bytes` are as they came over the wire."""

    listed: int = 0
    written: int = 0
    revised: int = 0
    unchanged: int = 0
    aliased: int = 0
    gone: int = 0
    skipped: int = 0
    failed: int = 0
    thin: int = 0  # of those written or revised: that tell nothing
    waiting: int = 0
    requests: int = 0
    bytes: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class Report(Value, kw_only=True):
    """One run of one command."""

    command: str
    started: datetime
    finished: datetime
    exit_code: int
    sites: dict[str, SiteReport] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the report as the contract has it, moments in ISO 8601 with their offset."""
        return {
            "command": self.command,
            "started": self.started.isoformat(timespec="seconds"),
            "finished": self.finished.isoformat(timespec="seconds"),
            "exit_code": self.exit_code,
            "sites": {name: asdict(site) for name, site in self.sites.items()},
        }
