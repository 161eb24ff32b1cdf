"""Has the work of the stores done beside the event loop: a slow disk holds up its own site and nobody else.

What is begun is finished, whatever is cancelled meanwhile; to whoever waits it is as if nothing had waited.
Where several sites write at once their files are synced side by side, and the file system makes one commit of
them: no answer counts earlier than its own sync.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


class OffLoop:
    """Threads for the stores. One site's work never runs in two at once: the site waits for it."""

    def __init__(self, threads: int) -> None:
        """Take how many may work side by side; 0: all is done at once, where it is asked for."""
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="stores") if threads else None

    async def do(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what work comes to. A cancellation meanwhile takes hold at the next thing that waits."""
        if self._threads is None:
            return work(*args, **kwargs)
        task, again = asyncio.current_task(), False
        running = asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))
        while not running.done():
            try:
                await asyncio.wait([running])
            except asyncio.CancelledError:
                again = True
                if task is not None:
                    task.uncancel()
        if again and task is not None:
            task.cancel()
        return running.result()

    def close(self) -> None:
        """End the threads, which have nothing to do any more."""
        if self._threads is not None:
            self._threads.shutdown()
