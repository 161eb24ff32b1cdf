"""Which addresses may be asked: pure judgement over addresses and names, no resolving and no connecting.

The lists are those of IANA's registries of special-purpose addresses (RFC 6890 and its successors), written
out because what `ipaddress` calls global changed between Python 3.11.9 and 3.13.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOSED_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carrier-grade NAT
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, the clouds' metadata services among them
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_OPEN_V6 = ipaddress.IPv6Network("2000::/3")  # what is handed out as global unicast; all else is special
_CLOSED_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocol assignments, Teredo among them
            "2001:db8::/32",  # documentation
            "3fff::/20",  # documentation
            "2002::/16",  # 6to4, which no site has been behind since RFC 7526
            "2620:4f:8000::/48",  # AS112
        ),
    )
)
_ADDRESS = re.compile(r"[0-9A-Fa-fXx.:]+(?:%.*)?", re.DOTALL)  # what is written otherwise is a name
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LAST_32_BITS = 0xFFFF_FFFF
_LOCAL_NAMES = ("localhost", "localhost.localdomain", "local", "internal", "home.arpa")


def is_public(address: Address) -> bool:
    """Say whether an address is one of the open internet, and so is any IPv4 address that it carries."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    carried = _carried(address)
    if carried is not None:
        return is_public(carried)
    return address in _OPEN_V6 and not any(address in network for network in _CLOSED_V6)


def is_loopback(address: Address) -> bool:
    """Say whether an address is this machine's own."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def literal(host: str) -> Address | None:
    """Return the address that a host is written as, in any form that a resolver would take; None for a name.

    The C library reads `127.1`, `0x7f000001`, `2130706433` and `0177.0.0.1` as 127.0.0.1, and a proxy may
    well do the same.
    """
    bare = host.rstrip(".").removeprefix("[").removesuffix("]")
    if not _ADDRESS.fullmatch(bare):
        return None
    try:
        return ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        pass  # a name, or one of the older forms
    try:
        return ipaddress.IPv4Address(socket.inet_aton(bare))
    except OSError:
        return None


def is_local_name(host: str) -> bool:
    """Say whether a name never leaves the local network (RFC 6761, 6762, 8375, 9476), whoever resolves it."""
    bare = host.rstrip(".").lower()
    return any(bare == name or bare.endswith(f".{name}") for name in _LOCAL_NAMES)


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address within an IPv6 address, where its packets end up; None: there is none."""
    if address in _MAPPED or address in _NAT64:
        return ipaddress.IPv4Address(int(address) & _LAST_32_BITS)
    return None
