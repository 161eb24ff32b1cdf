"""What is known of single sites and stands neither on their pages nor in a config: as data, a site an entry.

A family knows its system and no site of it. What is here is used with any config, and with none.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping


class KnownSite(Value, frozen=True, kw_only=True):
    """One site. `codes`: by a channel's folder, what its pages of older rows are called by.

    They are needed where an index names no pager script.
    """

    host: str
    home: str  # whose scheme is that of its permalinks
    family: str
    codes: Mapping[str, str]


KNOWN_SITES: Final = (
    KnownSite(
        host="news.nankai.edu.cn",
        home="http://news.nankai.edu.cn/",
        family="ecms",
        codes=MappingProxyType(
            {  # each seen on a saved page
                "bnxq": "0002000",
                "ywsd": "0003000",
                "zhxw": "0004000",
                "dcxy": "0005000",
                "mtnk": "0006000",
                "ztbd": "0007000",
                "nkrw": "0008000",
                "nkzs": "0009000",
                "sp": "0010000",
                "nkdxb": "0011000",
                "gb": "0012000",
                "wx": "0015000",
                "xlzt": "0019000",
                "gynk": "0020000",
            }
        ),
    ),
)


def known_site(host: str) -> KnownSite | None:
    """Return what is known of the site on a host; None: nothing."""
    return next((site for site in KNOWN_SITES if site.host == host), None)
