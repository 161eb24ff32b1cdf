"""`adopt`: older documents, whole and damaged, become part of the archive, and nothing old changes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive, only
from old_documents import address, old_document, picture, taken_apart

from scraper import cli, urls

if TYPE_CHECKING:
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"
CONFIG = """
sites:
  beichen:
    title: 北辰大学
    archive_name: beichen.example
    home: http://news.beichen.example/
    family: ecms
    channels:
      bcyw: {title: 北辰要闻, index: "http://news.beichen.example/bcyw/index.shtml"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder of older documents, beside a config."""
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    old = tmp_path / "old"
    old.mkdir()
    return old


def put(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return file


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = cli.main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_documents_are_held_proved_and_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(5):
        put(
            folder,
            f"{number % 2}/{number}.md",
            old_document(number, dialect="hexo" if number % 2 else "hugo"),
        )
    before = {file: file.read_bytes() for file in folder.rglob("*.md")}
    code, told = run(capsys, "adopt", "old")
    assert (code, told["adopted"], told["known"], told["rejected"], told["problems"]) == (0, 5, 0, 0, [])
    assert {file: file.read_bytes() for file in folder.rglob("*.md")} == before
    for file, data in before.items():
        assert (Path("archive") / file.relative_to(folder)).read_bytes() == data
    code, told = run(capsys, "adopt", "old")
    assert (code, told["adopted"], told["known"]) == (0, 0, 5)
    assert run(capsys, "verify")[0] == 0
    code, found = run(capsys, "search", "第3期夜读")
    assert [hit["url"] for hit in found["results"]] == [address(3)]
    assert found["results"][0]["title"] == "第3期夜读会开讲"
    assert run(capsys, "status")[1]["sites"]["beichen"]["articles"] == 5
    assert run(capsys, "reextract")[0] == 0
    assert run(capsys, "history", address(3))[1]["origin"] == "adopted"


def test_what_does_not_fit_is_listed_with_its_reason(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, "a.md", old_document(1))
    put(folder, "b.md", old_document(1, title="又一篇"))
    put(folder, "c.md", old_document(2, last="完"))
    put(folder, "d.md", old_document(3, urlname="0" * 32))
    put(folder, "e.md", "---\ntitle: [\n---\n")
    put(folder, "f.md", old_document(4, url="http://elsewhere.example/1.shtml"))
    put(folder, "g.txt", "no document")
    put(folder, "h.md", "")
    code, told = run(capsys, "adopt", "old")
    assert code == 3
    assert (told["adopted"], told["rejected"]) == (1, 6)
    why = {problem["file"]: problem["why"] for problem in told["problems"]}
    assert sorted(why) == ["b.md", "c.md", "d.md", "e.md", "f.md", "h.md"]
    assert why["b.md"] == "a second document of one article: a.md is the first"
    assert "last line" in why["c.md"]
    assert "MD5" in why["d.md"]
    assert "front matter is broken" in why["e.md"]
    assert "unknown site" in why["f.md"]
    assert why["h.md"] == "it is empty"


def test_of_two_for_one_article_the_whole_one_is_taken(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, "a.md", old_document(1, pictures=taken_apart(address(1), picture(1))))
    whole = put(folder, "b.md", old_document(1))
    told = run(capsys, "adopt", "old")[1]
    assert [problem["file"] for problem in told["problems"]] == ["a.md"]
    assert Path("archive/b.md").read_bytes() == whole.read_bytes()


def test_repair_shows_the_difference_and_mends_the_archive_copy_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = old_document(
        1, body="前半\n<!--more-->\n后半。", pictures=taken_apart(address(1), picture(1), picture(2))
    )
    old = put(folder, "a.md", text)
    assert run(capsys, "adopt", "old", "--dry-run", "--repair")[1]["mended"] == 1
    assert not list(Path("archive").rglob("*.md"))
    assert cli.main(["adopt", "old", "--repair"]) == 0
    shown = capsys.readouterr().out
    assert "--- a.md (before)" in shown
    assert f"+![图]({picture(2)})" in shown
    assert old.read_bytes() == text.encode()
    mended = Path("archive/a.md").read_text(encoding="utf-8")
    assert mended.count("![图]") == 2
    assert "前半后半。\n\n<!--more-->\n\n" in mended
    assert mended.partition("前半")[0] == text.partition("前半")[0]
    assert run(capsys, "verify")[0] == 0


def test_what_is_damaged_is_held_as_it_is_without_repair(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = put(folder, "a.md", old_document(1, pictures=taken_apart(address(1), picture(1))))
    code, told = run(capsys, "adopt", "old")
    assert (code, told["adopted"], told["problems"]) == (0, 1, [])
    assert [problem["file"] for problem in told["damaged"]] == ["a.md"]
    assert Path("archive/a.md").read_bytes() == old.read_bytes()


def test_documents_within_the_archive_are_held_where_they_lie(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = put(folder.parent / "archive", "posts/2021/甲.md", old_document(1))
    assert run(capsys, "adopt", "archive")[1]["adopted"] == 1
    assert run(capsys, "search", "夜读")[1]["results"][0]["path"] == "posts/2021/甲.md"
    assert [file.name for file in Path("archive").rglob("*.md")] == [there.name]


def test_documents_may_be_filed_under_the_pattern(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder, "a.md", old_document(1))
    assert run(capsys, "adopt", "old", "--by-pattern")[0] == 0
    name = urls.urlname(address(1))
    assert [str(file) for file in Path("archive").rglob("*.md")] == [f"archive/beichen/2021/11/{name}.md"]


def test_a_file_of_other_hands_in_the_way_is_never_overwritten(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, "a.md", old_document(1))
    other = put(folder.parent / "archive", f"beichen/2021/11/{urls.urlname(address(1))}.md", "mine")
    code, told = run(capsys, "adopt", "old", "--by-pattern")
    assert (code, told["adopted"]) == (3, 0)
    assert "another file lies at" in told["problems"][0]["why"]
    assert other.read_text() == "mine"
    put(folder.parent / "archive", "a.md", "mine too")
    assert "another file lies at a.md" in run(capsys, "adopt", "old")[1]["problems"][0]["why"]


def test_a_path_that_leads_out_and_a_link_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, "con.md", old_document(1))
    (folder / "link.md").symlink_to(put(folder.parent, "elsewhere.md", old_document(2)))
    why = {problem["file"]: problem["why"] for problem in run(capsys, "adopt", "old")[1]["problems"]}
    assert "a reserved name" in why["con.md"]
    assert why["link.md"] == "it is a symbolic link"


def test_only_the_site_that_was_asked_for_is_served(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = Path("config.yaml")
    config.write_text(CONFIG + "  lib: {home: 'http://lib.example/'}\n", encoding="utf-8")
    put(folder, "a.md", old_document(1))
    put(folder, "b.md", old_document(2, url="http://lib.example/2021/11/2.htm"))
    told = run(capsys, "adopt", "old", "--site", "lib")[1]
    assert told["adopted"] == 1
    assert told["problems"] == [{"file": "a.md", "why": "it belongs to the site beichen, not to lib"}]


def test_a_folder_that_is_not_there_is_wrong_usage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.rmdir()
    assert cli.main(["adopt", "old"]) == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_a_document_that_was_changed_since_is_damage(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, "a.md", old_document(1))
    run(capsys, "adopt", "old")
    with Path("archive/a.md").open("a", encoding="utf-8") as file:
        file.write(" ")
    code, told = run(capsys, "verify")
    assert code == 7
    assert told["sites"]["beichen"]["damaged"] == [
        {"file": "a.md", "what": "the document was changed since it was adopted"}
    ]


def test_many_documents_are_taken_by_all_cores(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(1200):
        put(folder, f"{number:04}.md", old_document(number, last="完" if number % 100 == 7 else None))
    code, told = run(capsys, "adopt", "old")
    assert (code, told["adopted"], told["rejected"]) == (3, 1188, 12)
    assert [problem["file"] for problem in told["problems"]] == [f"{at:04}.md" for at in range(7, 1200, 100)]


def test_a_run_does_not_ask_for_what_was_adopted_unless_told_to(
    tmp_path: Path,
    world: EcmsWorld,
    server: Server,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stories = [world.publish(CHANNEL), world.publish(CHANNEL)]
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    monkeypatch.chdir(tmp_path)
    old = [put(tmp_path / "old", "a.md", old_document(1, url=world.address(stories[0].number)))]
    again = [put(tmp_path / "again", "b.md", old_document(2, url=world.address(stories[1].number)))]
    texts = [file.read_text(encoding="utf-8") for file in (*old, *again)]
    assert cli.main(["adopt", "old"]) == 0
    assert cli.main(["adopt", "again", "--refetch"]) == 0
    assert capsys.readouterr().out == ""
    report = only(archive.run())
    assert (report.listed, report.written, report.revised) == (2, 0, 1)
    assert archive.documents()["a.md"] == texts[0]
    assert archive.documents()["b.md"] != texts[1]
    assert len(archive.documents()) == 2
    assert run(capsys, "verify")[0] == 0


def test_a_name_in_another_encoding_costs_its_file_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, "1.md", old_document(1))
    put(folder, os.fsdecode("新闻.md".encode("gbk")), old_document(2))
    code, told = run(capsys, "adopt", "old")
    assert (code, told["adopted"], [one["why"] for one in told["problems"]]) == (
        3,
        1,
        ["its name is no UTF-8"],
    )


def test_a_pipe_is_named_and_nobody_waits_for_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder, "1.md", old_document(1))
    os.mkfifo(folder / "2.md")
    code, told = run(capsys, "adopt", "old")
    assert (code, told["adopted"], [one["file"] for one in told["problems"]]) == (3, 1, ["2.md"])
