"""Whose a link is: an article of the site, something else of it, or another host's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper import urls
from scraper.model import Kind, Link
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scraper.families.family import Family
    from scraper.model import Capture, Channel, Site
    from scraper.urls import Url

_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|zip|rar|7z|jpe?g|png|gif|webp|mp[34]|flv)(?:$|\?)"
    r"|/_content/download\.jsp\?|/virtual_attach_file\.vsb\?|/module/download/down(?:file)?\.jsp\?|/attachment\.jspx\?",
    re.IGNORECASE,
)


class Row(NamedTuple):
    """One entry of a list, a feed or a sitemap: an address, and what is said of it."""

    url: Url
    title: str | None = None  # None: it is given none
    date: datetime | None = None  # None: it is given none


class Scope(Value, frozen=True, kw_only=True):
    """What of the links of a capture is the site's own, and what of that is an article."""

    capture: Capture
    hosts: frozenset[str]
    family: Family | None  # None: unknown; any page of the site may be an article
    channel: Channel | None = None

    def own(self, url: Url) -> bool:
        """Say whether an address is on a host of the site."""
        return urls.host(url) in self.hosts

    def article(self, url: Url) -> bool:
        """Say whether an address is that of an article of the site."""
        if not self.own(url):
            return False
        if self.family is None:
            return not is_file(url)
        parts = urls.split(urls.without_session(url))
        return self.family.article_url.search(parts.path + parts.query) is not None

    def leads_out(self, url: Url) -> bool:
        """Say whether a link leads to a thing, and not only about the site, as its navigation does."""
        return not self.own(url) or is_file(url) or self.article(url)

    def links(self, rows: Iterable[Row]) -> tuple[Link, ...]:
        """Return the links of rows."""
        name = self.channel.name if self.channel is not None else None
        return tuple(
            Link(
                url=row.url,
                kind=Kind.FILE if is_file(row.url) else Kind.ARTICLE,
                title=row.title,
                date=row.date,
                channel=name,
                found_on=self.capture.url,
            )
            for row in rows
        )


def scope_of(capture: Capture, site: Site, family: Family | None, channel: Channel | None = None) -> Scope:
    """Return the scope of a capture: the hosts that the config names for the site, and its own."""
    named = (site.home, capture.final_url, *(url for each in site.channels for url in each.addresses))
    hosts = frozenset(urls.host(url) for url in named)
    return Scope(capture=capture, hosts=hosts, family=family, channel=channel)


def is_file(url: Url) -> bool:
    """Say whether an address is a bare file, such as a PDF that a list links in place of a page."""
    return _FILE.search(url) is not None
