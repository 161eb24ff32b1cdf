"""Pagefind as a service: records in, the files of a bundle out.

Its Python wrapper lets Pagefind write the files and ends it as soon as it says that they are written. The
releases 1.5 say so too early: on a busy machine files are torn or empty. Here the files come in the answer.
Requests and answers are JSON in base64, a comma after each, as Pagefind's own wrappers have it.
"""

from __future__ import annotations

import json
import subprocess
from base64 import b64decode, b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from scraper.errors import StoreError
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

_END: Final = b","
_PIECE: Final = 1 << 16


@contextmanager
def index() -> Iterator[Index]:
    """Start Pagefind with an index in no language: its words are what stands between blanks."""
    from pagefind_bin import get_executable  # noqa: PLC0415 - an extra, which only `site` needs

    command = [str(get_executable()), "--service"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    try:
        yield Index(cast("BinaryIO", process.stdin), cast("BufferedReader", process.stdout))
    finally:
        process.kill()
        process.communicate()  # closes both pipes, also where what was to be sent cannot be any more


class Index:
    """An index of a running Pagefind.

    Raises StoreError where Pagefind ended or refuses what it is given.
    """

    def __init__(self, requests: BinaryIO, answers: BufferedReader) -> None:
        """Begin it over the service's two pipes."""
        self._requests, self._answers = requests, answers
        config = {"force_language": "zxx", "write_playground": False}
        self._id = self._ask({"type": "NewIndex", "config": config})["index_id"]

    def add(self, url: str, content: str, meta: dict[str, str], day: str) -> None:
        """Add a record, which is found by its content and sorted by its day."""
        record = {"url": url, "content": content, "language": "zxx", "meta": meta, "sort": {"date": day}}
        self._ask({"type": "AddRecord", "index_id": self._id, **record})

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the files of the bundle: path within it, bytes."""
        for file in self._ask({"type": "GetFiles", "index_id": self._id})["files"]:
            yield file["path"], b64decode(file["content"])

    def _ask(self, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            self._requests.write(b64encode(json.dumps({"message_id": 1, "payload": payload}).encode()) + _END)
            self._requests.flush()
            answer: dict[str, Any] = json.loads(b64decode(self._answer()))["payload"]
        except (OSError, EOFError) as error:
            raise StoreError(say("Pagefind ended early")) from error
        if answer["type"] == "Error":
            raise StoreError(say("Pagefind refused an article: {said}", said=answer["message"]))
        return answer

    def _answer(self) -> bytes:
        pieces = [b""]
        while not pieces[-1].endswith(_END):
            pieces.append(self._answers.read1(_PIECE))
            if not pieces[-1]:
                raise EOFError
        return b"".join(pieces).removesuffix(_END)
