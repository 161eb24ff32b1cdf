"""Politeness as a web master sees it: in the server's own log."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import faultserver as fault
import pytest
import virtualtime
from faultserver import FaultServer
from hypothesis import given, settings
from hypothesis import strategies as st
from networkworld import address, network, request, site

from scraper.crawler.host_state import CachedRobots, HostBackoff
from scraper.crawler.stored_host_state import StoredHostState

if TYPE_CHECKING:
    from faultserver import Seen

GOOD = fault.text("good")
HOSTS = ("a.example", "b.example", "c.example")


def log_of(server: FaultServer) -> dict[str, list[Seen]]:
    found = defaultdict(list)
    for seen in server.seen:
        found[seen.headers["host"]].append(seen)
    return found


@settings(deadline=None, max_examples=25)
@given(
    delay=st.floats(0, 5),
    takes=st.lists(st.floats(0, 5), min_size=3, max_size=3),
    asked=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["/a", "/b", "/moved"])), max_size=12),
)
def test_the_servers_log_shows_one_request_at_a_time_and_the_delay_between(
    delay: float, takes: list[float], asked: list[tuple[int, str]]
) -> None:
    """Everything is asked for at once, of three hosts; robots.txt and redirects count as requests too."""

    async def story() -> FaultServer:
        async with FaultServer() as server:
            server.on("/robots.txt", fault.slow(takes[0], fault.text("user-agent: *\ncrawl-delay: 1.5")))
            server.on("/a", fault.slow(takes[1], GOOD))
            server.on("/b", fault.slow(takes[2], GOOD))
            server.on("/moved", fault.redirect("/a"))
            sites = [site(server.url("/", host), name=host, delay=delay, robots="obey") for host in HOSTS]
            async with network(*sites) as source:
                wanted = [(request(server.url(path, HOSTS[number])), sites[number]) for number, path in asked]
                await asyncio.gather(*(source.fetch(each, place) for each, place in wanted))
                assert sum(source.traffic(place).requests for place in sites) == len(server.seen)
            return server

    for log in log_of(virtualtime.run(story())).values():
        assert log[0].target == "/robots.txt"
        assert all(seen.over >= 0 for seen in log)
        for number, (before, after) in enumerate(pairwise(log)):
            assert after.came >= before.over + max(delay, 1.5 if number else 0) - 1e-6


def test_hosts_go_side_by_side() -> None:
    """Thirty hosts take as long as one: the slowest."""

    async def story() -> float:
        async with FaultServer() as server:
            server.on("/a", fault.slow(1, GOOD))
            server.on("/slow", fault.slow(20, GOOD))
            sites = [site(server.url("/", f"{n}.example"), name=str(n), delay=2.0) for n in range(30)]
            async with network(*sites) as source:

                async def walk(place_number: int) -> None:
                    for path in ("/a", "/a", "/slow" if place_number == 0 else "/a"):
                        url = server.url(path, f"{place_number}.example")
                        await source.fetch(request(url), sites[place_number])

                await asyncio.gather(*map(walk, range(30)))
            assert server.most_at_once == 4  # all these names lead to one server, which has a lane of its own
            return virtualtime.monotonic()

    assert virtualtime.run(story()) == pytest.approx(35)  # 26, and the turns of the lane


def test_http_and_https_of_a_host_are_one_host() -> None:
    """Seen at the proxy: the plain request and the tunnel keep the delay between them."""

    async def story() -> list[tuple[str, float]]:
        async with FaultServer() as proxy:
            proxy.on("/a", fault.redirect("https://news.example/a"))
            proxy.on("news.example:443", fault.status(502))
            place = site(address("http://news.example/"), delay=4.0)
            async with network(place, proxy=f"http://127.0.0.1:{proxy.port}") as source:
                with pytest.raises(Exception, match="the proxy does not connect"):
                    await source.fetch(request(address("http://news.example/a")), place)
            return [(seen.target, seen.came) for seen in proxy.seen]

    seen = virtualtime.run(story())
    assert [target for target, _ in seen] == ["http://news.example/a", "news.example:443"]
    assert [came for _, came in seen] == pytest.approx([0, 4])


def test_connections_are_used_again_and_idle_ones_do_not_pile_up() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", GOOD)
            sites = [site(server.url("/", f"{n}.example"), name=str(n)) for n in range(1_100)]
            async with network(*sites) as source:
                for number, place in enumerate(sites):
                    for _ in range(2):
                        await source.fetch(request(server.url("/a", f"{number}.example")), place)
                await asyncio.sleep(1)
                assert len({seen.connection for seen in server.seen}) == 1_100
                assert server.open_connections == 1_024
            await asyncio.sleep(1)
            assert server.open_connections == 0

    virtualtime.run(story())


# ── what is remembered, as text ───────────────────────────────────────────────────────────────────────────


class Texts(dict[tuple[str, str], str]):
    """What the hosts' files are to the network: text by topic and name; nobody else has a host."""

    def get(self, topic: str, name: str) -> str | None:  # type: ignore[override] # another verb of that name
        return super().get((topic, name))

    def put(self, topic: str, name: str, value: str) -> None:
        self[topic, name] = value

    def take(self, name: str) -> bool:
        return bool(name)

    def ended(self, name: str) -> str | None:
        return self.get("ended", name)

    def give_back(self, name: str, ended: str | None) -> None:
        if ended is not None:
            self.put("ended", name, ended)


def test_what_is_remembered_as_text_comes_back_as_it_was() -> None:
    host_state = StoredHostState(Texts())
    assert host_state.host("h") is None
    assert host_state.robots("http://h") is None
    host = HostBackoff(pause=2.5, until=virtualtime.BEGINNING, cause="503")
    robots = CachedRobots(fetched_at=virtualtime.BEGINNING, status=200, body=bytes(range(256)))
    host_state.remember_host("h", host)
    host_state.remember_robots("http://h", robots)
    assert host_state.host("h") == host
    assert host_state.robots("http://h") == robots
    assert host_state.host("http://h") is None
