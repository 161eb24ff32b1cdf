"""What a robots.txt, or its lack, lets us do, and how often it is asked for."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import faultserver as fault
import pytest
import virtualtime
from faultserver import FaultServer
from networkworld import network, request, site

from scraper.crawler.host_state import InMemoryHostState
from scraper.errors import BadStatus, Blocked, FetchError, Refused, Unreachable

if TYPE_CHECKING:
    from faultserver import Answer

    from scraper.model import Capture

GOOD = fault.text("good")
CLOSED = fault.text("user-agent: *\ndisallow: /closed\n")


class Trial:
    """One run: a robots.txt, and some addresses asked for in turn."""

    def __init__(self, answers: tuple[Answer, ...], paths: tuple[str, ...], **changes: object) -> None:
        """Ask, and keep what came of each."""
        self.outcomes: list[str] = []
        self.asked: list[str] = []
        self.moments: list[float] = []
        self.kept: list[Capture] = []
        virtualtime.run(self._story(answers, paths, changes))

    async def _story(
        self, answers: tuple[Answer, ...], paths: tuple[str, ...], changes: dict[str, object]
    ) -> None:
        async with FaultServer() as server:
            server.on("/robots.txt", *answers)
            for path in ("/a", "/b", "/closed", "/closed/a", "/other-robots"):
                server.on(path, CLOSED if path == "/other-robots" else GOOD)
            given = {name: changes.pop(name) for name in ("robots", "delay") if name in changes}
            place = site(server.url("/"), **{"robots": "obey", **given})
            changes.setdefault("keep_robots", lambda _, capture: self.kept.append(capture))
            async with network(place, **changes) as source:
                for path in paths:
                    try:
                        self.outcomes.append(
                            str((await source.fetch(request(server.url(path)), place)).status)
                        )
                    except FetchError as error:
                        self.outcomes.append(f"{error.kind}: {error}")
            self.asked = [seen.target for seen in server.seen]
            self.moments = [seen.came for seen in server.seen]


def test_robots_txt_is_asked_for_once_and_obeyed() -> None:
    trial = Trial((CLOSED,), ("/a", "/closed/a", "/b"))
    assert trial.asked == ["/robots.txt", "/a", "/b"]
    assert trial.outcomes[1].startswith("Refused: ")
    assert trial.outcomes[1].endswith("/closed/a: robots.txt forbids it")
    assert [capture.status for capture in trial.kept] == [200]


def test_robots_txt_may_be_ignored() -> None:
    assert Trial((CLOSED,), ("/closed",), robots="ignore").asked == ["/closed"]


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 418, 451])
def test_a_4xx_means_that_there_is_none(code: int) -> None:
    assert Trial((fault.status(code),), ("/closed",)).outcomes == ["200"]


@pytest.mark.parametrize("code", [500, 501, 502, 503, 504, 599])
def test_a_5xx_means_that_nothing_is_allowed(code: int) -> None:
    trial = Trial((fault.status(code),), ("/a", "/b"), retries=2)
    assert [outcome.partition(":")[0] for outcome in trial.outcomes] == ["Refused", "Refused"]
    assert trial.asked == ["/robots.txt"] * 3
    assert "its robots.txt could not be had, so nothing is allowed" in trial.outcomes[0]


def test_a_passing_5xx_is_asked_for_again() -> None:
    assert Trial((fault.status(503), fault.dropped(), CLOSED), ("/a",), retries=2).outcomes == ["200"]


@pytest.mark.parametrize(
    "broken", [fault.dropped(), fault.stalled(), fault.dropped_within(b"user-agent", 99)]
)
def test_no_answer_means_that_nothing_is_allowed_and_that_the_site_is_away(broken: Answer) -> None:
    trial = Trial((broken,), ("/a", "/b"), retries=1)
    assert [outcome.partition(":")[0] for outcome in trial.outcomes] == ["Unreachable", "Unreachable"]
    assert trial.asked == ["/robots.txt"] * 2


def test_too_many_requests_already_for_robots_txt_is_blocked() -> None:
    trial = Trial((fault.status(429),), ("/a",))
    assert trial.outcomes[0].startswith("Blocked: ")


@pytest.mark.parametrize(
    "page",
    [
        fault.text("<!DOCTYPE html>\nUser-agent: *\nDisallow: /\n"),
        fault.text(""),
        fault.reply(200, bytes(range(256)) * 100),
        fault.reply(200, b"disallow: /\n" * 100),
        fault.reply(204),
    ],
)
def test_what_is_no_robots_txt_says_nothing(page: Answer) -> None:
    assert Trial((page,), ("/closed",)).outcomes == ["200"]


def test_a_compressed_robots_txt_is_read() -> None:
    body = fault.compressed("gzip", b"user-agent: *\ndisallow: /closed\n")
    trial = Trial((fault.reply(200, body, [("Content-Encoding", "gzip")]),), ("/closed",))
    assert trial.outcomes[0].startswith("Refused")


def test_a_very_long_robots_txt_is_read_as_far_as_it_must_be() -> None:
    long = b"user-agent: *\ndisallow: /closed\n" + b"# more\n" * 200_000
    trial = Trial((fault.reply(200, long),), ("/closed", "/a"))
    assert [outcome[:7] for outcome in trial.outcomes] == ["Refused", "200"]


def test_a_redirected_robots_txt_is_read_where_it_is() -> None:
    trial = Trial((fault.redirect("/other-robots"),), ("/closed", "/a"))
    assert [outcome[:7] for outcome in trial.outcomes] == ["Refused", "200"]
    assert trial.asked == ["/robots.txt", "/other-robots", "/a"]


@pytest.mark.parametrize(
    "location", ["/robots.txt", "http://stranger.example/robots.txt", "file:///robots.txt"]
)
def test_a_robots_txt_that_leads_nowhere_is_none(location: str) -> None:
    trial = Trial((fault.redirect(location),), ("/closed",))
    assert trial.outcomes == ["200"]
    assert trial.asked == ["/robots.txt", "/closed"]


def test_the_longer_of_the_two_delays_wins() -> None:
    slow = fault.text("user-agent: *\ncrawl-delay: 10\n")
    assert Trial((slow,), ("/a", "/b"), delay=2.0).moments == pytest.approx([0, 10, 20])
    assert Trial((slow,), ("/a", "/b"), delay=12.0).moments == pytest.approx([0, 12, 24])
    assert Trial((slow,), ("/a", "/b"), delay=2.0, robots="ignore").moments == pytest.approx([0, 2])


# ── from one run to the next ──────────────────────────────────────────────────────────────────────────────


async def visit(server: FaultServer, host_state: InMemoryHostState, **changes: object) -> str:
    place = site(server.url("/"), robots="obey")
    async with network(place, host_state=host_state, **changes) as source:
        try:
            return str((await source.fetch(request(server.url("/closed")), place)).status)
        except (Refused, Blocked, BadStatus, Unreachable) as error:
            return error.kind


def test_an_answer_is_kept_for_a_day_also_across_runs() -> None:
    host_state = InMemoryHostState()

    async def story() -> None:
        async with FaultServer() as server:
            server.on("/robots.txt", CLOSED, fault.status(404))
            server.on("/closed", GOOD)
            assert await visit(server, host_state) == "Refused"
            await asyncio.sleep(23.9 * 3600)
            assert await visit(server, host_state) == "Refused"
            assert server.asked("/robots.txt") == 1
            await asyncio.sleep(0.2 * 3600)
            assert await visit(server, host_state) == "200"
            assert server.asked("/robots.txt") == 2

    virtualtime.run(story())


def test_a_clock_set_back_does_not_keep_it_longer() -> None:
    host_state = InMemoryHostState()

    async def story() -> None:
        async with FaultServer() as server:
            server.on("/robots.txt", CLOSED)
            await visit(server, host_state)
            earlier = virtualtime.clock_at(virtualtime.BEGINNING - timedelta(days=2))
            await visit(server, host_state, now=earlier)
            assert server.asked("/robots.txt") == 2

    virtualtime.run(story())


@pytest.mark.parametrize("failing", [fault.status(500), fault.dropped()])
def test_a_failure_is_not_kept_for_the_next_run(failing: Answer) -> None:
    host_state = InMemoryHostState()

    async def story() -> None:
        async with FaultServer() as server:
            server.on("/robots.txt", failing, fault.status(404))
            server.on("/closed", GOOD)
            assert await visit(server, host_state) in {"Refused", "Unreachable"}
            assert await visit(server, host_state) == "200"

    virtualtime.run(story())


def test_a_failure_is_looked_at_again_after_ten_minutes() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/robots.txt", fault.status(500), GOOD)
            server.on("/a", GOOD)
            place = site(server.url("/"), robots="obey")
            async with network(place) as source:
                for _ in range(5):
                    with pytest.raises(Refused):
                        await source.fetch(request(server.url("/a")), place)
                await asyncio.sleep(601)
                assert (await source.fetch(request(server.url("/a")), place)).status == 200

    virtualtime.run(story())


def test_many_at_once_ask_for_it_once() -> None:
    async def story() -> None:
        async with FaultServer() as server:
            server.on("/robots.txt", fault.slow(5, CLOSED))
            server.on("/a", GOOD)
            place = site(server.url("/"), robots="obey")
            async with network(place) as source:
                wanted = [source.fetch(request(server.url("/a")), place) for _ in range(20)]
                await asyncio.gather(*wanted)
            assert server.asked("/robots.txt") == 1
            assert server.asked("/a") == 20
            assert server.most_at_once == 1

    virtualtime.run(story())
