"""Through which proxy an address is asked, if through any: pure, from the config and the environment given.

The config's proxy is for everything. The environment's (`HTTP_PROXY`, `HTTPS_PROXY`, else `ALL_PROXY`, in
small letters too) is not for what `NO_PROXY` names (hosts, domains, addresses, ranges like `10.0.0.0/8`), nor
for this machine itself, as in browsers: a proxy set for the internet must not carry a demo on 127.0.0.1 out
of the house.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from scraper import urls
from scraper.crawler import ip_filter
from scraper.errors import ConfigError
from scraper.messages import say
from scraper.values import Value, repr_without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.urls import Url

_PORTS = {"http": 80, "https": 443}


class Proxy(Value, frozen=True, kw_only=True):
    """A forward proxy. Its address is never checked: who names it in config or environment trusts it."""

    scheme: str  # of the connection to the proxy itself
    host: str
    port: int
    user: str | None = None  # None: it wants no name and no password
    password: str = ""

    def __repr__(self) -> str:
        """Show it without its name and its password."""
        return repr_without(self, "user", "password")


class Proxies:
    """Says which way an address is asked."""

    def __init__(self, proxy: str | None, environment: Mapping[str, str]) -> None:
        """Read the config's proxy, or where it names none the environment's. Raises `ConfigError`."""
        lowered = {name.lower(): value for name, value in environment.items() if name.isupper()}
        lowered |= {name: value for name, value in environment.items() if name.islower()}
        self._fixed = None if proxy is None else read_proxy(proxy, "network.proxy")
        self._by_scheme = {} if self._fixed else {name: _of(lowered, name, "all") for name in _PORTS}
        self._exempt = tuple(filter(None, lowered.get("no_proxy", "").replace(",", " ").lower().split()))

    def proxy_for(self, url: Url) -> Proxy | None:
        """Return the proxy that asks for an address; None: we ask ourselves."""
        if self._fixed is not None:
            return self._fixed
        if _is_own_machine(urls.host(url)) or any(_names(entry, url) for entry in self._exempt):
            return None
        return self._by_scheme[urls.split(url).scheme]


def read_proxy(text: str, key: str) -> Proxy:
    """Read a proxy's address, `http://[user:password@]host:port`. Raises `ConfigError`, named by `key`.

    The error shows nothing of the text: where it cannot be read, nobody knows where a password in it ends.
    """
    whole = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(whole)
        host, port = parts.hostname, parts.port
    except ValueError:  # its words hold a piece of the text
        raise _no_proxy(key) from None
    is_cut_short = "@" in parts.path + parts.query + parts.fragment  # by a `/`, `?` or `#` in the password
    if parts.scheme not in _PORTS or not host or is_cut_short:
        raise _no_proxy(key)
    return Proxy(
        scheme=parts.scheme,
        host=host,
        port=port or _PORTS[parts.scheme],
        user=None if parts.username is None else unquote(parts.username),
        password=unquote(parts.password or ""),
    )


def _no_proxy(key: str) -> ConfigError:
    slip = say(
        "{key}: must be http://host:port or https://host:port; in a name or password before the host, "
        "characters such as / : @ # are written %2F %3A %40 %23",
        key=key,
    )
    return ConfigError((slip,))


def _of(environment: Mapping[str, str], *names: str) -> Proxy | None:
    """Return the proxy under the first of these names that has one."""
    for name in names:
        text = environment.get(f"{name}_proxy", "").strip()
        if text:
            return read_proxy(text, f"{name.upper()}_PROXY")
    return None


def _is_own_machine(host: str) -> bool:
    address = ip_filter.literal(host)
    if address is not None:
        return ip_filter.is_loopback(address)
    return host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")


def _names(entry: str, url: Url) -> bool:
    """Say whether an entry of NO_PROXY names the host of an address: itself, its domain, or its range."""
    host = urls.host(url)
    network = _network(entry)
    if network is not None:
        address = ip_filter.literal(host)
        return address is not None and address in network
    if ":" in entry and not entry.startswith("["):
        entry, _, port = entry.rpartition(":")
        parts = urls.split(url)
        if port != (parts.authority.removeprefix(host).removeprefix(":") or str(_PORTS[parts.scheme])):
            return False
    domain = entry.removeprefix("*").removeprefix(".")
    return entry == "*" or host == domain or (bool(domain) and host.endswith(f".{domain}"))


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Return the range that an entry of NO_PROXY is, an address alone too; None: it is none."""
    try:
        return ipaddress.ip_network(entry.removeprefix("[").removesuffix("]"), strict=False)
    except ValueError:
        return None
