"""Captures by asking: gatekeeper → pacer → fetcher, at each hop of a redirect anew.

    for each hop:  may this site send us to that host?   else Refused
                   gatekeeper  robots.txt, Crawl-delay    else Refused
                   pacer       the host's turn            else Blocked, Paused
                   fetcher     one exchange, again where that helps

What comes back is a `Capture` with status 2xx, 404, 410, or 304 where the request was conditional; what the
body of a good answer says is for others to judge. A 4xx to a conditional request is asked again without its
condition: some servers cannot bear one. Everything else is an error:

    Unreachable   no connection, no name, a wrong certificate, a broken or late answer, after all retries
    BadStatus     any other status, `status` says which: a 5xx after all retries, other 4xx at once,
                  redirects in a circle
    TooLarge      body or header lines over the bound
    Refused       not asked: robots.txt, a private address, a host that the config does not name
    Blocked       401, 403, 429 after all retries, a firewall's answer (see `refusal`), a cookie check, or a
                  back-off for 429 that outlasts our patience
    Paused        another back-off that outlasts our patience, or a host that takes no connections: its
                  other addresses must wait too
"""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper import urls
from scraper.crawler import redirects
from scraper.crawler.client import Client
from scraper.crawler.cookies import Cookies
from scraper.crawler.dns import system_addresses
from scraper.crawler.fetcher import Fetcher, Traffic
from scraper.crawler.pacer import Pacer
from scraper.crawler.proxies import Proxies
from scraper.crawler.refusal import refusal
from scraper.crawler.retry import Retry
from scraper.crawler.robots_gate import RobotsGate
from scraper.crawler.server_lanes import ServerLanes
from scraper.errors import BadStatus, Blocked, Refused
from scraper.messages import say
from scraper.model import Kind, Request
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime
    from ssl import SSLContext
    from types import TracebackType
    from typing import Self

    from scraper.crawler.dns import Resolve
    from scraper.crawler.host_state import HostState
    from scraper.crawler.pacer import Lateness
    from scraper.crawler.permit import Permit
    from scraper.model import Capture, Headers, NetworkSettings, Site
    from scraper.urls import Url

_SUCCESS = range(200, 300)
_NOT_WELCOME = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_NOT_THERE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_CLIENT_ERRORS = range(400, 500)
_NOT_THE_CONDITION = {HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class Network:
    """The source of a `run`. Keeps no capture and reads no body.

    `keep_robots` is told each robots.txt's capture; `resolve` gives a name's addresses, `tls` says whom to
    trust: where they are None, nobody is told, and the system gives and says. `permit` may keep requests
    back. `idle_origins`: of how many hosts connections are kept open; None: the usual number.
    """

    def __init__(  # noqa: PLR0913 - the world's clocks and chances, each named
        self,
        *,
        settings: NetworkSettings,
        sites: Iterable[Site],
        user_agent: str,
        host_state: HostState,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        environment: Mapping[str, str],
        keep_robots: Callable[[Site, Capture], None] | None = None,
        resolve: Resolve | None = None,
        tls: SSLContext | None = None,
        permit: Permit | None = None,
        idle_origins: int | None = None,
    ) -> None:
        """Join the crawler's parts; nothing is opened yet. None: as if nobody had said anything."""
        self._named = frozenset(host for site in sites for host in hosts_of(site))
        self._keep_robots = keep_robots
        self._permit = permit
        self._traffic: dict[str, Traffic] = {}
        self._now = now
        self._gives_cookies_back = settings.cookies == "session"
        may_ask = None if permit is None else permit.check
        self._client = Client.of(
            settings, resolve=resolve, tls=tls, idle_origins=idle_origins, may_ask=may_ask
        )
        self._robots_gate = RobotsGate(ask=self._robots_txt, host_state=host_state, now=now)
        routes = Proxies(settings.proxy, environment)
        self._pacer = Pacer(host_state=host_state, now=now, monotonic=monotonic, sleep=sleep, random=random)
        self._attempts = Retry(
            fetcher=Fetcher(
                client=self._client, routes=routes, settings=settings, user_agent=user_agent, now=now
            ),
            pacer=self._pacer,
            servers=_server_lanes(settings, routes, self._pacer, resolve),
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

    def watch_pauses(self, hear: Callable[[str, datetime, float, str], None]) -> None:
        """Tell of each pause that a host needs: the host, until when, why."""
        self._pacer.on_pause = hear

    @property
    def lateness(self) -> Lateness:
        """How we keep up with the pace of all hosts."""
        return self._pacer.lateness

    def traffic(self, site: Site) -> Traffic:
        """Return what was asked for a site and what came: robots.txt, retries, redirects too."""
        return self._traffic.setdefault(site.name, Traffic())

    async def fetch(self, request: Request, site: Site) -> Capture:
        """Ask for an address on behalf of a site; when cancelled, nothing is left behind."""
        condition = _condition(request, self._now)
        capture = await self._walk(request, site, condition)
        if condition and capture.status in _CLIENT_ERRORS and capture.status not in _NOT_THE_CONDITION:
            condition = ()
            capture = await self._walk(request, site, condition)
        status = capture.status
        said = f"{capture.final_url}: {status} {capture.reason}".rstrip()
        refused = refusal(capture)
        if refused is not None:
            raise Blocked(say("blocked: {said}: a firewall's answer: {refused}", said=said, refused=refused))
        if (status in _SUCCESS and status != HTTPStatus.PARTIAL_CONTENT) or status in _NOT_THERE:
            return capture
        if status == HTTPStatus.NOT_MODIFIED and condition:
            return capture
        if status in _NOT_WELCOME:
            msg = say("blocked: {said}", said=said)
            raise Blocked(msg)
        msg = say("no use: {said}", said=said)
        raise BadStatus(msg, status=status)

    async def _walk(self, request: Request, site: Site, condition: Headers = ()) -> Capture:
        """Return the answer at the end of an address's redirects, its hops before it."""
        hops: list[Capture] = []
        cookies = Cookies() if self._gives_cookies_back else None
        url = request.url
        while True:
            self._check_host(url, request, site)
            if self._permit is not None:
                await self._permit.admit(urls.host(url))
            is_robots = request.kind is Kind.ROBOTS
            delay = site.delay if is_robots else await self._robots_gate.admit(url, site)
            more = (*condition, *_referer(request, url), *(() if cookies is None else cookies.lines(url)))
            capture = await self._attempts.ask(
                url, request.kind, more, delay=delay, traffic=self.traffic(site), tls=site.tls
            )
            onward = redirects.target(capture)
            if onward is None:
                return replace(
                    capture,
                    url=request.url,
                    hops=tuple(hops),
                    channel=request.channel,
                    page=request.page,
                    page_of=request.page_of,
                )
            hops.append(capture)
            redirects.follow(hops, onward, cookie_sent=None if cookies is None else cookies.sent)
            if cookies is not None:
                cookies.take(capture)
            url = onward

    async def _robots_txt(self, url: Url, site: Site) -> Capture:
        capture = await self._walk(Request(url=url, kind=Kind.ROBOTS), site)
        if self._keep_robots is not None:
            self._keep_robots(site, capture)
        return capture

    def _check_host(self, url: Url, request: Request, site: Site) -> None:
        """Refuse hosts that nobody named: a site's own are, and the home of a picture that it shows."""
        host = urls.host(url)
        allowed = host == urls.host(site.home) or host in hosts_of(site)
        if request.kind in {Kind.IMAGE, Kind.FILE, Kind.ROBOTS}:
            allowed = allowed or host in self._named or host == urls.host(request.url)
        if not allowed:
            came = "" if url == request.url else f", to which {request.url} leads"
            msg = say(
                "not asked: {url}{came}: the config does not name {host} for {name}",
                url=url,
                came=came,
                host=host,
                name=site.name,
            )
            raise Refused(msg)


def _server_lanes(
    settings: NetworkSettings, routes: Proxies, pacer: Pacer, resolve: Resolve | None
) -> ServerLanes:
    return ServerLanes(
        settings.per_address,
        resolve=resolve or system_addresses,
        is_direct=lambda url: routes.proxy_for(url) is None,
        pacer=pacer,
    )


def user_agent(version: str, contact: str | None) -> str:
    """Return our name as servers see it: version and, where the config gives one, whom to write to."""
    return f"nankai-archive/{version}" + (f" (+{contact})" if contact else "")


def hosts_of(site: Site) -> frozenset[str]:
    """Return the hosts that a site's config names: its home's and its channels'."""
    return frozenset(
        urls.host(url)
        for url in (site.home, *(url for channel in site.channels for url in channel.addresses))
    )


def _condition(request: Request, now: Callable[[], datetime]) -> Headers:
    """Return the header lines that ask for an answer only if it is a new one.

    A moment in the future is not sent back: nothing would ever be newer.
    """
    modified = request.last_modified
    if modified is not None and _is_ahead(modified, now()):
        modified = None
    lines = ((b"If-None-Match", request.etag), (b"If-Modified-Since", modified))
    return tuple((name, value.encode("latin-1", "replace")) for name, value in lines if value is not None)


def _is_ahead(value: str, now: datetime) -> bool:
    try:
        moment = parsedate_to_datetime(value[:100])
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)) > now
    except (ValueError, OverflowError, IndexError, TypeError):  # half a date, a year of ten digits
        return False


def _referer(request: Request, url: Url) -> Headers:
    """Return the line that names the page which shows a picture, as browsers name it from page to page.

    Never the address of a page over https to a picture over http.
    """
    page = request.referer
    if page is None or (page.startswith("https:") and url.startswith("http:")):
        return ()
    whole = page if urls.origin(page) == urls.origin(url) else f"{urls.origin(page)}/"
    return ((b"Referer", quote(whole, safe=_PRINTABLE).encode("ascii")),)
