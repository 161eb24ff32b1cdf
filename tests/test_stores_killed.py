"""A process that writes is killed again and again: what it had acknowledged is there, whole, and once."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from stores_samples import SITE, store

from scraper.stores.documents import DocumentStore
from scraper.stores.fixity import Sound

KILLS = 40
TESTS = Path(__file__).parent

WRITER = """
import os, signal, sys
from pathlib import Path
from uuid import uuid4
from stores_samples import SITE, capture, store
from scraper.model import Document
from scraper.stores.documents import DocumentStore

folder, number, touches = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])

def touch():
    global touches
    touches -= 1
    if touches < 0:
        os.kill(os.getpid(), signal.SIGKILL)

def write(fd, data):  # in bits, so that most kills fall within a record
    touch()
    return os.write(fd, data[:1000])

def sync(fd):
    touch()
    os.fsync(fd)
    touch()

shelf = store(folder / "captures", new_id=uuid4, roll_bytes=200_000, write=write, sync=sync)
documents = DocumentStore(folder, write=write, sync=sync)
while True:
    ref = shelf.append(capture(number, body=str(number).encode() + os.urandom(20_000)))
    print("capture", ref.file, ref.offset, ref.length, ref.digest, flush=True)
    documents.save(Document(path=f"{SITE}/{number % 7}.md", text=f"{number}\\n" * 5_000))
    print("document", f"{SITE}/{number % 7}.md", number, flush=True)
    number += 1
"""


def killed_after(folder: Path, number: int, touches: int) -> list[list[str]]:
    """Let a process write from `number` on until it has touched the disk so often; return what it told."""
    command = [sys.executable, "-c", WRITER, str(folder), str(number), str(touches)]
    told = subprocess.run(command, cwd=TESTS, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own
    assert told.returncode == -9
    return [line.split() for line in told.stdout.splitlines()]


def test_what_was_acknowledged_survives_any_number_of_kills(tmp_path: Path) -> None:
    """A capture whose process died before it could say so may be there as well: it is whole then."""
    chance = random.Random(11)  # noqa: S311 - a repeatable choice, no secret
    acknowledged: list[tuple[str, ...]] = []
    documents: dict[str, str] = {}
    torn = 0
    for _ in range(KILLS):
        for what, *told in killed_after(tmp_path, len(acknowledged), chance.randrange(150)):
            if what == "capture":
                acknowledged.append(tuple(told))
            else:
                documents[told[0]] = told[1]
        shelf = store(tmp_path / "captures", new_id=uuid4)
        torn += shelf.recover().cut > 0
    assert torn > KILLS // 4
    held = [(ref.file, str(ref.offset), str(ref.length), ref.digest) for ref, _ in shelf.scan()]
    assert [place for place in held if place in set(acknowledged)] == acknowledged
    assert len(held) <= len(acknowledged) + KILLS
    assert all(isinstance(finding, Sound) for finding in shelf.verify())
    DocumentStore(tmp_path).clear_leftovers(SITE)
    texts = {f"{SITE}/{path.name}": path.read_text() for path in (tmp_path / SITE).iterdir()}
    assert all(text == f"{text.split()[0]}\n" * 5_000 for text in texts.values())
    assert all(int(texts[path].split()[0]) >= int(number) for path, number in documents.items())
