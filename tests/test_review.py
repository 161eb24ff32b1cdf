"""What is seen of an archive afterwards: status, history, changes, heartbeat, figures, pings."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive, captures_in, state_of

from scraper import cli, urls
from scraper.audit import coverage_text, history, status
from scraper.audit.coverage_query import coverage_of
from scraper.audit.lookup import find
from scraper.demo import faults
from scraper.demo.exchange import Answer, Ask, page
from scraper.demo.server import serve
from scraper.exit_codes import ExitCode
from scraper.extractor import extract
from scraper.ingest.page_reader import DirectReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.audit.history import Version
    from scraper.audit.status import SiteStatus
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.model import Article

CHANNEL = "bcyw"
TODAY = datetime(2026, 6, 18, 6, tzinfo=UTC)  # after what the fake site publishes


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    opened = Archive(tmp_path, server, world, channel=CHANNEL)
    opened.clock.now = TODAY
    return opened


def command(archive: Archive, *words: str) -> int:
    return cli.main([*words, "--config", str(archive.folder / "config.yaml")])


def told(capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - JSON
    return json.loads(capsys.readouterr().out)


def status_now(archive: Archive, **later: float) -> SiteStatus:
    config = archive.config
    with state_of(config) as state:
        return status.status_of(config.sites[0], state, archive.clock() + timedelta(**later))


# ── status ────────────────────────────────────────────────────────────────────────────────────────────────


def test_status_counts_articles_once_and_knows_the_last_success(archive: Archive, world: EcmsWorld) -> None:
    for _ in range(3):
        world.publish(CHANNEL)
    archive.run()
    found = status_now(archive)
    assert found.standing.articles == 3
    assert found.last_success is not None
    assert [(channel.name, channel.standing.articles) for channel in found.channels] == [(CHANNEL, 3)]


def test_a_site_that_is_down_makes_no_success(archive: Archive, world: EcmsWorld) -> None:
    world.publish(CHANNEL)
    archive.run()
    before = status_now(archive).last_success
    world.fail(r"/bcyw/index", faults.status(500))
    archive.clock.wait(days=2)
    archive.run()
    found = status_now(archive)
    assert found.last_success == before
    assert found.is_older(timedelta(hours=36), archive.clock())


def test_articles_that_fail_do_not_make_the_run_a_failure(archive: Archive, world: EcmsWorld) -> None:
    numbers = [world.publish(CHANNEL).number for _ in range(3)]
    world.fail(numbers[0], faults.status(500))
    archive.run()
    found = status_now(archive)
    assert (found.standing.articles, found.standing.failures) == (2, 1)
    assert not found.is_older(timedelta(hours=1), archive.clock())


def test_a_success_that_a_wrong_clock_put_into_the_future_proves_nothing(
    archive: Archive, world: EcmsWorld
) -> None:
    world.publish(CHANNEL)
    archive.clock.wait(days=4000)
    archive.run()
    archive.clock.wait(days=-4000)
    assert status_now(archive).last_success is None
    archive.run()
    assert status_now(archive).last_success is not None


def test_a_channel_that_is_dead_for_days_is_named_though_the_others_are_well(
    tmp_path: Path, server: Server, world: EcmsWorld
) -> None:
    archive = Archive(tmp_path, server, world)
    for channel in world.channel_titles():
        world.publish(channel)
    archive.run()
    world.fail(rf"/{CHANNEL}/index", faults.status(404))
    for _ in range(3):
        archive.clock.wait(hours=20)
        archive.run()
    found = status_now(archive)
    [(name, moment)] = status.too_old([found], timedelta(hours=36), archive.clock())
    assert name == f"{found.name}.{CHANNEL}"
    assert moment is not None
    with state_of(archive.config) as state:
        cover = coverage_of(archive.config.sites[0], state)
    dead = next(channel for channel in cover.channels if channel.facts.name == CHANNEL)
    assert dead.facts.broken is not None
    assert "404" in dead.facts.broken
    assert not cover.is_proven()
    assert f"{CHANNEL}: its list could not be read since" in coverage_text.to_text(cover)

    world.heal()
    archive.run()
    assert list(status.too_old([status_now(archive)], timedelta(hours=36), archive.clock())) == []


def test_status_speaks_while_a_run_writes_and_exits_9_when_it_is_too_old(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(archive, "status", "--max-age", "36h") == 2
    capsys.readouterr()
    world.publish(CHANNEL)
    assert command(archive, "run", "-q") == 0
    capsys.readouterr()
    seen: list[int] = []
    world.publish(CHANNEL)
    world.after(1, lambda: seen.append(command(archive, "status", "--max-age", "36h")))
    assert command(archive, "run", "-q") == 0
    assert seen == [0]


def test_status_as_json(archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.publish(CHANNEL)
    command(archive, "run", "-q")
    capsys.readouterr()
    assert command(archive, "status", "--json") == 0
    site = told(capsys)["sites"][world.name]
    assert (site["articles"], site["failures"], site["waiting"]) == (1, 0, 0)
    assert site["channels"][CHANNEL]["articles"] == 1
    assert datetime.fromisoformat(site["last_success"]).tzinfo is not None


# ── what became of articles ───────────────────────────────────────────────────────────────────────────────


def test_what_was_revised_vanished_and_returned_is_told(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    revised, removed, same = (world.publish(CHANNEL).number for _ in range(3))
    archive.run()
    world.revise(revised, add="编者注：与会人数应为四十一人。")
    world.remove(removed, keep_listed=True)
    archive.clock.wait(days=2)
    archive.run()
    assert changes(archive, capsys) == {"revised": [revised], "vanished": [removed], "returned": []}
    world.restore(removed)
    archive.clock.wait(days=7)
    archive.run()
    assert changes(archive, capsys) == {"revised": [revised], "vanished": [removed], "returned": [removed]}
    assert changes(archive, capsys, "2026-06-26") == {"revised": [], "vanished": [], "returned": [removed]}
    assert same in world.stories


def changes(
    archive: Archive, capsys: pytest.CaptureFixture[str], since: str = "2026-06-18"
) -> dict[str, list[str]]:
    capsys.readouterr()
    assert command(archive, "changed", "--since", since, "--json") == 0
    (site,) = told(capsys)["sites"].values()
    return {what: [event["url"][-15:-6] for event in events] for what, events in site.items()}


def test_a_day_that_is_none_is_wrong_usage(archive: Archive) -> None:
    assert command(archive, "changed", "--since", "yesterday") == 2


# ── history ───────────────────────────────────────────────────────────────────────────────────────────────


def versions(archive: Archive, address: str) -> list[Version]:
    config = archive.config
    url = urls.parse(address)
    assert url is not None
    shelf = captures_in(archive.config)
    with state_of(config) as state:
        known = find(url, config.sites[0], state)
        assert known is not None
        return list(
            history.versions(
                state.captures.of_article(known.site, known.key), config.sites[0], shelf.read, extract
            )
        )


def test_history_shows_the_sentence_that_changed_and_no_other(archive: Archive, world: EcmsWorld) -> None:
    number = world.publish(CHANNEL).number
    archive.run()
    archive.clock.wait(days=2)
    archive.run()
    world.revise(number, add="编者注：与会人数应为四十一人。")
    archive.clock.wait(days=6)
    archive.run()
    first, second, third = versions(archive, world.address(number))
    assert (first.what, first.diff) == ("article", ())
    assert (second.what, second.diff) == ("same", ())
    assert [line for line in third.diff if line.startswith(("+", "-")) and len(line) > 1] == [
        "+编者注：与会人数应为四十一人。"
    ]


def test_history_says_what_a_page_was_instead(archive: Archive, world: EcmsWorld) -> None:
    number = world.publish(CHANNEL).number
    archive.run()
    world.remove(number, status=410, keep_listed=True)
    archive.clock.wait(days=2)
    archive.run()
    world.restore(number)
    world.fail(number, faults.login_wall())
    archive.clock.wait(days=7)
    archive.run()
    assert [version.what for version in versions(archive, world.address(number))] == [
        "article",
        "gone",
        "other",
    ]


def test_history_says_that_the_program_could_not_read_a_page(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.publish(CHANNEL).number
    archive.run()
    slip = "a slip of the program"

    def slipping(*_: object) -> Article:
        raise TypeError(slip)

    monkeypatch.setattr(DirectReader, "extract", slipping)
    capsys.readouterr()
    assert command(archive, "history", world.address(number), "--json") == ExitCode.PROGRAM_ERROR
    out, err = capsys.readouterr()
    assert [version["what"] for version in json.loads(out)["captures"]] == ["other"]
    assert slip in json.loads(out)["captures"][0]["note"]
    assert err.startswith("program-error ")
    assert "Traceback" in err


def test_history_knows_an_article_by_each_of_its_addresses(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    number = world.publish(CHANNEL).number
    archive.run()
    secure = world.address(number).replace("http://", "https://")
    assert command(archive, "history", secure, "--json") == 0
    found = told(capsys)
    assert found["identity"] == world.address(number)
    assert [capture["what"] for capture in found["captures"]] == ["article"]
    assert command(archive, "history", f"{world.home}/nowhere.shtml") == 2


# ── heartbeat, figures, ping ──────────────────────────────────────────────────────────────────────────────


@dataclass
class Ear:
    """A host that hears pings."""

    heard: list[str] = field(default_factory=list)
    status: int = 200

    @property
    def hosts(self) -> tuple[str, ...]:
        return ("ear.example",)

    def answer(self, ask: Ask) -> Answer:
        self.heard.append(ask.path)
        return page("<html><body>ok</body></html>", status=self.status)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def watched(tmp_path: Path, world: EcmsWorld, ear: Ear) -> Iterator[Archive]:
    with serve(world, ear) as server:
        archive = Archive(tmp_path, server, world, channel=CHANNEL)
        pings = "ping: {success: 'http://ear.example/good', failure: 'http://ear.example/bad'}\n"
        config = tmp_path / "config.yaml"
        config.write_text(pings + config.read_text(encoding="utf-8"), encoding="utf-8")
        yield archive


def test_each_end_of_a_run_is_told_once(watched: Archive, world: EcmsWorld, ear: Ear) -> None:
    world.publish(CHANNEL)
    assert command(watched, "run", "-q") == 0
    assert ear.heard == ["/good"]
    world.fail(r"/bcyw/index", faults.status(404))
    assert command(watched, "run", "-q") == 3
    assert ear.heard == ["/good", "/bad"]


def test_a_dry_run_tells_nobody_and_leaves_no_note(watched: Archive, world: EcmsWorld, ear: Ear) -> None:
    world.publish(CHANNEL)
    assert command(watched, "run", "-q", "--dry-run") == 0
    assert ear.heard == []
    assert not (watched.root / ".scraper").exists()


def test_a_run_that_cannot_begin_tells_the_failure(watched: Archive, ear: Ear) -> None:
    watched.root.write_text("a file, where the folder should be", encoding="utf-8")
    assert command(watched, "run", "-q") == 1
    assert ear.heard == ["/bad"]


def test_a_ping_that_nobody_hears_does_not_change_how_the_run_ended(
    watched: Archive, world: EcmsWorld, ear: Ear, capsys: pytest.CaptureFixture[str]
) -> None:
    world.publish(CHANNEL)
    ear.status = 503
    assert command(watched, "run", "-q") == 0
    assert "ping: ping: http://ear.example/…: status 503" in capsys.readouterr().err


def test_the_heartbeat_says_how_the_last_run_ended(archive: Archive, world: EcmsWorld) -> None:
    world.publish(CHANNEL)
    command(archive, "run", "-q")
    beat = json.loads((archive.root / ".scraper" / "heartbeat.json").read_text(encoding="utf-8"))
    assert (beat["command"], beat["exit_code"]) == ("run", 0)
    assert beat["sites"][world.name]["written"] == 1
    assert datetime.fromisoformat(beat["finished"]) <= datetime.now(UTC)


def test_the_figures_are_prometheus_text(archive: Archive, world: EcmsWorld) -> None:
    world.publish(CHANNEL)
    command(archive, "run", "-q")
    text = (archive.root / ".scraper" / "metrics.prom").read_text(encoding="utf-8")
    assert f'nankai_archive_articles{{site="{world.name}"}} 1\n' in text
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(float(line.rpartition(" ")[2]) >= 0 or "NaN" in line for line in samples)
    typed = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert {line.partition("{")[0].partition(" ")[0] for line in samples} == typed
