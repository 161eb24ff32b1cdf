"""A state whose site is called otherwise from now on: every row gets the new name, or none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.stores.state.parting import OF_A_SITE

if TYPE_CHECKING:
    from scraper.stores.state import State


def rename_site(state: State, before: str, after: str) -> None:
    """Give all rows of a site its new name, in one transaction. Does nothing where none has the old one."""
    with state.transaction():
        for table in OF_A_SITE:
            state.connection.execute(
                f"UPDATE OR REPLACE {table} SET site = ? WHERE site = ?",  # noqa: S608 - a constant
                (after, before),
            )
        state.connection.execute(
            "UPDATE OR REPLACE memory SET name = ? WHERE topic NOT IN ('host', 'robots') AND name = ?",
            (after, before),
        )
        state.connection.execute(
            "UPDATE memory SET name = ? || substr(name, ?) "
            "WHERE topic = 'wayback' AND substr(name, 1, ?) = ?",
            (after, len(before) + 1, len(before) + 1, f"{before} "),
        )
