"""Servers with several names: few exchanges at once, a little apart, and a name alone is not slowed down."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import virtualtime
from virtualtime import monotonic

from scraper.crawler.host_state import InMemoryHostState
from scraper.crawler.pacer import Pacer
from scraper.crawler.server_lanes import ServerLanes
from scraper.crawler.stored_host_state import StoredHostState
from scraper.errors import Unreachable
from scraper.model import PerAddress
from scraper.stores.hosts import HostFiles
from scraper.urls import Url

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.crawler.host_state import HostState

CAMPUS = "192.0.2.7"
ADDRESSES = {f"site{number}.example": CAMPUS for number in range(30)} | {"alone.example": "192.0.2.8"}


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """Know the campus, where every name leads to one machine."""
    del port
    if host not in ADDRESSES:
        msg = f"no answer: {host}"
        raise Unreachable(msg)
    return (ADDRESSES[host],)


def lanes(host_state: HostState | None = None, *, direct: bool = True) -> ServerLanes:
    pacer = Pacer(
        host_state=host_state or InMemoryHostState(),
        now=virtualtime.now,
        monotonic=monotonic,
        sleep=asyncio.sleep,
        random=lambda: 0.0,
    )
    return ServerLanes(
        PerAddress(at_once=4, delay=0.25), resolve=resolve, is_direct=lambda _: direct, pacer=pacer
    )


async def ask(server: ServerLanes, host: str, takes: float = 0.0) -> tuple[float, float]:
    """Make one exchange; return when it began and when it ended."""
    async with server.turn(Url(f"http://{host}/")):
        began = monotonic()
        await asyncio.sleep(takes)
    return began, monotonic()


def at_once(spans: list[tuple[float, float]]) -> int:
    """Return how many exchanges were under way together, at most."""
    return max(sum(begun <= moment < ended for begun, ended in spans) for moment, _ in spans)


def test_thirty_names_of_one_machine_are_asked_four_at_once_and_a_quarter_of_a_second_apart() -> None:
    async def story() -> list[tuple[float, float]]:
        server = lanes()
        return await asyncio.gather(*(ask(server, f"site{number}.example", 10.0) for number in range(30)))

    spans = virtualtime.run(story())
    starts = sorted(begun for begun, _ in spans)
    assert at_once(spans) == 4
    assert all(later - earlier >= 0.25 for earlier, later in pairwise(starts))


def test_a_name_that_follows_itself_keeps_its_own_delay_alone() -> None:
    """`delay: 0` means one request after another, also under this rule."""

    async def story() -> list[float]:
        server = lanes()
        return [(await ask(server, "alone.example"))[0] for _ in range(5)]

    assert virtualtime.run(story()) == [0.0] * 5


def test_a_name_alone_is_not_slowed_down_by_what_processes_share(tmp_path: Path) -> None:
    async def story() -> list[float]:
        server = lanes(StoredHostState(HostFiles(tmp_path)))
        return [(await ask(server, "alone.example"))[0] for _ in range(5)]

    assert virtualtime.run(story()) == [0.0] * 5


def test_names_of_two_machines_do_not_wait_for_each_other() -> None:
    async def story() -> list[tuple[float, float]]:
        server = lanes()
        return await asyncio.gather(*(ask(server, host, 5.0) for host in ("site0.example", "alone.example")))

    assert [begun for begun, _ in virtualtime.run(story())] == [0.0, 0.0]


def test_through_a_proxy_and_without_an_address_nothing_is_held_up() -> None:
    async def story() -> list[tuple[float, float]]:
        proxied, unknown = lanes(direct=False), lanes()
        hosts = [f"site{number}.example" for number in range(9)]
        asked = [ask(proxied, host, 3.0) for host in hosts] + [ask(unknown, "nowhere.example", 3.0)]
        return await asyncio.gather(*asked)

    assert {begun for begun, _ in virtualtime.run(story())} == {0.0}


def test_two_processes_of_a_machine_share_the_number_at_once(tmp_path: Path) -> None:
    async def story() -> list[tuple[float, float]]:
        first, second = (lanes(StoredHostState(HostFiles(tmp_path))) for _ in range(2))
        asked = [ask(first, f"site{number}.example", 10.0) for number in range(4)]
        asked += [ask(second, f"site{number}.example", 10.0) for number in range(10, 14)]
        return await asyncio.gather(*asked)

    assert at_once(virtualtime.run(story())) == 4


def test_two_processes_of_a_machine_begin_a_little_apart(tmp_path: Path) -> None:
    async def story() -> list[tuple[float, float]]:
        first, second = (lanes(StoredHostState(HostFiles(tmp_path))) for _ in range(2))
        asked = [ask(first, f"site{number}.example", 0.1) for number in range(5)]
        asked += [ask(second, f"site{number}.example", 0.1) for number in range(10, 15)]
        return await asyncio.gather(*asked)

    starts = sorted(begun for begun, _ in virtualtime.run(story()))
    assert all(later - earlier >= 0.249 for earlier, later in pairwise(starts))


def test_no_process_of_a_machine_waits_until_another_has_done_all(tmp_path: Path) -> None:
    """Each with more names than the server has places."""

    async def story() -> list[list[float]]:
        async def one_after_another(server: ServerLanes, host: str) -> list[float]:
            return [(await ask(server, host, 0.03))[0] for _ in range(8)]

        async def process(first: int) -> list[float]:
            server = lanes(StoredHostState(HostFiles(tmp_path)))
            hosts = [f"site{number}.example" for number in range(first, first + 6)]
            found = await asyncio.gather(*(one_after_another(server, host) for host in hosts))
            return sorted(moment for moments in found for moment in moments)

        return await asyncio.gather(*(process(first) for first in (0, 6, 12, 18)))

    found = virtualtime.run(story())
    assert max(starts[0] for starts in found) < 3.0  # each exchange takes its quarter of a second
    first_ended = min(starts[-1] for starts in found)
    assert all(sum(moment < first_ended for moment in starts) >= len(starts) // 2 for starts in found)


def test_an_exchange_begins_once_no_other_process_is_about_to(tmp_path: Path) -> None:
    async def story() -> float:
        server, other = lanes(StoredHostState(HostFiles(tmp_path))), HostFiles(tmp_path)
        other.take(gate := f"{CAMPUS}+")
        asked = asyncio.create_task(ask(server, "site1.example"))
        await asyncio.sleep(1.0)
        other.give_back(gate, None)
        return (await asked)[0]

    assert virtualtime.run(story()) >= 1.0


def test_a_name_that_follows_itself_lets_another_process_begin(tmp_path: Path) -> None:
    """At `delay: 0` it would ask again and again before the quarter of a second is over."""

    async def ask_often(server: ServerLanes, host: str) -> list[float]:
        return [(await ask(server, host, 0.01))[0] for _ in range(200)]

    async def story() -> list[list[float]]:
        processes = (lanes(StoredHostState(HostFiles(tmp_path))) for _ in range(2))
        return await asyncio.gather(*map(ask_often, processes, ("site1.example", "site2.example")))

    first, second = virtualtime.run(story())
    begun = sorted([(at, 1) for at in first] + [(at, 2) for at in second])
    changes = [later[0] - earlier[0] for earlier, later in pairwise(begun) if earlier[1] != later[1]]
    assert min(changes) >= 0.249
    assert max(first[0], second[0]) < 1.0 < min(first[-1], second[-1])
    assert max(later - earlier for one in (first, second) for earlier, later in pairwise(one)) < 1.0


def test_a_moment_that_another_process_wrote_by_a_wrong_clock_holds_nothing_up(tmp_path: Path) -> None:
    state = StoredHostState(HostFiles(tmp_path))
    state.take(gate := f"{CAMPUS}+")
    state.give_back(gate, virtualtime.BEGINNING + timedelta(days=1))
    assert virtualtime.run(ask(lanes(state), "site1.example"))[0] == 0.0


def test_a_place_is_given_back_when_an_exchange_fails() -> None:
    async def story() -> float:
        server = lanes()

        async def fail() -> None:
            async with server.turn(Url("http://alone.example/")):
                raise Unreachable(str(monotonic()))

        failures = await asyncio.gather(*(fail() for _ in range(20)), return_exceptions=True)
        assert all(isinstance(failure, Unreachable) for failure in failures)
        return (await ask(server, "alone.example"))[0]

    assert virtualtime.run(story()) == 0.0
