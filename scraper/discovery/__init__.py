"""From captures to links: pages of lists, their pagers, sitemaps and feeds. Pure: bytes in, values out."""

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
