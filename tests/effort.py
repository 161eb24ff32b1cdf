"""How much work something is, counted and not timed: the clock of a busy machine tells nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any


def lines_run(work: Callable[[], object]) -> int:
    """Return how many lines of Python run until some work is done. What C does within one is not seen."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:  # noqa: ANN401 - the tracer's own
        nonlocal counted
        counted += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return counted
