"""The second source: copies of what is gone, from an archive that answers as the Internet Archive does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive, state_of
from fakewayback import WebArchive

from scraper import cli, mementos, urls
from scraper.article_record import ArticleRecord, Status
from scraper.demo import faults
from scraper.demo.exchange import Ask
from scraper.demo.server import serve
from scraper.errors import NotAListing
from scraper.model import Capture, Kind
from scraper.urls import Url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"
FIRST = datetime(2019, 1, 6, 9, tzinfo=UTC)


def url(text: str) -> Url:
    made = urls.parse(text)
    assert made is not None
    return made


@pytest.fixture
def old() -> WebArchive:
    return WebArchive()


@pytest.fixture
def running(world: EcmsWorld, old: WebArchive) -> Iterator[Server]:
    with serve(world, old) as server:
        yield server


@pytest.fixture
def archive(tmp_path: Path, running: Server, world: EcmsWorld) -> Archive:
    return Archive(tmp_path, running, world, channel=CHANNEL)


def page_of(world: EcmsWorld, number: str) -> bytes:
    return world.answer(Ask(host=world.host, path=world.path_of(world.stories[number]))).body


def gone(world: EcmsWorld, old: WebArchive, number: str, *, on: str = "20200305102000") -> None:
    """Let the archive keep an article's page, and the site lose it; its lists still name it."""
    old.keep(world.address(number), page_of(world, number), on=on)
    world.remove(number, keep_listed=True)


def command(archive: Archive, old: WebArchive) -> int:
    """Do what `backfill --from-wayback` does, without the waits; return the exit code."""
    archive.wayback = url(old.home)
    return archive.backfill().exit_code


def known(archive: Archive, number: str) -> ArticleRecord:
    config = archive.config
    with state_of(config) as state:
        found = state.articles.get(config.sites[0].name, number)
    assert found is not None
    return found


def coverage(archive: Archive, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = cli.main(["coverage", "--json", "--config", str(archive.folder / "config.yaml")])
    (site,) = json.loads(capsys.readouterr().out)["sites"].values()
    return code, site


# ── the whole way ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_gone_is_brought_from_the_archive_and_marked_as_its_copy(
    archive: Archive, world: EcmsWorld, old: WebArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = world.bulk(CHANNEL, 6, first=FIRST)
    gone(world, old, numbers[2])
    archive.backfill()
    assert known(archive, numbers[2]).path is None
    config = str(archive.folder / "config.yaml")
    words = ["--from-wayback", "--wayback", old.home, "--config", config]
    assert cli.main(["backfill", "-q", *words]) == 0
    after = known(archive, numbers[2])
    assert (after.status, after.origin) == (Status.GONE, old.host)
    assert after.captured == datetime(2020, 3, 5, 10, 20, tzinfo=UTC)
    document = archive.documents()[str(after.path)]
    assert world.stories[numbers[2]].title in document
    assert f"({world.address(numbers[2])})" in document
    assert old.home not in document
    assert coverage(archive, capsys)[0] == 0


def test_only_what_is_gone_is_asked_for_and_asked_for_once(
    archive: Archive, world: EcmsWorld, old: WebArchive
) -> None:
    numbers = world.bulk(CHANNEL, 6, first=FIRST)
    gone(world, old, numbers[2])
    world.remove(numbers[3], keep_listed=True)
    world.fail(numbers[4], faults.status(500))
    command(archive, old)
    asked = list(old.asked)
    assert len(asked) == 3  # an index and a copy; an index without a row
    assert [number for number in numbers if any(number in path for path in asked)] == numbers[2:4]
    command(archive, old)
    assert old.asked == asked


def test_the_archive_is_asked_once_a_second_at_most(
    archive: Archive, world: EcmsWorld, old: WebArchive
) -> None:
    for number in world.bulk(CHANNEL, 3, first=FIRST):
        gone(world, old, number)
    command(archive, old)
    assert len(old.asked) == 6
    assert 4.9 <= archive.clock.slept < 6  # the site itself has no pause


def test_the_newest_copy_that_reads_as_the_article_is_taken(
    archive: Archive, world: EcmsWorld, old: WebArchive
) -> None:
    number = world.bulk(CHANNEL, 1, first=FIRST)[0]
    address = world.address(number).replace("http://", "https://")
    old.keep(address, page_of(world, number), on="20180101000000")
    gone(world, old, number, on="20190101000000")
    old.keep(address, "<html><body>您访问的页面不存在</body></html>".encode(), on="20210101000000")
    old.keep(address, b"moved", on="20220101000000", statuscode="302")
    command(archive, old)
    assert known(archive, number).captured == datetime(2019, 1, 1, tzinfo=UTC)


def test_a_copy_that_is_no_article_leaves_the_article_gone(
    archive: Archive, world: EcmsWorld, old: WebArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    number = world.bulk(CHANNEL, 2, first=FIRST)[0]
    world.remove(number, keep_listed=True)
    old.keep(
        world.address(number), "<html><body>您访问的页面不存在</body></html>".encode(), on="20210101000000"
    )
    assert command(archive, old) == 3
    assert known(archive, number).status is Status.GONE
    code, site = coverage(archive, capsys)
    assert (code, site["channels"][CHANNEL]["missing"][0]["why"]) == (3, "gone")


def test_an_archive_that_does_not_answer_is_told_and_asked_again(
    archive: Archive, world: EcmsWorld, old: WebArchive
) -> None:
    number = world.bulk(CHANNEL, 2, first=FIRST)[0]
    gone(world, old, number)
    old.fails = 400
    assert command(archive, old) == 3
    old.fails = None
    assert command(archive, old) == 0
    assert known(archive, number).origin == old.host


def test_the_sites_own_page_takes_the_copys_place_when_it_comes_back(
    archive: Archive, world: EcmsWorld, old: WebArchive
) -> None:
    number = world.bulk(CHANNEL, 1, first=FIRST)[0]
    gone(world, old, number)
    command(archive, old)
    before = archive.documents()
    world.restore(number)
    archive.clock.wait(days=8)
    archive.run()
    after = known(archive, number)
    assert (after.status, after.origin) == (Status.HELD, None)
    assert archive.documents() == before


# ── never mixed up ────────────────────────────────────────────────────────────────────────────────────────


def test_the_copies_lie_apart_from_the_sites_own_answers(
    archive: Archive, world: EcmsWorld, old: WebArchive
) -> None:
    number = world.bulk(CHANNEL, 1, first=FIRST)[0]
    gone(world, old, number)
    command(archive, old)
    config = archive.config
    with state_of(config) as state:
        own = state.captures.of_article(config.sites[0].name, number)
        copies = state.captures.of_article(config.sites[0].name, mementos.key_of_copies(number))
    assert [entry.status for entry in own] == [404]
    assert [(entry.kind, urls.host(entry.url)) for entry in copies] == [(Kind.COPY, old.host)]


def test_history_shows_a_copy_beside_the_sites_own_answers(
    archive: Archive, world: EcmsWorld, old: WebArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    number = world.bulk(CHANNEL, 1, first=FIRST)[0]
    gone(world, old, number)
    command(archive, old)
    capsys.readouterr()
    config = str(archive.folder / "config.yaml")
    assert cli.main(["history", world.address(number), "--json", "--config", config]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [capture["what"] for capture in told["captures"]] == ["gone", "copy"]
    assert told["origin"] == old.host
    assert "as web.archive.example had it on 2020-03-05" in told["captures"][1]["note"]


def test_documents_of_copies_are_made_again_and_a_lost_state_is_made_again(
    archive: Archive, world: EcmsWorld, old: WebArchive
) -> None:
    number = world.bulk(CHANNEL, 2, first=FIRST)[0]
    gone(world, old, number)
    command(archive, old)
    before, was = archive.documents(), known(archive, number)
    config = str(archive.folder / "config.yaml")
    for path in before:
        (archive.root / path).unlink()
    assert cli.main(["reextract", "-q", "--config", config]) == 0
    assert archive.documents() == before
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    cli.main(["reextract", "-q", "--config", config])
    again = known(archive, number)
    assert (again.status, again.origin, again.path) == (was.status, was.origin, was.path)
    assert archive.documents() == before


# ── the protocol ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_index_is_asked_as_its_protocol_says() -> None:
    asked = mementos.query(mementos.HOME, url("http://news.example/a//b.shtml?x=1&y=2"))
    assert asked.startswith("https://web.archive.org/cdx/search/cdx?url=http%3A%2F%2Fnews.example%2Fa%2F%2Fb")
    assert "filter=statuscode:200" in asked
    assert "&output=json&" in asked


def test_an_index_is_read_newest_first_and_an_empty_one_names_nothing() -> None:
    place = url("http://news.example/a.shtml")
    rows = [
        ["timestamp", "original", "statuscode"],
        ["20190101000000", "http://news.example:80/a.shtml", "200"],
        ["20200101000000", "https://news.example/a.shtml", "200"],
        ["20210101000000", "https://news.example/a.shtml", "404"],
        [],
        ["news%2Cexample%29%2Fa+20210101000000%21"],
    ]
    found = mementos.read_index(json.dumps(rows[:4]), place)
    assert [copy.moment.year for copy in found] == [2020, 2019]
    assert found[1].original == "http://news.example/a.shtml"
    assert mementos.read_index("[]", place) == mementos.read_index("\n", place) == ()


@pytest.mark.parametrize("body", ["<html>", '{"error": 1}', "[1, 2]", '[["timestamp"], ["x"]]', "[[], [1]]"])
def test_what_is_no_index_is_an_error(body: str) -> None:
    with pytest.raises(NotAListing):
        mementos.read_index(body, url("http://news.example/a.shtml"))


@pytest.mark.parametrize(
    "odd",
    [
        ["19990231000000", "http://news.example/a.shtml", "200"],
        ["2020", "http://news.example/a.shtml", "200"],
        [20200101000000, "http://news.example/a.shtml", "200"],
        ["20200101000000", "http://[", "200"],
        ["20200101000000", None, "200"],
        ["20200101000000"],
        [["a"]],
        7,
    ],
)
def test_a_row_that_says_nothing_takes_none_of_the_others_away(odd: object) -> None:
    place = url("http://news.example/a.shtml")
    good = ["20190101000000", "http://news.example/a.shtml", "200"]
    rows = [["timestamp", "original", "statuscode"], odd, good, odd]
    assert [copy.moment.year for copy in mementos.read_index(json.dumps(rows), place)] == [2019]
    with pytest.raises(NotAListing):
        mementos.read_index(json.dumps(rows[:2]), place)


def test_an_index_whose_only_plain_row_is_of_no_copy_knows_none() -> None:
    place = url("http://news.example/a.shtml")
    rows = [["timestamp", "original", "statuscode"], ["20190101000000", place, "404"], ["2020", place, "200"]]
    assert mementos.read_index(json.dumps(rows), place) == ()


def test_a_copy_of_a_time_without_a_web_or_of_the_future_is_not_believed() -> None:
    place, now = url("http://news.example/a.shtml"), datetime(2026, 3, 1, tzinfo=UTC)
    moments = {datetime(year, 6, 1, tzinfo=UTC) for year in (1, 1990, 1998, 2025, 2027, 9999)}
    copies = [mementos.Copy(moment=moment, original=place) for moment in moments]
    assert {copy.moment.year for copy in copies if mementos.is_believable(copy, place, now)} == {1998, 2025}
    elsewhere = mementos.Copy(
        moment=datetime(2020, 1, 1, tzinfo=UTC), original=url("http://x.example/a.shtml")
    )
    assert not mementos.is_believable(elsewhere, place, now)


def test_a_copy_is_read_as_the_sites_page_and_any_other_capture_as_it_is() -> None:
    place = url("https://web.archive.org/web/20200305102000id_/http://news.example/a//b.shtml?x=1")
    capture = Capture(
        url=place,
        final_url=place,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        status=200,
        reason="OK",
        headers=(
            (b"Content-Type", b"text/html; charset=GBK"),
            (b"X-Archive-Orig-Server", b"Apache"),
            (b"X-Archive-Orig-content-encoding", b"gzip"),
            (b"Set-Cookie", b"a=b"),
        ),
        body=b"x",
        kind=Kind.COPY,
    )
    shown = mementos.as_of_site(capture)
    assert shown.url == shown.final_url == "http://news.example/a//b.shtml?x=1"
    assert shown.fetched_at == datetime(2020, 3, 5, 10, 20, tzinfo=UTC)
    assert shown.headers == ((b"Content-Type", b"text/html; charset=GBK"), (b"Server", b"Apache"))
    assert mementos.archive_of(place) == "web.archive.org"
    assert mementos.as_of_site(shown) is shown


def test_an_index_that_names_another_page_is_not_believed() -> None:
    own = Url("http://news.example.edu.cn/a/1.htm")
    assert mementos.is_same_page(own, Url("https://www.news.example.edu.cn/a/1.htm"))
    assert mementos.is_same_page(Url("http://a.example/%e5%8d%97"), Url("http://a.example/%E5%8D%97"))
    assert not mementos.is_same_page(own, Url("http://elsewhere.example/a/1.htm"))
    assert not mementos.is_same_page(own, Url("http://news.example.edu.cn/a/2.htm"))
