"""An article taken out of the archive, wherever something of it lies: `forget`, joined."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scraper import urls
from scraper.app.archive_door import enter
from scraper.app.archive_view import first
from scraper.app.feeds import write_feeds
from scraper.app.indexing import index_path, refresh_sites
from scraper.app.machine import clock
from scraper.app.open_sites import Sites
from scraper.app.saved_page import address
from scraper.app.sites import site_for
from scraper.audit.lookup import find
from scraper.errors import UsageError
from scraper.ingest.forgetting import Forgetting
from scraper.messages import say
from scraper.stores.elsewhere import where_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import Config
    from scraper.model import Site
    from scraper.stores.state import State
    from scraper.stores.takedowns import Takedown

_URLNAME: Final = re.compile(r"[0-9a-f]{32}")


def article_at(config: Config, text: str) -> tuple[Site, str]:
    """Return the site and the key of an article: by any of its addresses, or by its urlname.

    Raises UsageError where the archive knows none, StoreError where the state of one cannot be read.
    """
    by_name = _URLNAME.fullmatch(text.lower()) is not None
    find_key = partial(_named, text.lower()) if by_name else partial(_key_of, text)
    found = first(config, _sites(config, None if by_name else text), find_key)
    if found is None:
        raise UsageError(say("forget: {text}: the archive knows no such article", text=text))
    return found


def _sites(config: Config, text: str | None) -> Iterator[Site]:
    """Yield the sites that may have it, the nearest first."""
    if text is None:
        yield from config.sites
        return
    nearest = site_for(address(text), config).name
    yield from sorted(config.sites, key=lambda site: site.name != nearest)


def _key_of(text: str, site: Site, state: State) -> str | None:
    known = find(address(text), site, state)
    return None if known is None else known.key


def _named(name: str, site: Site, state: State) -> str | None:
    every = state.articles.every(site.name)
    return next((known.key for known in every if urls.urlname(known.url) == name), None)


def forget(config: Config, site: Site, key: str, reason: str) -> Takedown:
    """Take an article out: document, pictures, captures, search, feeds. Raises Locked, StoreError.

    Killed anywhere, the next command that works on the site finishes it.
    """
    now, archive = clock(config), Path(config.archive)
    if where_file(archive, site.name).exists():
        msg = say("{site}: the cluster works it: `cluster retire` brings it back first", site=site.name)
        raise UsageError(msg)
    enter(config, now=now, new=False)
    with Sites(config, now=now, dry=False).open(site) as context:
        forgetting = Forgetting(context)
        forgetting.finish()
        known = context.state.articles.get(site.name, key)
        if known is None:
            raise UsageError(say("forget: {text}: the archive knows no such article", text=key))
        takedown = forgetting.forget(known, reason)
    if index_path(config).exists():
        for error in refresh_sites(config, {site.name}).unopened:
            raise error
        if config.feeds:
            write_feeds(config, {site.name})
    return takedown
