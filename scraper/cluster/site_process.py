"""The process in which a site is run: started, told until when it may ask, ended. `permit` has the talk."""

from __future__ import annotations

import asyncio
import json
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

_LONGEST_LINE = 2**24  # bytes of a report
_GRACE = 20.0  # seconds between SIGTERM and SIGKILL


class SiteProcess:
    """One run of one site, in a process of its own, which dies with this one."""

    def __init__(self, process: asyncio.subprocess.Process, until: float) -> None:
        """Take a process that was just started; see `start`."""
        self._process = process
        self.until(until)

    @classmethod
    async def start(cls, command: Sequence[str], config: bytes, *, until: float) -> SiteProcess:
        """Start a process that may ask until this moment of the lease's clock.

        `config` is a line of its own, which it reads first: to read a config of thousands of sites anew for
        each run would cost more than the run.
        """
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
        )
        if process.stdin is not None:
            process.stdin.write(config)
        return cls(process, until)

    def until(self, moment: float) -> None:
        """Say until when it may ask."""
        self._say({"until": moment})

    async def report(self, claim_host: Callable[[str], Awaitable[bool]]) -> dict[str, Any] | None:
        """Wait for its end and return its report; None: it was killed, or broke off.

        `claim_host` is asked for each host that the lease does not have yet.
        """
        report: dict[str, Any] | None = None
        output = self._process.stdout
        while output is not None and (line := await output.readline()):
            message = json.loads(line)
            if "report" in message:
                report = message["report"]
            elif "host" in message:
                self._say({"host": message["host"], "granted": await claim_host(message["host"])})
        await self._process.wait()
        return report

    async def end(self) -> None:
        """Have it end in order: what was begun is finished or undone; killed, where that takes too long."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_GRACE):
                await self._process.wait()
        except TimeoutError:
            self.kill()

    def terminate(self) -> None:
        """Ask it to end in order, and do not wait."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    def _say(self, message: dict[str, object]) -> None:
        pipe = self._process.stdin
        if pipe is not None and not pipe.is_closing():
            pipe.write(json.dumps(message).encode() + b"\n")
