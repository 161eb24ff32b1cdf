"""A host, a network or our own proxy that is down: few questions, short pauses, and one probe a run."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import faultserver as fault
import pytest
import virtualtime
from faultserver import FaultServer
from networkworld import address, network, request, site

from scraper.crawler.host_state import InMemoryHostState
from scraper.errors import FetchError, Paused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from faultserver import Answer

    from scraper.urls import Url

GOOD = fault.text("good")


@dataclass
class Night:
    """One run: what came of each address, and how long it took."""

    outcomes: list[str] = field(default_factory=list)
    errors: list[FetchError] = field(default_factory=list)
    seconds: float = 0.0


async def night(urls: list[Url], host_state: InMemoryHostState, **changes: object) -> Night:
    """Ask for addresses, one after another, in a run of its own."""
    told, began = Night(), virtualtime.monotonic()
    places = {url: site(url, name=str(number)) for number, url in enumerate(urls)}
    async with network(*places.values(), host_state=host_state, **{"retries": 4, **changes}) as source:
        for url, place in places.items():
            try:
                told.outcomes.append(str((await source.fetch(request(url), place)).status))
            except FetchError as error:
                told.outcomes.append(error.kind)
                told.errors.append(error)
    told.seconds = virtualtime.monotonic() - began
    return told


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Return a port on which nobody listens."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])


def tell(story: Callable[[FaultServer], Awaitable[None]]) -> None:
    async def run() -> None:
        async with FaultServer() as server:
            await story(server)

    virtualtime.run(run())


def test_a_host_that_takes_no_connections_costs_a_run_seconds_and_the_next_one_question(
    closed_port: int,
) -> None:
    async def story(_: FaultServer) -> None:
        host_state = InMemoryHostState()
        urls = [address(f"http://127.0.0.1:{closed_port}/{n}") for n in range(14)]
        nights = []
        for _night in range(24):
            nights.append(await night(urls, host_state))
            await asyncio.sleep(3_600)
        assert nights[0].outcomes == ["Unreachable"] + ["Paused"] * 13
        assert nights[0].seconds == pytest.approx(3)
        assert "left for this run" in str(nights[0].errors[1])
        assert all(each.outcomes == nights[0].outcomes for each in nights)
        assert sum(each.seconds for each in nights) < 24 * 4

    tell(story)


def test_who_comes_soon_again_asks_once(closed_port: int) -> None:
    async def story(_: FaultServer) -> None:
        host_state = InMemoryHostState()
        urls = [address(f"http://127.0.0.1:{closed_port}/{n}") for n in range(3)]
        await night(urls, host_state)
        for _night in range(5):
            assert (await night(urls, host_state)).seconds == 0

    tell(story)


def test_a_host_that_is_up_again_is_met_by_the_next_run() -> None:
    async def story(server: FaultServer) -> None:
        host_state = InMemoryHostState()
        server.on("/a", GOOD)
        down: set[bool] = {True}

        async def resolve(host: str, port: int) -> tuple[str, ...]:
            assert host
            assert port
            return ("127.0.0.9",) if down else ("127.0.0.1",)

        urls = [server.url("/a", "news.example")] * 1
        for _ in range(10):  # all through a long night
            assert (await night(urls, host_state, resolve=resolve)).outcomes == ["Unreachable"]
            await asyncio.sleep(60)
        down.clear()
        told = await night(urls, host_state, resolve=resolve)
        assert (told.outcomes, told.seconds) == (["200"], 0)

    tell(story)


def test_a_host_that_is_down_holds_up_no_other_host_of_the_site(closed_port: int) -> None:
    async def story(server: FaultServer) -> None:
        server.on("/a", GOOD)
        dead = [address(f"http://127.0.0.1:{closed_port}/{n}") for n in range(3)]
        told = await night([*dead, server.url("/a")], InMemoryHostState())
        assert told.outcomes == ["Unreachable", "Paused", "Paused", "200"]
        assert told.seconds == pytest.approx(3)

    tell(story)


@pytest.mark.parametrize(
    ("answer", "most"),
    [
        pytest.param(fault.status(503), 64, id="503"),
        pytest.param(fault.dropped(), 120, id="dropped"),
        pytest.param(fault.dropped_within(b"ha", 9), 120, id="cut off"),
        pytest.param(fault.status(500), 16, id="500"),
        pytest.param(fault.status(502), 16, id="502"),
    ],
)
def test_a_host_that_answers_nothing_good_costs_a_run_no_ten_minutes(answer: Answer, most: float) -> None:
    async def story(server: FaultServer) -> None:
        host_state = InMemoryHostState()
        for number in range(14):
            server.on(f"/{number}", answer)
        urls = [server.url(f"/{number}") for number in range(14)]
        first = await night(urls, host_state)
        assert "200" not in first.outcomes
        assert first.seconds <= most
        server.seen.clear()
        await asyncio.sleep(600)
        second = await night(urls, host_state)
        assert second.seconds <= most + 60
        assert server.asked("/0") in {1, 5}  # a 500 is that address's alone, and is forgotten

    tell(story)


@pytest.mark.parametrize("broken", [fault.dropped(), fault.dropped_within(b"ha", 9), fault.status(503)])
def test_channels_that_are_well_go_on_beside_some_that_break_off(broken: Answer) -> None:
    async def story(server: FaultServer) -> None:
        for number in range(8):
            server.on(f"/{number}", broken if number < 2 else GOOD)
        told = await night([server.url(f"/{number}") for number in range(8)], InMemoryHostState())
        assert told.outcomes[2:] == ["200"] * 6
        assert told.seconds < 75

    tell(story)


def test_a_pause_that_the_host_asked_for_is_kept_by_the_next_run() -> None:
    async def story(server: FaultServer) -> None:
        host_state = InMemoryHostState()
        server.on("/a", fault.status(503, ("Retry-After", "7200")), GOOD)
        assert (await night([server.url("/a")], host_state)).outcomes == ["Paused"]
        await asyncio.sleep(3_600)
        assert (await night([server.url("/a")], host_state)).outcomes == ["Paused"]
        assert server.asked() == 1
        await asyncio.sleep(3_600)
        assert (await night([server.url("/a")], host_state)).outcomes == ["200"]

    tell(story)


# ── our own proxy ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_proxy_that_takes_no_connections_is_told_as_the_proxys_and_no_host_pauses(closed_port: int) -> None:
    async def story(server: FaultServer) -> None:
        host_state = InMemoryHostState()
        proxy = f"http://127.0.0.1:{closed_port}"
        urls = [address("http://one.example/a"), address("https://two.example/a")]
        told = await night(urls, host_state, proxy=proxy)
        assert told.outcomes == ["Unreachable"] * 2
        assert told.seconds < 10
        for error in told.errors:
            assert isinstance(error, Unreachable)
            assert error.proxy
            assert f"the proxy 127.0.0.1:{closed_port}: " in str(error)
        assert host_state.host("one.example") is None
        assert host_state.host("two.example") is None
        server.on("/a", GOOD)
        again = await night(urls[:1], host_state, proxy=f"http://127.0.0.1:{server.port}")
        assert (again.outcomes, again.seconds) == (["200"], 0)

    tell(story)


def test_a_proxy_that_does_not_connect_us_pauses_no_host() -> None:
    async def story(server: FaultServer) -> None:
        host_state = InMemoryHostState()
        server.on("two.example:443", fault.status(503))
        told = await night(
            [address("https://two.example/a")], host_state, proxy=f"http://127.0.0.1:{server.port}"
        )
        assert told.outcomes == ["Unreachable"]
        assert "the proxy does not connect" in str(told.errors[0])
        assert host_state.host("two.example") is None

    tell(story)


def test_a_name_that_cannot_be_looked_up_now_leaves_the_host_for_this_run() -> None:
    looked_up = []

    async def nobody(host: str, port: int) -> tuple[str, ...]:
        looked_up.append((host, port))
        msg = "no answer: the name leads nowhere: try again"
        raise Unreachable(msg, met=False)

    async def story(_: FaultServer) -> None:
        urls = [address(f"http://news.example/{n}") for n in range(5)]
        told = await night(urls, InMemoryHostState(), resolve=nobody)
        assert told.outcomes == ["Unreachable"] + ["Paused"] * 4
        assert isinstance(told.errors[1], Paused)
        assert told.seconds == pytest.approx(3)

    tell(story)
    assert len(looked_up) <= 4  # three tries, and one look at whose server it is


def test_a_pause_is_told_while_it_lasts() -> None:
    told: list[tuple[str, float, str]] = []

    async def story(server: FaultServer) -> None:
        server.on("/a", fault.status(503, ("Retry-After", "90")), GOOD)
        url = server.url("/a")
        place = site(url)
        async with network(place, retries=1) as source:
            source.watch_pauses(lambda host, _, seconds, cause: told.append((host, seconds, cause)))
            await source.fetch(request(url), place)

    tell(story)
    ((_, seconds, cause),) = told
    assert (round(seconds), cause) == (90, "503")
