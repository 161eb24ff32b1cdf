"""`demo`: the whole job over loopback, from an empty folder to documents, and again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scraper import cli
from scraper.demo import beichen

if TYPE_CHECKING:
    from pathlib import Path


def test_it_archives_every_article_of_the_invented_site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["demo", str(tmp_path), "--json"])
    report = json.loads(capsys.readouterr().out)
    truths = beichen.site().truths().values()
    documents = [
        path.read_text(encoding="utf-8") for path in (tmp_path / "archive" / "beichen").rglob("*.md")
    ]
    assert (code, report["sites"]["beichen"]["failed"]) == (0, 0)
    assert report["sites"]["beichen"]["written"] == len(documents) == len(truths)
    ends = {document.rstrip().rpartition("](")[2].removesuffix(")") for document in documents}
    assert ends == {truth.url for truth in truths}


def test_given_again_it_writes_nothing_and_shows_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", str(tmp_path), "--json", "--layout", "hexo"]) == 0
    capsys.readouterr()
    assert cli.main(["demo", str(tmp_path), "--layout", "hexo"]) == 0
    shown = capsys.readouterr()
    summary = shown.err.partition("\n")[0]
    assert "unchanged" in summary
    assert not any(word in summary for word in ("written", "revised", "failed"))
    assert shown.out.startswith("---\n")
    assert "[转入文章首发地址](http://news.beichen.example/" in shown.out


def test_a_config_that_is_not_its_own_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor is anything written through a link that stands in its place."""
    config = tmp_path / "config.yaml"
    config.write_text("sites: {}\n", encoding="utf-8")
    assert cli.main(["demo", str(tmp_path)]) == 2
    assert config.read_text(encoding="utf-8") == "sites: {}\n"
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text("# made by `nankai-archive demo`, which writes it again\n", encoding="utf-8")
    config.unlink()
    config.symlink_to(elsewhere)
    assert cli.main(["demo", str(tmp_path)]) == 2
    assert "not the demo's own" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["a file", "a link", "an archive", "a long name", "no name"])
def test_a_folder_that_cannot_be_the_demos_own_is_left_as_it_is(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "demo"
    mine = tmp_path / "mine" / "beichen"
    mine.mkdir(parents=True)
    (mine / "1.md").write_text("mine", encoding="utf-8")
    match kind:
        case "a file":
            folder.write_text("x", encoding="utf-8")
        case "a link":
            folder.mkdir()
            (folder / "archive").symlink_to(mine.parent)
        case "an archive":
            folder.mkdir()
            mine.parent.rename(folder / "archive")
        case "a long name":
            folder = tmp_path / ("x" * 300)
        case _:
            folder = tmp_path / "a\0b"
    before = sorted(tmp_path.rglob("*"))
    assert cli.main(["demo", str(folder)]) == 2
    assert "program itself" not in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before
