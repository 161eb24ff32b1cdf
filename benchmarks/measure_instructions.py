"""Pages by instructions of the processor: a figure that neither the machine nor its other work changes.

Counted by `perf stat`, or by valgrind where nobody may count otherwise; where neither is, there is no figure.
A step is done once more in one process than in another: the difference is the step alone, without the start
of Python and with everything warm.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import measure_pages
from figures import Figure, compiled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EVERY: Final = 5  # a page of so many is measured
SMALL: Final = 1  # pages, where it is only tried whether it works


class Counter(NamedTuple):
    """A program that runs another one, and says on standard error how many instructions that took."""

    command: tuple[str, ...]
    said: re.Pattern[str]


COUNTERS: Final = (
    Counter(
        ("perf", "stat", "-x", ",", "-e", "instructions:u", "--"),
        re.compile(r"^(?P<count>\d+),.*\binstructions:u\b", re.MULTILINE),
    ),
    Counter(
        ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"),
        re.compile(r"\bI\s+refs:\s+(?P<count>[\d,]+)"),
    ),
)


def measure(*, small: bool) -> Iterator[Figure]:
    """Yield thousands of instructions a page."""
    counter = next((one for one in COUNTERS if _counted(one, "-c", "") is not None), None)
    if counter is None:
        print("instructions: neither perf nor valgrind counts here", file=sys.stderr)
        return
    program = [__file__, str(SMALL if small else len(list(measure_pages.captures())[::EVERY]))]
    number = int(_run([sys.executable, *program]).stdout)  # compiles what is not yet, too

    def spent(steps: Sequence[str]) -> int:
        return _counted(counter, *program, *steps) or 0

    names = list(measure_pages.STEPS)
    with ThreadPoolExecutor(os.cpu_count()) as crew:
        none, *each = crew.map(spent, [[], *([name] for name in names)])
    of = {name: (count - none) / number / 1e3 for name, count in zip(names, each, strict=True)}
    written = of["read"] + of["write"]
    for name, value in (
        ("page → article", of["read"]),
        ("page → document", written),
        ("page → document, proved", written + of["prove"]),
    ):
        yield Figure(
            name=f"{name}: instructions",
            value=value,
            unit="thousand a page",
            floor=of["parse"],
            floor_name="bare parse",
        )


def _counted(counter: Counter, *program: str) -> int | None:
    """Return how many instructions Python takes for a program; None: they cannot be counted so."""
    try:
        done = _run([*counter.command, sys.executable, *program])
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    said = counter.said.search(done.stderr)
    return None if said is None else int(said["count"].replace(",", ""))


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**compiled(), "PYTHONHASHSEED": "0"}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603


def _work(number: int, steps: Sequence[str]) -> int:
    """Do every step over some pages, then these steps once more; return how many of them are articles."""
    captures = islice(measure_pages.captures(), 0, number * EVERY, EVERY)
    pages = list(measure_pages.pages_of(captures))
    for name in (*measure_pages.STEPS, *steps):
        for page in pages:
            measure_pages.STEPS[name](page)
    return len(pages)


if __name__ == "__main__":
    print(_work(int(sys.argv[1]), sys.argv[2:]))
