"""What `cluster` and `--from-store` say and do for a person: the whole program over real services."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("obstore", reason="the packages of a cluster are not installed")

from scraper import cli
from scraper.demo import campus_sites
from scraper.demo.machines import Cluster
from scraper.demo.server import serve
from scraper.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.services import PostgreSQL, SeaweedFS


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, cluster_services: tuple[PostgreSQL, SeaweedFS]
) -> Iterator[Cluster]:
    """Return a cluster of two sites, which one machine has run; the last test takes one of them out."""
    worlds = campus_sites.many(2)
    with pytest.MonkeyPatch.context() as patch, serve(*worlds) as server:
        for name, value in cluster_services[1].environment.items():
            patch.setenv(name, value)
        made = Cluster(tmp_path_factory.mktemp("command") / "cluster", cluster_services, server, worlds)
        made.machine("first").do("run")
        yield made


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """Return how a command ends, and what it says with --json."""
    capsys.readouterr()
    code = cli.main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_any_machine_looks_at_all_that_the_cluster_has(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """It pulls states and documents once, and captures never."""
    first, other = cluster.machine("first"), cluster.machine("other")
    config = ["--config", str(other.config_file), "--from-store"]
    at_home = ["--config", str(first.config_file)]
    code, here = said(capsys, "status", *at_home)
    for site in here["sites"].values():  # what lies on this disk is a question of this disk alone
        assert site.pop("missing_documents") == 0
    assert said(capsys, "status", *config) == (code, here)
    assert said(capsys, "coverage", *config) == said(capsys, "coverage", *at_home)
    assert not list(other.archive.rglob("*.warc.gz"))
    out = cluster.folder / "all.jsonl"
    assert cli.main(["export", "--format", "jsonl", "--out", str(out), *config]) == ExitCode.DONE
    articles = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(articles) == len(first.documents()) > 0
    title = str(articles[0]["title"])
    _, found = said(capsys, "search", f'"{title}"', *config)
    assert articles[0]["url"] in {result["url"] for result in found["results"]}
    assert not list(other.archive.rglob("*.warc.gz"))


def test_a_site_that_a_cluster_works_is_not_run_without_its_lease(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = len(cluster.server.log)
    config = str(cluster.machine("first").config_file)
    assert cli.main(["run", "--config", config]) == ExitCode.WRONG_USAGE
    assert "cluster run site00" in capsys.readouterr().err
    assert len(cluster.server.log) == asked


def test_a_retired_site_is_brought_whole_and_run_by_no_machine(cluster: Cluster) -> None:
    into = cluster.folder / "alone"
    first = cluster.machine("first")
    first.do("retire", "site00", "--into", str(into))
    own = {path: text for path, text in first.documents().items() if path.startswith("site00/")}
    assert {path: (into / path).read_bytes() for path in own} == own != {}
    assert list(into.rglob("*.warc.gz"))
    refused = first.do("run", "site00", check=False)
    assert refused.returncode == ExitCode.LOCKED
    assert "retired" in refused.stdout + refused.stderr


def test_an_archive_of_one_machine_is_shipped_when_its_cluster_begins(
    tmp_path: Path, cluster_services: tuple[PostgreSQL, SeaweedFS]
) -> None:
    """The other machines go on where it stood: nothing is asked again but the lists."""
    worlds = campus_sites.many(1)
    with serve(*worlds) as server:
        cluster = Cluster(tmp_path / "cluster", cluster_services, server, worlds)
        old = cluster.machine("old")
        text = old.config_file.read_text(encoding="utf-8")
        plain = "\n".join(line for line in text.splitlines() if not line.startswith("cluster:"))
        old.config_file.write_text(plain, encoding="utf-8")
        old.do_alone("run")
        old.config_file.write_text(text, encoding="utf-8")
        assert list(json.loads(old.do("init", "--json").stdout)["shipped"]) == ["site00"]
        asked = len(server.log)
        report = json.loads(cluster.machine("new").do("run", "--json").stdout)
        assert report["sites"]["site00"]["written"] == 0
        assert len(server.log) - asked <= 3
        assert cluster.rebuilt() == old.documents()


def test_a_config_without_a_cluster_is_told_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("sites: {a: {home: 'http://news.example.edu.cn/'}}\n", encoding="utf-8")
    assert cli.main(["cluster", "status", "--config", str(config)]) == ExitCode.WRONG_USAGE
    assert "no `cluster`" in capsys.readouterr().err
