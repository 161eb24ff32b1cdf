"""When a host may be asked: never two at once, never sooner than its delay, and later after trouble."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import virtualtime
from hypothesis import given
from hypothesis import strategies as st
from virtualtime import monotonic

from scraper.crawler.host_state import HostBackoff, InMemoryHostState
from scraper.crawler.pacer import DAY, GUESSED_PATIENCE, HOUR, Pacer
from scraper.errors import Blocked, FetchError, Paused

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

HOST = "news.example"


def pacer(**changes: Any) -> Pacer:  # noqa: ANN401 - any of its parts
    parts: dict[str, Any] = {
        "host_state": InMemoryHostState(),
        "now": virtualtime.now,
        "monotonic": monotonic,
        "sleep": asyncio.sleep,
        "random": lambda: 0.0,
        "patience": 2 * DAY,
        "guessed_patience": 2 * DAY,
    }
    return Pacer(**{**parts, **changes})


async def turn(paces: Pacer, delay: float = 0.0, takes: float = 0.0, host: str = HOST) -> float:
    """Take one turn and return when it began."""
    async with paces.turn(host, delay):
        began = monotonic()
        await asyncio.sleep(takes)
    return began


async def troubles(paces: Pacer, times: int, delay: float = 0.0, cause: str = "503") -> list[float]:
    """Have trouble at each of several turns; return how long each pause after it was."""
    pauses = []
    for _ in range(times):
        async with paces.turn(HOST, delay):
            paces.trouble(HOST, delay=delay, cause=cause)
            began = monotonic()
        pauses.append(await turn(paces) - began)
    return pauses


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    virtualtime.run(story())


# ── the delay ─────────────────────────────────────────────────────────────────────────────────────────────


class Visit:
    """One task's exchange with a host: when it is asked for, how long it takes, and whether it goes well."""

    def __init__(self, host: str, at: float, takes: float, delay: float, end: str) -> None:
        """Take what a visit is made of."""
        self.host, self.at, self.takes, self.delay, self.end = host, at, takes, delay, end
        self.began = self.over = -1.0

    def __repr__(self) -> str:
        """Show it as hypothesis reports it."""
        return f"Visit({self.host!r}, {self.at}, {self.takes}, {self.delay}, {self.end!r})"

    async def make(self, paces: Pacer, turns: list[Visit]) -> None:
        """Wait for the time, then for the turn."""
        await asyncio.sleep(self.at)
        async with paces.turn(self.host, self.delay):
            self.began = monotonic()
            turns.append(self)
            try:
                await asyncio.sleep(self.takes)
                if self.end == "trouble":
                    paces.trouble(self.host, delay=self.delay, cause="503")
                elif self.end == "error":
                    raise FetchError
            finally:
                self.over = monotonic()
        paces.success(self.host)


seconds = st.floats(0, 20)
visits = st.lists(
    st.builds(
        Visit,
        st.sampled_from(["a.example", "b.example", "b.example:8080"]),
        seconds,
        seconds,
        seconds,
        st.sampled_from(["well", "trouble", "error", "cancelled"]),
    ),
    min_size=1,
    max_size=12,
)


@given(visits)
def test_a_host_is_never_asked_twice_at_once_nor_sooner_than_its_delay(made: list[Visit]) -> None:
    """Whatever comes when, takes how long, and ends how: well, in trouble, with an error, or cancelled."""
    turns: list[Visit] = []

    async def story() -> None:
        paces = pacer()
        tasks = [asyncio.create_task(visit.make(paces, turns)) for visit in made]
        for visit, task in zip(made, tasks, strict=True):
            if visit.end == "cancelled":
                asyncio.get_running_loop().call_later(visit.at + visit.delay, task.cancel)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(each, FetchError | asyncio.CancelledError | None) for each in results)

    run(story)
    for host in {visit.host for visit in turns}:
        for before, after in pairwise(visit for visit in turns if visit.host == host):
            assert before.over >= 0
            assert after.began >= before.over + after.delay - 1e-6


def test_the_first_request_does_not_wait() -> None:
    async def story() -> None:
        assert await turn(pacer(), delay=10) == 0

    run(story)


def test_the_delay_runs_from_the_end_of_one_to_the_start_of_the_next() -> None:
    async def story() -> None:
        paces = pacer()
        assert [await turn(paces, delay=1, takes=3) for _ in range(3)] == pytest.approx([0, 4, 8])

    run(story)


def test_time_that_went_by_otherwise_counts() -> None:
    async def story() -> None:
        paces = pacer()
        await turn(paces, delay=5)
        await asyncio.sleep(4)
        assert await turn(paces, delay=5) == pytest.approx(5)
        await asyncio.sleep(60)
        assert await turn(paces, delay=5) == pytest.approx(65)

    run(story)


def test_a_slow_host_holds_up_nobody() -> None:
    async def story() -> None:
        paces = pacer()
        slow = asyncio.create_task(turn(paces, takes=1_000, host="slow.example"))
        await asyncio.sleep(0)
        assert [await turn(paces, delay=1, host=f"{n}.example") for n in range(50)] == [0] * 50
        await slow

    run(story)


# ── the back-off ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cause", "longest"), [("429", DAY), ("503", HOUR), ("Unreachable", HOUR)], ids=["429", "503", "silent"]
)
def test_the_pause_doubles_from_a_second_to_a_day_or_where_nobody_asked_an_hour(
    cause: str, longest: float
) -> None:
    async def story() -> None:
        paces, pauses = pacer(), []
        for _ in range(20):
            async with paces.turn(HOST, 0):
                paces.trouble(HOST, delay=0, cause=cause)
                began = monotonic()
            async with paces.turn(HOST, 0):
                pauses.append(monotonic() - began)
        assert pauses[:5] == pytest.approx([1, 2, 4, 8, 16])
        assert pauses[-2:] == pytest.approx([longest, longest])

    run(story)


def test_the_pause_starts_at_the_delay_where_that_is_longer() -> None:
    async def story() -> None:
        assert await troubles(pacer(), 3, delay=7) == pytest.approx([7, 14, 28])

    run(story)


def test_each_good_answer_halves_what_is_left() -> None:
    async def story() -> None:
        paces = pacer()
        assert await troubles(paces, 4) == pytest.approx([1, 2, 4, 8])
        paces.success(HOST)
        assert await troubles(paces, 1) == pytest.approx([8])
        for _ in range(4):
            paces.success(HOST)
        assert await troubles(paces, 1) == pytest.approx([1])

    run(story)


def test_all_is_forgiven_after_thirty_quiet_minutes() -> None:
    async def story() -> None:
        paces = pacer()
        await troubles(paces, 5)
        await asyncio.sleep(29 * 60)
        assert await troubles(paces, 1) == pytest.approx([32])
        await asyncio.sleep(30 * 60)
        assert await troubles(paces, 1) == pytest.approx([1])

    run(story)


def test_a_pause_is_not_itself_a_quiet_time() -> None:
    """A host that needs a two-hour pause would otherwise begin at one second after each."""

    async def story() -> None:
        paces = pacer()
        pauses = await troubles(paces, 14, cause="429")
        assert pauses[-2:] == pytest.approx([4096, 8192])

    run(story)


def test_the_server_may_ask_for_a_longer_pause_and_for_a_day_at_most() -> None:
    async def story() -> None:
        for asked, given_ in ((0.0, 1), (0.5, 1), (120.0, 120), (10.0**9, DAY), (float("inf"), DAY)):
            paces = pacer()
            async with paces.turn(HOST, 0):
                paces.trouble(HOST, delay=0, cause="429", retry_after=asked)
                began = monotonic()
            assert await turn(paces) - began == pytest.approx(given_)

    run(story)


@given(st.floats(0, 1, exclude_max=True))
def test_chance_makes_a_pause_longer_and_never_shorter(chance: float) -> None:
    async def story() -> None:
        paces = pacer(random=lambda: chance)
        async with paces.turn(HOST, 0):
            paces.trouble(HOST, delay=0, cause="429", retry_after=100)
        assert await turn(paces) == pytest.approx(100 + 10 * chance)

    run(story)


@pytest.mark.parametrize(("cause", "error"), [("429", Blocked), ("503", Paused), ("Unreachable", Paused)])
def test_a_pause_beyond_our_patience_is_left_to_a_later_run(cause: str, error: type[FetchError]) -> None:
    async def story() -> None:
        paces = pacer(patience=600)
        async with paces.turn(HOST, 0):
            paces.trouble(HOST, delay=0, cause=cause, retry_after=601)
        with pytest.raises(error, match=r"news\.example: it needs a pause until 2024-03-05T10:30:01"):
            await turn(paces)
        assert monotonic() == 0
        await asyncio.sleep(1.5)
        assert await turn(paces) == pytest.approx(601)

    run(story)


# ── from one run to the next ──────────────────────────────────────────────────────────────────────────────


def test_the_next_run_waits_out_what_is_left() -> None:
    host_state = InMemoryHostState()

    async def first() -> None:
        await troubles(pacer(host_state=host_state), 3, cause="429")
        paces = pacer(host_state=host_state)
        async with paces.turn(HOST, 0):
            paces.trouble(HOST, delay=0, cause="429")

    async def second() -> None:
        began = virtualtime.BEGINNING + timedelta(seconds=10)
        paces = pacer(host_state=host_state, now=virtualtime.clock_at(began))
        assert await turn(paces) == pytest.approx(5)
        assert await troubles(paces, 1, cause="429") == pytest.approx([16])

    run(first)
    run(second)


def test_the_next_run_after_a_quiet_time_begins_anew() -> None:
    host_state = InMemoryHostState()
    host_state.remember_host(HOST, HostBackoff(pause=512, until=virtualtime.BEGINNING, cause="503"))

    async def story() -> None:
        paces = pacer(
            host_state=host_state, now=virtualtime.clock_at(virtualtime.BEGINNING + timedelta(minutes=30))
        )
        assert await troubles(paces, 1) == pytest.approx([1])

    run(story)


@pytest.mark.parametrize("ahead", [timedelta(days=4_000), timedelta(hours=2)])
def test_what_a_clock_that_was_ahead_wrote_is_no_pause(ahead: timedelta) -> None:
    host_state = InMemoryHostState()
    later = virtualtime.BEGINNING + ahead
    host_state.remember_host(HOST, HostBackoff(pause=2, until=later, cause="429", span=2))

    async def story() -> None:
        paces = pacer(host_state=host_state)
        assert await turn(paces) == 0
        assert await troubles(paces, 1) == pytest.approx([1])

    run(story)


@pytest.mark.parametrize("cause", ["503", "Unreachable"])
def test_a_pause_that_nobody_asked_for_is_not_kept_by_the_next_run_which_asks_once(cause: str) -> None:
    host_state = InMemoryHostState()

    async def first() -> None:
        await troubles(pacer(host_state=host_state), 7, cause=cause)

    async def second() -> None:
        began = virtualtime.BEGINNING + timedelta(seconds=130)
        paces = pacer(
            host_state=host_state, now=virtualtime.clock_at(began), guessed_patience=GUESSED_PATIENCE
        )
        assert paces.is_doubtful(HOST)
        async with paces.turn(HOST, 0):
            assert monotonic() == 0
            paces.trouble(HOST, delay=0, cause=cause)
        with pytest.raises(Paused):
            await turn(paces)
        assert monotonic() == 0

    run(first)
    run(second)


def test_one_good_answer_ends_the_doubt() -> None:
    async def story() -> None:
        paces = pacer()
        paces.doubt(HOST)
        assert paces.is_doubtful(HOST)
        paces.success(HOST)
        assert not paces.is_doubtful(HOST)

    run(story)


def test_a_host_that_was_left_is_not_asked_again_in_this_run() -> None:
    async def story() -> None:
        paces = pacer()
        paces.leave(HOST, "it takes no connections")
        with pytest.raises(Paused, match="left for this run: it takes no connections"):
            await turn(paces)
        assert await turn(paces, host="another.example") == 0

    run(story)


def test_a_host_without_trouble_leaves_no_trace() -> None:
    host_state = InMemoryHostState()

    async def story() -> None:
        paces = pacer(host_state=host_state)
        await turn(paces)
        paces.success(HOST)

    run(story)
    assert host_state.host(HOST) is None


# ── whether we keep up ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("late", "often", "behind"), [(2.0, 80, True), (0.5, 1, False), (2.0, 150, False)])
def test_turns_that_begin_long_after_their_time_are_told_where_they_are_many(
    late: float, often: int, *, behind: bool
) -> None:
    """`often`: one sleep in so many ends late, as on a machine that has more to do than it can."""
    slept: list[float] = []

    async def sleep(span: float) -> None:
        slept.append(span)
        await asyncio.sleep(span + late * (len(slept) % often == 0))

    async def story() -> None:
        paces = pacer(sleep=sleep)
        for _ in range(2_000):
            await turn(paces, delay=1.0)
        assert paces.lateness.turns == 2_000
        assert paces.lateness.is_behind is behind

    run(story)


def test_a_host_that_is_asked_long_after_its_delay_is_not_late() -> None:
    async def story() -> None:
        paces = pacer()
        for _ in range(20):
            await turn(paces, delay=1.0)
            await asyncio.sleep(60)
        assert paces.lateness.late == 0

    run(story)
