"""The order in which a browser draws what a table or a ruby holds, where that is not the order of the page.

For the witness alone: the reader has an order of its own, which this one is held against.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from scraper import dom

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_GROUPS: Final = {"thead": 1, "tbody": 2, "tr": 2, "tfoot": 3}
_PARTS: Final = frozenset(["rbc", "rtc"])


def _of_table(table: dom.Node) -> list[dom.Node]:
    """Return the head of a table first, its foot last."""
    last = 0
    keys: list[int] = []
    for child in dom.children(table):
        last = _GROUPS.get(child.tag or "", last)
        keys.append(last)
    keyed = zip(keys, dom.children(table), strict=True)
    return [child for _, child in sorted(keyed, key=lambda each: each[0])]


def _of_ruby(ruby: dom.Node) -> list[dom.Node]:
    """Return each word with its reading, where all words stand before all readings."""
    below = dom.children(ruby)
    flat = list(chain.from_iterable(dom.children(each) if each.tag in _PARTS else [each] for each in below))
    words = [each for each in flat if each.tag == "rb"]
    readings = [each for each in flat if each.tag == "rt"]
    rest = [each for each in flat if each.tag not in {"rb", "rt", "rp"} and dom.text_of(each).strip()]
    if len(words) != len(readings) or rest:
        return below
    return list(chain.from_iterable(zip(words, readings, strict=True)))


DRAWN: Final[Mapping[str, Callable[[dom.Node], list[dom.Node]]]] = {"table": _of_table, "ruby": _of_ruby}
"""What draws its children in another order, and how."""
