"""What the elements of a container are and carry: looked at once for all who ask for a tag or attribute."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper import dom
    from scraper.extractor.raw_body import Element, RawBody

PLAIN: Final = frozenset(
    [
        *("class", "id", "style", "title", "alt", "href", "name", "download", "target", "rel", "lang", "dir"),
        *("width", "height", "border", "align", "valign", "bgcolor", "colspan", "rowspan", "cellpadding"),
        *("cellspacing", "color", "size", "type", "start", "datetime", "shape", "coords", "usemap"),
    ]
)
"""Attributes that make no element another than its tag says, but for its style."""
_OF_PICTURE: Final = PLAIN | {"src"}


class Survey:
    """The elements of one container by what they are and carry, each list in page order."""

    def __init__(self, raw: RawBody) -> None:
        """Look at a container and all that stands in it."""
        self.raw = raw
        self.root = raw.root
        self.tags = {tag for _, tag, _ in raw.elements}
        self.unusual: list[Element] = [
            element
            for element in raw.elements
            if element[2] and not (_OF_PICTURE if element[1] == "img" else PLAIN).issuperset(element[2])
        ]  # those that have any other attribute: few do

    def tagged(self, tag: str) -> list[dom.Node]:
        """Return the elements of a tag."""
        return [node for node, each, _ in self.raw.elements if each == tag] if tag in self.tags else []

    def with_any(self, *names: str) -> Iterator[tuple[dom.Node, str]]:
        """Yield the elements that have any of some attributes, none of them plain, with its value."""
        for name in names:
            for node, _, attributes in self.unusual:
                if name in attributes:
                    yield node, attributes[name] or ""

    @cached_property
    def styles(self) -> str:
        """All styles in small letters, each once and on a line of its own: a page says one often."""
        told = [attributes["style"] or "" for _, _, attributes in self.raw.elements if "style" in attributes]
        return "\n".join(dict.fromkeys(told)).lower()

    @cached_property
    def styled(self) -> dict[str, list[dom.Node]]:
        """The elements that have a style, by what it says."""
        found: dict[str, list[dom.Node]] = defaultdict(list)
        for node, _, attributes in self.raw.elements:
            if "style" in attributes:
                found[attributes["style"] or ""].append(node)
        return found

    @property
    def text(self) -> str:
        """All characters below the container, those of scripts and styles too."""
        return self.raw.text
