"""Takes pictures and files in, and lets the documents follow: what `images: download` keeps of an article.

    capture → what its bytes are → its file, named by content → the state → the documents that show it

An article's document is first written with the addresses of the source. What becomes of its pictures is
remembered together with the mark that the document does not say so yet; then the document is written anew.
Wherever a run is killed, the mark or the capture on the shelf says what is left to do.
"""

from __future__ import annotations

import logging
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from scraper import policy, robots
from scraper.charset import body_bytes
from scraper.errors import ArchiveError, BadStatus, NoRoom, ProgramError, Refused, StoreError
from scraper.extractor.filetypes import suffix_for
from scraper.ingest.reextract import make_again
from scraper.messages import say
from scraper.stores.state.captures import entry_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from scraper.article_record import ArticleRecord, Asset
    from scraper.model import Article, Capture, CaptureRef, Site
    from scraper.stores.opening import SiteContext

_log = logging.getLogger(__name__)
FOLDER: Final = "pictures"
_NOT_THERE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class AssetIngester:
    """Takes the pictures and files of one site in, one at a time. Knows no network."""

    def __init__(self, context: SiteContext, read: Callable[[Capture, Site], Article] | None = None) -> None:
        """Take the site. `read`: who reads the pages of documents that are made again; None: this process."""
        self._read = read
        self._context = context
        self._site = context.site
        self._state = context.state
        self._documents = context.documents
        self._shelf = context.captures.read
        self._run = context.run
        self._stuck: set[str] = set()  # articles whose documents could not be made again
        self.left_at_source: dict[str, int] = {}  # by article: how many of what it shows nobody asks for

    def take(self, capture: Capture, ref: CaptureRef) -> ArchiveError | None:
        """Take in what came of asking for a picture or file; return why it is not kept, None where it is.

        A capture that no article asked for is noted and no more.
        """
        asset = self._state.assets.get(self._site.name, capture.url)
        after, problem = (None, None) if asset is None else self._judged(asset, capture, ref)
        with self._state.transaction():
            self._state.captures.put(entry_of(self._site.name, capture, ref))
            if after is not None:
                self._state.assets.put(after, run=self._run)
        return problem

    def _judged(self, asset: Asset, capture: Capture, ref: CaptureRef) -> tuple[Asset, ArchiveError | None]:
        if capture.status in _NOT_THERE:
            return policy.remember_asset_gone(asset, capture.fetched_at, self._site.revisit), None
        try:
            path, data = self._file(asset, capture)
            self._documents.save_file(path, data)
        except NoRoom:
            raise
        except ArchiveError as error:
            return policy.remember_asset_failure(asset, error, capture.fetched_at), error
        except Exception as error:  # noqa: BLE001 - one picture's error must not end the site; it is logged whole
            fields = {"site": self._site.name, "url": capture.url}
            _log.critical("program-error", exc_info=True, extra={"fields": fields})
            slip = ProgramError(f"{asset.kind}: {asset.url}: {type(error).__name__}: {error}")
            return policy.remember_asset_failure(asset, slip, capture.fetched_at), slip
        digest = sha256(data).hexdigest()
        return policy.remember_asset(asset, path=path, digest=digest, capture=ref), None

    def _file(self, asset: Asset, capture: Capture) -> tuple[str, bytes]:
        """Return where a picture's file belongs, and its bytes; raise what makes it none."""
        if capture.status != HTTPStatus.OK:
            msg = say("{kind}: {url}: status {status}", kind=asset.kind, url=asset.url, status=capture.status)
            raise BadStatus(msg, status=capture.status)
        if self._site.robots == "obey" and robots.forbids_archiving((), capture.headers):
            msg = say("{kind}: {url}: the answer asks not to be archived", kind=asset.kind, url=asset.url)
            raise Refused(msg)
        return file_of(asset, capture, self._site.max_bytes)

    def failed(self, asset: Asset, error: ArchiveError, now: datetime) -> None:
        """Remember a try that brought no capture."""
        with self._state.transaction():
            self._state.assets.put(policy.remember_asset_failure(asset, error, now), run=self._run)

    def follow(self) -> Iterator[tuple[ArticleRecord, ArchiveError]]:
        """Write every document anew that does not say what became of what it shows; yield what fails."""
        if self._site.images == "link":
            return
        for key in self._state.assets.stale(self._site.name):
            known = self._state.articles.get(self._site.name, key)
            if key in self._stuck or known is None or known.capture is None:
                continue
            problem = make_again(known, known.capture, self._context, self._read)
            if problem is not None:
                self._stuck.add(key)
                yield known, problem

    def restore(self, *, dry: bool) -> Iterator[tuple[Asset, ArchiveError | None]]:
        """Put files back that are lost or changed, from their captures; yield each, and why it could not be.

        `dry`: they are named and stay as they are.
        """
        for asset in self._state.assets.held(self._site.name):
            if asset.path is None or asset.capture is None or self._is_sound(asset.path, asset.digest):
                continue
            try:
                path, data = file_of(asset, self._shelf(asset.capture), self._site.max_bytes)
                if not dry:
                    self._documents.save_file(path, data)
            except NoRoom:
                raise
            except ArchiveError as error:
                yield asset, error
            else:
                yield asset, None

    def _is_sound(self, path: str, digest: str | None) -> bool:
        try:
            data = self._documents.read_file(path)
        except StoreError:  # what cannot be read is no file; `restore` tells whether it can be written
            return False
        return data is not None and sha256(data).hexdigest() == digest


def file_of(asset: Asset, capture: Capture, max_bytes: int) -> tuple[str, bytes]:
    """Return where the file of a picture's capture belongs in the archive, and its bytes.

    Raises `WrongType` where they are no picture or file, `TooLarge`, `NotAnArticle` for a broken encoding.
    """
    data = body_bytes(capture, max_bytes)
    suffix = suffix_for(asset.kind, data, asset.url)
    digest = sha256(data).hexdigest()
    return f"{asset.site}/{FOLDER}/{digest[:2]}/{digest}.{suffix}", data
