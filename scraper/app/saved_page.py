"""One saved page to an article: no network, no archive, and no config where there is none."""

from __future__ import annotations

import errno
import stat
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from scraper import extractor, urls, writer
from scraper.app.config_file import DEFAULT, load_config
from scraper.app.sites import site_for, site_named
from scraper.errors import ArchiveError, TooCostly, UsageError
from scraper.ingest.bounds import bounded
from scraper.messages import say
from scraper.model import LARGEST_BODY, Capture
from scraper.parallel import spread
from scraper.values import Value, asdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.config import Config
    from scraper.model import Article, Site
    from scraper.urls import Url

T = TypeVar("T")


class Read(Value, frozen=True, kw_only=True):
    """A saved page, read."""

    article: Article
    site: Site
    identity: Url
    captured: datetime

    def document(self) -> str:
        """Return the text of its document, as a run would write it."""
        return writer.write(self.article, self.site, identity=self.identity, captured=self.captured).text

    def to_json(self) -> dict[str, Any]:
        """Return the article as the contract has it."""
        article = self.article
        markdown = writer.render(
            writer.without_media(article.body)
        )  # they stand in `media`: no word is added
        loss = writer.loss_of(article.shown, markdown, (*article.media, *article.attachments))
        return {
            "url": article.url,
            "identity": self.identity,
            "urlname": urls.urlname(self.identity),
            "family": article.family,
            "layout": article.layout,
            "title": article.title,
            "published": article.published.isoformat(timespec="seconds"),
            "source": article.source,
            "editor": article.editor,
            "channel": article.channel,
            "images": list(article.images),
            "media": list(article.media),
            "attachments": list(article.attachments),
            "markdown": markdown,
            "loss": asdict(loss),
            "left_out": [asdict(one) for one in article.left_out],
        }


def config_where_there_is_one(path: str | None) -> Config | None:
    """Return the config that is named, else the one in this folder, else None. Raises ConfigError."""
    if path is None and not DEFAULT.exists():
        return None
    return load_config(Path(path) if path else DEFAULT)


def site_of(url: Url, config: Config | None, name: str | None) -> Site:
    """Return the site that is named, else the one that the address belongs to. Raises UsageError."""
    if name is None:
        return site_for(url, config)
    if config is None:
        msg = say("site: {name}: there is no config that could name it", name=name)
        raise UsageError(msg)
    return site_named(config, name)


def address(text: str) -> Url:
    """Return an address that a person typed. Raises UsageError for what is none."""
    url = urls.parse(text)
    if url is None:
        msg = say("address: {text}: is no http or https address", text=text)
        raise UsageError(msg)
    return url


def saved_capture(file: str, url: Url, content_type: str | None, *, pipes: bool = True) -> Capture:
    """Return a saved page as the capture it once was; `-` is standard input. Raises UsageError.

    `pipes`: it may come through one, for which this waits. The moment of the capture is the file's last
    change, the best that is known of it.
    """
    try:
        body, moment = _read(file, pipes=pipes)
    except OSError as error:
        msg = say("file: {file}: {strerror}", file=file, strerror=error.strerror)
        raise UsageError(msg) from error
    if len(body) > LARGEST_BODY:
        msg = say("file: {file}: larger than {largest_body} bytes", file=file, largest_body=LARGEST_BODY)
        raise UsageError(msg)
    headers = () if content_type is None else ((b"Content-Type", content_type.encode("utf-8", "replace")),)
    return Capture(
        url=url, final_url=url, fetched_at=moment, status=200, reason="OK", headers=headers, body=body
    )


def read(capture: Capture, site: Site) -> Read:
    """Return what a saved page says. Raises ExtractError."""
    article = bounded(lambda: extractor.extract(capture, site))
    identity = urls.identity(capture.url, site.home)
    return Read(article=article, site=site, identity=identity, captured=capture.fetched_at)


def read_apart(capture: Capture, site: Site, give: Callable[[Read], T]) -> tuple[Read, T]:
    """Return what a saved page says, and what `give` makes of that, read in a process of its own.

    `give` is a function that can be sent. Raises ExtractError, TooCostly where the page ends that process.
    """
    work = partial(_read_and_given, site=site, give=give)
    ((_, made),) = spread(work, [capture], lost=_lost)
    if isinstance(made, ArchiveError):
        raise made
    return made


def _lost(capture: Capture, why: str) -> ArchiveError:
    return TooCostly(say("too costly: {url}: {why}", url=capture.url, why=why))


def _read_and_given(
    capture: Capture, *, site: Site, give: Callable[[Read], T]
) -> tuple[Read, T] | ArchiveError:
    try:
        page = read(capture, site)
        return page, give(page)
    except ArchiveError as error:
        return error


def _read(file: str, *, pipes: bool) -> tuple[bytes, datetime]:
    if file == "-":
        return sys.stdin.buffer.read(LARGEST_BODY + 1), datetime.now(UTC)
    path = Path(file)
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or (pipes and stat.S_ISFIFO(mode))):
        raise OSError(errno.EINVAL, say("it is no file"))  # a device has no end
    with path.open("rb") as opened:
        return opened.read(LARGEST_BODY + 1), datetime.fromtimestamp(path.stat().st_mtime, UTC)
