"""What a site's process may do, as its worker last said: no request after the lease's deadline."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, Clock

from scraper.app.machine import Machine
from scraper.app.wiring import new_session
from scraper.cluster.permit import SitePermit, lines_of
from scraper.crawl.plan import Incremental
from scraper.demo import campus_sites
from scraper.demo.server import serve
from scraper.errors import LeaseLost, Paused
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from pathlib import Path

HOME = "news.example.edu.cn"


class Worker(io.BytesIO):
    """A worker's end of the talk, which answers at once, and a clock that it can turn."""

    def __init__(self) -> None:
        super().__init__()
        out, self._in = os.pipe()
        self.time = 100.0
        self.grants = True
        self.asked: list[str] = []
        self.permit = SitePermit(
            "a",
            {HOME},
            listen=lines_of(out),
            tell=self,
            now=lambda: datetime(2026, 3, 1, tzinfo=UTC),
            clock=lambda: self.time,
        )

    def say(self, **message: object) -> None:
        os.write(self._in, json.dumps(message).encode() + b"\n")

    def flush(self) -> None:
        """Hear what was written last."""
        if not self.closed and (lines := self.getvalue().splitlines()):
            self.asked.append(json.loads(lines[-1])["host"])
            self.say(host=self.asked[-1], granted=self.grants)


@pytest.fixture
def worker() -> Worker:
    """Return a worker that has said that its process, which is ours, may ask until 120."""
    made = Worker()
    made.say(until=120.0)
    made.permit.start()
    return made


def test_nothing_is_asked_from_the_deadline_on(worker: Worker) -> None:
    worker.time = 119.9
    worker.permit.check()
    worker.time = 120.0
    with pytest.raises(LeaseLost, match="run out"):
        worker.permit.check()
    with pytest.raises(LeaseLost):
        asyncio.run(worker.permit.admit(HOME))


def test_another_site_s_host_is_asked_only_when_the_worker_has_its_lease(worker: Worker) -> None:
    worker.grants = False
    with pytest.raises(Paused, match="another site"):
        asyncio.run(worker.permit.admit("img.example.edu.cn"))
    worker.grants = True
    asyncio.run(worker.permit.admit("img.example.edu.cn"))
    asyncio.run(worker.permit.admit("img.example.edu.cn"))  # the lease has it now: nobody is asked again
    assert worker.asked == ["img.example.edu.cn"] * 2


def test_the_home_of_a_site_needs_no_question(worker: Worker) -> None:
    asyncio.run(worker.permit.admit(HOME))
    assert worker.asked == []


def test_a_process_kills_itself_when_its_worker_is_gone() -> None:
    code = (
        "import io, sys, time\n"
        "from datetime import datetime, UTC\n"
        "from scraper.cluster.permit import SitePermit, lines_of\n"
        "permit = SitePermit('a', (), listen=lines_of(0), tell=io.BytesIO(), now=lambda: datetime.now(UTC))\n"
        "permit.start()\n"
        "print('started', flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b'{"until": 1}\n')
        child.stdin.flush()
        assert child.stdout.readline() == b"started\n"
        child.stdin.close()
        assert child.wait(60) == -9


def test_a_run_whose_lease_runs_out_sends_not_one_request_more(tmp_path: Path) -> None:
    """The socket itself is guarded: a process may be stopped between its question and its sending."""
    (world,) = campus_sites.many(1)
    clock = Clock()
    with serve(world) as server:
        archive = Archive(tmp_path, server, world)

        class Few:
            """Allows three requests."""

            def check(self) -> None:
                if len(server.log) >= 3:
                    msg = "the lease has run out"
                    raise LeaseLost(msg)

            async def admit(self, host: str) -> None:
                """Allow every host."""

        machine = Machine(now=clock, monotonic=clock.monotonic, sleep=clock.sleep, environment={})
        session = new_session(
            archive.config, progress=Unwatched(), machine=machine, permit=Few(), signals=False
        )
        report = session.go("run", archive.config.sites, Incremental())
        assert len(server.log) == 3
    (site,) = report.sites.values()
    assert [problem.kind for problem in site.problems] == ["LeaseLost"]
    assert site.failed == 0  # no address is to blame
