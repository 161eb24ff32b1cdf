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
    """Start Pagefind with an index in no language: its words are what stands between blanks.

    Raises StoreError where it cannot be started.
    """
    from pagefind_bin import get_executable  # noqa: PLC0415 - an extra, which only `site` needs

    pipe = subprocess.PIPE
    try:
        command = [str(get_executable()), "--service"]
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    except OSError as error:
        raise StoreError(
            say("Pagefind cannot be started: {why}", why=error.strerror or str(error))
        ) from error
    try:
        yield Index(cast("BinaryIO", process.stdin), cast("BufferedReader", process.stdout))
    finally:
        process.kill()
        process.communicate()  # closes both pipes, also where what was to be sent cannot be any more


@contextmanager
def _understood() -> Iterator[None]:
    """Have an answer that is none be Pagefind's error and not one of this program."""
    try:
        yield
    except (ValueError, LookupError, TypeError) as error:
        msg = say("Pagefind's answer cannot be read: {said}", said=f"{type(error).__name__}: {error}")
        raise StoreError(msg) from error


class Index:
    """An index of a running Pagefind.

    Raises StoreError where Pagefind ended, refuses what it is given or answers something else than it should.
    """

    def __init__(self, requests: BinaryIO, answers: BufferedReader) -> None:
        """Begin it over the service's two pipes."""
        self._requests, self._answers = requests, answers
        config = {"force_language": "zxx", "write_playground": False}
        with _understood():
            self._id = self._ask({"type": "NewIndex", "config": config})["index_id"]

    def add(self, url: str, content: str, meta: dict[str, str], day: str) -> None:
        """Add a record, which is found by its content and sorted by its day."""
        record = {"url": url, "content": content, "language": "zxx", "meta": meta, "sort": {"date": day}}
        with _understood():
            self._ask({"type": "AddRecord", "index_id": self._id, **record})

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the files of the bundle: path within it, bytes."""
        with _understood():
            files = self._ask({"type": "GetFiles", "index_id": self._id})["files"]
        for file in files:
            with _understood():
                named = file["path"], b64decode(file["content"])
            yield named

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
