"""Pictures kept in the archive are found by the real Hugo and the real Hexo, as the README says how."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from archiving import Archive
from builders import hexo_publishes, hugo_publishes
from gallery import HOME, PICTURE, SECOND, kept, publish

from scraper.demo import beichen, campus_sites
from scraper.demo.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

import pytest

README = Path(__file__).resolve().parents[1] / "README.md"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return an archive of two sites: pictures, one that is gone, attachments."""
    news, campus = beichen.empty(), campus_sites.webplus()
    publish(news, PICTURE, SECOND, f"{HOME}/pic/3.jpg")
    publish(news, PICTURE)
    news.missing.add("/pic/3.jpg")
    with serve(news, campus) as server:
        archive = Archive(tmp_path, server, news, campus, images="download")
        archive.run()  # ends with 5: most channels of the invented site are empty
    return archive


def told(language: str, word: str) -> str:
    """Return the README's block of code in this language that holds a word."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if word in block]
    return str(block)


def local(public: Path) -> Iterator[str]:
    """Yield the addresses on the built pages that lead to the site itself."""
    for page in public.rglob("*.html"):
        yield from re.findall(r'(?:src|href)="?(/[^"> ]*)', page.read_text("utf-8"))


def check(public: Path, archive: Archive) -> None:
    """Every picture's file is there byte for byte, and every picture shown is one of them."""
    pictures = {
        path: data for site in archive.config.sites for path, data in kept(archive, site.name).items()
    }
    assert {path.rpartition(".")[2] for path in pictures} == {"jpg", "png", "pdf"}
    assert {path: (public / path).read_bytes() for path in pictures} == pictures
    assert {address.removeprefix("/") for address in local(public)} == set(pictures)


def test_hugo_finds_the_pictures_that_are_kept(archive: Archive) -> None:
    posts, pictures = told("toml", "module.mounts").split("[[module.mounts]]  # likewise for each site")
    assert "archive/nankai/" in pictures
    mounts = [pictures.replace("nankai", site.name) for site in archive.config.sites]
    config = posts + "".join(f"[[module.mounts]]{mount}" for mount in mounts)
    public = hugo_publishes(config, archive.root.parent / "site")
    check(public, archive)
    published = [path for path in public.rglob("*") if path.suffix in {".jpg", ".png", ".pdf"}]
    assert {path.relative_to(public).parts[0] for path in published} == {"pictures"}  # and nowhere else


def test_hexo_finds_the_pictures_that_are_kept(archive: Archive) -> None:
    commands = told("sh", "source/_posts")
    (target, name) = re.findall(r"^ln -s \.\./\.\./(\S+) source/(\S+)", commands, re.MULTILINE)[0]
    [copying] = [line for line in commands.splitlines() if line.startswith("cp ")]
    merged = archive.root.parent / "merged"
    merged.mkdir()
    copying = copying.replace("../archive", str(archive.root)).replace("source/", str(merged))
    subprocess.run(["sh", "-c", copying], check=True)  # noqa: S603, S607 - the README's own line
    targets = {name: archive.root.parent / target, "pictures": merged / "pictures"}
    check(hexo_publishes(targets, archive.root.parent / "site"), archive)
