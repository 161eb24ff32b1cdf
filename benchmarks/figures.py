"""What a benchmark gives: figures beside the floors and peers of the same run, as a table and as JSON."""

from __future__ import annotations

import json
import math
import os
import platform
import resource
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

Group = TypeVar("Group")
ROUNDS_OF_DEAR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure. `floor` is the least that the same work can cost, measured in the same run."""

    name: str
    value: float
    unit: str
    floor: float | None = None  # None: nothing is a floor to it
    floor_name: str = ""
    peers: dict[str, float] = field(default_factory=dict)  # what others need for the same, in the same unit

    @property
    def ratio(self) -> float | None:
        """Return the value in floors: the figure to compare between machines."""
        return None if not self.floor else self.value / self.floor


def cpu() -> float:
    """Return the CPU seconds of this process and of the children that it waited for."""
    mine = resource.getrusage(resource.RUSAGE_SELF)
    return mine.ru_utime + mine.ru_stime + of_children()


def compiled() -> dict[str, str]:
    """Return the environment of a program that runs as installed: compiled once, not each time."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def of_children() -> float:
    """Return the CPU seconds of the children that this process waited for."""
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    return theirs.ru_utime + theirs.ru_stime


def best(work: Callable[[], object], rounds: int = 3) -> float:
    """Return the CPU seconds of the quickest round: the one that the machine disturbed least."""
    spent = []
    for _ in range(rounds):
        begun = cpu()
        work()
        spent.append(cpu() - begun)
    return min(spent)


def best_in_groups(
    works: Mapping[str, Callable[[Group], object]],
    groups: Sequence[Group],
    rounds: int,
    dear: Mapping[str, Callable[[Group], object]] = MappingProxyType({}),
) -> dict[str, float]:
    """Return the CPU seconds of each work over all groups: of each group its quickest round alone.

    The works take turns within a group of a few things, so that a machine whose speed changes while it is
    measured changes it for all of them: what they are to each other stays. `dear` works have two rounds.
    """
    spent: dict[str, list[float]] = {name: [math.inf] * len(groups) for name in (*works, *dear)}
    for number in range(rounds):
        for place, group in enumerate(groups):
            for name, work in (*works.items(), *(dear.items() if number < ROUNDS_OF_DEAR else ())):
                begun = time.process_time()
                work(group)
                spent[name][place] = min(spent[name][place], time.process_time() - begun)
    return {name: sum(quickest) for name, quickest in spent.items()}


class Watch:
    """What a stretch of work took."""

    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def watched() -> Iterator[Watch]:
    """Measure what stands within, in seconds of wall and CPU."""
    watch = Watch()
    begun, spent = time.perf_counter(), cpu()
    yield watch
    watch.wall, watch.cpu = time.perf_counter() - begun, cpu() - spent


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a table of Markdown."""
    lines = ["| what | measured | floor | × floor | peers |", "|---|---|---|---|---|"]
    for figure in figures:
        floor = "" if figure.floor is None else f"{_number(figure.floor)} {figure.unit} ({figure.floor_name})"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.1f}"
        peers = ", ".join(f"{name} {_number(value)}" for name, value in figure.peers.items())
        lines.append(
            f"| {figure.name} | {_number(figure.value)} {figure.unit} | {floor} | {ratio} | {peers} |"
        )
    return "\n".join(lines)


def save(figures: Iterable[Figure], file: Path) -> None:
    """Write the figures as JSON, with what machine they were measured on."""
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "system": platform.system()}
    told = {"machine": machine, "figures": [{**asdict(figure), "ratio": figure.ratio} for figure in figures]}
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def compare(figures: Iterable[Figure], base: Path) -> str:
    """Return how each figure stands to that of an earlier run: by ratio to the floor where there is one."""
    before = {entry["name"]: entry for entry in json.loads(base.read_text(encoding="utf-8"))["figures"]}
    lines = ["| what | before | now | now / before |", "|---|---|---|---|"]
    for figure in figures:
        old = before.get(figure.name)
        if old is None:
            continue
        was, now = (
            (old["ratio"], figure.ratio) if figure.ratio and old["ratio"] else (old["value"], figure.value)
        )
        change = f"{now / was:.2f}" if was else ""
        lines.append(f"| {figure.name} | {_number(was)} | {_number(now)} | {change} |")
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"  # noqa: PLR2004
