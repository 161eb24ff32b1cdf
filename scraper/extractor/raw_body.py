"""What the parser says of one container of a body, asked once for all who read it.

Nothing is judged here, so that the reader and its witness can both begin from it and still share no rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from scraper import dom

if TYPE_CHECKING:
    Attributes: TypeAlias = dict[str, str | None]
    Element: TypeAlias = tuple[dom.Node, str, Attributes]  # with its tag


class RawBody:
    """A container as it was parsed."""

    def __init__(self, root: dom.Node) -> None:
        """Take the container."""
        self.root = root
        self.elements: list[Element] = dom.elements(root)  # and itself, in page order
        self.tags = {tag for _, tag, _ in self.elements}
        self.text = dom.all_text(root)  # all characters, those of scripts and styles too
