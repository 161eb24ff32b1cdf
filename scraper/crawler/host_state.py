"""What is known of hosts from one run to the next, as values, and the verbs that keep it.

The state keeps it on disk; `InMemoryHostState` keeps it for the length of a process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scraper.values import Value

if TYPE_CHECKING:
    from datetime import datetime


class HostBackoff(Value, frozen=True, kw_only=True):
    """How a host last took our requests. A host without trouble needs none."""

    pause: float  # seconds: the length of the last back-off, before jitter; 0: none is left
    until: datetime  # when the back-off ends; forgiven 30 quiet minutes after it
    cause: str  # what the trouble was: "429", "503", or the name of a fault
    span: float = 86_400.0  # seconds from the trouble to `until`: what is further off, a wrong clock wrote
    asked: bool = True  # the host itself asked for the pause: the next run keeps it; else it asks once


class CachedRobots(Value, frozen=True, kw_only=True):
    """What an origin's robots.txt said. Only final answers are kept, never failures."""

    fetched_at: datetime
    status: int
    body: bytes  # decoded, at most 500 KiB; empty where the answer was no robots.txt


class HostState(Protocol):
    """Where it is kept. Names of hosts are authorities: `host`, or `host:port` where the port is unusual.

    Other processes of this machine may share it: a host is taken for one exchange, and whoever has it waits
    for nobody while he does.
    """

    def take(self, name: str) -> bool:
        """Take a host for one exchange; False: another process has it now."""

    def last_exchange(self, name: str) -> datetime | None:
        """Return when the last exchange with a host that is taken ended, whoever made it; None: never."""

    def give_back(self, name: str, ended: datetime | None) -> None:
        """Let others have a host; `ended`: when the exchange ended, None: there was none."""

    def host(self, name: str) -> HostBackoff | None:
        """Return what is known of a host; None where it never made trouble."""

    def remember_host(self, name: str, known: HostBackoff) -> None:
        """Keep what is known of a host in place of what was."""

    def robots(self, origin: str) -> CachedRobots | None:
        """Return the robots.txt of an origin (`scheme://host[:port]`); None where it was never read."""

    def remember_robots(self, origin: str, known: CachedRobots) -> None:
        """Keep an origin's robots.txt in place of the older one."""


class InMemoryHostState:
    """A host state that ends with the process: for `probe`, for `add` and for tests. Nobody shares it."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._hosts: dict[str, HostBackoff] = {}
        self._robots: dict[str, CachedRobots] = {}

    def take(self, name: str) -> bool:
        """Take a host: within one process the pacer's own turns are enough."""
        del name
        return True

    def last_exchange(self, name: str) -> datetime | None:
        """Return nothing: the pacer itself knows what this process did."""
        del name
        return None

    def give_back(self, name: str, ended: datetime | None) -> None:
        """Do nothing."""

    def host(self, name: str) -> HostBackoff | None:
        """Return what is known of a host; None where it never made trouble."""
        return self._hosts.get(name)

    def remember_host(self, name: str, known: HostBackoff) -> None:
        """Keep what is known of a host in place of what was."""
        self._hosts[name] = known

    def robots(self, origin: str) -> CachedRobots | None:
        """Return the robots.txt of an origin; None where it was never read."""
        return self._robots.get(origin)

    def remember_robots(self, origin: str, known: CachedRobots) -> None:
        """Keep an origin's robots.txt in place of the older one."""
        self._robots[origin] = known
