"""A `Network` in virtual time before a fault server: what the tests of the crawler share."""

from __future__ import annotations

import asyncio
import ssl
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import virtualtime

from scraper import urls
from scraper.crawler.host_state import InMemoryHostState
from scraper.crawler.network import Network, user_agent
from scraper.model import Kind, NetworkSettings, Request, Site

if TYPE_CHECKING:
    from faultserver import FaultServer

    from scraper.model import Capture
    from scraper.urls import Url

AGENT = user_agent("9.9", "https://example.org/we")


def site(home: Url, **changes: Any) -> Site:  # noqa: ANN401 - any field of a site
    """Return a site that asks one request after another and has no robots.txt to obey."""
    fields: dict[str, Any] = {
        "name": "nk",
        "title": "南开",
        "archive_name": "nk",
        "timezone": ZoneInfo("Asia/Shanghai"),
    }
    return Site(**{**fields, "home": home, "delay": 0.0, "robots": "ignore", **changes})


def network(*sites: Site, **changes: Any) -> Network:  # noqa: ANN401 - settings and parts alike
    """Return a network of these sites; `changes` are settings or parts of it."""
    known = NetworkSettings.__struct_fields__
    settings: dict[str, Any] = {"allow_private_addresses": True, "retries": 0}
    settings |= {name: value for name, value in changes.items() if name in known}
    parts: dict[str, Any] = {
        "host_state": InMemoryHostState(),
        "now": virtualtime.now,
        "monotonic": virtualtime.monotonic,
        "sleep": asyncio.sleep,
        "random": lambda: 0.0,
        "environment": {},
        "resolve": everything_is_here,
        "user_agent": AGENT,
        "tls": trust(),
    }
    parts |= {name: value for name, value in changes.items() if name not in known}
    return Network(settings=NetworkSettings(**settings), sites=sites, **parts)


@cache
def trust() -> ssl.SSLContext:
    """Return the certificates of the system, loaded once for all tests."""
    return ssl.create_default_context()


async def everything_is_here(host: str, port: int) -> tuple[str, ...]:
    """Resolve any name to this machine."""
    return ("127.0.0.1",) if host and port else ()


def request(url: Url, kind: Kind = Kind.ARTICLE, **changes: Any) -> Request:  # noqa: ANN401 - any field
    """Return a request for an article."""
    return Request(url=url, kind=kind, **changes)


async def fetch(server: FaultServer, path: str, **changes: Any) -> Capture:  # noqa: ANN401 - as `network`
    """Ask the server for one path, as its only site."""
    place = site(server.url("/"))
    async with network(place, **changes) as source:
        return await source.fetch(request(server.url(path)), place)


def address(text: str) -> Url:
    """Return a text as an address."""
    url = urls.parse(text)
    assert url is not None
    return url
