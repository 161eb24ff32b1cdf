"""Through a proxy: it resolves the names, and what is written as an address is checked all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import faultserver as fault
import pytest
import virtualtime
from faultserver import FaultServer
from networkworld import address, network, request, site

from scraper.errors import Refused, Unreachable
from scraper.model import Channel, Kind

if TYPE_CHECKING:
    from faultserver import Seen

    from scraper.model import Capture

GOOD = fault.text("good")


async def no_resolving(host: str, port: int) -> tuple[str, ...]:
    pytest.fail(f"{host}:{port} was resolved here")


def through(
    url: str,
    *,
    location: str | None = None,
    named: str | None = None,
    kind: Kind = Kind.ARTICLE,
    **changes: object,
) -> tuple[Capture, list[Seen]]:
    """Ask for an address of a host through a proxy on loopback, private addresses not allowed."""

    async def story() -> tuple[Capture, list[Seen]]:
        async with FaultServer() as proxy:
            proxy.on("/a", GOOD if location is None else fault.redirect(location))
            index = address(named or url)
            place = site(
                address("http://news.example/"), channels=(Channel(name="c", title="c", index=index),)
            )
            settings = {
                "proxy": f"http://me:secret@127.0.0.1:{proxy.port}",
                "allow_private_addresses": False,
                "resolve": no_resolving,
                **changes,
            }
            async with network(place, **settings) as source:
                return await source.fetch(request(address(url), kind), place), proxy.seen

    return virtualtime.run(story())


def test_the_proxy_is_asked_for_the_whole_address() -> None:
    capture, seen = through("http://news.example/a")
    assert capture.body == b"good"
    assert capture.ip_address is None
    assert [each.target for each in seen] == ["http://news.example/a"]
    assert seen[0].headers["host"] == "news.example"


def test_the_proxys_password_goes_to_the_proxy_and_not_into_the_archive() -> None:
    capture, seen = through("http://news.example/a")
    assert seen[0].headers["proxy-authorization"].startswith("Basic ")
    assert b"proxy-authorization" not in {name.lower() for name, _ in capture.request_headers}


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "127.1",
            "0x7f000001",
            "2130706433",
            "10.0.0.1",
            "169.254.169.254",
            "[::1]",
            "[fd00::1]",
        ),
        *("[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "localhost", "x.localhost", "printer.local"),
    ],
)
def test_addresses_are_checked_all_the_same(host: str) -> None:
    with pytest.raises(Refused, match="is no address of the open internet"):
        through(f"http://{host}/a")


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "[::ffff:7f00:1]", "localhost"])
@pytest.mark.parametrize("kind", [Kind.ARTICLE, Kind.IMAGE])
def test_a_redirect_into_a_private_network_is_refused_though_the_config_names_it(
    host: str, kind: Kind
) -> None:
    url = f"http://{host}/private"
    with pytest.raises(Refused, match="is no address of the open internet"):
        through("http://news.example/a", location=url, named=url, kind=kind)


def test_private_addresses_may_be_allowed() -> None:
    _, seen = through("http://10.0.0.1/a", allow_private_addresses=True)
    assert [each.target for each in seen] == ["http://10.0.0.1/a"]


def test_the_proxy_of_the_environment_is_used() -> None:
    async def story() -> list[str]:
        async with FaultServer() as proxy:
            proxy.on("/a", GOOD)
            place = site(address("http://news.example/"))
            environment = {"HTTP_PROXY": f"http://127.0.0.1:{proxy.port}"}
            async with network(place, environment=environment, allow_private_addresses=False) as source:
                await source.fetch(request(address("http://news.example/a")), place)
            return [seen.target for seen in proxy.seen]

    assert virtualtime.run(story()) == ["http://news.example/a"]


@pytest.mark.parametrize(
    ("code", "tries"),
    [(400, 1), (403, 1), (405, 1), (407, 1), (429, 1), (500, 1), (501, 1), (502, 3), (503, 3), (504, 3)],
)
def test_a_proxy_that_does_not_connect_us_is_no_answer(code: int, tries: int) -> None:
    """One that will not open tunnels is not asked again, and nobody waits for it."""

    async def story() -> None:
        async with FaultServer() as proxy:
            proxy.on("news.example:443", fault.status(code))
            place = site(address("https://news.example/"))
            async with network(place, proxy=f"http://127.0.0.1:{proxy.port}", retries=2) as source:
                with pytest.raises(Unreachable, match=f"the proxy does not connect: {code} Whatever"):
                    await source.fetch(request(address("https://news.example/a")), place)
            assert [seen.target for seen in proxy.seen] == ["news.example:443"] * tries
            assert (virtualtime.monotonic() > 0) is (tries > 1)

    virtualtime.run(story())
