"""An older document, of either dialect, as values; or why it is none.

Its proof of identity: `urlname` is the MD5 of the address in its last line. What proves nothing is refused
with its reason, and never guessed at.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from scraper import urls
from scraper.adoption.defects import damages
from scraper.dates import date_in_path, is_plausible
from scraper.messages import Message, say
from scraper.text import fold
from scraper.urls import Url
from scraper.values import Value
from scraper.writer import frontmatter
from scraper.writer.markdown_reader import LAST_LINE

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scraper.model import Site

_URLNAME: Final = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_KEY: Final = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:", re.MULTILINE)
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_OPENING: Final = re.compile(r"\ufeff?---[ \t]*\r?\n")
_OLD_TITLE: Final = re.compile(r"[^>]*->(?P<title>.+?)(?: \| [^|]*)?", re.DOTALL)


class OldDocument(Value, frozen=True, kw_only=True):
    """What an older document says of itself."""

    url: Url  # in its last line: the identity URL, as it was when the document was written
    title: str  # as its front matter has it, site and archive named around it
    dated: datetime | None  # by its front matter: naive, or with the offset that stands there; None: no date
    digest: str  # sha256 hex of its bytes
    damages: tuple[Message, ...] = ()  # that do not touch its identity

    @property
    def urlname(self) -> str:
        """Return the MD5 of its address."""
        return urls.urlname(self.url)


class Unfit(Value, frozen=True, kw_only=True):
    """Why a file is not taken over."""

    why: Message


def read(data: bytes) -> OldDocument | Unfit:
    """Return what a file says, or why it is no document that could be taken over."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Unfit(why=say("it is no UTF-8: byte {place}", place=error.start))
    if not text.strip():
        return Unfit(why=say("it is empty"))
    metadata = _metadata(text)
    if isinstance(metadata, Unfit):
        return metadata
    body = metadata.pop("")
    address = _address(str(body), str(metadata.get("urlname", "")))
    if isinstance(address, Unfit):
        return address
    dated = _moment(metadata.get("date"))
    if isinstance(dated, Unfit):
        return dated
    return OldDocument(
        url=address,
        title=fold(str(metadata.get("title", ""))),
        dated=dated,
        digest=hashlib.sha256(data).hexdigest(),
        damages=tuple(damages(str(body), address)),
    )


def _metadata(text: str) -> dict[str, str | list[str]] | Unfit:
    """Return the front matter, and the body under the key ""."""
    try:
        found, body = frontmatter.read(text)
    except ValueError as error:
        return Unfit(why=say("its front matter is broken: {error}", error=" ".join(str(error).split())))
    if not found:
        opened = _OPENING.match(text) is not None
        return Unfit(why=say("its front matter is not closed") if opened else say("it has no front matter"))
    keys = _KEY.findall(text[: len(text) - len(body)])
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        return Unfit(why=say("its front matter is broken: the key {key} stands twice", key=twice))
    wrong = next((key for key in ("title", "urlname", "date") if isinstance(found.get(key), list)), None)
    if wrong is not None:
        return Unfit(why=say("its front matter is broken: {key} is a list", key=wrong))
    return found | {"": body}


def _address(body: str, urlname: str) -> Url | Unfit:
    """Return the address of the last line, proved by the urlname."""
    last = body.rstrip().rpartition("\n")[2].strip()
    found = LAST_LINE.fullmatch(last)
    if found is None:
        return Unfit(why=say("it has no last line that names its address"))
    if not urlname or urlname == "None":
        return Unfit(why=say("its front matter has no urlname"))
    written = found["address"].removeprefix("<").removesuffix(">")
    plain = _ESCAPED.sub(r"\1", written).replace("&amp;", "&")
    for address in dict.fromkeys((written, plain)):
        if _URLNAME.fullmatch(urlname) and _md5(address) == urlname.lower():
            if urls.parse(address) is None:
                return Unfit(why=say("its last line names no web address: {address}", address=address))
            return Url(address)
    return Unfit(why=say("its urlname {urlname} is not the MD5 of {address}", urlname=urlname, address=plain))


def _md5(address: str) -> str:
    return hashlib.md5(address.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _moment(value: str | list[str] | None) -> datetime | Unfit | None:
    if value is None or not str(value).strip() or isinstance(value, list):
        return None
    text = re.sub(r"(\.\d{6})\d+", r"\1", value.strip())
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not is_plausible(moment):
        return Unfit(why=say("its date is none: {date}", date=value))
    return moment


# ── what a site knows better ──────────────────────────────────────────────────────────────────────────────


def published(document: OldDocument, zone: ZoneInfo) -> datetime | None:
    """Return the moment of publication, as far as a document tells; None: it has no date at all.

    Older documents are dated by their capture, to the second, and no page shows seconds: where such a date is
    of another day than the address names, that day is the day of publication.
    """
    in_path = date_in_path(document.url, zone)
    dated = document.dated
    if dated is None:
        return in_path
    moment = dated.replace(tzinfo=zone) if dated.tzinfo is None else dated.astimezone(zone)
    is_capture = moment.second != 0 or moment.microsecond != 0
    if in_path is not None and is_capture and moment.date() != in_path.date():
        return in_path
    return datetime.combine(moment.date(), time(moment.hour, moment.minute, moment.second), moment.tzinfo)


def title_of(document: OldDocument, site: Site) -> str:
    """Return the article's own title: without the site's and the archive's name that stand around it."""
    before, _, after = site.title_pattern.partition("{title}")
    names = {"{site_title}": site.title, "{archive_name}": site.archive_name}
    for name, value in names.items():
        before, after = before.replace(name, value), after.replace(name, value)
    title, first, last = document.title, fold(before + "x")[:-1], fold("x" + after)[1:]
    if title.startswith(first) and title.endswith(last) and len(title) > len(first) + len(last):
        return title[len(first) : len(title) - len(last)].strip() or title
    old = _OLD_TITLE.fullmatch(title)
    return title if old is None else old["title"]
