"""What did not change is asked for in a way that costs little, kept as a reference, and rewritten nowhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import pytest
from archiving import Archive, only, opened, state_of
from warcio.archiveiterator import ArchiveIterator

from scraper import cli
from scraper.article_record import ArticleRecord, Status
from scraper.demo import faults
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.exchange import Answer, Ask
    from scraper.demo.server import Server
    from scraper.demo.story import Story

CHANNEL = "bcyw"
SITE = "beichen"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    return Archive(tmp_path, server, world, channel=CHANNEL)


def published(archive: Archive, world: EcmsWorld) -> Story:
    """Publish an article and archive it on its first day."""
    story = world.publish(CHANNEL)
    archive.clock.now = story.published
    assert only(archive.run()).written == 1
    return story


def a_day_later(archive: Archive) -> tuple[int, int, int]:
    """Run again when the article is to be looked at again: how many were written, revised, unchanged."""
    archive.clock.wait(days=1, hours=1)
    report = only(archive.run())
    return report.written, report.revised, report.unchanged


def records(archive: Archive) -> Iterator[dict[str, str]]:
    """Yield the fields of every response and revisit, read by somebody else's program."""
    for path in sorted((archive.inside / "captures").glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type in {"response", "revisit"}:
                    yield dict(record.rec_headers.headers) | {"status": record.http_headers.get_statuscode()}


def profiles(archive: Archive, part: str) -> list[str | None]:
    """Return what kind of revisit each capture of the addresses with this part is; None: it is none."""
    return [fields.get("WARC-Profile") for fields in records(archive) if part in fields["WARC-Target-URI"]]


def touched(archive: Archive) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in archive.root.rglob("*.md")}


def statuses(server: Server, part: str) -> list[int]:
    return [access.status for access in server.requests(path=part)]


# ── articles ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("validators", ["etag", "modified", "both"])
def test_an_unchanged_article_costs_a_304_and_is_kept_as_a_reference(
    archive: Archive,
    world: EcmsWorld,
    server: Server,
    validators: Literal["etag", "modified", "both"],
) -> None:
    world.validators = validators
    story = published(archive, world)
    before = touched(archive)
    assert a_day_later(archive) == (0, 0, 1)
    assert statuses(server, story.number) == [200, 304]
    assert profiles(archive, story.number) == [None, NOT_MODIFIED]
    assert touched(archive) == before
    first, second = (fields for fields in records(archive) if story.number in fields["WARC-Target-URI"])
    assert second["WARC-Refers-To-Date"] == first["WARC-Date"]
    assert second["WARC-Refers-To-Target-URI"] == first["WARC-Target-URI"]


# ── `revisit` changed between two runs ────────────────────────────────────────────────────────────────────


def records_of(archive: Archive) -> list[ArticleRecord]:
    with state_of(archive.config) as state:
        return list(state.articles.every(SITE))


def looks_after(archive: Archive, server: Server, story: Story, **span: float) -> int:
    """Wait, run, and return how often the article was asked for meanwhile."""
    before = len(statuses(server, story.number))
    archive.clock.wait(**span)
    archive.run()
    return len(statuses(server, story.number)) - before


def test_an_article_held_already_is_looked_at_by_the_ages_of_today(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    story = published(archive, world)
    archive.configure("revisit", ["4h", "10d"])
    assert looks_after(archive, server, story, hours=5) == 1
    assert looks_after(archive, server, story, days=8) == 0  # an age of the first config
    archive.configure("revisit", ["9d"])
    assert looks_after(archive, server, story, days=1) == 1
    archive.configure("revisit", [])
    assert looks_after(archive, server, story, days=60) == 0
    archive.configure("revisit", ["30d"])
    assert looks_after(archive, server, story, days=1) == 1


def test_a_backfill_too_goes_by_the_ages_of_today(archive: Archive, world: EcmsWorld, server: Server) -> None:
    story = published(archive, world)
    archive.configure("revisit", ["4h"])
    archive.clock.wait(hours=5)
    archive.backfill()
    assert len(statuses(server, story.number)) == 2


def test_other_ages_neither_forgive_a_failure_nor_ask_for_what_nobody_asked(
    archive: Archive, world: EcmsWorld
) -> None:
    story = published(archive, world)
    world.fail(story.number, faults.status(500))
    for _ in range(5):
        archive.clock.wait(days=1, hours=1)
        archive.run()
    [before] = records_of(archive)
    archive.configure("revisit", ["90d"])
    archive.run()
    [after] = records_of(archive)
    assert before.attempts > 0
    assert after == before


def test_a_304_refers_to_the_answer_whose_validators_were_sent(archive: Archive, world: EcmsWorld) -> None:
    world.validators = "etag"
    story = published(archive, world)
    world.revise(story.number, add="后来补充的一段。")
    assert a_day_later(archive) == (0, 1, 0)
    archive.clock.wait(days=6)
    assert only(archive.run()).unchanged == 1
    _, second, third = (fields for fields in records(archive) if story.number in fields["WARC-Target-URI"])
    assert third["WARC-Refers-To-Date"] == second["WARC-Date"]


def test_a_304_never_speaks_of_an_answer_whose_validators_were_not_sent(
    archive: Archive, world: EcmsWorld
) -> None:
    world.validators = "etag"
    story = published(archive, world)
    world.fail(story.number, faults.login_wall())  # an answer too, and a later one
    archive.clock.wait(days=1, hours=1)
    archive.run()
    world.heal()
    archive.clock.wait(days=1)
    assert only(archive.run()).unchanged == 1
    first, wall, last = (fields for fields in records(archive) if story.number in fields["WARC-Target-URI"])
    assert last["status"] == "304"
    assert last["WARC-Refers-To-Date"] == first["WARC-Date"] != wall["WARC-Date"]


def test_sidebars_that_differ_on_each_fetch_make_no_revision(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    for _ in range(20):
        world.publish(CHANNEL)
    story = published_last(archive, world)
    before = touched(archive)
    written, revised, unchanged = a_day_later(archive)
    assert (written, revised) == (0, 0)
    assert unchanged == 20
    assert statuses(server, story.number) == [200, 200]
    digests = {
        fields["WARC-Payload-Digest"]
        for fields in records(archive)
        if story.number in fields["WARC-Target-URI"]
    }
    assert len(digests) == 2
    assert profiles(archive, story.number) == [None, None]
    assert touched(archive) == before


def published_last(archive: Archive, world: EcmsWorld) -> Story:
    """Archive all that is there, on the day of the last article."""
    story = list(world.stories.values())[-1]
    archive.clock.now = story.published
    archive.run()
    return story


def test_an_equal_body_is_kept_once(archive: Archive, world: EcmsWorld) -> None:
    story = published(archive, world)
    twin = world.publish(CHANNEL)
    world.gone[twin.number] = 200  # its page is the site's error page, the same bytes each time
    archive.clock.now = twin.published
    archive.run()
    archive.run()
    assert profiles(archive, twin.number) == [None, SAME_PAYLOAD]
    assert profiles(archive, story.number) == [None]


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_that_did_not_change_costs_a_304_and_is_read_all_the_same(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.validators = "etag"
    world.bulk(CHANNEL, 40, first=FIRST)
    archive.run()
    before = touched(archive)
    report = only(archive.run())
    assert (report.listed, report.unchanged, report.written, report.requests) == (30, 30, 0, 1)
    assert statuses(server, f"/{CHANNEL}/index") == [200, 304]
    assert profiles(archive, f"/{CHANNEL}/index") == [None]  # a list that is as it was leaves no record
    assert touched(archive) == before
    story = world.publish(CHANNEL)
    assert only(archive.run()).written == 1
    assert statuses(server, story.number) == [200]


def test_a_second_backfill_brings_no_article_again_and_believes_no_list_unread(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.validators = "etag"
    world.bulk(CHANNEL, 130, first=FIRST)
    archive.backfill(channels=(CHANNEL,))
    since = len(server.log)
    report = archive.backfill(channels=(CHANNEL,))
    assert (report.exit_code, only(report).written) == (0, 0)
    assert {access.status for access in server.log[since:] if "/2026/" in access.path} <= {304}
    assert {access.status for access in server.log[since:] if "/2026/" not in access.path} == {200}


def test_a_list_whose_earlier_capture_is_damaged_is_fetched_whole(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.validators = "etag"
    published(archive, world)
    [path] = (archive.inside / "captures").glob("*.warc.gz")
    with opened(archive.config) as context:
        ref = context.state.captures.last_answer(SITE, archive.config.sites[0].channels[0].index)
    assert ref is not None
    data = bytearray(path.read_bytes())
    data[ref.offset + ref.length // 2] ^= 1
    path.write_bytes(data)
    assert archive.run().exit_code == 0
    assert statuses(server, f"/{CHANNEL}/index") == [200, 200]


# ── and all that reads captures copes with references ─────────────────────────────────────────────────────


@pytest.fixture
def eventful(archive: Archive, world: EcmsWorld) -> Archive:
    """Return an archive with references of both kinds, a revision, a gone article and a failed one."""
    world.validators = "etag"
    kept, changed, gone, failed = (world.publish(CHANNEL) for _ in range(4))
    archive.clock.now = failed.published
    archive.run()
    world.revise(changed.number, add="后来补充的一段。")
    world.remove(gone.number, keep_listed=True)
    world.gone[failed.number] = 200
    for span in (timedelta(days=1, hours=1), timedelta(hours=1), timedelta(days=6)):
        archive.clock.now += span
        archive.run()
    kinds = profiles(archive, "")
    assert NOT_MODIFIED in kinds
    assert SAME_PAYLOAD in kinds
    assert kept.number
    return archive


def known(archive: Archive) -> dict[str, tuple[object, ...]]:
    """Return what the state says of each article, but for what only requests without an answer tell."""
    with opened(archive.config) as context:
        return {
            one.key: (one.status, one.path, one.capture, one.etag, one.checked, one.due, one.captured)
            for one in context.state.articles.every(SITE)
        }


def command(archive: Archive, name: str) -> int:
    return cli.main([name, "--json", "--config", str(archive.folder / "config.yaml")])


def test_verify_and_reextract_cope_with_references(eventful: Archive) -> None:
    before = touched(eventful)
    assert command(eventful, "verify") == 0
    assert command(eventful, "reextract") == 0
    assert touched(eventful) == before


def test_a_lost_state_is_made_again_as_it_was(eventful: Archive, server: Server) -> None:
    before, documents = known(eventful), eventful.documents()
    assert {entry[0] for entry in before.values()} == {Status.HELD, Status.GONE}
    for file in eventful.inside.glob("state.sqlite3*"):
        file.unlink()
    asked = len(server.log)
    assert command(eventful, "reextract") == 0
    assert len(server.log) == asked
    assert known(eventful) == before
    assert eventful.documents() == documents
    assert command(eventful, "verify") == 0


def _forbidding(_ask: Ask, answer: Answer) -> Answer:
    return replace(answer, headers=(*answer.headers, ("X-Robots-Tag", "noarchive")))


def test_an_article_that_asks_not_to_be_archived_has_no_document_but_where_the_config_ignores_it(
    archive: Archive, world: EcmsWorld
) -> None:
    world.publish(CHANNEL)
    world.fail(r"/system/\d{4}/", _forbidding)
    report = only(archive.run())
    assert (report.written, report.skipped) == (0, 1)
    assert archive.documents() == {}
    archive.configure("robots", "ignore")
    archive.clock.wait(days=40)
    assert only(archive.run()).written == 1


def test_error_pages_in_a_row_make_an_article_gone_and_those_apart_do_not(
    archive: Archive, world: EcmsWorld
) -> None:
    """Soft error, broken page, soft error: nothing says twice in a row that it is not there."""
    number = world.publish(CHANNEL).number
    gone = []
    for fault in (
        faults.soft_error(),
        faults.other_body(b"PK\x03\x04"),
        faults.soft_error(),
        faults.soft_error(),
    ):
        world.heal()
        world.fail(number, fault)
        archive.clock.wait(days=3)
        gone.append(only(archive.run()).gone)
    assert gone == [0, 0, 0, 1]


def test_an_article_that_fails_is_asked_for_under_the_address_that_a_list_names_now(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    story = world.publish(CHANNEL)
    path = world.path_of(story)
    other = path.replace(f"/{CHANNEL}/", "/xyzs/")
    world.fail(path, faults.status(500))
    assert only(archive.run()).failed == 1
    world.list_address(CHANNEL, other)
    archive.clock.wait(days=2)
    archive.run()
    assert server.requests(path=story.number)[-1].path == other
