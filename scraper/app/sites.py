"""Which site an address belongs to: one of the config's, one that is known without, or one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import urls
from scraper.config import site_without_config
from scraper.config.problems import guess
from scraper.errors import UsageError
from scraper.families.known_sites import known_site
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.config import Config
    from scraper.model import Site
    from scraper.urls import Url


def site_named(config: Config, name: str) -> Site:
    """Return a site of the config by its name. Raises UsageError, with a guess, where there is none."""
    site = next((site for site in config.sites if site.name == name), None)
    if site is None:
        names = [site.name for site in config.sites]
        msg = say(
            "site: {name}: the config names no such site{guess} (it has {join})",
            name=name,
            guess=guess(name, names),
            join=", ".join(names),
        )
        raise UsageError(msg)
    return site


def sites_named(config: Config, names: Iterable[str]) -> tuple[Site, ...]:
    """Return the sites of these names, each once; all sites where there is no name."""
    return tuple(dict.fromkeys(site_named(config, name) for name in names)) or config.sites


def site_for(url: Url, config: Config | None = None) -> Site:
    """Return the site that an address belongs to.

    That is the configured site whose home is nearest above it; else the one that has a channel on its host;
    else a site made for it, with every default, whose home is its known home or its own front page.
    """
    for site in _configured(url, config.sites if config else ()):
        return site
    host = urls.host(url)
    known = known_site(host)
    home = urls.join(url, "/" if known is None else known.home)
    return site_without_config(name=host, home=home or url, family=None if known is None else known.family)


def configured_site(url: Url, config: Config) -> Site | None:
    """Return the configured site that an address belongs to; None: it belongs to none."""
    return next(iter(_configured(url, config.sites)), None)


def _configured(url: Url, sites: Iterable[Site]) -> list[Site]:
    """Return the sites that an address can belong to, nearest first."""
    address = _address(url)
    below = [site for site in sites if address.startswith(_folder(site.home))]
    below.sort(key=lambda site: len(site.home), reverse=True)
    hosts = [
        site
        for site in sites
        if any(urls.host(url) == urls.host(own) for c in site.channels for own in c.addresses)
    ]
    same = [site for site in sites if urls.host(site.home) == urls.host(url)]
    return [*below, *same, *hosts]


def _address(url: Url) -> str:
    """Return host and path: http and https, with whatever port, are one site."""
    return urls.host(url) + urls.split(url).path


def _folder(home: Url) -> str:
    return _address(home).rpartition("/")[0] + "/"
