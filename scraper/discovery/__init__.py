"""From captures to links: pages of lists, their pagers, sitemaps and feeds. Pure: bytes in, values out."""

from scraper.discovery.listing import read_listing
from scraper.discovery.pager import numbered_page, read_pager

__all__ = ["numbered_page", "read_listing", "read_pager"]
