"""Whether a page was cut off on its way: what is still open where it ends, and may not be.

The tags that end a page may be left out (HTML standard, 13.1.2.4). A tag, a comment, a script or the
container of the article may not be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper import dom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_END: Final = '<i id="the-end-of-the-page"></i>'
_MARK: Final = "#the-end-of-the-page"


def breaks_off_in_markup(text: str) -> bool:
    """Tell whether a page ends within a tag, a comment, a script or a style."""
    last = text.rfind("<")
    if last > text.rfind(">") and text[last + 1 : last + 2].isalpha() | (
        text[last + 1 : last + 2] in {"/", "!"}
    ):
        return True
    if text.rfind("<!--") > text.rfind("-->"):
        return True
    lower = text.lower()
    return any(lower.rfind(f"<{tag}") > lower.rfind(f"</{tag}") for tag in ("script", "style"))


def is_open_at_end(text: str, containers: Iterable[dom.Node]) -> bool:
    """Tell whether one of these elements is open where the page ends: what came next would stand in it."""
    end = dom.first(dom.parse(text + _END), _MARK)
    if end is None:
        return False
    around = set()
    above = end.parent
    while above is not None:
        around.add(_place(above))
        above = above.parent
    return any(_place(element) in around for container in containers for element in _with_tables(container))


def _with_tables(container: dom.Node) -> Iterator[dom.Node]:
    """Yield a container and the tables that it stands in, whose end may not be left out either."""
    yield container
    above = container.parent
    while above is not None:
        if above.tag == "table":
            yield above
        above = above.parent


def _place(node: dom.Node) -> tuple[int, ...]:
    """Return where an element stands: how many siblings come before it and before each element above."""
    place = []
    here: dom.Node | None = node
    while here is not None:
        count, before = 0, here.prev
        while before is not None:
            count, before = count + 1, before.prev
        place.append(count)
        here = here.parent
    return tuple(place)
