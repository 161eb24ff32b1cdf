"""What holds for every test, and the fixtures that tests of several rooms share: fake sites on loopback."""

from __future__ import annotations

import os
import tempfile
from gettext import NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from scraper import messages, parallel
from scraper.app import shares, wiring
from scraper.demo import beichen
from scraper.demo.server import serve
from scraper.ingest.page_reader import PageReader

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.demo.services import PostgreSQL, SeaweedFS


settings.register_profile(
    "any machine",
    deadline=None,  # what a busy machine takes says nothing of the code
    suppress_health_check=[HealthCheck.too_slow],  # likewise
)
settings.load_profile("any machine")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where NO_SKIPS is set, as in CI, a skipped test is a failed one, but for those over real pages."""
    report = yield
    if report.skipped and "NO_SKIPS" in os.environ and item.get_closest_marker("real") is None:
        report.outcome = "failed"
    return report


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak English, whatever the locale of whoever runs the tests, and whatever a test before spoke."""
    monkeypatch.setenv("LANGUAGE", "en")
    messages.use(NullTranslations())
    yield
    messages.use(NullTranslations())


class SharedReader(PageReader):
    """The processes that read pages, kept from test to test: to begin them costs more than most tests do."""

    def close(self) -> None:
        """Leave them for the next session."""


@pytest.fixture(scope="session")
def shared_reader() -> Iterator[SharedReader]:
    reader = SharedReader(at_once=2)
    yield reader
    PageReader.close(reader)


@pytest.fixture(autouse=True)
def readers_stay(monkeypatch: pytest.MonkeyPatch, shared_reader: SharedReader) -> None:
    """Let the sessions that a test begins in this process read with the processes of those before."""
    monkeypatch.setattr(wiring, "PageReader", lambda *, at_once: shared_reader)  # noqa: ARG005 - as it is there


@pytest.fixture(autouse=True)
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run that a test makes in its own process be one: a copy would lack the readers that stay."""
    monkeypatch.setattr(shares, "shares_of", lambda sites, **_: (sites,))


@pytest.fixture(autouse=True)
def workers_are_copies(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let work be shared by copies: the loop that a test's process has is the fake site's, and not theirs.

    Not where the test asks a store of objects: of its client's loop no copy comes alive.
    """
    asks_a_store = "cluster_services" in request.fixturenames
    monkeypatch.setattr(parallel, "can_be_copied", lambda: not asks_a_store)


@pytest.fixture(scope="session")
def cluster_services() -> Iterator[tuple[PostgreSQL, SeaweedFS]]:
    """Run a PostgreSQL and an S3 store for the tests that want them; skip those where one is missing."""
    pytest.importorskip("obstore", reason="the packages of a cluster are not installed")
    from scraper.demo.services import NotInstalled, services  # noqa: PLC0415 - where the extra is there

    with tempfile.TemporaryDirectory() as folder:  # PostgreSQL runs as another user, who may not see pytest's
        Path(folder).chmod(0o755)
        try:
            with services(Path(folder) / "both") as both:
                yield both
        except NotInstalled as why:
            pytest.skip(str(why))


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
