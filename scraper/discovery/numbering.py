"""Where a page of a list is, by its number: all that who asks for pages needs to know of pagers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.discovery import MOST_PAGES

if TYPE_CHECKING:
    from scraper.families.family import Family
    from scraper.model import PageRef
    from scraper.urls import Url


def numbered_page(family: Family, url: Url, number: int) -> PageRef | None:
    """Return the page of this number of the list that `url` belongs to, or None where nobody could know it.

    `url` is a list's index, its pager script, or any of its pages. `number` is counted as the system counts:
    from the oldest page on where `family.pager.oldest_first`.
    """
    if family.pager.page is None or not 1 <= number <= MOST_PAGES:
        return None
    return family.pager.page(url, number)
