"""Pictures that a page holds itself (`data:`): kept as files in both modes, and proven like documents."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, opened
from test_further_pages import FORMS, PartsWorld
from test_reading_kinds import DOT

from scraper.app.reextraction import changes
from scraper.audit.verification import verify
from scraper.audit.verify_captures import Damage
from scraper.demo.server import serve
from scraper.progress import Unwatched

if TYPE_CHECKING:
    from pathlib import Path

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3


class EmbeddedWorld(PartsWorld):
    """A site whose newest article shows a picture that its second page holds itself."""

    def __init__(self) -> None:
        super().__init__(*FORMS["underscore from one"])
        held = f"data:image/png;base64,{b64encode(PICTURE).decode()}"
        self.parts[1] += f"<img src='{held}' width='40' height='40'><img src='{DOT}'>"


def damages(archive: Archive) -> list[Damage]:
    *found, _ = verify(archive.config.sites[0], archive.root, render=True, progress=Unwatched())
    return [one for one in found if isinstance(one, Damage)]


@pytest.mark.parametrize("images", ["link", "download"])
def test_a_picture_that_the_page_holds_is_a_file_that_is_proven_and_put_back(
    tmp_path: Path, images: str
) -> None:
    world = EmbeddedWorld()
    with serve(world) as running:
        archive = Archive(tmp_path, running, world, images=images)
        archive.run()
    digest = sha256(PICTURE).hexdigest()
    (kept,) = (path for path in archive.root.rglob("*.png") if path.stem == digest)
    assert kept.read_bytes() == PICTURE
    assert any(f"/pictures/{digest[:2]}/{digest}.png" in text for text in archive.documents().values())
    assert damages(archive) == []
    kept.write_bytes(PICTURE[:-1])
    assert [digest in one.what for one in damages(archive)] == [True]
    with opened(archive.config) as context:
        list(changes(context, archive.root, dry=False, tell=print))
    assert kept.read_bytes() == PICTURE
    assert damages(archive) == []
