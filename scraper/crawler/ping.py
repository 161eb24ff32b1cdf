"""Tells somebody that a run ended: one GET of an address that the config names.

What is answered is not kept. The address may be within the house: whoever wrote the config trusts it. Whoever
knows it may use it, so errors show its host alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import urls
from scraper.crawler.client import Client
from scraper.crawler.fetcher import Fetcher, Traffic
from scraper.crawler.proxies import Proxies
from scraper.errors import BadStatus, FetchError
from scraper.messages import say
from scraper.model import Kind, NetworkSettings
from scraper.redaction import replaced

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
    place = f"{urls.origin(url)}/…"
    try:
        async with client:
            capture = await fetcher.exchange(url, Kind.FILE, (), Traffic())
    except FetchError as error:
        error.args = (replaced(error.args[0], url, place),)
        raise error from None
    if capture.status not in _GOOD:
        msg = say("ping: {url}: status {status}", url=place, status=capture.status)
        raise BadStatus(msg, status=capture.status)
