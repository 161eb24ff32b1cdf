"""What a killed run left, what stumbles, and a lost state: taken in from the shelf, and never in the way."""

from __future__ import annotations

import logging
import signal
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, captures_in, only, state_of
from zygote import Zygote

from scraper import cli
from scraper.crawl.plan import Incremental
from scraper.errors import StoreError
from scraper.stores.documents import DocumentStore
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.model import CaptureRef, Document
    from scraper.report import Report

CHANNEL = "bcyw"
SITE = "beichen"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    return Archive(tmp_path, server, world, channel=CHANNEL)


@pytest.fixture
def zygote(tmp_path: Path) -> Iterator[Zygote]:
    with Zygote(tmp_path) as ready:
        yield ready


def command(archive: Archive, name: str) -> list[str]:
    return [name, "--json", "--config", str(archive.folder / "config.yaml")]


def lose_state(archive: Archive) -> None:
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()


def lose_all_but_captures(archive: Archive) -> None:
    lose_state(archive)
    for path in archive.root.rglob("*.md"):
        path.unlink()


def captures(archive: Archive) -> list[CaptureRef]:
    return [ref for ref, _ in captures_in(archive.config).scan()]


def volume(archive: Archive) -> Path:
    [path] = (archive.inside / "captures").glob("*.warc.gz")
    return path


def articles_asked(server: Server) -> list[str]:
    return [access.path for access in server.log if "/system/2" in access.path]


def count_pages(server: Server, since: int = 0) -> list[str]:
    return [
        access.path
        for access in server.log[since:]
        if "/count/" in access.path and access.path.endswith("shtml")
    ]


# ── one article's trouble is its own ──────────────────────────────────────────────────────────────────────


class Clumsy(DocumentStore):
    """A store that stumbles over one document, with whatever error."""

    def __init__(self, root: Path, error: Exception) -> None:
        super().__init__(root)
        self._error = error
        self.stumbled = 0

    def save(self, document: Document, *, name_later: bool = False) -> bool:
        if self.stumbled:
            return super().save(document, name_later=name_later)
        self.stumbled += 1
        raise self._error


def run_with(archive: Archive, documents: DocumentStore) -> Report:
    session = archive.session(stores=lambda context: replace(context, documents=documents))
    return session.go("run", archive.config.sites, Incremental())


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [(StoreError("cannot write: it: no"), "StoreError", 3), (ValueError("a slip"), "ProgramError", 1)],
)
def test_what_goes_wrong_with_one_article_ends_nothing_and_is_tried_again(
    archive: Archive,
    world: EcmsWorld,
    caplog: pytest.LogCaptureFixture,
    *,
    error: Exception,
    kind: str,
    code: int,
) -> None:
    caplog.set_level(logging.CRITICAL)
    world.bulk(CHANNEL, 10, first=FIRST)
    report = run_with(archive, Clumsy(archive.root, error))
    assert (report.exit_code, only(report).written, only(report).failed) == (code, 9, 1)
    assert only(report).problems[0].kind == kind
    assert (archive.run().exit_code, len(archive.documents())) == (0, 10)
    assert cli.main(command(archive, "verify")) == 0


def test_a_page_that_the_program_stumbles_over_does_not_stop_the_recovery(
    archive: Archive, world: EcmsWorld, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """It would otherwise stop every run to come: recovery comes first."""
    caplog.set_level(logging.CRITICAL)
    world.bulk(CHANNEL, 10, first=FIRST)
    archive.run()
    lose_all_but_captures(archive)
    report = run_with(archive, Clumsy(archive.root, ValueError("a slip")))
    assert (report.exit_code, only(report).written, len(archive.documents())) == (0, 1, 10)
    assert len(articles_asked(server)) == 11
    assert cli.main(command(archive, "verify")) == 0


# ── a lost state ──────────────────────────────────────────────────────────────────────────────────────────


def test_damage_on_the_shelf_is_stepped_over_and_told(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(CHANNEL, 10, first=FIRST)
    archive.run()
    refs = captures(archive)
    data = bytearray(volume(archive).read_bytes())
    data[refs[5].offset + refs[5].length // 2] ^= 1
    volume(archive).write_bytes(data)
    lose_all_but_captures(archive)
    report = archive.run()
    assert report.exit_code == 7
    assert only(report).problems[0].kind == "CaptureDamaged"
    assert f"at {refs[5].offset}" in only(report).problems[0].message
    assert (only(report).written, len(archive.documents())) == (1, 10)
    assert archive.run().exit_code == 0


def test_settled_pages_stay_settled_when_the_state_is_made_again(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    world.bulk(CHANNEL, 200, first=FIRST)
    archive.backfill(channels=(CHANNEL,))
    since = len(server.log)
    archive.backfill(channels=(CHANNEL,))
    usual = count_pages(server, since)
    lose_state(archive)
    since = len(server.log)
    assert only(archive.backfill(channels=(CHANNEL,))).written == 0
    assert count_pages(server, since) == usual
    assert len(articles_asked(server)) == 200


def test_what_an_index_named_that_no_run_came_to_read_is_wanted(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    """The run was killed between the shelf and the state; meanwhile the list moved on by less than a page."""
    old = world.bulk(CHANNEL, 30, first=FIRST)
    archive.run()
    index = captures(archive)[-31]
    volume(archive).write_bytes(volume(archive).read_bytes()[: index.offset + index.length])
    lose_all_but_captures(archive)
    server.forget()
    world.bulk(CHANNEL, 20, first=datetime(2025, 3, 1, tzinfo=UTC))
    report = archive.run()
    assert (report.exit_code, only(report).written) == (0, 50)
    assert len(old) == 30
    assert count_pages(server) == []


def test_a_signal_ends_a_long_recovery_and_the_next_run_goes_on(
    archive: Archive, world: EcmsWorld, server: Server, zygote: Zygote
) -> None:
    world.bulk(CHANNEL, 150, first=FIRST)
    archive.backfill(channels=(CHANNEL,))
    before = archive.documents()
    lose_all_but_captures(archive)
    asked = len(server.log)
    life = zygote.start(*command(archive, "run"))
    while not archive.documents() and not life.has_ended(0.001):
        pass
    life.send(signal.SIGTERM)
    assert life.code(10) == 143
    assert 0 < len(archive.documents()) < 150
    assert len(server.log) == asked
    assert zygote.start(*command(archive, "run")).code() == 0
    assert archive.documents() == before
    assert len(articles_asked(server)) == 150


def test_what_a_backfill_had_is_looked_at_again_though_its_state_was_made_anew(
    archive: Archive, world: EcmsWorld
) -> None:
    """Of older pages of a list nobody says that they are wanted: their articles' own captures do."""
    world.bulk(CHANNEL, 40, first=FIRST)
    archive.backfill()
    lose_state(archive)
    archive.run()
    with closing(state_of(archive.config)) as state:
        known = list(state.articles.every(SITE))
    assert len(known) == 40
    assert all(one.wanted for one in known)
