"""docs/ as pages, and the site that docs/hugo.md leads to, built as they say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from archiving import Archive
from builders import hugo_builds_folder

if TYPE_CHECKING:
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

ROOT = Path(__file__).resolve().parents[1]
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)


def test_the_docs_are_built_with_every_link_alive_and_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path / "docs")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own docs
    assert done.returncode == 0, done.stderr
    pages = list((tmp_path / "docs").glob("*.html"))
    assert {page.stem for page in pages} - {"404"} == {page.stem for page in (ROOT / "docs").glob("*.md")}
    loaded = [
        address
        for page in pages
        for address in re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="([^"]+)"', page.read_text("utf-8"))
    ]
    assert loaded
    assert not [address for address in loaded if "//" in address]


def test_the_hugo_page_leads_to_a_site_of_all_articles(
    tmp_path: Path, world: EcmsWorld, server: Server
) -> None:
    world.bulk("bcyw", 60, first=FIRST)
    (tmp_path / "news").mkdir()
    archive = Archive(tmp_path / "news", server, world, channel="bcyw")
    archive.backfill()
    site = tmp_path / "www"
    shutil.copytree(ROOT / "examples/hugo-theme", site / "themes/plain")
    (config,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/hugo.md").read_text("utf-8"), re.DOTALL)
    without_pictures, mount, _ = config.rpartition("\n[[module.mounts]]")
    assert mount
    (site / "hugo.toml").write_text(without_pictures, encoding="utf-8")
    public = hugo_builds_folder(site)
    names = {Path(path).stem for path in archive.documents()}
    assert len(names) == 60
    assert names <= {page.parent.name for page in public.rglob("index.html")}
    listed = (public / "index.html").read_text("utf-8"), (public / "page/2/index.html").read_text("utf-8")
    shown = re.findall(r'href="?/([0-9a-f]{32})/', "".join(listed))
    assert sorted(shown) == sorted(names)
    assert not list(public.rglob("*.gz")) + list(public.rglob("*.sqlite3"))
