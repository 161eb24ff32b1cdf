"""The process that reads pages: what it does with a job, and how jobs come to it and answers go back.

Bounds itself before it reads anything: address space by RLIMIT_AS, the CPU time of each page by a timer
whose signal ends the process.
"""

from __future__ import annotations

import pickle
import resource
import signal
import traceback
from typing import IO, TYPE_CHECKING, Any, Final

from scraper import discovery, extractor
from scraper.errors import ArchiveError, TooCostly
from scraper.ingest.bounds import address_space
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_LENGTH: Final = 8  # bytes before each message: how long it is
_JOBS: Final[dict[str, tuple[ModuleType, str]]] = {  # what does each job: imported when one comes
    "extract": (extractor, "extract"),
    "listing": (discovery, "read_links"),
    "pager": (discovery, "read_pager"),
}


class Answer(Value, frozen=True, kw_only=True):
    """What a job came to: a value, or an error."""

    value: Any = None
    error: Exception | None = None
    trace: str = ""  # where an error was met that the program did not raise on purpose


def main(asked: IO[bytes], answers: IO[bytes], memory: int, seconds: float, *, beyond: bool = False) -> None:
    """Read pages until nobody sends one any more.

    `memory`: bytes of address space that this process may have; `beyond`: may take beyond what it has.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # whoever began this process ends it
    most = memory + ((address_space() or 0) if beyond else 0)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    site: Any = None
    while (told := receive(asked)) is not None:
        site = pickle.loads(told) if told else site  # noqa: S301 - of the process that began this one
        answer = _answered(receive(asked) or b"", site, seconds)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(_head(answer) + answer)
        answers.flush()


def work_of(job: str) -> Callable[..., Any]:
    """Return what does a job; its module is imported, where it was not yet. Raises KeyError for any other."""
    work: Callable[..., Any] = getattr(*_JOBS[job])
    return work


def _answered(job: bytes, site: Any, seconds: float) -> bytes:  # noqa: ANN401 - a Site
    """Return the pickled answer to a pickled job, which has so many seconds from here on."""
    try:
        name, capture, *more = pickle.loads(job)  # noqa: S301 - of the process that began this one
        work = work_of(name)  # imported before its time runs
        signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF ends the process
        return pickle.dumps(Answer(value=work(capture, site, *more)), pickle.HIGHEST_PROTOCOL)
    except ArchiveError as error:
        return pickle.dumps(Answer(error=error), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        full = TooCostly("too costly: the memory for one page was not enough")
        return pickle.dumps(Answer(error=full), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - told, with its trace, by the process that asked
        told = RuntimeError(f"{type(error).__name__}: {error}")
        return pickle.dumps(Answer(error=told, trace=traceback.format_exc()), pickle.HIGHEST_PROTOCOL)


def send(pipe: IO[bytes], job: tuple[Any, ...], *, same_site: bool) -> None:
    """Send a job: its name, a capture, its site, what else it needs. `same_site`: as the job before."""
    name, capture, site, *more = job
    told = b"" if same_site else pickle.dumps(site, pickle.HIGHEST_PROTOCOL)
    data = pickle.dumps((name, capture, *more), pickle.HIGHEST_PROTOCOL)
    pipe.write(_head(told) + told + _head(data))
    pipe.write(data)
    pipe.flush()


def _head(message: bytes) -> bytes:
    return len(message).to_bytes(_LENGTH, "big")


def receive(pipe: IO[bytes]) -> bytes | None:
    """Return the next message; None: there will be none."""
    head = pipe.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    size = int.from_bytes(head, "big")
    data = pipe.read(size)
    return data if len(data) == size else None
