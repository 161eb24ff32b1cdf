"""What the elements of a container are and carry: looked at once for all who ask for a tag or attribute."""

from __future__ import annotations

from collections import defaultdict
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
        self.tags = raw.tags
        self.text = raw.text  # all characters, those of scripts and styles too
        self.unusual: list[Element] = []  # those that have any attribute that is not plain: few do
        self.styled: dict[str, list[dom.Node]] = defaultdict(list)  # those that have a style, by what it says
        for element in raw.elements:
            node, tag, attributes = element
            if not attributes:
                continue
            if "style" in attributes:
                self.styled[attributes["style"] or ""].append(node)
            if not (_OF_PICTURE if tag == "img" else PLAIN).issuperset(attributes):
                self.unusual.append(element)
        self.styles = "\n".join(self.styled).lower()  # each once: a page says one often

    def tagged(self, tag: str) -> list[dom.Node]:
        """Return the elements of a tag."""
        return [node for node, each, _ in self.raw.elements if each == tag] if tag in self.tags else []

    def with_any(self, *names: str) -> Iterator[tuple[dom.Node, str]]:
        """Yield the elements that have any of some attributes, none of them plain, with its value."""
        for name in names if self.unusual else ():
            for node, _, attributes in self.unusual:
                if name in attributes:
                    yield node, attributes[name] or ""
