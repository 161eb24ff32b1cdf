"""From captures to links: pages of lists, their pagers, sitemaps and feeds. Pure: bytes in, values out.

What reads them is imported when it is first asked for: a run whose lists are as they were reads none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.lazy import parts

if TYPE_CHECKING:
    from scraper.discovery.feed import read_feed
    from scraper.discovery.links import read_links
    from scraper.discovery.listing import read_listing
    from scraper.discovery.pager import MOST_PAGES, numbered_page, read_pager
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

__getattr__ = parts(
    __name__,
    {
        "MOST_PAGES": "pager",
        "numbered_page": "pager",
        "read_feed": "feed",
        "read_links": "links",
        "read_listing": "listing",
        "read_pager": "pager",
        "read_sitemap": "sitemap",
    },
)
