"""Captures by asking: gatekeeper → pacer → fetcher, at each hop of a redirect anew.

    for each hop:  may this site send us to that host?   else Refused
                   gatekeeper  robots.txt, Crawl-delay    else Refused
                   pacer       the host's turn            else Blocked, Paused
                   fetcher     one exchange, again where that helps

What comes back is a `Capture` with status 2xx, 404, 410, or 304 where the request was conditional; what the
body says is for others to judge. Everything else is an error:

    Unreachable   no connection, no name, a wrong certificate, a broken or late answer, after all retries
    BadStatus     any other status, `status` says which: a 5xx after all retries, other 4xx at once,
                  redirects in a circle
    TooLarge      body or header lines over the bound
    Refused       not asked: robots.txt, a private address, a host that the config does not name
    Blocked       401, 403, 429 after all retries, or a back-off for 429 that outlasts our patience
    Paused        another back-off that outlasts our patience: the site's other addresses must wait too
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from scraper import urls
from scraper.crawler import redirects
from scraper.crawler.client import Client
from scraper.crawler.fetcher import Fetcher, Traffic
from scraper.crawler.pacer import Pacer
from scraper.crawler.proxies import Proxies
from scraper.crawler.retry import Retry
from scraper.crawler.robots_gate import RobotsGate
from scraper.errors import BadStatus, Blocked, Refused
from scraper.model import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime
    from ssl import SSLContext
    from types import TracebackType
    from typing import Self

    from scraper.crawler.dns import Resolve
    from scraper.crawler.host_state import Memory
    from scraper.model import Capture, Headers, NetworkSettings, Site
    from scraper.urls import Url

_SUCCESS = range(200, 300)
_NOT_WELCOME = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_NOT_THERE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class Network:
    """The source of a `run`. Keeps no capture and reads no body."""

    def __init__(  # noqa: PLR0913 - the world's clocks and chances, each named
        self,
        *,
        settings: NetworkSettings,
        sites: Iterable[Site],
        user_agent: str,
        memory: Memory,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        environment: Mapping[str, str],
        keep_robots: Callable[[Site, Capture], None] | None = None,
        resolve: Resolve | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        """Join the crawler's parts; nothing is opened yet.

        `keep_robots` is told each robots.txt's capture; `resolve` gives a name's addresses, `tls` says whom
        to trust: where they are None, nobody is told, and the system gives and says.
        """
        self._named = frozenset(host for site in sites for host in hosts_of(site))
        self._keep_robots = keep_robots
        self._traffic: dict[str, Traffic] = {}
        self._client = Client(allow_private=settings.allow_private_addresses, resolve=resolve, tls=tls)
        self._robots_gate = RobotsGate(ask=self._robots_txt, memory=memory, now=now)
        self._attempts = Retry(
            fetcher=Fetcher(
                client=self._client,
                routes=Proxies(settings.proxy, environment),
                settings=settings,
                user_agent=user_agent,
                now=now,
            ),
            pacer=Pacer(memory=memory, now=now, monotonic=monotonic, sleep=sleep, random=random),
            retries=settings.retries,
        )

    async def __aenter__(self) -> Self:
        """Make ready to connect."""
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self._client.__aexit__(kind, exc, trace)

    def traffic(self, site: Site) -> Traffic:
        """Return what was asked for a site and what came: robots.txt, retries, redirects too."""
        return self._traffic.setdefault(site.name, Traffic())

    async def fetch(self, request: Request, site: Site) -> Capture:
        """Ask for an address on behalf of a site; when cancelled, nothing is left behind."""
        capture = await self._walk(request, site)
        status = capture.status
        if (status in _SUCCESS and status != HTTPStatus.PARTIAL_CONTENT) or status in _NOT_THERE:
            return capture
        if status == HTTPStatus.NOT_MODIFIED and _conditional(request):
            return capture
        said = f"{capture.final_url}: {status} {capture.reason}".rstrip()
        if status in _NOT_WELCOME:
            msg = f"blocked: {said}"
            raise Blocked(msg)
        msg = f"no use: {said}"
        raise BadStatus(msg, status=status)

    async def _walk(self, request: Request, site: Site) -> Capture:
        """Return the answer at the end of an address's redirects, its hops before it."""
        hops: list[Capture] = []
        url = request.url
        while True:
            self._check_host(url, request, site)
            is_robots = request.kind is Kind.ROBOTS
            delay = site.delay if is_robots else await self._robots_gate.admit(url, site)
            capture = await self._attempts.ask(
                url, request.kind, _conditional(request), delay=delay, traffic=self.traffic(site)
            )
            onward = redirects.target(capture)
            if onward is None:
                return replace(
                    capture, url=request.url, hops=tuple(hops), channel=request.channel, page=request.page
                )
            hops.append(capture)
            redirects.follow(hops, onward)
            url = onward

    async def _robots_txt(self, url: Url, site: Site) -> Capture:
        capture = await self._walk(Request(url=url, kind=Kind.ROBOTS), site)
        if self._keep_robots is not None:
            self._keep_robots(site, capture)
        return capture

    def _check_host(self, url: Url, request: Request, site: Site) -> None:
        """Refuse hosts that nobody named: a site's own are, and the home of a picture that it shows."""
        host = urls.host(url)
        allowed = host in hosts_of(site)
        if request.kind in {Kind.IMAGE, Kind.FILE, Kind.ROBOTS}:
            allowed = allowed or host in self._named or host == urls.host(request.url)
        if not allowed:
            came = "" if url == request.url else f", to which {request.url} leads"
            msg = f"not asked: {url}{came}: the config does not name {host} for {site.name}"
            raise Refused(msg)


def user_agent(version: str, contact: str | None) -> str:
    """Return our name as servers see it: version and, where the config gives one, whom to write to."""
    return f"nankai-archive/{version}" + (f" (+{contact})" if contact else "")


def hosts_of(site: Site) -> frozenset[str]:
    """Return the hosts that a site's config names: its home's and its channels'."""
    return frozenset(
        urls.host(url)
        for url in (site.home, *(url for channel in site.channels for url in channel.addresses))
    )


def _conditional(request: Request) -> Headers:
    """Return the header lines that ask for an answer only if it is a new one."""
    lines = ((b"If-None-Match", request.etag), (b"If-Modified-Since", request.last_modified))
    return tuple((name, value.encode("latin-1", "replace")) for name, value in lines if value is not None)
