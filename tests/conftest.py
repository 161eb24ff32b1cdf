"""What holds for every test, and the fixtures that tests of several rooms share: fake sites on loopback."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scraper.demo import beichen
from scraper.demo.server import serve

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where NO_SKIPS is set, as in CI, a skipped test is a failed one, but for those over real pages."""
    report = yield
    if report.skipped and "NO_SKIPS" in os.environ and item.get_closest_marker("real") is None:
        report.outcome = "failed"
    return report


@pytest.fixture
def world() -> EcmsWorld:
    """Return a news site of the ECMS family with channels and no articles."""
    return beichen.empty()


@pytest.fixture
def beichen_site() -> EcmsWorld:
    """Return the bundled site with everything on it."""
    return beichen.site()


@pytest.fixture
def server(world: EcmsWorld) -> Iterator[Server]:
    """Run a server that plays `world`; `server.proxy` is the address for `network.proxy`."""
    with serve(world) as running:
        yield running


@pytest.fixture
def proxy(server: Server) -> str:
    """Return the address of the running server as a forward proxy."""
    return server.proxy
