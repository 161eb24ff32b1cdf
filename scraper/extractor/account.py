"""What stands in a body and is not told, under the rule that leaves it out.

The reader writes it while it walks; the witness takes off the page what it names, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from scraper import dom

Rule: TypeAlias = Literal[
    "hidden-text",  # what the page itself says is not to be shown
    "decoration",  # icons of file types, counters, spacers, backgrounds
    "placeholder",  # a picture that stands for one that the page names nowhere
    "picture",  # a picture whose address nobody can ask for
    "form",  # fields to be filled in
    "navigation",  # the way to other articles, closing, printing, sharing
    "surroundings",  # what stands around the article proper
    "dropped",  # what the family or the config says is no part of it
    "drawing",  # the inside of a drawing made of lines
    "formula",  # a second form of a formula that is told
    "symbol",  # letters of a font of signs, told as the signs that they show
    "player",  # a player that names nothing to play
    "fallback",  # what is shown only where a player or script does not work
    "further-page",  # a page of the same article that is not at hand, or says nothing that can be read
    "script-file",  # what a script names beside what it shows
    "script-text",  # words that a script alone shows: its own, a template's, an attribute's
    "style-text",  # words that the style sheet alone shows
]


class Account:
    """The account of one body."""

    def __init__(self) -> None:
        """Begin with nothing left out."""
        self.nodes: dict[int, Rule] = {}  # by `mem_id`: the element and all that stands in it
        self.addresses: dict[str, Rule] = {}  # as they stand on the page: the address alone

    def leave(self, node: dom.Node, rule: Rule) -> None:
        """Leave an element out, with all that stands in it."""
        self.nodes[node.mem_id] = rule

    def note(self, reference: str, rule: Rule) -> None:
        """Leave an address out, and not the element that names it."""
        self.addresses[reference] = rule

    def count(self) -> Counter[Rule]:
        """Return how many elements each rule left out."""
        return Counter(self.nodes.values())
