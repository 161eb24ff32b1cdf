"""An error of the program, planted at one page, row, item, script, entry or picture: all else goes on.

It is told as a problem of that one place, with the traceback in the log, and exit 1 says that it is a bug.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from announce import Announcer
from archiving import Archive, only
from gallery import HOME, PICTURE, SECOND, kept, publish

from scraper import extractor
from scraper.crawl.plan import Backfill, Incremental
from scraper.crawl.site_crawl import SiteCrawl
from scraper.crawler.network import Network
from scraper.demo import campus_sites
from scraper.demo.server import serve
from scraper.discovery import feed, rows, sitemap
from scraper.exit_codes import ExitCode
from scraper.ingest import assets, ingester
from scraper.ingest.page_reader import DirectReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.crawl.plan import Plan
    from scraper.demo.campus import CampusWorld
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.report import Report

CHANNEL = "bcyw"
STORIES = 45  # more than an index shows, so that a script counts the pages
SLIP = "a slip of ours"


class Planted:
    """Puts a slip before a function of the program, for the calls that are chosen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.met = 0

    def before(self, where: Any, name: str, chosen: Callable[..., bool]) -> None:  # noqa: ANN401 - a module or class
        right = getattr(where, name)

        def slip(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever it takes and returns
            if chosen(*args, **kwargs):
                self.met += 1
                raise ZeroDivisionError(SLIP)
            return right(*args, **kwargs)

        self._monkeypatch.setattr(where, name, slip)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Planted:
    return Planted(monkeypatch)


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    return Archive(tmp_path, server, world, channel=CHANNEL, images="download")


@pytest.fixture
def campus() -> Iterator[tuple[CampusWorld, Server]]:
    """Yield a site of twenty-nine articles that has feeds and sitemaps."""
    made = campus_sites.webplus()
    Announcer(made)
    with serve(made) as running:
        yield made, running


def go(archive: Archive, plan: Plan | None = None) -> Report:
    """Run with the pages read in this process, where the slip is planted."""
    session = archive.session()
    session._reader = DirectReader()  # noqa: SLF001 - a process of its own would not have the slip
    return session.go("run", archive.config.sites, plan or Backfill())


def check_told(report: Report, caplog: pytest.LogCaptureFixture, where: str) -> None:
    """See that the slip is all that is told, at its place, as a bug, and with the lines that raised it.

    Each time that it was met is told once: a row may stand in two lists.
    """
    problems = only(report).problems
    assert {problem.kind for problem in problems} == {"ProgramError"}
    assert all(where in problem.url and SLIP in problem.message for problem in problems)
    assert report.exit_code == ExitCode.PROGRAM_ERROR
    told = [record for record in caplog.records if record.getMessage() == "program-error"]
    assert len(told) == len(problems) > 0
    trace = caplog.text + str(getattr(told[0], "fields", {}).get("traceback"))
    assert "Traceback" in trace
    assert "in slip" in trace


def test_at_one_page(
    archive: Archive, world: EcmsWorld, planted: Planted, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = world.bulk(CHANNEL, 5, first=datetime(2025, 1, 6, 9, tzinfo=UTC))
    planted.before(extractor, "extract", lambda capture, *_: numbers[2] in capture.url)
    report = go(archive)
    assert (only(report).written, only(report).failed) == (4, 1)
    check_told(report, caplog, numbers[2])


@pytest.mark.parametrize("plan", [Backfill(), Incremental()])
def test_at_one_row_of_a_list(
    archive: Archive, world: EcmsWorld, planted: Planted, caplog: pytest.LogCaptureFixture, plan: Plan
) -> None:
    numbers = world.bulk(CHANNEL, 5, first=datetime(2025, 1, 6, 9, tzinfo=UTC))
    planted.before(rows, "read_row", lambda link, *_, **__: numbers[2] in link.attributes["href"])
    report = go(archive, plan)
    assert (only(report).written, only(report).failed) == (4, 0)
    check_told(report, caplog, f"/{CHANNEL}/")


def test_at_remembering_one_row_of_a_list(
    archive: Archive, world: EcmsWorld, planted: Planted, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = world.bulk(CHANNEL, 5, first=datetime(2025, 1, 6, 9, tzinfo=UTC))
    planted.before(ingester, "key_of", lambda url, _: numbers[2] in url)
    report = go(archive)
    assert only(report).written == 4
    check_told(report, caplog, f"/{CHANNEL}/")


def test_at_a_whole_site_of_a_sound_state(
    archive: Archive, world: EcmsWorld, planted: Planted, caplog: pytest.LogCaptureFixture
) -> None:
    """What the site's state remembers is sound, and stays."""
    world.bulk(CHANNEL, 2, first=datetime(2025, 1, 6, 9, tzinfo=UTC))
    assert go(archive, Incremental()).exit_code == ExitCode.DONE
    planted.before(SiteCrawl, "carry_out", lambda *_: True)
    report = go(archive, Incremental())
    check_told(report, caplog, archive.config.sites[0].home)


def test_at_every_row_of_a_list(archive: Archive, world: EcmsWorld, planted: Planted) -> None:
    """Then it is the list that could not be read, by a fault of ours and not of the site's."""
    world.bulk(CHANNEL, 5, first=datetime(2025, 1, 6, 9, tzinfo=UTC))
    planted.before(rows, "read_row", lambda *_, **__: True)
    report = go(archive)
    assert (only(report).written, report.exit_code) == (0, ExitCode.PROGRAM_ERROR)
    assert {problem.kind for problem in only(report).problems} == {"ProgramError"}


def test_at_the_script_that_counts_pages(
    archive: Archive, world: EcmsWorld, planted: Planted, caplog: pytest.LogCaptureFixture
) -> None:
    """The pages are counted by asking for them, and all articles are found."""
    world.bulk(CHANNEL, STORIES, first=datetime(2024, 1, 6, 9, tzinfo=UTC))
    planted.before(DirectReader, "pager", lambda *_: True)
    report = go(archive)
    assert planted.met == 1
    assert only(report).written == STORIES
    check_told(report, caplog, "count_page_list")


@pytest.mark.parametrize("kind", [(feed, "feed", "rss.xml"), (sitemap, "sitemap", "sitemap.xml")])
def test_at_one_item_of_a_feed_or_entry_of_a_sitemap(
    tmp_path: Path,
    campus: tuple[CampusWorld, Server],
    planted: Planted,
    caplog: pytest.LogCaptureFixture,
    kind: tuple[Any, str, str],
) -> None:
    module, key, path = kind
    world, server = campus
    archive = Archive(tmp_path, server, world)
    file = tmp_path / "config.yaml"
    head = file.read_text(encoding="utf-8").partition("    channels:\n")[0]
    file.write_text(f'{head}    channels:\n      all: {{{key}: "{world.home}/{path}"}}\n', encoding="utf-8")
    newest = max(world.stories.values(), key=lambda story: story.published)
    right = module._row  # noqa: SLF001 - the reading of one item
    planted.before(module, "_row", lambda *args: newest.number in str(right(*args)))
    report = go(archive)
    assert only(report).written == (9 if key == "feed" else len(world.stories) - 1)
    check_told(report, caplog, key if key == "sitemap" else path)


def test_at_one_picture(
    archive: Archive, world: EcmsWorld, planted: Planted, caplog: pytest.LogCaptureFixture
) -> None:
    publish(world, PICTURE, f"{HOME}/pic/7.jpg")
    publish(world, SECOND)
    planted.before(assets, "suffix_for", lambda _kind, _data, url: url == PICTURE)
    report = go(archive)
    assert (only(report).written, len(kept(archive))) == (2, 2)
    check_told(report, caplog, PICTURE)


@pytest.mark.parametrize("where", ["article", "list page", "script", "picture"])
def test_at_asking_for_one_address(
    archive: Archive, world: EcmsWorld, planted: Planted, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    numbers = world.bulk(CHANNEL, STORIES, first=datetime(2024, 1, 6, 9, tzinfo=UTC))
    publish(world, PICTURE)
    path = {
        "article": numbers[2],
        "list page": "00000001.shtml",
        "script": "count_page_list",
        "picture": PICTURE,
    }[where]
    planted.before(Network, "fetch", lambda _, request, __: path in request.url)
    report = go(archive)
    lost = {
        "article": 1,
        "list page": len(world.lists[CHANNEL]) - only(report).written,
        "script": 0,
        "picture": 0,
    }
    assert only(report).written == STORIES + 1 - lost[where]
    assert lost["list page"] < STORIES // 2
    check_told(report, caplog, path)
