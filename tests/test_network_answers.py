"""What `Network.fetch` gives for each kind of answer, and what it tries again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import faultserver as fault
import pytest
import virtualtime
from faultserver import FaultServer
from networkworld import fetch, network, request, site

from scraper.crawler.client import Client
from scraper.crawler.host_state import InMemoryHostState
from scraper.errors import BadStatus, Blocked, FetchError, Paused, TooLarge, Unreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faultserver import Answer

    from scraper.model import Capture

GOOD = fault.text("good")


class Trial:
    """One address, asked once, before a row of answers."""

    def __init__(self, *answers: Answer, retries: int = 4, **changes: object) -> None:
        """Ask, and keep what came."""
        self.capture: Capture | None = None
        self.error: FetchError | None = None
        self.moments: list[float] = []
        virtualtime.run(self._story(answers, {"retries": retries, **changes}))

    async def _story(self, answers: Sequence[Answer], changes: dict[str, object]) -> None:
        async with FaultServer() as server:
            server.on("/a", *answers)
            try:
                self.capture = await fetch(server, "/a", **changes)
            except FetchError as error:
                self.error = error
            self.moments = [seen.came for seen in server.seen]

    @property
    def status(self) -> int | None:
        """Return the status of what came; None: an error did."""
        return None if self.capture is None else self.capture.status


@pytest.mark.parametrize("code", [200, 203, 204, 404, 410])
def test_final_answers_come_back_as_captures(code: int) -> None:
    trial = Trial(fault.status(code))
    assert (trial.status, len(trial.moments)) == (code, 1)


@pytest.mark.parametrize("code", [206, 300, 304, 305, 400, 402, 406, 409, 414, 421, 431, 451])
def test_other_answers_are_bad_and_asked_for_once(code: int) -> None:
    trial = Trial(fault.status(code), GOOD)
    assert isinstance(trial.error, BadStatus)
    assert (trial.error.status, len(trial.moments)) == (code, 1)
    assert f": {code} Whatever" in str(trial.error)


@pytest.mark.parametrize("code", [401, 403])
def test_who_is_not_welcome_is_blocked_and_does_not_insist(code: int) -> None:
    trial = Trial(fault.status(code), GOOD)
    assert isinstance(trial.error, Blocked)
    assert len(trial.moments) == 1


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_can_heal_is_asked_for_again(code: int) -> None:
    assert Trial(fault.status(code), fault.status(code), GOOD).status == 200


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(fault.dropped(), id="dropped"),
        pytest.param(fault.dropped_within(b"ha", 4), id="dropped within"),
        pytest.param(fault.chunks_broken(b"ha"), id="broken chunks"),
        pytest.param(fault.stalled(), id="stalled"),
        pytest.param(fault.drip(1), id="a drip"),
        pytest.param(fault.reply(200, b"\x1f\x8b\x08", [("Content-Encoding", "gzip")]), id="half a gzip"),
    ],
)
def test_a_broken_answer_is_asked_for_again(broken: Answer) -> None:
    assert Trial(broken, broken, GOOD).status == 200


def test_what_is_too_large_is_not_asked_for_again() -> None:
    trial = Trial(fault.bomb("gzip", 5_000), GOOD, max_bytes=1_000)
    assert isinstance(trial.error, TooLarge)
    assert len(trial.moments) == 1


def test_tries_are_counted() -> None:
    for retries in (0, 1, 3):
        trial = Trial(fault.status(500), retries=retries)
        assert isinstance(trial.error, BadStatus)
        assert trial.error.status == 500
        assert len(trial.moments) == retries + 1


def test_an_error_of_one_address_waits_longer_each_time() -> None:
    assert Trial(fault.status(500)).moments == pytest.approx([0, 1, 3, 7, 15])


def test_an_overloaded_host_gets_a_pause_that_doubles() -> None:
    assert Trial(fault.status(503)).moments == pytest.approx([0, 1, 3, 7, 15])
    assert Trial(fault.dropped()).moments == pytest.approx([0, 1, 3, 7, 15])


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize(
    ("wanted", "pause"),
    [
        ("120", 120),
        ("Tue, 05 Mar 2024 10:22:00 GMT", 120),
        ("Tuesday, 05-Mar-24 10:22:00 GMT", 120),
        ("Tue Mar  5 10:22:00 2024", 120),
        ("0", 1),
        ("-5", 1),
        ("Mon, 04 Mar 2024 10:22:00 GMT", 1),
        ("a while", 1),
        ("", 1),
    ],
)
def test_a_server_may_say_how_long(code: int, wanted: str, pause: float) -> None:
    trial = Trial(fault.status(code, ("Retry-After", wanted)), GOOD)
    assert trial.status == 200
    assert trial.moments == pytest.approx([0, pause])


def test_a_date_is_read_by_the_servers_own_clock() -> None:
    headers = [("Date", "Tue, 05 Mar 2030 00:00:00 GMT"), ("Retry-After", "Tue, 05 Mar 2030 00:02:00 GMT")]
    assert Trial(fault.status(503, *headers), GOOD).moments == pytest.approx([0, 120])


def test_too_many_requests_without_end_is_blocked() -> None:
    trial = Trial(fault.status(429))
    assert isinstance(trial.error, Blocked)
    assert len(trial.moments) == 5


def test_a_pause_beyond_our_patience_ends_it_at_once() -> None:
    blocked = Trial(fault.status(429, ("Retry-After", "86400")), GOOD)
    assert isinstance(blocked.error, Blocked)
    paused = Trial(fault.status(503, ("Retry-After", "86400")), GOOD)
    assert isinstance(paused.error, Paused)
    assert paused.error.until == virtualtime.BEGINNING.replace(day=6)
    assert blocked.moments == paused.moments == [0]


def test_the_next_run_keeps_the_pause() -> None:
    host_state = InMemoryHostState()

    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.status(503, ("Retry-After", "3600")), GOOD)
            with pytest.raises(Paused):
                await fetch(server, "/a", host_state=host_state, retries=1)
            with pytest.raises(Paused):
                await fetch(server, "/a", host_state=host_state, retries=1)
            assert server.asked() == 1
            await asyncio.sleep(3600)
            assert (await fetch(server, "/a", host_state=host_state, retries=1)).status == 200

    virtualtime.run(story())


def test_a_conditional_request_may_be_answered_with_304() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.reply(304, b"", [("ETag", '"x"')]))
            place = site(server.url("/"))
            async with network(place) as source:
                wanted = request(server.url("/a"), etag='"x"', last_modified="Tue, 05 Mar 2024 10:20:00 GMT")
                capture = await source.fetch(wanted, place)
            assert (capture.status, capture.body) == (304, b"")
            assert server.seen[0].headers["if-none-match"] == '"x"'
            assert server.seen[0].headers["if-modified-since"] == "Tue, 05 Mar 2024 10:20:00 GMT"

    virtualtime.run(story())


def test_one_fault_in_three_is_outlived() -> None:
    """Every kind of passing fault, in a fixed order, over sixty addresses: each is had in the end."""
    faults = [
        *(fault.status(500), fault.status(503), fault.status(429, ("Retry-After", "2")), fault.dropped()),
        *(
            fault.dropped_within(b"ha", 9),
            fault.chunks_broken(b"ha"),
            fault.raw(b"HTTP/1.1 200"),
            fault.stalled(),
        ),
    ]

    async def story() -> float:
        async with FaultServer() as server:
            place = site(server.url("/"))
            async with network(place, retries=4) as source:
                for number in range(60):
                    broken = [] if number % 3 else [faults[number // 3 % len(faults)]]
                    server.on(f"/{number}", *broken, GOOD)
                    capture = await source.fetch(request(server.url(f"/{number}")), place)
                    assert capture.body == b"good"
            assert server.asked() == 80
            return virtualtime.monotonic()

    assert virtualtime.run(story()) < 20 * 2 + 3 * 30


def test_when_it_is_cancelled_the_host_is_free_again() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.held(asyncio.Event(), GOOD))
            server.on("/b", GOOD)
            place = site(server.url("/"), delay=3.0)
            async with network(place) as source:
                stuck = asyncio.create_task(source.fetch(request(server.url("/a")), place))
                await asyncio.sleep(5)
                assert stuck.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await stuck
                assert (await source.fetch(request(server.url("/b")), place)).status == 200
            assert [seen.came for seen in server.seen] == pytest.approx([0, 8])

    virtualtime.run(story())


async def silent(connection: fault.Connection) -> None:
    await connection.reader.read()
    connection.writer.close()


@pytest.mark.parametrize("answer", [silent, fault.stalled(b"half")])
def test_when_it_is_cancelled_no_connection_stays_open(answer: Answer) -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", answer)
            place = site(server.url("/"))
            async with network(place) as source:
                stuck = asyncio.create_task(source.fetch(request(server.url("/a")), place))
                await asyncio.sleep(5)
                assert server.open_connections == 1
                stuck.cancel()
                await asyncio.gather(stuck, return_exceptions=True)
                await asyncio.sleep(1)
                assert server.open_connections == 0

    virtualtime.run(story())


def test_what_nobody_takes_is_not_read() -> None:
    """A server that is faster than we are fills its own memory and not ours."""
    sent: list[int] = []

    async def flood(connection: fault.Connection) -> None:
        await connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1_000):
            await connection.send(bytes(100_000))
            sent.append(100_000)
        connection.writer.close()

    async def story() -> int:
        async with FaultServer() as server, Client(allow_private=True) as client:
            server.on("/a", flood)
            async with client.ask(server.url("/a"), (), None) as answer:
                await asyncio.sleep(60)
                before = sum(sent)
                assert sum([len(chunk) async for chunk in answer.body]) == 100_000_000
            return before

    assert virtualtime.run(story()) < 50_000_000


def test_no_header_line_that_is_sent_can_be_two() -> None:
    trial = Trial(GOOD, user_agent="we\r\nX-More: 1")
    assert isinstance(trial.error, Unreachable)
    assert trial.moments == []


def test_a_wait_can_be_cancelled_too() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", fault.status(503, ("Retry-After", "500")))
            task = asyncio.create_task(fetch(server, "/a", retries=4))
            await asyncio.sleep(100)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert virtualtime.monotonic() == pytest.approx(100)

    virtualtime.run(story())


def test_a_wrong_address_of_the_host_is_passed_over() -> None:
    async def two_addresses(host: str, port: int) -> tuple[str, ...]:
        assert host == "news.example"
        return ("127.0.0.2", "127.0.0.1") if port else ()

    async def story() -> None:
        async with FaultServer() as server:
            server.on("/a", GOOD)
            place = site(server.url("/", host="news.example"))
            async with network(place, resolve=two_addresses) as source:
                capture = await source.fetch(request(server.url("/a", host="news.example")), place)
            assert capture.ip_address == "127.0.0.1"
            assert server.seen[0].headers["host"] == f"news.example:{server.port}"

    virtualtime.run(story())


def test_a_name_that_leads_nowhere_is_unreachable_and_asked_for_once() -> None:
    looked_up = []

    async def nowhere(host: str, port: int) -> tuple[str, ...]:
        looked_up.append((host, port))
        msg = "no answer: the name leads nowhere"
        raise Unreachable(msg, heals=False)

    trial = Trial(GOOD, resolve=nowhere)
    assert trial.status == 200  # an address needs no resolving

    async def story() -> None:
        async with FaultServer() as server:
            place = site(server.url("/", host="news.example"))
            async with network(place, resolve=nowhere, retries=4) as source:
                with pytest.raises(Unreachable):
                    await source.fetch(request(server.url("/a", host="news.example")), place)

    virtualtime.run(story())
    assert len([port for _, port in looked_up if port != 80]) == 1  # the other look-up is for its pace
