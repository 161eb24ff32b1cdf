"""An item of a list while the list is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from scraper.blocks import Block


class Item(NamedTuple):
    """What an item says, and what stands before it."""

    blocks: tuple[Block, ...]
    number: int | None = None  # as Markdown counts; None: it has a dot, or a label
    label: str | None = None  # the number as the page writes it, where Markdown cannot; None: Markdown can
