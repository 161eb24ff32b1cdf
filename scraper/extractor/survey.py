"""What the elements of a container are and carry: looked at once for all who ask for a tag or attribute."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper import dom
    from scraper.extractor.raw_body import RawBody

    Carried: TypeAlias = list[tuple[dom.Node, str]]


class Survey:
    """The elements of one container by tag and by the names of their attributes, each list in page order."""

    def __init__(self, raw: RawBody) -> None:
        """Look at a container and all that stands in it."""
        self.raw = raw
        self.root = raw.root
        self.tagged: dict[str, list[dom.Node]] = defaultdict(list)
        self.named: dict[str, Carried] = defaultdict(list)
        for node, tag, attributes in raw.elements:
            self.tagged[tag].append(node)
            for name, value in attributes.items():
                self.named[name].append((node, value or ""))

    def with_any(self, *names: str) -> Iterator[tuple[dom.Node, str]]:
        """Yield the elements that have any of some attributes, with its value."""
        for name in names:
            yield from self.named.get(name, ())

    @cached_property
    def styles(self) -> str:
        """All styles in small letters, each once and on a line of its own: a page says one often."""
        return "\n".join(dict.fromkeys([style for _, style in self.named.get("style", ())])).lower()

    @property
    def text(self) -> str:
        """All characters below the container, those of scripts and styles too."""
        return self.raw.text
