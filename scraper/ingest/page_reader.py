"""Reads pages in processes of their own, each with a bound of memory and time.

A page that hangs or kills its reader costs that page: the reader is ended, the page's error is `TooCostly`,
and the next page gets a new reader. While one reads, nothing else waits: `prepare` may be cancelled. The
processes know nothing but the page: no store, no network, no lock, no other file of the run.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from scraper import discovery, extractor
from scraper.errors import ArchiveError, ProgramError, TooCostly
from scraper.ingest import reading_worker
from scraper.ingest.bounds import MOST_MEMORY, MOST_SECONDS, bounded
from scraper.ingest.reading_process import begin_anew, fork_server
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.ingest.reading_process import ForkServer, ReadingProcess
    from scraper.model import Article, Capture, Channel, ListingPage, Site

_log = logging.getLogger(__name__)

_SMALL: Final = 1 << 15  # bytes of a body that fits into any pipe, with all that goes with it
_MOST_PREPARED: Final = 32  # captures
_PATIENCE: Final = 6  # times as long by the clock, where the machine has other work
_LEAST_PATIENCE: Final = 60.0  # seconds by the clock: a process has to begin, too


class Reader(Protocol):
    """Whoever reads pages."""

    def extract(self, capture: Capture, site: Site) -> Article:
        """Return the article that a capture holds. Raises ExtractError."""

    def listing(self, capture: Capture, site: Site, channel: Channel | None) -> ListingPage:
        """Return what a page of a list, a feed or a sitemap names. Raises ExtractError."""

    def pager(self, capture: Capture, site: Site) -> int:
        """Return how many pages a pager's script states. Raises NotAListing."""

    def open(self) -> None:
        """Get ready, before this process has threads or files that a copy of it would have too."""

    async def prepare(self, job: str, capture: Capture, *more: object) -> None:
        """Read a capture now, so that whoever asks for it next need not wait."""

    def close(self) -> None:
        """End what was begun for reading."""


class DirectReader:
    """Reads in this very process, within the same bounds as far as that goes (see `bounds`)."""

    def extract(self, capture: Capture, site: Site) -> Article:
        """Return the article that a capture holds."""
        return bounded(lambda: extractor.extract(capture, site))

    def listing(self, capture: Capture, site: Site, channel: Channel | None) -> ListingPage:
        """Return what a page of a list names."""
        return bounded(lambda: discovery.read_links(capture, site, channel))

    def pager(self, capture: Capture, site: Site) -> int:
        """Return how many pages a pager's script states."""
        return bounded(lambda: discovery.read_pager(capture, site))

    def open(self) -> None:
        """Do nothing: there will be no process."""

    async def prepare(self, job: str, capture: Capture, *more: object) -> None:
        """Do nothing: it will be read when it is asked for."""

    def close(self) -> None:
        """Do nothing: there is no process to end."""


def guarded(read: Callable[[Capture, Site], Article]) -> Callable[[Capture, Site], Article]:
    """Return who reads pages one by one for somebody who looks: whatever goes wrong is an `ArchiveError`.

    An error that nobody raised on purpose is a `ProgramError`, that page's own, and is logged whole.
    """

    def reading(capture: Capture, site: Site) -> Article:
        try:
            return read(capture, site)
        except ArchiveError:
            raise
        except Exception as error:
            fields = {"site": site.name, "url": capture.url}
            _log.critical("program-error", exc_info=True, extra={"fields": fields})
            msg = f"{capture.url}: {type(error).__name__}: {error}"
            raise ProgramError(msg) from error

    return reading


class _Prepared(Value, frozen=True, kw_only=True):
    """What a job came to."""

    job: str
    capture: Capture
    answer: reading_worker.Answer


class PageReader:
    """Reads in processes, as many side by side as there are pages to be read at once, up to a number."""

    def __init__(self, *, at_once: int, memory: int = MOST_MEMORY, seconds: float = MOST_SECONDS) -> None:
        """Take the bounds of one page. No process is begun before there is a page to read."""
        self._bounds = (memory, seconds)
        self._patience = max(seconds * _PATIENCE, _LEAST_PATIENCE)
        self._server: ForkServer | None = None  # None: readers are begun anew
        self._free: list[ReadingProcess] = []
        self._busy: list[ReadingProcess] = []
        self._change = threading.Lock()  # of what is busy, and of whether this is closed
        self._reading = 0
        self._closed = False
        self._turns = threading.BoundedSemaphore(at_once)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="reader")
        self._prepared: dict[int, _Prepared] = {}  # by the identity of the capture, which is held

    def extract(self, capture: Capture, site: Site) -> Article:
        """Return the article that a capture holds. Raises ExtractError, `TooCostly` among them."""
        return self._result("extract", capture, site)  # type: ignore[no-any-return] # the job's own

    def listing(self, capture: Capture, site: Site, channel: Channel | None) -> ListingPage:
        """Return what a page of a list names. Raises ExtractError, `TooCostly` among them."""
        return self._result("listing", capture, site, channel)  # type: ignore[no-any-return]

    def pager(self, capture: Capture, site: Site) -> int:
        """Return how many pages a pager's script states. Raises ExtractError, `TooCostly` among them."""
        return self._result("pager", capture, site)  # type: ignore[no-any-return]

    def open(self) -> None:
        """Have readers be copies of this process as it is now, where it can be copied."""
        self._server = self._server or fork_server(*self._bounds)

    async def prepare(self, job: str, capture: Capture, *more: object) -> None:
        """Read a capture while others go on; where this is cancelled, the reader of the page is ended."""
        process: list[ReadingProcess] = []
        try:
            answer = await self._ask_beside(process, (job, capture, *more))
        except asyncio.CancelledError:
            for each in process:
                each.kill()
            raise
        if len(self._prepared) >= _MOST_PREPARED:  # nobody came for them
            self._prepared.clear()
        self._prepared[id(capture)] = _Prepared(job=job, capture=capture, answer=answer)

    @property
    def is_reading(self) -> bool:
        """Tell whether some page is being read."""
        return self._reading > 0

    def close(self) -> None:
        """End the processes, those too that are at work; what they read is `TooCostly` for who still asks."""
        with self._change:
            self._closed = True
            ended = self._busy + self._free
            self._free.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in ended:
            process.kill()
        if self._server is not None:
            self._server.close()

    def _result(self, job: str, capture: Capture, *more: object) -> Any:  # noqa: ANN401 - the job's own
        ready = self._prepared.pop(id(capture), None)
        if ready is not None and ready.job == job:
            answer = ready.answer
        else:
            answer = self._ask([], (job, capture, *more))
        if answer.error is not None:
            raise answer.error from (RemoteTraceback(answer.trace) if answer.trace else None)
        return answer.value

    async def _ask_beside(self, told: list[ReadingProcess], job: tuple[Any, ...]) -> reading_worker.Answer:
        """Do as `_ask` does, while others go on: on the loop, where no process or pipe makes us wait."""
        capture: Capture = job[1]
        is_small = len(capture.body) <= _SMALL and not capture.hops
        if is_small and self._turns.acquire(blocking=False):
            try:
                process = self._taken()
                if process is not None:
                    with self._at_work(process, told):
                        return _answer_to(capture, await process.ask_on_loop(job, self._patience))
            finally:
                self._turns.release()
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, told, job)

    def _ask(self, told: list[ReadingProcess], job: tuple[Any, ...]) -> reading_worker.Answer:
        """Give a job to a free process, or a new one. `told` hears which, so that it can be ended."""
        with self._turn():
            process = None if self._closed else self._taken() or self._begin(job[0])
            if process is None:
                return _answer_to(job[1], "reading had ended")
            with self._at_work(process, told):
                return _answer_to(job[1], process.ask(job, self._patience))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a turn; on the loop go on without one: who has it may need the loop to give it back."""
        had = self._turns.acquire(blocking=not _is_on_loop())
        try:
            yield
        finally:
            if had:
                self._turns.release()

    @contextmanager
    def _at_work(self, process: ReadingProcess, told: list[ReadingProcess]) -> Iterator[None]:
        """Count a process as busy."""
        with self._change:
            self._busy.append(process)
            if self._closed:  # meanwhile: `close` did not see it
                process.kill()
        told.append(process)
        self._reading += 1
        try:
            yield
        finally:
            self._reading = max(self._reading - 1, 0)
            with self._change:
                self._busy.remove(process)
                if self._closed:
                    process.kill()  # it came back when nobody needs readers any more
                else:
                    self._free.append(process)

    def _taken(self) -> ReadingProcess | None:
        """Return a process that is free; None: there is none, or somebody else ended it."""
        while True:
            with self._change:
                process = self._free.pop() if self._free else None
            if process is None:
                return None
            if process.is_alive:
                return process
            process.kill()

    def _begin(self, job: str) -> ReadingProcess:
        if self._server is not None:
            try:
                return self._server.begin(job)
            except (OSError, EOFError):  # it was ended by somebody: it copies nothing any more
                self._server.close()
        return begin_anew(*self._bounds)


def _is_on_loop() -> bool:
    """Tell whether this thread has an event loop that others go on with."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _answer_to(capture: Capture, came: reading_worker.Answer | str) -> reading_worker.Answer:
    """Return what came of reading a capture; where that is only why nothing came, as an error."""
    if isinstance(came, reading_worker.Answer):
        return came
    msg = say(
        "too costly: {url}: {why} while its {count} bytes were read",
        url=capture.url,
        why=came,
        count=len(capture.body),
    )
    return reading_worker.Answer(error=TooCostly(msg))


class RemoteTraceback(Exception):  # noqa: N818 - the cause of an error, shown as it was there
    """Where in a reader's process an error was met."""
