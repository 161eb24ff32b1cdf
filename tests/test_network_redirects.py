"""Redirects are followed hop by hop, each hop as strictly as the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import faultserver as fault
import pytest
import virtualtime
from faultserver import FaultServer
from networkworld import address, everything_is_here, network, request, site

from scraper.errors import BadStatus, FetchError, Refused
from scraper.model import Channel, Kind

if TYPE_CHECKING:
    from scraper.model import Capture

GOOD = fault.text("good")


def follow(
    location: str | bytes, *, kind: Kind = Kind.ARTICLE, **changes: object
) -> tuple[Capture, list[str]]:
    """Ask news.example for an address that redirects; return the capture and what the server was asked."""

    async def story() -> tuple[Capture, list[str]]:
        async with FaultServer() as server:
            port = str(server.port)
            target = location.replace("PORT", port) if isinstance(location, str) else location
            server.on("/a", fault.redirect(target))
            for path in ("/b", "/x//b", "/%C4%CF%BF%AA", "/%E5%8D%97", "/b?q=1"):
                server.on(path, GOOD)
            place = site(
                server.url("/", host="news.example"),
                channels=(
                    Channel(name="c", title="c", index=address(f"http://list.example:{port}/index.shtml")),
                ),
            )
            async with network(place, **changes) as source:
                wanted = request(server.url("/a", host="news.example"), kind)
                try:
                    return await source.fetch(wanted, place), [seen.target for seen in server.seen]
                finally:
                    assert server.asked("/private") == 0

    return virtualtime.run(story())


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/b", "/b"),
        ("b", "/b"),
        ("//news.example:PORT/b", "/b"),
        ("http://news.example:PORT/b#part", "/b"),
        ("http://list.example:PORT/b", "/b"),
        ("HTTP://NEWS.EXAMPLE:PORT/b", "/b"),
        ("/x//b", "/x//b"),
        ("?q=1", "/a?q=1"),
        ("/%E5%8D%97", "/%E5%8D%97"),
        ("/南".encode(), "/%E5%8D%97"),
        ("/南开".encode("gbk"), "/%C4%CF%BF%AA"),
        ("  /b  ", "/b"),
    ],
)
def test_a_redirect_is_followed(location: str | bytes, path: str) -> None:
    capture, asked = follow(location)
    assert asked == ["/a", path]
    assert capture.url.endswith("/a")
    assert [hop.url for hop in capture.hops] == [capture.url]
    assert capture.hops[0].status == 302
    assert capture.final_url != capture.url


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_one(code: int) -> None:
    async def story() -> Capture:
        async with FaultServer() as server:
            server.on("/a", fault.redirect("/b", code))
            server.on("/b", fault.redirect("/c", code))
            server.on("/c", GOOD)
            place = site(server.url("/"))
            async with network(place) as source:
                return await source.fetch(request(server.url("/a")), place)

    capture = virtualtime.run(story())
    assert [hop.status for hop in capture.hops] == [code, code]
    assert capture.body == b"good"


@pytest.mark.parametrize(
    "location",
    [
        *("file:///etc/passwd", "ftp://news.example/a", "javascript:alert(1)", "data:text/html,x", "http://"),
        *("http://stranger.example/", "http://news.example.stranger.example/", "//stranger.example/"),
        *("http://127.0.0.1:PORT/private", "http://[::1]:PORT/private", "http://localhost:PORT/private"),
        *("http://news.example@stranger.example/private", "http:///\\stranger.example/private"),
    ],
)
def test_a_redirect_elsewhere_is_refused(location: str) -> None:
    with pytest.raises(Refused):
        follow(location)


def test_a_redirect_without_a_location_is_bad() -> None:
    with pytest.raises(BadStatus, match="302 without a Location"):
        follow("")


def loop(pages: dict[str, str]) -> tuple[FetchError, int]:
    async def story() -> tuple[FetchError, int]:
        async with FaultServer() as server:
            for path, location in pages.items():
                server.on(path, fault.redirect(location))
            place = site(server.url("/"))
            async with network(place, retries=4) as source:
                with pytest.raises(FetchError) as caught:
                    await source.fetch(request(server.url("/a")), place)
            return caught.value, server.asked()

    return virtualtime.run(story())


def test_redirects_in_a_circle_are_seen() -> None:
    error, asked = loop({"/a": "/b", "/b": "/c", "/c": "/a"})
    assert isinstance(error, BadStatus)
    assert "in a circle" in str(error)
    assert asked == 3
    assert loop({"/a": "/a"})[1] == 1


def test_redirects_without_end_are_given_up() -> None:
    error, asked = loop({"/a": "/1", **{f"/{n}": f"/{n + 1}" for n in range(1, 50)}})
    assert isinstance(error, BadStatus)
    assert "more than 8 redirects" in str(error)
    assert asked == 9


def test_each_hop_waits_its_turn() -> None:
    async def story() -> list[float]:
        async with FaultServer() as server:
            server.on("/a", fault.redirect("/b"))
            server.on("/b", fault.redirect("/c"))
            server.on("/c", GOOD)
            place = site(server.url("/"), delay=5.0)
            async with network(place) as source:
                await source.fetch(request(server.url("/a")), place)
            return [seen.came for seen in server.seen]

    assert virtualtime.run(story()) == pytest.approx([0, 5, 10])


def test_each_hop_is_resolved_and_checked_for_itself() -> None:
    """The name of the second hop leads into a private network: it is resolved, and never connected to."""
    resolved = []

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        resolved.append(host)
        assert port
        return (
            ("202.113.16.1", "192.168.0.1")
            if host == "list.example"
            else await everything_is_here(host, port)
        )

    async def story() -> None:
        async with FaultServer() as server:
            place = site(server.url("/", host="list.example"))
            async with network(place, resolve=resolve, allow_private_addresses=False) as source:
                with pytest.raises(Refused, match=r"192\.168\.0\.1"):
                    await source.fetch(request(server.url("/a", host="list.example")), place)
            assert server.seen == []

    virtualtime.run(story())
    assert set(resolved) == {"list.example"}


# ── hosts ─────────────────────────────────────────────────────────────────────────────────────────────────


def first_hop(url: str, kind: Kind) -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/pic.jpg", GOOD)
            place = site(server.url("/", host="news.example"))
            async with network(place) as source:
                await source.fetch(request(address(url.replace("PORT", str(server.port))), kind), place)

    virtualtime.run(story())


def test_a_host_that_nobody_named_is_not_asked() -> None:
    for kind in (Kind.ARTICLE, Kind.LISTING, Kind.PAGER):
        with pytest.raises(Refused, match=r"does not name pics\.example"):
            first_hop("http://pics.example:PORT/pic.jpg", kind)


def test_the_home_of_a_picture_is_asked() -> None:
    first_hop("http://pics.example:PORT/pic.jpg", Kind.IMAGE)
    first_hop("http://pics.example:PORT/pic.jpg", Kind.FILE)


def test_a_picture_may_not_send_us_to_a_stranger() -> None:
    with pytest.raises(Refused, match=r"to which http://news\.example:[0-9]+/a leads"):
        follow("http://stranger.example/x.jpg", kind=Kind.IMAGE)


def test_private_addresses_are_refused_by_default() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            place = site(server.url("/"))
            async with network(place, allow_private_addresses=False) as source:
                with pytest.raises(Refused, match=r"127\.0\.0\.1 is no address of the open internet"):
                    await source.fetch(request(server.url("/a")), place)
            assert server.seen == []

    virtualtime.run(story())
