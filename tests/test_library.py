"""`import scraper` as docs/library.md shows it."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive, captures_in

import scraper
from scraper import urls

if TYPE_CHECKING:
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

DOC = Path(__file__).resolve().parents[1] / "docs" / "library.md"


def examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)


def run(example: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - what an example has
    names: dict[str, Any] = dict(given)
    exec(compile(example, str(DOC), "exec"), names)  # noqa: S102 - the page's own example
    return names


@pytest.fixture
def config(tmp_path: Path, server: Server, world: EcmsWorld) -> Path:
    world.publish("bcyw")
    Archive(tmp_path, server, world, channel="bcyw")
    return tmp_path / "config.yaml"


def test_each_example_of_the_page_runs(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, work, look = examples()
    report = run(work, path=config)["report"]
    assert report.sites["beichen"].written == 1
    [known] = scraper.open_archive(scraper.load_config(config)).articles()
    found = run(look, path=config, urlname=urls.urlname(known.url))
    assert f"[转入文章首发地址]({known.url})" in found["text"]
    assert known.capture is not None
    body = captures_in(scraper.load_config(config)).read(known.capture).body
    assert run(page, body=body)["page"].article.title == known.title
    assert known.title is not None
    assert known.title in capsys.readouterr().out


def test_a_run_works_where_an_event_loop_runs(config: Path) -> None:
    async def main() -> int:
        return int(scraper.open_archive(scraper.load_config(config)).run().sites["beichen"].written)

    assert asyncio.run(main()) == 1


def test_a_run_works_in_a_thread(config: Path) -> None:
    written: list[int] = []

    def work() -> None:
        report = scraper.open_archive(scraper.load_config(config)).run(limit=5)
        written.append(report.sites["beichen"].written)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert written == [1]


def test_what_fails_where_an_event_loop_runs_is_raised(config: Path) -> None:
    async def main() -> None:
        scraper.open_archive(scraper.load_config(config)).run(["nobody"])

    with pytest.raises(scraper.ArchiveError, match="nobody"):
        asyncio.run(main())


def test_a_page_is_read_without_any_config(world: EcmsWorld) -> None:
    with pytest.raises(scraper.ArchiveError):
        scraper.extract(b"<html><body>404</body></html>", world.home, "text/html")
    with pytest.raises(scraper.ArchiveError, match="address"):
        scraper.extract(b"", "no address")


def test_an_unknown_document_is_none(config: Path) -> None:
    archive = scraper.open_archive(scraper.load_config(config))
    archive.run(limit=1)
    assert archive.read("0" * 32) is None


def test_the_package_imports_nothing_before_it_is_used() -> None:
    code = (
        "import sys, scraper; sys.exit(any(name in sys.modules for name in ('httpx', 'yaml', 'selectolax')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own
    with pytest.raises(AttributeError, match="nothing"):
        _ = scraper.nothing
