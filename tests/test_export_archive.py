"""`export`: an archive handed on, read back by others' readers."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive
from fastwarc.warc import ArchiveIterator
from pyarrow import parquet
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from scraper import cli
from scraper.export.cdxj import in_order, surt

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"
FIRST = datetime(2026, 2, 10, 1, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path, world: EcmsWorld, server: Server, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Return an archive of thirty articles, one of them with two captures and one with a 304."""
    numbers = world.bulk(CHANNEL, 30, first=FIRST)
    found = Archive(tmp_path, server, world, channel=CHANNEL)
    found.run()
    world.revise(numbers[-1], add="后来又添一句。")
    found.clock.wait(days=2)
    found.run()
    monkeypatch.chdir(tmp_path)
    return found


def export(form: str, out: str, *words: str) -> None:
    assert cli.main(["export", "--format", form, "--out", out, "-q", *words]) == 0


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_every_document_is_handed_on_in_every_form(archive: Archive, tmp_path: Path) -> None:
    for form in ("jsonl", "csv", "parquet"):
        export(form, f"out.{form}")
    documents = archive.documents()
    lines = rows(tmp_path / "out.jsonl")
    assert {row["path"] for row in lines} == set(documents)
    for row in lines:
        assert row["markdown"] in documents[row["path"]].replace("\n\n<!--more-->", "")
        assert f"urlname: {row['urlname']}" in documents[row["path"]]
        assert "**" not in row["text"]
        assert (row["status"], row["origin"], row["channel"]) == ("held", None, CHANNEL)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == [row["text"] for row in lines]
    table = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["url"] for row in table] == [row["url"] for row in lines]
    assert table[0]["published"].isoformat() != lines[0]["published"]
    assert table[0]["published"].timestamp() > 0


def test_a_span_holds_the_days_that_it_names(archive: Archive, tmp_path: Path) -> None:
    export("jsonl", "all.jsonl")
    days = sorted({row["published"][:10] for row in rows(tmp_path / "all.jsonl")})
    export("jsonl", "some.jsonl", "--since", days[1], "--until", days[2])
    assert sorted({row["published"][:10] for row in rows(tmp_path / "some.jsonl")}) == days[1:3]
    assert archive.documents()


def test_standard_output_is_a_file_too(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    export("jsonl", "-")
    assert len(capsys.readouterr().out.splitlines()) == len(archive.documents())
    assert cli.main(["export", "--format", "wacz", "--out", "-"]) == 2


def test_a_document_that_cannot_be_read_is_named_and_left_out(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, *rest = archive.documents()
    (archive.root / path).write_bytes(b"\xff\xfe")
    assert cli.main(["export", "--format", "jsonl", "--out", "out.jsonl"]) == 3
    assert path in capsys.readouterr().err
    assert sorted(row["path"] for row in rows(tmp_path / "out.jsonl")) == sorted(rest)


def test_a_file_that_fails_half_way_never_has_its_name(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_articles: object, out: io.TextIOBase) -> int:
        out.write("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scraper.app.exporting.write_jsonl", fail)
    assert cli.main(["export", "--format", "jsonl", "--out", "out.jsonl"]) == 10
    assert [file.name for file in tmp_path.iterdir() if "out.jsonl" in file.name] == []
    assert archive.documents()


# ── WACZ ──────────────────────────────────────────────────────────────────────────────────────────────────


def lines_of(file: zipfile.ZipFile) -> list[tuple[str, str, dict[str, str]]]:
    found = []
    for line in file.read("indexes/index.cdxj").decode().splitlines():
        key, moment, fields = line.split(" ", 2)
        found.append((key, moment, json.loads(fields)))
    return found


def test_a_wacz_is_what_its_specification_says(archive: Archive, tmp_path: Path) -> None:
    """Every file with its digest; every line of the index leads to the record that it names."""
    export("wacz", "out.wacz")
    with zipfile.ZipFile(tmp_path / "out.wacz") as file:
        assert file.testzip() is None
        assert all(info.compress_type == zipfile.ZIP_STORED for info in file.infolist())
        package = json.loads(file.read("datapackage.json"))
        assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
        assert {one["path"] for one in package["resources"]} == set(file.namelist()) - {
            "datapackage.json",
            "datapackage-digest.json",
        }
        for one in package["resources"]:
            data = file.read(one["path"])
            assert one["bytes"] == len(data)
            assert one["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        digest = json.loads(file.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{hashlib.sha256(file.read('datapackage.json')).hexdigest()}"
        head, *pages = file.read("pages/pages.jsonl").decode().splitlines()
        assert json.loads(head)["format"] == "json-pages-1.0"
        shown = {json.loads(page)["url"] for page in pages}
        assert len(shown) == len(pages) == len(archive.documents())
        lines = lines_of(file)
        assert lines == sorted(lines, key=lambda line: line[:2])
        assert shown <= {fields["url"] for _, _, fields in lines}
        assert "304" not in {fields["status"] for _, _, fields in lines}
        for key, _, fields in lines:
            data = file.read(f"archive/{fields['filename']}")
            start, length = int(fields["offset"]), int(fields["length"])
            (record,) = WarcioIterator(io.BytesIO(data[start : start + length]))
            assert record.rec_headers["WARC-Target-URI"] == fields["url"]
            assert record.http_headers.get_statuscode() == fields["status"]
            assert key == surt(fields["url"])


def test_a_wacz_of_a_span_holds_its_articles_and_no_other(archive: Archive, tmp_path: Path) -> None:
    export("jsonl", "all.jsonl")
    some = sorted(rows(tmp_path / "all.jsonl"), key=lambda row: row["published"])
    since, until = some[3]["published"][:10], some[5]["published"][:10]
    wanted = {row["url"] for row in some if since <= row["published"][:10] <= until}
    export("wacz", "span.wacz", "--since", since, "--until", until)
    with zipfile.ZipFile(tmp_path / "span.wacz") as file:
        lines = lines_of(file)
        assert {fields["url"] for _, _, fields in lines} == wanted
        (name,) = (name for name in file.namelist() if name.startswith("archive/"))
        data = file.read(name)
        kinds = [
            record.headers["WARC-Type"] for record in ArchiveIterator(io.BytesIO(data), strict_mode=True)
        ]
        assert kinds[0] == "warcinfo"
        assert kinds.count("response") == len(wanted)
        for _, _, fields in lines:
            start, length = int(fields["offset"]), int(fields["length"])
            (record,) = WarcioIterator(io.BytesIO(data[start : start + length]))
            assert record.rec_headers["WARC-Target-URI"] == fields["url"]
    assert archive.documents()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://news.nankai.edu.cn/ywsd/Index.shtml", "cn,edu,nankai,news)/ywsd/index.shtml"),
        ("https://www.nankai.edu.cn:8080/", "cn,edu,nankai:8080)/"),
        ("http://www2.a.example", "example,a)/"),
        ("http://a.example/x?b=2&a=1", "example,a)/x?a=1&b=2"),
        ("http://a.example/count//0003000/", "example,a)/count//0003000/"),
    ],
)
def test_an_address_turned_around_is_as_the_reader_of_a_wacz_makes_it(url: str, key: str) -> None:
    assert surt(url) == key


def test_an_index_larger_than_its_memory_is_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scraper.export.cdxj._RUN", 7)
    lines = [f"{number * 37 % 101:03}\n" for number in range(101)]
    assert list(in_order(lines)) == [line.encode() for line in sorted(lines)]
