"""What is read in this very process is bounded too: `reextract`, `verify`, `extract`, documents remade."""

from __future__ import annotations

import json
import resource
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, opened
from article_cases import bare_site

from scraper import cli, extractor
from scraper.errors import TooCostly
from scraper.ingest import bounds
from scraper.ingest.bounds import bounded
from scraper.ingest.page_reader import PageReader
from scraper.urls import Url
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL, SITE = "bcyw", "beichen"


def endless(*_: object, **__: object) -> None:
    while True:
        """Work, as a page may make the program do."""


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    """Return an archive of three articles."""
    world.bulk(CHANNEL, 3, first=datetime(2025, 1, 6, 9, tzinfo=UTC))
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    archive.run()
    return archive


def test_what_takes_too_long_is_too_costly_and_what_follows_is_read() -> None:
    with pytest.raises(TooCostly, match=r"more than 0\.05 s"):
        bounded(endless, seconds=0.05)
    assert bounded(lambda: 7, seconds=0.05) == 7


def test_what_takes_too_much_is_too_costly_and_what_follows_is_read() -> None:
    with pytest.raises(TooCostly, match="memory"):
        bounded(lambda: bytearray(1 << 30), memory=64 << 20)
    assert len(bounded(lambda: bytearray(1 << 30))) == 1 << 30


def test_where_nobody_says_what_the_process_has_its_memory_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounds, "address_space", lambda: None)
    before = resource.getrlimit(resource.RLIMIT_AS)
    assert bounded(lambda: resource.getrlimit(resource.RLIMIT_AS), memory=1 << 20) == before


def test_no_except_of_the_page_takes_the_end_for_its_own() -> None:
    def stubborn() -> None:
        try:
            endless()
        except Exception:  # noqa: BLE001 - that is what is tried
            endless()

    with pytest.raises(TooCostly):
        bounded(stubborn, seconds=0.05)


def test_a_page_without_end_costs_reextract_one_document(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, right, read = archive.documents(), extractor.extract, []

    def first_without_end(capture: object, site: object) -> object:
        read.append(capture)
        if len(read) == 1:
            endless()
        return right(capture, site)  # type: ignore[arg-type] # whatever it was given

    monkeypatch.setattr(extractor, "extract", first_without_end)
    monkeypatch.setattr("scraper.ingest.reextract._SECONDS", 0.5)
    code = cli.main(["reextract", "--json", "--config", str(archive.folder / "config.yaml")])
    told = json.loads(capsys.readouterr().out)["sites"][SITE]
    assert (code, told["unchanged"], told["failed"]) == (3, 2, 1)
    assert [problem["kind"] for problem in told["problems"]] == ["TooCostly"]
    assert archive.documents() == before


def test_reextract_says_of_each_document_that_it_is_done(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    totals: list[int | None] = []
    done: list[None] = []

    @contextmanager
    def bar(_what: str, total: int | None, *, verbosity: int) -> Iterator[Callable[[], None]]:
        del verbosity
        totals.append(total)
        yield lambda: done.append(None)

    monkeypatch.setattr("scraper.display.bar", bar)
    assert cli.main(["reextract", "--config", str(archive.folder / "config.yaml")]) == 0
    assert (totals, len(done)) == ([3], 3)


def test_reextract_makes_no_document_of_another_hosts_capture(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    before = archive.documents()
    with opened(archive.config) as context:
        known = next(iter(context.state.articles.held(SITE)))
        assert known.capture is not None
        capture = context.captures.read(known.capture)
        there = Url(capture.url.replace("://", "://evil.", 1))
        body = capture.body.replace("。".encode(), "！".encode())
        ref = context.captures.append(replace(capture, url=there, final_url=there, body=body))
        with context.state.transaction():
            context.state.articles.put(replace(known, capture=ref))
    code = cli.main(["reextract", "--json", "--config", str(archive.folder / "config.yaml")])
    problems = json.loads(capsys.readouterr().out)["sites"][SITE]["problems"]
    assert code == 7
    assert {problem["kind"] for problem in problems} == {"CaptureDamaged"}
    assert archive.documents() == before


def test_an_error_of_the_program_in_a_readers_process_comes_with_its_traceback() -> None:
    reader = PageReader(at_once=1)
    try:
        with pytest.raises(RuntimeError, match="AttributeError") as told:
            reader.extract(None, bare_site())  # type: ignore[arg-type] # a slip of whoever asks
    finally:
        reader.close()
    assert "Traceback" in str(told.value.__cause__)
    assert "extractor" in str(told.value.__cause__)
