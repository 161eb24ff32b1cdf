"""Which addresses may be asked, in whatever form they come."""

from __future__ import annotations

import asyncio
import ipaddress

import pytest
import virtualtime
from hypothesis import example, given
from hypothesis import strategies as st

from scraper.crawler import ip_filter
from scraper.crawler.dns import allowed_addresses, system_addresses
from scraper.errors import Refused, Unreachable

CLOSED_V4 = [
    *("0.0.0.1", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "192.88.99.1"),
]
OPEN_V4 = [
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.0.1",
    "172.32.0.1",
    "202.113.16.1",
    "223.5.5.5",
]
CLOSED_V6 = [
    *("::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "100::1"),
    *("64:ff9b:1::1.1.1.1", "::127.0.0.1", "::1.1.1.1", "2001:10::1", "3fff::1", "5f00::1", "4000::1"),
    *("2002:101:101::1", "2001:0:101:101::"),
]
OPEN_V6 = ["2001:da8:20a::1", "2400:3200::1", "2606:4700::1111", "2a00:1450::1"]


def carriers(v4: str) -> list[str]:
    """Return the IPv6 addresses whose packets end up at an IPv4 address."""
    number = int(ipaddress.IPv4Address(v4))
    high, low = number >> 16, number & 0xFFFF
    return [
        f"::ffff:{v4}",
        f"64:ff9b::{v4}",
        f"2002:{high:x}:{low:x}::1",
        f"2001:0:{high:x}:{low:x}::",
        f"2001:0:808:808::{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}",
    ]


@pytest.mark.parametrize("text", [*CLOSED_V4, *CLOSED_V6])
def test_what_is_not_of_the_open_internet_is_closed(text: str) -> None:
    assert not ip_filter.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", [*OPEN_V4, *OPEN_V6])
def test_the_open_internet_is_open(text: str) -> None:
    assert ip_filter.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", CLOSED_V4)
def test_a_closed_address_is_closed_in_every_wrapping(text: str) -> None:
    assert [ip_filter.is_public(ipaddress.ip_address(form)) for form in carriers(text)] == [False] * 5


def test_an_open_address_behind_a_nat64_is_open() -> None:
    assert ip_filter.is_public(ipaddress.ip_address("64:ff9b::202.113.16.1"))
    assert ip_filter.is_public(ipaddress.ip_address("::ffff:202.113.16.1"))


@given(st.ip_addresses())
@example(ipaddress.ip_address("::ffff:0:7f00:1"))
def test_what_python_calls_private_is_never_public(address: ip_filter.Address) -> None:
    """The standard library as witness; it knows less, and what it does know we know."""
    closed = address.is_private or address.is_loopback or address.is_link_local or address.is_multicast
    if closed and not _is_nat64(address):
        assert not ip_filter.is_public(address)


@given(st.ip_addresses(v=4), st.integers(0, 4))
def test_a_wrapping_is_never_more_open_than_what_it_carries(v4: ipaddress.IPv4Address, form: int) -> None:
    if not ip_filter.is_public(v4):
        assert not ip_filter.is_public(ipaddress.ip_address(carriers(str(v4))[form]))


def _is_nat64(address: ip_filter.Address) -> bool:
    return address.version == 6 and address in ipaddress.ip_network("64:ff9b::/96")


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "127.0.0.1.",
        ),
        *("[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]"),
    ],
)
def test_an_address_is_known_in_every_spelling(host: str) -> None:
    address = ip_filter.literal(host)
    assert address is not None
    assert ip_filter.is_loopback(address)
    assert not ip_filter.is_public(address)


@pytest.mark.parametrize(
    "host", ["news.nankai.edu.cn", "1.2.3.example", "localhost", "x", "0x", "256.1.1.1.1"]
)
def test_a_name_is_no_address(host: str) -> None:
    assert ip_filter.literal(host) is None


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "a.localhost", "printer.local", "db.internal"])
def test_some_names_never_leave_the_house(host: str) -> None:
    assert ip_filter.is_local_name(host)


def test_other_names_do() -> None:
    assert not ip_filter.is_local_name("localhost.nankai.edu.cn")


def look_up(*found: str, host: str = "news.example", allow_private: bool = False) -> tuple[str, ...]:
    async def resolve(name: str, port: int) -> tuple[str, ...]:
        assert (name, port) == (host, 80)
        return found

    return virtualtime.run(allowed_addresses(host, 80, resolve=resolve, allow_private=allow_private))


def test_a_name_is_allowed_with_all_its_addresses_or_not_at_all() -> None:
    assert look_up("202.113.16.1", "2001:da8:20a::1") == ("202.113.16.1", "2001:da8:20a::1")
    with pytest.raises(Refused, match=r"10\.0\.0\.1 is no address of the open internet"):
        look_up("202.113.16.1", "10.0.0.1")
    with pytest.raises(Refused):
        look_up("fe80::1%eth0")


def test_private_addresses_are_allowed_where_the_config_says_so() -> None:
    assert look_up("10.0.0.1", allow_private=True) == ("10.0.0.1",)


def test_an_address_is_not_resolved() -> None:
    assert look_up(host="202.113.16.1") == ("202.113.16.1",)
    with pytest.raises(Refused):
        look_up(host="0x7f.1")


def test_a_name_that_leads_nowhere_is_no_answer() -> None:
    with pytest.raises(Unreachable, match="the name leads nowhere"):
        asyncio.run(system_addresses("a" * 64 + ".invalid", 80))


def test_this_machine_is_resolved_by_the_system() -> None:
    assert "127.0.0.1" in asyncio.run(system_addresses("127.0.0.1", 80))
