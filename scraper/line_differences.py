"""What differs between two texts, line by line, within a bound of work.

`difflib` takes time that grows with the cube of what it compares where few lines are repeated many times:
8,000 lines of 150 kinds take it 3.5 s, ten times as many an hour. Beyond a bound nobody reads a fine
difference: what lies between the common beginning and end is told as taken out and put in as a whole.
"""

from __future__ import annotations

import difflib
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

_MOST_WORK: Final = 300_000_000  # comparisons, at the worst: about 0.3 s


def unified(
    before: Sequence[str], after: Sequence[str], names: tuple[str, str] = ("", ""), *, around: int = 3
) -> Iterator[str]:
    """Yield a unified diff, without line ends: nothing where the two are the same.

    `around`: lines told before and after what differs.
    """
    if not is_dear(before, after):
        yield from difflib.unified_diff(before, after, *names, n=around, lineterm="")
        return
    start, end = common(before, after)
    first = max(start - around, 0)
    tail = after[len(after) - end :][:around]
    lines = (
        *(f" {line}" for line in after[first:start]),
        *(f"-{line}" for line in before[start : len(before) - end]),
        *(f"+{line}" for line in after[start : len(after) - end]),
        *(f" {line}" for line in tail),
    )
    old, new = len(before) - end - first + len(tail), len(after) - end - first + len(tail)
    yield from (f"--- {names[0]}", f"+++ {names[1]}", f"@@ -{first + 1},{old} +{first + 1},{new} @@")
    yield from lines


def is_dear(before: Sequence[Hashable], after: Sequence[Hashable]) -> bool:
    """Say whether comparing the two item by item may take longer than anybody waits.

    One look for the longest run that both have in common meets each pair of the same items; there may be as
    many looks as there are items.
    """
    start, end = common(before, after)
    ours = Counter(before[start : len(before) - end])
    theirs = Counter(after[start : len(after) - end])
    pairs = sum(count * theirs[item] for item, count in ours.items())
    return pairs * min(ours.total(), theirs.total()) > _MOST_WORK


def common(before: Sequence[Hashable], after: Sequence[Hashable]) -> tuple[int, int]:
    """Return how many items two sequences have in common at their beginnings, and at their ends besides."""
    start = _same(before, after)
    return start, _same(before[start:][::-1], after[start:][::-1])


def _same(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
