"""Tells somebody that a run ended: one GET of an address that the config names.

What is answered is not kept. The address may be within the house: whoever wrote the config trusts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.crawler.client import Client
from scraper.crawler.fetcher import Fetcher, Traffic
from scraper.crawler.proxies import Proxies
from scraper.errors import BadStatus
from scraper.messages import say
from scraper.model import Kind, NetworkSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from ssl import SSLContext

    from scraper.urls import Url

_SETTINGS = NetworkSettings(timeout=10.0, max_bytes=65_536, allow_private_addresses=True, retries=0)
_GOOD = range(200, 400)


async def ping(
    url: Url,
    *,
    user_agent: str,
    now: Callable[[], datetime],
    environment: Mapping[str, str],
    proxy: str | None = None,
    tls: SSLContext | None = None,
) -> None:
    """Ask for an address once. Raises FetchError where nobody heard it."""
    client = Client(allow_private=True, tls=tls)
    routes = Proxies(proxy, environment)
    fetcher = Fetcher(client=client, routes=routes, settings=_SETTINGS, user_agent=user_agent, now=now)
    async with client:
        capture = await fetcher.exchange(url, Kind.FILE, (), Traffic())
    if capture.status not in _GOOD:
        msg = say("ping: {url}: status {status}", url=url, status=capture.status)
        raise BadStatus(msg, status=capture.status)
