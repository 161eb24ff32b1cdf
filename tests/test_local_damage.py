"""Files of the archive that somebody crafted or damaged: named by `verify`, and never in a run's way."""

from __future__ import annotations

import gzip
import io
import json
import os
import sqlite3
import struct
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive, only, opened
from gallery import PICTURE, publish

from scraper import cli
from scraper.errors import CaptureDamaged, StoreError
from scraper.model import LARGEST_BODY, CaptureRef
from scraper.stores import warc_records
from scraper.stores.documents import DocumentStore
from scraper.stores.state import odd_in
from scraper.stores.warc import MAX_RECORD, BrokenRecord, Member, Record, find, pack, unpack, walk
from scraper.stores.warc_files import WarcFolder
from scraper.stores.warc_reader import load, scan
from scraper.urls import Url
from scraper.values import replace

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

CHANNEL = "bcyw"
SITE = "beichen"
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
BLOCK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nbody"


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    """Return an archive of five articles."""
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    world.bulk(CHANNEL, 5, first=FIRST)
    assert only(archive.run()).written == 5
    return archive


def command(archive: Archive, *name: str) -> int:
    return cli.main([*name, "--json", "--config", str(archive.folder / "config.yaml")])


def sql(archive: Archive, statement: str, *values: object) -> None:
    connection = sqlite3.connect(archive.inside / "state.sqlite3", isolation_level=None)
    assert connection.execute(statement, values).rowcount == 1
    connection.close()


# ── records ───────────────────────────────────────────────────────────────────────────────────────────────


def record(**changes: str) -> Record:
    fields = {
        "WARC-Type": "response",
        "WARC-Target-URI": "http://x.example/a",
        "WARC-Date": "2026-03-05T12:00:00.000000Z",
        "Archive-Kind": "listing",
        "Archive-Page": "3",
    }
    fields |= {name.replace("_", "-"): value for name, value in changes.items()}
    return Record(fields=tuple(fields.items()), block=BLOCK)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("WARC_Target_URI", url) for url in ("", "/a", "ftp://x/", "http://", "http://a b:99999/", "\x00")),
        *(("Archive_Asked_For", url) for url in ("javascript:1", "http://me:pw@x/", "x", "http:///")),
        *(
            ("WARC_Date", date)
            for date in ("", "0001-01-01T00:00:00.0Z", "9999-12-31T23:59:59.9-2359", "now")
        ),
        ("WARC_Date", "2026-13-05T12:00:00.000000Z"),
        *(("Archive_Page", page) for page in ("-1", "9" * 5000, "1e3", "", "²")),
        ("Archive_Kind", "surprise"),
    ],
)
def test_a_record_that_says_what_cannot_be_is_broken(field: str, value: str) -> None:
    assert warc_records.capture_of(record(), b"").page == 3
    with pytest.raises(BrokenRecord):
        warc_records.capture_of(record(**{field: value}), b"")


@pytest.mark.parametrize(
    ("offset", "length"), [(-1, 5), (0, -1), (0, 10**18), (10**18, 10), (10**18, 10**18), (5, 10**6)]
)
def test_a_place_outside_of_its_file_is_damage(tmp_path: Path, offset: int, length: int) -> None:
    name = "x-20260101000000-00001-00000000.warc.gz"
    (tmp_path / name).write_bytes(pack((("WARC-Type", "response"),), BLOCK))
    with pytest.raises(CaptureDamaged):
        load(WarcFolder(tmp_path), CaptureRef(file=name, offset=offset, length=length, digest=""))


def test_a_record_is_read_in_twice_its_size() -> None:
    """What inflates to gigabytes may lie in any archive that somebody hands on."""
    size = 8_000_000
    member = pack((("WARC-Type", "response"),), bytes(size))
    tracemalloc.start()
    try:
        (found,) = walk(io.BytesIO(member))
        _, walked = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        del found
        assert len(unpack(member).block) == size
        _, unpacked = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert max(walked, unpacked) < 2.4 * size


@pytest.mark.parametrize("size", [0, 1, 2**20 - 33, 2**20 - 32, 2**20, 3 * 2**20 + 5])
def test_records_of_any_size_follow_each_other(size: int) -> None:
    member = pack((("WARC-Type", "response"),), bytes(size))
    found = list(walk(io.BytesIO(member * 3)))
    assert [(each.offset, len(each.record.block)) for each in found if isinstance(each, Member)] == [
        (len(member) * number, size) for number in range(3)
    ]
    with pytest.raises(BrokenRecord):
        unpack(member * 2)
    with pytest.raises(BrokenRecord):
        unpack(member[:-1])


def test_records_that_belong_to_no_capture_are_not_gathered(tmp_path: Path) -> None:
    lost = pack((("WARC-Type", "request"),), bytes(1_000_000)) * 50
    (tmp_path / "x-20260101000000-00001.warc.gz").write_bytes(lost)
    tracemalloc.start()
    try:
        assert list(scan(WarcFolder(tmp_path), None, None)) == []
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_the_largest_body_of_a_config_fits_a_record() -> None:
    assert LARGEST_BODY + 2**19 < MAX_RECORD


def test_pipes_and_folders_are_no_files_of_captures(tmp_path: Path) -> None:
    names = [f"x-20260101000000-0000{number}-00000000.warc.gz" for number in range(1, 4)]
    os.mkfifo(tmp_path / names[0])
    (tmp_path / names[1]).mkdir()
    (tmp_path / names[2]).write_bytes(b"")
    (tmp_path / os.fsdecode(b"\xff" + names[2].encode())).write_bytes(b"")
    assert WarcFolder(tmp_path).names() == [names[2]]
    with pytest.raises(StoreError, match="it is no file"):
        load(WarcFolder(tmp_path), CaptureRef(file=names[0], offset=0, length=1, digest=""))


class Counted(io.BytesIO):
    """A file that counts what is read of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


_STORED = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\0" + struct.pack("<HH", 0xFFFF, 0)
HEADERS = {
    "gzip headers": b"\x1f\x8b\x08",
    "members that do not end": _STORED,
    "records that do not end": _STORED + b"WARC/1.1\r\n",
    "comments that do not end": b"\x1f\x8b\x08\x10\0\0\0\0\0\xff ",
    "other records": gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n\r\n" + b"x" * 40),
}


@pytest.mark.parametrize("what", HEADERS)
@pytest.mark.parametrize("own_id", ["<urn:uuid:1>", None])
def test_gzip_headers_within_a_body_cost_what_the_body_is_long(what: str, own_id: str | None) -> None:
    taken = []
    for size in (100_000, 400_000):
        inner = HEADERS[what] * (size // len(HEADERS[what]))
        file = Counted(b"\x1f\x8b" + inner)
        find(file, 2, own_id)
        taken.append(file.taken)
    assert taken[1] <= 6 * taken[0] + 2**20


def test_the_next_own_record_behind_such_a_body_is_found() -> None:
    own = pack((("WARC-Type", "response"), ("WARC-Warcinfo-ID", "<urn:uuid:1>")), BLOCK)
    for inner in HEADERS.values():
        body = inner * (50_000 // len(inner))
        assert find(io.BytesIO(body + own), 0, "<urn:uuid:1>") == len(body)


# ── documents ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", ["pipe", "folder", "link", "link to a device"])
def test_what_is_no_file_in_a_documents_place_is_named_and_passed_over(
    archive: Archive, make: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, text = next(iter(archive.documents().items()))
    place = archive.root / path
    place.unlink()
    if make == "pipe":
        os.mkfifo(place)
    elif make == "folder":
        place.mkdir()
    else:
        place.symlink_to("/dev/zero" if "device" in make else "nowhere")
    for name, expected in (("verify", {7}), ("reextract", {0, 3}), ("run", {0, 3})):
        assert command(archive, name) in expected, name
        if name == "verify":
            assert path in capsys.readouterr().out
    if place.is_dir():
        place.rmdir()
    elif place.is_symlink() or not place.is_file():
        place.unlink()
    assert len({other for other in archive.documents() if other != path}) == 4
    assert command(archive, "reextract") == 0
    assert archive.documents()[path] == text


def test_a_document_that_is_no_text_is_made_again(archive: Archive) -> None:
    path, text = next(iter(archive.documents().items()))
    (archive.root / path).write_bytes(b"\xff\xfe" + os.urandom(100))
    assert command(archive, "verify") == 7
    assert command(archive, "reextract") == 0
    assert archive.documents()[path] == text


def test_reading_never_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    with pytest.raises(StoreError, match="it is no file"):
        DocumentStore(tmp_path).read_file("a.md")


# ── state ─────────────────────────────────────────────────────────────────────────────────────────────────


WRONG: list[tuple[str, Any]] = [
    ("first_seen", "yesterday"),
    ("first_seen", b"\x00"),
    ("due", "9999-99-99"),
    ("status", "surprise"),
    ("url", "no address"),
    ("ask", b"http://x/"),
    ("path", b"x"),
    ("attempts", "many"),
    ("attempts", 0.5),
    ("offset", "x"),
    ("title", b"\xff"),
    ("listed_date", "0000-00-00"),
]


@pytest.mark.parametrize(("column", "value"), WRONG)
def test_a_row_of_wrong_types_is_named_and_the_others_go_on(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str], column: str, value: object
) -> None:
    with opened(archive.config) as context:
        key = next(iter(context.state.articles.every(SITE))).key
    sql(archive, f"UPDATE article SET {column} = ? WHERE key = ?", value, key)  # noqa: S608 - a test's own
    assert command(archive, "verify") == 7
    assert f"the article {key}: " in capsys.readouterr().out
    assert command(archive, "reextract") == 7
    assert f"the article {key} is passed over" in capsys.readouterr().out
    story = world.publish(CHANNEL)
    archive.clock.now = story.published
    report = archive.run()
    assert only(report).written == 1
    assert not [problem for problem in only(report).problems if problem.kind == "ProgramError"]


@pytest.mark.parametrize(
    ("column", "value"), [("kind", "surprise"), ("fetched_at", "x"), ("url", "x"), ("length", "x")]
)
def test_a_capture_of_wrong_types_is_named_and_recovery_goes_on(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str], column: str, value: str
) -> None:
    newest = "(SELECT max(offset) FROM capture)"
    sql(archive, f"UPDATE capture SET {column} = ? WHERE offset = {newest}", value)  # noqa: S608 - likewise
    assert command(archive, "verify") == 7
    assert "the capture " in capsys.readouterr().out
    story = world.publish(CHANNEL)
    archive.clock.now = story.published
    assert only(archive.run()).written == 1


@pytest.mark.parametrize("column", ["title", "url", "ask", "status", "path", "error", "layout", "channel"])
def test_a_text_that_is_no_utf8_is_named_and_the_others_go_on(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str], column: str
) -> None:
    with opened(archive.config) as context:
        key = next(iter(context.state.articles.every(SITE))).key
    sql(archive, f"UPDATE article SET {column} = CAST(? AS TEXT) WHERE key = ?", b"\xff\xfe", key)  # noqa: S608
    assert command(archive, "verify") == 7
    assert f"the article {key}: " in capsys.readouterr().out
    assert command(archive, "reextract") == 7
    assert f"the article {key} is passed over" in capsys.readouterr().out
    story = world.publish(CHANNEL)
    archive.clock.now = story.published
    assert only(archive.run()).written == 1


@pytest.mark.parametrize(
    "change", ["status = 'waitinG', path = NULL", "url = x'00'", "path = x'00'", "error = x'ff', path = NULL"]
)
def test_coverage_proves_nothing_of_a_row_that_cannot_be(
    archive: Archive, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    with opened(archive.config) as context:
        known = next(iter(context.state.articles.every(SITE)))
    sql(archive, f"UPDATE article SET {change} WHERE key = ?", known.key)  # noqa: S608 - a test's own
    assert command(archive, "coverage") == 3
    told = json.loads(capsys.readouterr().out)["sites"][SITE]
    assert (told["listed"], told["held"]) == (5, 4)
    assert told["missing"] == {"failed": 1}
    assert ["in the state" in error for error in told["errors"].values()] == [True]


@pytest.mark.parametrize("column", ["kind", "url"])
def test_a_text_of_a_capture_that_is_no_utf8_is_named_and_recovery_goes_on(
    archive: Archive, world: EcmsWorld, capsys: pytest.CaptureFixture[str], column: str
) -> None:
    newest = "(SELECT max(offset) FROM capture)"
    statement = f"UPDATE capture SET {column} = CAST(? AS TEXT) WHERE offset = {newest}"  # noqa: S608
    sql(archive, statement, b"\xff\xfe")
    assert command(archive, "verify") == 7
    assert "the capture " in capsys.readouterr().out
    story = world.publish(CHANNEL)
    archive.clock.now = story.published
    assert only(archive.run()).written == 1


# ── another host's ────────────────────────────────────────────────────────────────────────────────────────


def test_a_record_of_another_host_does_not_replace_a_document(archive: Archive) -> None:
    before = archive.documents()
    with opened(archive.config) as context:
        known = next(iter(context.state.articles.held(SITE)))
        assert known.capture is not None
        capture = context.captures.read(known.capture)
        there = Url(capture.url.replace("://", "://evil.", 1))
        body = capture.body.replace("。".encode(), "！".encode())
        assert body != capture.body
        context.captures.append(replace(capture, url=there, final_url=there, body=body))
    report = archive.run()
    assert report.exit_code == 7
    assert [problem.kind for problem in only(report).problems] == ["CaptureDamaged"]
    assert archive.documents() == before


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("channel", "read_at", 1.5),
        ("page", "rows", b"\x00"),
        ("page", "url", b"x"),
        ("named", "key", b"\xff"),
        ("named", "first_seen", "yesterday"),
        ("run", "command", b"run"),
        ("run_site", "report", b"{}"),
        ("capture", "fetched_at", "now"),
        ("volume", "name", b"x"),
        ("article", "title", b"x"),
    ],
)
def test_no_column_holds_another_type_unseen(
    archive: Archive, capsys: pytest.CaptureFixture[str], table: str, column: str, value: object
) -> None:
    connection = sqlite3.connect(archive.inside / "state.sqlite3", isolation_level=None)
    with connection:
        connection.execute("PRAGMA foreign_keys = 0")
        key, *_ = connection.execute(f"SELECT min({column}) FROM {table}").fetchone()  # noqa: S608 - ours
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (value, key))  # noqa: S608
    connection.close()
    assert command(archive, "verify") == 7
    damaged = json.loads(capsys.readouterr().out)["sites"][SITE]["damaged"]
    assert any(one["file"].endswith("state.sqlite3") for one in damaged)
    assert only(archive.run()).failed == 0


def test_a_text_that_is_no_utf8_is_seen_in_every_table(archive: Archive) -> None:
    file = archive.inside / "state.sqlite3"
    connection = sqlite3.connect(file, isolation_level=None)
    query = (
        "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c "
        "WHERE t.type = 'table' AND c.type = 'TEXT'"
    )
    tried = set()
    connection.execute("PRAGMA foreign_keys = 0")
    for table, column in connection.execute(query).fetchall():
        (value,) = connection.execute(f"SELECT max({column}) FROM {table}").fetchone()  # noqa: S608 - ours
        if value is not None:
            change = f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE {column} = CAST(? AS TEXT)"  # noqa: S608
            changed = connection.execute(change, (b"\xe5\x8d\xff", value)).rowcount
            assert (table, column, changed, True) in odd_in(file)
            connection.execute(change, (value, b"\xe5\x8d\xff"))
            tried.add(table)
    connection.close()
    assert odd_in(file) == ()
    assert len(tried) > 5


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("channel", "read_at", "1"),
        ("channel", "pages", b"\xff"),
        ("page", "channel", b"\x01"),
        ("page", "read_at", 2**62),
        ("volume", "name", b"\xff"),
        ("run", "started", -(2**62)),
        ("run_site", "report", "[]"),
    ],
)
def test_no_command_ends_at_a_row_that_cannot_be(
    archive: Archive, table: str, column: str, value: object
) -> None:
    connection = sqlite3.connect(archive.inside / "state.sqlite3", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = 0")
    given = f"CAST(x'{value.hex()}' AS TEXT)" if isinstance(value, bytes) else "?"  # a text that is no UTF-8
    values = () if isinstance(value, bytes) else (f"{value} o'clock" if value == "1" else value,)
    connection.execute(f"UPDATE {table} SET {column} = {given}", values)  # noqa: S608 - ours
    connection.close()
    for name in ("status", "coverage", "verify", "reextract"):
        assert command(archive, name) in {0, 3, 7}
    assert only(archive.run()).problems == []
    assert command(archive, "verify") == 0


@pytest.mark.parametrize("moment", [-62_135_596_800_000_000, 253_402_300_799_999_999])
def test_a_moment_that_a_time_zone_cannot_show_ends_no_command(
    archive: Archive, capsys: pytest.CaptureFixture[str], moment: int
) -> None:
    """The first and the last that Python has a date for, which has none where a day begins else."""
    with opened(archive.config) as context:
        key = next(iter(context.state.articles.every(SITE))).key
    sql(archive, "UPDATE article SET published = ? WHERE key = ?", moment, key)
    assert command(archive, "coverage") == 3  # nobody has walked its lists to their ends
    assert command(archive, "search", "--rebuild") == 0
    capsys.readouterr()
    assert command(archive, "verify") == 7
    assert f"the article {key}: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("table", "column", "odd"),
    [
        ("page", "url", "CAST(x'ff41' AS TEXT)"),
        ("named", "channel", "CAST(x'ff41' AS TEXT)"),
        ("named", "first_seen", "'x'"),
    ],
)
def test_repair_takes_out_rows_that_cannot_be(
    archive: Archive, capsys: pytest.CaptureFixture[str], table: str, column: str, odd: str
) -> None:
    one = f"UPDATE {table} SET {column} = {odd} WHERE {column} = (SELECT max({column}) FROM {table})"  # noqa: S608
    connection = sqlite3.connect(archive.inside / "state.sqlite3", isolation_level=None)
    connection.execute(one)
    connection.close()
    assert command(archive, "verify") == 7
    assert ("a text that is no UTF-8" in capsys.readouterr().out) == odd.startswith("CAST")
    assert command(archive, "repair") == 0
    assert "were taken out" in capsys.readouterr().err
    assert command(archive, "verify") == 0


@pytest.mark.parametrize(("column", "value"), [row for row in WRONG if row[0] != "url"])
def test_repair_has_an_article_asked_for_again_whose_row_cannot_be(
    archive: Archive, capsys: pytest.CaptureFixture[str], column: str, value: object
) -> None:
    before = archive.documents()
    with opened(archive.config) as context:
        key = next(iter(context.state.articles.every(SITE))).key
    sql(archive, f"UPDATE article SET {column} = ? WHERE key = ?", value, key)  # noqa: S608 - a test's own
    command(archive, "repair")
    assert archive.run().exit_code == 0
    assert command(archive, "verify") == 0
    assert archive.documents() == before
    capsys.readouterr()
    command(archive, "coverage")
    told = json.loads(capsys.readouterr().out)["sites"][SITE]
    assert (told["listed"], told["held"]) == (5, 5)


@pytest.mark.parametrize("change", ["status = x'ff'", "status = x'ff', error = x'ff'", "attempts = 'x'"])
def test_what_was_forgotten_never_comes_again_whatever_its_row_says(archive: Archive, change: str) -> None:
    with opened(archive.config) as context:
        known = next(iter(context.state.articles.every(SITE)))
    config = str(archive.folder / "config.yaml")
    assert cli.main(["forget", known.url, "--reason", "asked", "--config", config]) == 0
    before = archive.documents()
    sql(archive, f"UPDATE article SET {change} WHERE key = ?", known.key)  # noqa: S608 - a test's own
    command(archive, "repair")
    archive.run()
    assert archive.documents() == before


# ── what stands in the place of the archive's own small files ─────────────────────────────────────────────


def put_in_place(file: Path, kind: str) -> None:
    """Put something that is no file in the place of one."""
    file.unlink()
    match kind:
        case "pipe":
            os.mkfifo(file)
        case "folder":
            (file / "full").mkdir(parents=True)
        case "link":
            file.symlink_to(file.name)
        case _:
            file.write_bytes(kind.encode() * 40_000)


ODD = ["pipe", "folder", "link", "[", "\0"]


@pytest.mark.parametrize("kind", ODD)
def test_what_was_learnt_of_hosts_is_learnt_again(archive: Archive, kind: str) -> None:
    files = [file for file in (archive.root / ".scraper" / ".hosts").iterdir() if file.is_file()]
    assert {file.suffix for file in files} >= {".robots", ".lock"}
    for file in files:
        put_in_place(file, kind)
    archive.clock.wait(days=2)
    report = archive.run()
    assert (report.exit_code, only(report).problems, only(report).failed) == (0, [], 0)
    assert all(file.is_file() for file in files)


@pytest.mark.parametrize("kind", ODD)
def test_an_archive_that_does_not_say_which_it_is_is_named_at_once(
    archive: Archive, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put_in_place(archive.root / ".scraper" / "archive.json", kind)
    assert command(archive, "status") == 1
    assert "archive.json" in capsys.readouterr().err
    assert command(archive, "verify") == 7
    told = json.loads(capsys.readouterr().out)
    assert [one["file"] for one in told["unknown"]] == [".scraper/archive.json"]
    assert told["sites"][SITE]["damaged"] == []


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_no_run_can_hold_is_no_lock(archive: Archive, kind: str) -> None:
    put_in_place(archive.inside / "lock", kind)
    assert archive.run().exit_code == 0
    assert (archive.inside / "lock").is_file()


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", ["site.json", "told.json"])
def test_what_a_site_says_of_itself_may_be_anything(archive: Archive, kind: str, name: str) -> None:
    file = archive.inside / name
    file.touch()
    put_in_place(file, kind)
    assert only(archive.run()).failed == 0


@pytest.mark.parametrize(
    ("column", "value"), [("kind", "surprise"), ("first_seen", "now"), ("status", b"\xff"), ("due", 2**62)]
)
def test_a_picture_that_the_state_cannot_know_is_passed_over(
    tmp_path: Path, server: Server, world: EcmsWorld, column: str, value: object
) -> None:
    archive = Archive(tmp_path, server, world, channel=CHANNEL, images="download")
    publish(world, PICTURE)
    assert only(archive.run()).written == 1
    sql(archive, f"UPDATE asset SET {column} = ?", value)  # noqa: S608 - ours
    for name in ("verify", "reextract"):
        assert command(archive, name) in {0, 3, 7}
    assert archive.run().exit_code in {0, 3, 7}
