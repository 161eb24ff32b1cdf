"""Where a document stands in the archive."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from scraper.errors import WriteError
from scraper.messages import say
from scraper.urls import urlname
from scraper.writer.patterns import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scraper.model import Article, Site
    from scraper.urls import Url

_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u2028\u2029]+")
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_PLAIN: Final = r"(?!(?i:con|prn|aux|nul|com|lpt))[A-Za-z0-9_-]{1,60}+(?:\.[A-Za-z0-9_-]{1,40}+){0,4}+"
_SURELY_FIT: Final = re.compile(rf"(?:{_PLAIN}/)*+{_PLAIN}")
_LONGEST_NAME: Final = 255  # bytes of UTF-8, on every file system in use
_LONGEST_PATH: Final = 1024
_NO_CHANNEL: Final = "_"


def document_path(article: Article, site: Site, *, identity: Url) -> str:
    """Return the path of a document, relative to the archive folder, as the site's pattern says.

    Year, month and day are those of publication in the site's time zone, whatever the front matter dates by.
    Raises WriteError for a path that would leave the archive, hide in it or fit no file system.
    """
    return path_for(site, identity=identity, published=article.published, channel=article.channel)


def path_for(site: Site, *, identity: Url, published: datetime, channel: str | None) -> str:
    """Return the path of a document of which these are known. Raises WriteError, as `document_path`."""
    published = published.astimezone(site.timezone)
    values = {
        "site": _fitted(site.name),
        "channel": _fitted(channel or _NO_CHANNEL),
        "year": f"{published.year:04}",
        "month": f"{published.month:02}",
        "day": f"{published.day:02}",
        "urlname": urlname(identity),
    }
    return checked(fill(site.path, values))


@lru_cache(maxsize=64)
def _fitted(name: str) -> str:
    return _UNFIT.sub("-", name)


def checked(path: str) -> str:
    """Return a path that names a file within the archive; raise WriteError where it does not."""
    wrong = None if _SURELY_FIT.fullmatch(path) and len(path) <= _LONGEST_PATH else _slip(path)
    if wrong is not None:
        msg = say("no path for a document: {path!r}: {wrong}", path=path, wrong=wrong)
        raise WriteError(msg)
    return path


def _slip(path: str) -> str | None:
    if len(path.encode("utf-8", "replace")) > _LONGEST_PATH:
        return say("it is too long")
    return next(chain.from_iterable(map(_slips, path.split("/"))), None)


def _slips(name: str) -> Iterator[str]:
    """Yield what is wrong with one name of a path."""
    if name == "":
        yield say("it has an empty part: it must be relative, with single slashes")
    if name in {".", ".."}:
        yield say("it has {name!r}, which leads out of its folder", name=name)
    if name.startswith("."):
        yield say("it has {name!r}, which is hidden: such names are the archive's own", name=name)
    if _UNFIT.search(name) is not None:
        yield say("it has {name!r}, a character of which no file name may hold", name=name)
    if name.endswith((".", " ")):
        yield say("it has {name!r}, which ends in a dot or a blank", name=name)
    if _RESERVED.fullmatch(name) is not None:
        yield say("it has {name!r}, a reserved name", name=name)
    if len(name.encode("utf-8", "replace")) > _LONGEST_NAME:
        yield say("it has {name!r}, which is too long", name=name)
