"""Where things lie, and which archive it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from scraper.errors import StateTooNew, StoreError
from scraper.stores.archive_folder import FORMAT, ArchiveFolder, read_about, write_about

if TYPE_CHECKING:
    from pathlib import Path


def now() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", ".", "..", "../nankai", "a/b", ".scraper", "a\0b", "a\nb", "x" * 81])
def test_a_sites_name_cannot_lead_out_of_the_archive(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="cannot be the name"):
        ArchiveFolder(tmp_path).captures(name)


def test_all_of_a_site_lies_in_its_own_folder(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    own = [folder.state("nankai"), folder.captures("nankai"), folder.lock("nankai")]
    assert {path.parent for path in own} == {tmp_path / ".scraper" / "nankai"}


def test_an_archive_keeps_the_name_that_it_was_given_first(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    first = write_about(folder, now=now, new_id=uuid4)
    assert write_about(folder, now=now, new_id=uuid4) == read_about(folder) == first
    assert first.format == FORMAT
    assert [path.name for path in folder.inside.iterdir()] == ["archive.json"]


def test_a_format_of_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    write_about(folder, now=now, new_id=uuid4)
    told = json.loads(folder.about.read_text())
    folder.about.write_text(json.dumps(told | {"format": FORMAT + 1}))
    with pytest.raises(StateTooNew, match=r"archive\.json"):
        read_about(folder)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"id": 1}', "\x00"])
def test_a_file_that_says_nothing_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    folder = ArchiveFolder(tmp_path)
    folder.inside.mkdir()
    folder.about.write_text(text)
    with pytest.raises(StoreError, match=r"archive\.json"):
        read_about(folder)
