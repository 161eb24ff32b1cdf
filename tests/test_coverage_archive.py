"""Coverage of a real archive of a fake site: it names exactly what was planted."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive, state_of

from scraper import cli
from scraper.demo import beichen, faults
from scraper.demo.ecms_world import EcmsWorld
from scraper.demo.server import serve
from scraper.errors import StoreError
from scraper.stores.state import open_view

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.demo.server import Server

FIRST = datetime(2019, 1, 6, 9, tzinfo=UTC)
ONE, OTHER = "bcyw", "xyzs"


@pytest.fixture
def world() -> EcmsWorld:
    return EcmsWorld(beichen.HOST, beichen.CHANNELS[:2])


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    return Archive(tmp_path, server, world, channel=ONE)


def coverage(archive: Archive, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and what is said of the one site."""
    capsys.readouterr()
    config = str(archive.folder / "config.yaml")
    code = cli.main(["coverage", "--json", "--config", config, *words])
    (site,) = json.loads(capsys.readouterr().out)["sites"].values()
    return code, site


def missing(site: dict[str, Any]) -> dict[str, str]:
    """Return why each article is missing, by its number."""
    return {
        lost["url"][-15:-6]: lost["why"]
        for channel in site["channels"].values()
        for lost in channel["missing"]
    }


def test_a_whole_archive_is_proven(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = world.bulk(ONE, 65, first=FIRST)
    archive.backfill()
    code, site = coverage(archive, capsys)
    assert code == 0
    assert (site["listed"], site["held"], site["unlisted_numbers"]) == (65, 65, [])
    one = site["channels"][ONE]
    assert (one["pages"], one["pages_read"], one["listed"], one["held"]) == (3, 3, 65, 65)
    assert [(page["page"], page["listed"]) for page in one["by_page"]] == [(1, 30), (2, 30), (3, 5)]
    assert len(numbers) == 65


def test_every_reason_is_named_and_nothing_else(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = world.bulk(ONE, 70, first=FIRST)
    twice, gone, soft, broken, hidden, refused, sorry = (numbers[at] for at in (3, 11, 20, 33, 44, 55, 60))
    world.list_twice(twice)
    world.remove(gone, keep_listed=True)
    world.remove(soft, status=200, keep_listed=True)
    world.fail(broken, faults.status(500))
    world.fail(sorry, faults.other_body(b"<html><h1>502 Bad Gateway</h1></html>"))
    world.hide(hidden)
    world.robots = f"User-agent: *\nDisallow: {world.path_of(world.stories[refused])}\n"
    archive.backfill()
    code, site = coverage(archive, capsys)
    assert code == 3
    failed = dict.fromkeys((soft, broken, sorry), "failed")
    assert missing(site) == {gone: "gone", refused: "refused", **failed}
    assert (site["listed"], site["held"]) == (69, 64)
    assert site["unlisted_numbers"] == [[int(hidden), int(hidden)]]
    archive.clock.wait(days=1)
    archive.backfill()
    archive.clock.wait(days=1)
    archive.backfill()
    still = missing(coverage(archive, capsys)[1])
    assert (still[soft], still[sorry]) == (
        "gone",
        "failed",
    )  # that something went wrong says nothing of what is there


def test_reasons_that_are_allowed_do_not_count(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = world.bulk(ONE, 10, first=FIRST)
    world.remove(numbers[4], keep_listed=True)
    archive.backfill()
    assert coverage(archive, capsys)[0] == 3
    assert coverage(archive, capsys, "--allow", "gone")[0] == 0
    assert coverage(archive, capsys, "--allow", "failed")[0] == 3


def test_what_a_budget_left_over_waits(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.bulk(ONE, 20, first=FIRST)
    archive.backfill(limit=8)
    code, site = coverage(archive, capsys)
    assert (code, site["held"]) == (3, 8)
    assert list(missing(site).values()) == ["waiting"] * 12


def test_pages_that_nobody_read_leave_it_unproven(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.bulk(ONE, 100, first=FIRST)
    world.fail("000000002.shtml", faults.status(500))
    archive.backfill()
    code, site = coverage(archive, capsys)
    one = site["channels"][ONE]
    assert (code, one["pages"], one["pages_read"], one["unread_pages"]) == (3, 4, 3, [[2, 2]])


def test_an_article_in_two_channels_or_under_two_addresses_is_one(
    tmp_path: Path, server: Server, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = Archive(tmp_path, server, world)
    both = world.publish(ONE, also_in=(OTHER,)).number
    under_two = world.publish(ONE).number
    world.alias(under_two, channel=OTHER, scheme="https")
    archive.backfill()
    code, site = coverage(archive, capsys)
    assert (code, site["listed"], site["held"]) == (0, 2, 2)
    assert [site["channels"][name]["listed"] for name in (ONE, OTHER)] == [2, 2]
    assert both != under_two


def test_an_article_that_fell_off_a_list_is_still_listed(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = world.bulk(ONE, 12, first=FIRST)
    archive.backfill()
    world.hide(numbers[5])
    archive.clock.wait(days=1)
    archive.backfill()
    assert coverage(archive, capsys)[1]["listed"] == 12


def test_coverage_of_no_archive_proves_nothing(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["coverage", "--config", str(archive.folder / "config.yaml")]) == 2
    assert "there is no archive at" in capsys.readouterr().err
    assert not archive.root.exists()


def test_the_text_names_the_missing_article_and_the_picture_is_drawn(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = world.bulk(ONE, 5, first=FIRST)
    world.fail(numbers[2], faults.status(500))
    archive.backfill()
    picture = archive.folder / "coverage.svg"
    config = str(archive.folder / "config.yaml")
    assert cli.main(["coverage", "--config", config, "--svg", str(picture)]) == 3
    assert f"failed   {world.address(numbers[2])}  BadStatus" in capsys.readouterr().out
    assert picture.read_text(encoding="utf-8").startswith("<?xml")


# ── the state, read while others write or nobody can ──────────────────────────────────────────────────────


def test_coverage_is_read_while_a_run_holds_the_archive(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.bulk(ONE, 10, first=FIRST)
    seen: list[int] = []
    world.after(8, lambda: seen.append(coverage(archive, capsys)[1]["listed"]))
    archive.backfill()
    assert seen == [10]


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write in a folder for a while; root, whom no mode stops, becomes somebody else."""
    for inner in (*folder.rglob("*"), folder):
        inner.chmod(0o555 if inner.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for inner in (folder, *folder.rglob("*")):
            inner.chmod(0o755 if inner.is_dir() else 0o644)


def test_coverage_reads_an_archive_on_a_disk_that_nobody_can_write(
    server: Server, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.bulk(ONE, 3, first=FIRST)
    with TemporaryDirectory() as folder:  # not below pytest's own, which is closed to others
        archive = Archive(Path(folder), server, world, channel=ONE)
        archive.backfill()
        with read_only(Path(folder)):
            assert coverage(archive, capsys)[0] == 0


def test_a_state_that_is_none_is_an_error_that_names_it(archive: Archive) -> None:
    file = archive.inside / "state.sqlite3"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match="state"):
        open_view(file)


def test_a_view_is_of_one_moment(archive: Archive, world: EcmsWorld) -> None:
    world.bulk(ONE, 3, first=FIRST)
    archive.backfill()
    name = archive.config.sites[0].name
    with state_of(archive.config) as view:
        before = view.counts.standing(name)
        with serve(world):
            world.publish(ONE)
            archive.backfill()
        assert view.counts.standing(name) == before
    with state_of(archive.config) as view:
        assert view.counts.standing(name).articles == 4
