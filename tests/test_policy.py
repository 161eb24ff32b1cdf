"""What is due when, and what is remembered: the rules by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scraper import policy
from scraper.article_record import AT_ONCE, ArticleRecord, Skip, Status, Visit
from scraper.errors import BadStatus, Refused
from scraper.model import Capture, CaptureRef
from scraper.urls import Url
from scraper.values import replace

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AGES = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
URL = Url("http://news.example/a/system/2026/03/01/030000001.shtml")


def known(**changes: object) -> ArticleRecord:
    base: dict[str, object] = {
        "site": "s",
        "key": "030000001",
        "url": URL,
        "ask": URL,
        "first_seen": NOW,
        "due": NOW,
        "wanted": True,
    }
    return ArticleRecord(**(base | changes))  # type: ignore[arg-type] # the keys are Known's own


def capture(status: int = 200, *headers: tuple[bytes, bytes]) -> Capture:
    return Capture(
        url=URL, final_url=URL, fetched_at=NOW, status=status, reason="", headers=headers, body=b""
    )


def test_what_is_wanted_and_due_is_asked_for_with_its_validators() -> None:
    decision = policy.decide_visit(known(etag='"1"', last_modified="yesterday"), NOW)
    assert isinstance(decision, Visit)
    assert (decision.request.etag, decision.request.last_modified) == ('"1"', "yesterday")


def test_what_nobody_wants_or_is_not_yet_due_is_left_alone() -> None:
    for left in (known(wanted=False), known(due=None), known(due=NOW + timedelta(seconds=1))):
        assert isinstance(policy.decide_visit(left, NOW), Skip)


def test_a_new_article_is_looked_at_again_at_the_next_age_it_has_not_reached() -> None:
    born = NOW - timedelta(days=2)
    assert policy.next_look(AGES, born, NOW) == born + timedelta(days=7)


def test_an_article_past_all_ages_is_never_looked_at_again() -> None:
    assert policy.next_look(AGES, NOW - timedelta(days=3650), NOW) is None


def test_the_first_failures_are_tried_by_the_next_run_and_later_ones_ever_later() -> None:
    assert {policy.next_try(n, NOW) for n in (1, 3)} == {AT_ONCE}
    assert [policy.next_try(n, NOW) - NOW for n in (4, 5, 6)] == [
        timedelta(days=1),
        timedelta(days=2),
        timedelta(days=4),
    ]


@given(st.integers(min_value=1, max_value=200))
def test_no_failure_puts_an_article_off_for_more_than_a_month(attempts: int) -> None:
    assert policy.next_try(attempts, NOW) - NOW <= policy.LONGEST_PAUSE


def test_a_failure_does_not_take_back_what_is_held() -> None:
    error = BadStatus("article: gone wrong", status=500)
    assert policy.remember_failure(known(), error, NOW).status is Status.FAILED
    held = policy.remember_failure(known(status=Status.HELD, path="a.md"), error, NOW)
    assert (held.status, held.attempts, held.error) == (Status.HELD, 1, "BadStatus: article: gone wrong")


def test_a_good_answer_forgives_all_failures() -> None:
    before = known(attempts=5, soft_misses=1, error="x", published=NOW)
    after = policy.remember_answer(before, capture(200, (b"ETag", b'"2"')), AGES)
    assert (after.status, after.attempts, after.soft_misses, after.error) == (Status.HELD, 0, 0, None)
    assert after.etag == '"2"'
    assert after.due == NOW + timedelta(days=1)


def test_a_304_keeps_the_validators_it_does_not_repeat() -> None:
    after = policy.remember_unchanged(known(etag='"1"', last_modified="m", published=NOW), capture(304), AGES)
    assert (after.etag, after.last_modified) == ('"1"', "m")


def test_a_gone_article_keeps_its_document_and_is_asked_about_again() -> None:
    after = policy.remember_gone(known(status=Status.HELD, path="a.md", etag='"1"'), NOW, AGES)
    assert (after.status, after.path, after.etag) == (Status.GONE, "a.md", None)
    assert after.due == NOW + timedelta(days=1)


def test_by_the_same_ages_everything_is_due_when_it_was() -> None:
    place = CaptureRef(file="a.warc.gz", offset=0, length=1, digest="0" * 40)
    held = policy.remember_answer(known(published=NOW, capture=place), capture(), AGES)
    gone = policy.remember_gone(held, NOW, AGES)
    states = [held, gone, policy.remember_failure(held, BadStatus("500", status=500), NOW)]
    states += [policy.remember_refusal(held, Refused("robots.txt"), NOW), known(), known(due=None)]
    missed = known()
    for _ in range(2 * policy.FIRST_HOURS):  # nobody ever had it: it is asked for within hours
        missed = policy.remember_gone(missed, NOW, AGES)
        states.append(missed)
    assert [policy.look_by(state, AGES) for state in states] == [state.due for state in states]


def test_other_ages_move_what_was_answered_and_nothing_else() -> None:
    place = CaptureRef(file="a.warc.gz", offset=0, length=1, digest="0" * 40)
    held = policy.remember_answer(known(published=NOW, capture=place), capture(), AGES)
    other = (timedelta(hours=2),)
    assert policy.look_by(held, other) == NOW + timedelta(hours=2)
    assert policy.look_by(held, ()) is None
    gone = policy.remember_gone(replace(held, path="a.md"), NOW, AGES)
    assert policy.look_by(gone, other) == NOW + timedelta(hours=2)
    failed = policy.remember_failure(held, BadStatus("500", status=500), NOW)
    adopted = known(status=Status.HELD, path="a.md", checked=NOW, due=None)
    for left in (failed, adopted, policy.remember_refusal(held, Refused("robots.txt"), NOW), known()):
        assert policy.look_by(left, other) == left.due


def test_a_refused_article_is_asked_about_again_in_a_month() -> None:
    after = policy.remember_refusal(known(), Refused("robots.txt"), NOW)
    assert (after.status, after.due) == (Status.REFUSED, NOW + timedelta(days=30))


def test_a_soft_error_page_makes_an_article_gone_only_when_seen_twice() -> None:
    assert not policy.is_soft_gone(known())
    assert policy.is_soft_gone(known(soft_misses=1))
