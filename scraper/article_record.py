"""What is known of an article between two runs, and what a visit to it came to."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

from scraper.values import Value

if TYPE_CHECKING:
    from scraper.errors import ArchiveError
    from scraper.model import CaptureRef, Kind, Request
    from scraper.urls import Url


AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Due at the next opportunity, whatever the clock says: one that goes wrong for a day puts nothing off."""


ADOPTED = "adopted"
"""The origin of a document that was taken over from an older archive: no capture gives it."""


FORGOTTEN = "Forgotten"
"""What the error of an article begins with that was taken out of the archive: it is never asked for again."""


_FURTHER = " further"


def key_of_further_pages(key: str) -> str:
    """Return the key under which the pages of an article behind its first one are kept."""
    return f"{key}{_FURTHER}"


def key_of_first_page(key: str) -> str:
    """Return the key of the article of which this is the key, or that of its further pages."""
    return key.removesuffix(_FURTHER)


class Status(StrEnum):
    """Where an article stands."""

    WAITING = "waiting"  # named by a list, not yet asked for
    HELD = "held"  # its document is in the archive
    FAILED = "failed"  # asked for, and no document came of it; it is tried again
    REFUSED = "refused"  # robots.txt, or the page itself, asks us not to keep it; or it was forgotten
    GONE = "gone"  # the server says that it is no longer there; what was held stays
    ALIASED = "aliased"  # its address leads to another article that we know


class ArticleRecord(Value, frozen=True, kw_only=True):
    """What is known of one article of one site."""

    site: str
    key: str  # the article's number, or its identity URL where the system has none
    url: Url  # the identity URL: as first found; never changes
    ask: Url  # the address to ask for: as a list last named it
    first_seen: datetime
    channel: str | None = None  # the channel whose list first named it; None: no list did
    title: str | None = None  # as the page has it, or before that as a list showed it; None: nobody did
    listed_date: datetime | None = None  # as a list shows it; None: it shows none
    status: Status = Status.WAITING
    wanted: bool = False  # False: listed, but no run or backfill has asked for it yet
    due: datetime | None = None  # not to be asked for before; None: nothing will be asked of itself
    attempts: int = 0  # failures in a row
    soft_misses: int = 0  # soft error pages in a row, and pages that have nothing of the article
    error: str | None = None  # of the last failure, `Kind: message`; None: the last visit went well
    checked: datetime | None = None  # the last answer; None: none yet
    etag: str | None = None
    last_modified: str | None = None
    captured: datetime | None = None  # the first capture that gave the article; None: none did
    capture: CaptureRef | None = None  # what the document is made of; None: there is no document
    article_digest: str | None = None  # sha256 of what the article says; None: there is no document
    extractor: int | None = None  # the version that read it
    published: datetime | None = None
    path: str | None = None  # the document's path; once set it stays
    layout: str | None = None  # that the page wore; None: there is no document
    body_digest: str | None = None  # sha256 of title and body; None: never read, or nothing in its body
    characters: int | None = None  # that the body shows, white space aside; None: there is no document
    document_digest: str | None = None  # sha256 of its file as last written; None: none, or written before
    origin: str | None = None  # whose copy the document was made of, or ADOPTED; None: the site's own page

    @property
    def is_forgotten(self) -> bool:
        """Say whether it was taken out of the archive for good."""
        return self.status is Status.REFUSED and (self.error or "").startswith(f"{FORGOTTEN}:")


# ── pictures and files ────────────────────────────────────────────────────────────────────────────────────


class AssetStatus(StrEnum):
    """Where a picture or a file stands that an article shows, and that the archive is to keep."""

    WAITING = "waiting"  # an article shows it; not yet asked for
    HELD = "held"  # its file is in the archive
    FAILED = "failed"  # asked for, and no file came of it; it is tried again
    REFUSED = "refused"  # we do not ask for it or do not keep it: documents link to its source
    GONE = "gone"  # the server says that it is not there: documents say so


class Asset(Value, frozen=True, kw_only=True):
    """What is known of one picture or file, whichever articles show it."""

    site: str
    url: Url
    kind: Kind  # IMAGE or FILE, as it was first met
    first_seen: datetime
    status: AssetStatus = AssetStatus.WAITING
    due: datetime | None = None  # not to be asked for before; None: nothing will be asked of itself
    attempts: int = 0  # failures in a row
    error: str | None = None  # of the last try, `Kind: message`; None: it went well, or none was
    path: str | None = None  # of its file in the archive; None: it is not held
    digest: str | None = None  # sha256 hex of that file; None: likewise
    capture: CaptureRef | None = None  # what the file is made of; None: likewise

    @property
    def address(self) -> str | None:
        """Where a document finds it on the site that is built of the archive; None: it is not held.

        Its file lies in the folder of its site, which is no part of the address: a picture that several sites
        show has one address.
        """
        return None if self.path is None else f"/{self.path.partition('/')[2]}"


# ── decisions ─────────────────────────────────────────────────────────────────────────────────────────────


class Visit(Value, frozen=True, kw_only=True):
    """Ask for it."""

    request: Request


class Skip(Value, frozen=True, kw_only=True):
    """Leave it: why."""

    reason: str


Decision: TypeAlias = Visit | Skip


# ── outcomes ──────────────────────────────────────────────────────────────────────────────────────────────


class Written(Value, frozen=True, kw_only=True):
    """A first document."""

    path: str
    thin: bool = False  # True: it tells nothing


class Revised(Value, frozen=True, kw_only=True):
    """The article changed, and its document followed."""

    path: str
    thin: bool = False  # True: it tells nothing any more


class Unchanged(Value, frozen=True, kw_only=True):
    """The article says what it said before."""


class Aliased(Value, frozen=True, kw_only=True):
    """The address leads to an article that is known by another one."""

    to: Url


class Gone(Value, frozen=True, kw_only=True):
    """The server says that it is not there, or no longer."""

    status: int


class Skipped(Value, frozen=True, kw_only=True):
    """We were asked not to keep it."""

    error: ArchiveError


class Failed(Value, frozen=True, kw_only=True):
    """No document came of it this time."""

    error: ArchiveError


class Unfinished(Value, frozen=True, kw_only=True):
    """The article goes on on another page, which is yet to be asked for."""

    next_page: Url


Outcome: TypeAlias = Written | Revised | Unchanged | Aliased | Gone | Skipped | Failed


Became: TypeAlias = Literal["revised", "vanished", "returned"]
"""What becomes of an article that was known before."""
