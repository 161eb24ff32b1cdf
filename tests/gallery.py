"""Pictures of a fake site, and where an archive under test keeps them."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from scraper.demo import beichen, pieces
from scraper.demo.pictures import bytes_for

if TYPE_CHECKING:
    from archiving import Archive

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server
    from scraper.demo.story import Story

CHANNEL = "bcyw"
HOME = f"http://{beichen.HOST}"
PICTURE = f"{HOME}/pic/003/000/500/00300050001_1f2e3d4c.jpg"
SECOND = f"{HOME}/pic/003/000/500/00300050002_5a6b7c8d.png"


def publish(world: EcmsWorld, *pictures: str, caption: str = "书院里的灯光") -> Story:
    """Publish an article of some words and these pictures."""
    words = pieces.paragraph("每周三晚七点，星桥书院的阅览室里灯火通明。")
    return world.publish(CHANNEL, body=(words, *(pieces.picture(address, caption) for address in pictures)))


def served(address: str) -> bytes:
    """Return the bytes that the fake site answers with."""
    made = bytes_for(address.removeprefix(HOME))
    assert made is not None
    return made[1]


def kept(archive: Archive, site: str | None = None) -> dict[str, bytes]:
    """Return every picture file: its path from its site's folder, and its bytes. `site`: None: the first."""
    folder = archive.root / (site or archive.config.sites[0].name)
    files = sorted((folder / "pictures").rglob("*.*"))
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def place(data: bytes, suffix: str) -> str:
    digest = sha256(data).hexdigest()
    return f"pictures/{digest[:2]}/{digest}.{suffix}"


def asked(server: Server, address: str) -> int:
    """Return how often an address was asked for."""
    host, _, path = address.removeprefix("http://").partition("/")
    return len([access for access in server.requests(host=host) if access.path == f"/{path}"])


def document(archive: Archive, number: int = 0) -> str:
    """Return the text of one document, by the order of their paths."""
    return list(archive.documents().values())[number]


def shown(text: str) -> list[str]:
    """Return where a document's pictures are, in order."""
    return re.findall(r"!\[[^]]*\]\(([^)]*)\)", text)
