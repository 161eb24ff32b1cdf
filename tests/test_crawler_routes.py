"""Which way an address is asked: through a proxy, or not."""

from __future__ import annotations

import pytest
from networkworld import address

from scraper.crawler.proxies import Proxies, Proxy, read_proxy
from scraper.errors import ConfigError

HTTP = "http://proxy.example:3128"


def way(url: str, proxy: str | None = None, **environment: str) -> str | None:
    found = Proxies(proxy, environment).proxy_for(address(url))
    return None if found is None else f"{found.host}:{found.port}"


def test_without_a_proxy_we_ask_ourselves() -> None:
    assert way("http://news.example/") is None


def test_the_environment_names_a_proxy_by_scheme() -> None:
    environment = {"HTTP_PROXY": "http://a:1", "HTTPS_PROXY": "b:2"}
    assert way("http://news.example/", **environment) == "a:1"
    assert way("https://news.example/", **environment) == "b:2"


def test_one_proxy_may_be_named_for_all() -> None:
    environment = {"ALL_PROXY": "http://a:1", "https_proxy": "http://b:2"}
    assert way("http://news.example/", **environment) == "a:1"
    assert way("https://news.example/", **environment) == "b:2"


def test_small_letters_win_over_capitals() -> None:
    assert way("http://news.example/", HTTP_PROXY="http://a:1", http_proxy="http://b:2") == "b:2"


def test_the_config_wins_over_the_environment() -> None:
    assert way("http://news.example/", HTTP, HTTP_PROXY="http://a:1", NO_PROXY="*") == "proxy.example:3128"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "[::1]", "localhost", "a.localhost"])
def test_the_environments_proxy_is_not_for_this_machine(host: str) -> None:
    assert way(f"http://{host}:8000/", HTTP_PROXY=HTTP) is None
    assert way(f"http://{host}:8000/", HTTP) == "proxy.example:3128"


@pytest.mark.parametrize(
    ("exempt", "direct"),
    [
        ("*", True),
        ("news.example", True),
        ("NEWS.example , b", True),
        ("example", True),
        (".example", True),
        ("*.example", True),
        ("news.example:80", True),
        ("news.example:8080", False),
        ("ews.example", False),
        ("other", False),
        ("", False),
        (",", False),
    ],
)
def test_no_proxy_names_hosts_and_domains(exempt: str, *, direct: bool) -> None:
    assert (way("http://news.example/", HTTP_PROXY=HTTP, NO_PROXY=exempt) is None) is direct


@pytest.mark.parametrize(
    ("exempt", "host", "direct"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.1.2.3/8", "10.9.9.9", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "10.example", False),
        ("fd00::/8", "[fd00::1]", True),
        ("fd00::1", "[fd00::1]", True),
        ("[fd00::1]", "[fd00::1]", True),
        ("fd00::/8", "10.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3:80", "10.1.2.3", True),
        ("10.1.2.3:81", "10.1.2.3", False),
        ("10.0.0.0/99", "10.1.2.3", False),
    ],
)
def test_no_proxy_names_addresses_and_ranges(exempt: str, host: str, *, direct: bool) -> None:
    assert (way(f"http://{host}/", HTTP_PROXY=HTTP, NO_PROXY=exempt) is None) is direct


def test_a_proxy_may_want_a_name_and_a_password() -> None:
    wanted = Proxy(scheme="https", host="proxy.example", port=443, user="me", password="p@ss")  # noqa: S106 - made up
    assert read_proxy("https://me:p%40ss@proxy.example", "key") == wanted


@pytest.mark.parametrize(
    "text", ["socks5://a:1", "http://", "http://a:port", "http://a:99999", "http://[::1"]
)
def test_what_is_no_proxy_is_told_with_its_key(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^network\.proxy: "):
        Proxies(text, {})
    with pytest.raises(ConfigError, match=r"^HTTP_PROXY: "):
        Proxies(None, {"http_proxy": text})
