"""Who may keep requests back, whoever that is: the lease of a site, where many machines work."""

from __future__ import annotations

from typing import Protocol


class Permit(Protocol):
    """Asked before each request; says no by raising."""

    def check(self) -> None:
        """Return where a request may go out at this very moment."""

    async def admit(self, host: str) -> None:
        """Return once a host may be asked. Raises Paused where it must be left to others."""
