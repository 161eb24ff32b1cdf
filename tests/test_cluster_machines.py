"""Real machines of a cluster, killed, stopped and cut off: every page is archived once, and politely.

After each disturbance the archive rebuilt from the store's captures alone is that of one machine that nothing
disturbed, byte for byte; and the sites' server saw no two requests to a host nearer than its delay.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

pytest.importorskip("obstore", reason="a cluster's packages are not installed")

from archiving import Archive

from scraper.demo import campus_sites
from scraper.demo.machines import DELAY, Cluster, Worker, wait_for
from scraper.demo.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.demo.server import Server
    from scraper.demo.services import PostgreSQL, SeaweedFS
    from scraper.demo.world import World

SITES = 3


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    """Return the sites."""
    return list(campus_sites.many(SITES))


@pytest.fixture
def server(worlds: list[World]) -> Iterator[Server]:
    """Serve them, with a log of their own for each test."""
    with serve(*worlds) as server:
        yield server


@pytest.fixture
def make(
    tmp_path: Path, cluster_services: tuple[PostgreSQL, SeaweedFS], server: Server, worlds: list[World]
) -> Iterator[Callable[..., Cluster]]:
    """Return what makes the cluster of a test; whatever it leaves running is killed."""

    def made(*, ttl: str = "30s") -> Cluster:
        return Cluster(tmp_path / "cluster", cluster_services, server, worlds, ttl=ttl)

    yield made
    cluster_services[1].thaw()


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    """Return a list for the workers of a test, which are killed after it."""
    started: list[Worker] = []
    yield started
    for worker in started:
        if worker.runs:
            worker.thaw()
            worker.kill()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, worlds: list[World]) -> dict[str, bytes]:
    """Return the documents of one machine, without a cluster and without trouble."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with serve(*worlds) as server:
        archive = Archive(folder, server, *worlds)
        assert archive.run().exit_code == 0
        found = (path for path in archive.root.rglob("*.md") if ".scraper" not in path.parts)
        return {str(path.relative_to(archive.root)): path.read_bytes() for path in found}


def assert_as_undisturbed(cluster: Cluster, undisturbed: dict[str, bytes]) -> None:
    """Compare what the store's captures come to with what they should, and look into the server's log."""
    assert cluster.rebuilt() == undisturbed
    assert cluster.nearest() >= DELAY


def asked_twice(cluster: Cluster, undisturbed: dict[str, bytes]) -> set[str]:
    """Return the articles that were asked for more than once: each document ends with its address."""
    articles = {text.decode().rstrip(")\n").rpartition("(")[2] for text in undisturbed.values()}
    asked = Counter(entry.url for entry in cluster.server.log)
    assert articles <= set(asked)
    return {url for url in articles if asked[url] > 1}


def test_a_machine_without_a_site_s_files_goes_on_where_another_ended(
    make: Callable[..., Cluster], undisturbed: dict[str, bytes]
) -> None:
    """It brings the state alone, asks for nothing again, and its captures stand behind the first one's."""
    cluster = make()
    cluster.machine("first").do("run")
    before = len(cluster.server.log)
    second = cluster.machine("second")
    second.do("run")
    assert second.documents() == {}
    assert len(cluster.server.log) - before <= 3 * SITES  # the lists; what they name is known
    second.do_alone("reextract")
    second.do_alone("verify")
    assert second.documents() == {}  # what lies in the store is not written here again
    assert_as_undisturbed(cluster, undisturbed)


def test_a_worker_killed_with_its_disk_loses_nothing_that_another_does_not_bring(
    make: Callable[..., Cluster], undisturbed: dict[str, bytes], workers: list[Worker]
) -> None:
    cluster = make(ttl="4s")
    first = cluster.machine("first")
    workers.append(first.worker())
    wait_for(lambda: len(cluster.server.log) > 6)
    workers[0].kill()
    shutil.rmtree(first.archive, ignore_errors=True)
    workers.append(cluster.machine("second").worker())
    cluster.wait_until_done()
    assert workers[1].stop() == 143
    assert_as_undisturbed(cluster, undisturbed)


def test_sites_die_with_their_worker(make: Callable[..., Cluster], workers: list[Worker]) -> None:
    """Killed alone, it takes the processes with it that it started: nobody could commit what they fetch."""
    cluster = make()
    workers.append(cluster.machine("first").worker())
    wait_for(workers[0].children)
    children = workers[0].children()
    workers[0].kill()
    wait_for(lambda: not any(_is_alive(child) for child in children))


def test_a_stopped_worker_that_wakes_asks_nothing_and_commits_nothing(
    make: Callable[..., Cluster], undisturbed: dict[str, bytes], workers: list[Worker]
) -> None:
    """Its lease has run out meanwhile, and another machine has worked its sites."""
    cluster = make(ttl="3s")
    workers.append(cluster.machine("first").worker(sites=SITES))
    wait_for(lambda: len(cluster.server.log) > 6)
    workers[0].freeze()
    workers.append(cluster.machine("second").worker(sites=SITES))
    cluster.wait_until_done()
    asked = len(cluster.server.log)
    serials = {name: site["epoch"] for name, site in cluster.status().items()}
    workers[0].thaw()
    assert workers[0].stop() == 143
    assert len(cluster.server.log) == asked
    assert {name: site["epoch"] for name, site in cluster.status().items()} == serials
    assert_as_undisturbed(cluster, undisturbed)


def test_a_worker_that_is_told_to_end_hands_its_sites_back(
    make: Callable[..., Cluster], undisturbed: dict[str, bytes], workers: list[Worker]
) -> None:
    """Its leases would last long; the next worker has them at once, and asks for no answer twice."""
    cluster = make(ttl="10m")
    workers.append(cluster.machine("first").worker())
    wait_for(lambda: len(cluster.server.log) > 6)
    assert workers[0].stop() == 143
    assert all(site["holder"] is None for site in cluster.status().values())
    last = {urlsplit(entry.url).hostname: entry.url for entry in cluster.server.log}
    cluster.machine("second").do("run")
    assert asked_twice(cluster, undisturbed) <= set(last.values())
    assert_as_undisturbed(cluster, undisturbed)


def test_a_database_that_is_killed_and_comes_back_takes_nobody_s_lease(
    make: Callable[..., Cluster], undisturbed: dict[str, bytes], workers: list[Worker]
) -> None:
    """What is done meanwhile is shipped, and workers find the database again by themselves."""
    cluster = make(ttl="60s")
    workers.append(cluster.machine("first").worker())
    wait_for(lambda: len(cluster.server.log) > 3)
    cluster.database.stop("immediate")
    asked = len(cluster.server.log)
    wait_for(lambda: len(cluster.server.log) > asked + 3)  # it goes on: its lease holds
    cluster.database.start()
    cluster.wait_until_done()
    assert workers[0].runs
    assert workers[0].stop() == 143
    assert {site["epoch"] for site in cluster.status().values()} == {1}
    assert asked_twice(cluster, undisturbed) == set()
    assert_as_undisturbed(cluster, undisturbed)


def test_a_store_that_does_not_answer_is_waited_for(
    make: Callable[..., Cluster], undisturbed: dict[str, bytes], workers: list[Worker]
) -> None:
    cluster = make(ttl="60s")
    workers.append(cluster.machine("first").worker(sites=SITES))
    wait_for(lambda: len(cluster.server.log) > SITES)
    cluster.store.freeze()
    wait_for(lambda: not workers[0].children())  # all runs have ended, and none is shipped
    assert all(site["last_run"] is None for site in cluster.status().values())
    cluster.store.thaw()
    cluster.wait_until_done()
    assert workers[0].stop() == 143
    assert asked_twice(cluster, undisturbed) == set()
    assert_as_undisturbed(cluster, undisturbed)


def _is_alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
