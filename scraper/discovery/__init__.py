"""From captures to links: pages of lists, their pagers, sitemaps and feeds. Pure: bytes in, values out.

What reads them is imported when it is first asked for: a run whose lists are as they were reads none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.lazy import parts

if TYPE_CHECKING:
    from scraper.discovery.feed import read_feed
    from scraper.discovery.links import read_links
    from scraper.discovery.listing import read_listing
    from scraper.discovery.numbering import numbered_page
    from scraper.discovery.pager import read_pager
    from scraper.discovery.sitemap import read_sitemap

__all__ = [
    "MOST_PAGES",
    "numbered_page",
    "read_feed",
    "read_links",
    "read_listing",
    "read_pager",
    "read_sitemap",
]

MOST_PAGES: Final = 65_536
"""More pages than any list has: a larger number is a slip, or a date, and would be walked for years."""

__getattr__ = parts(
    __name__,
    {
        "numbered_page": "numbering",
        "read_feed": "feed",
        "read_links": "links",
        "read_listing": "listing",
        "read_pager": "pager",
        "read_sitemap": "sitemap",
    },
)
