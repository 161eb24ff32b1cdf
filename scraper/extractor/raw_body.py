"""What the parser says of one container of a body, asked once for all who read it.

Nothing is judged here, so that the reader and its witness can both begin from it and still share no rule.
"""

from __future__ import annotations

from functools import cached_property
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

    @cached_property
    def elements(self) -> list[Element]:
        """The container and all elements in it, in page order."""
        return dom.elements(self.root)

    @cached_property
    def text(self) -> str:
        """All characters in the container, those of scripts and styles too."""
        return dom.all_text(self.root)
