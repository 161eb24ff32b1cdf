"""The values that the rooms hand each other: frozen, without behaviour beyond what they are."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from scraper.values import Value, field, repr_without

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scraper.blocks import Block
    from scraper.urls import Url


class Kind(StrEnum):
    """What a request asks for."""

    LISTING = "listing"
    PAGER = "pager"  # the script that says how many pages a listing has
    SITEMAP = "sitemap"
    FEED = "feed"
    ARTICLE = "article"
    FURTHER = "further"  # the second page of an article that has several, or a later one
    IMAGE = "image"
    FILE = "file"
    ROBOTS = "robots"
    COPIES = "copies"  # another archive's index: which copies it keeps of a page
    COPY = "copy"  # a copy that another archive keeps of an article


# ── what the config says ──────────────────────────────────────────────────────────────────────────────────


MAX_BYTES = 67_108_864  # of one decoded body, unless the config says otherwise
MAX_ASSETS = 200  # pictures and files of one article and one host that are asked for, unless likewise
LARGEST_BODY = 2**30 - 2**20  # bytes: what the config may say at most; with its head it fits a record


class Channel(Value, frozen=True, kw_only=True):
    """One of a site's lists of articles."""

    name: str
    title: str
    index: Url  # its newest list page; where it has no list, its first feed or sitemap
    feeds: tuple[Url, ...] = ()
    sitemaps: tuple[Url, ...] = ()

    @property
    def addresses(self) -> tuple[Url, ...]:
        """All that names articles of the channel, each once, the index first."""
        return tuple(dict.fromkeys((self.index, *self.feeds, *self.sitemaps)))

    @property
    def index_kind(self) -> Kind:
        """What its index is."""
        if self.index in self.feeds:
            return Kind.FEED
        return Kind.SITEMAP if self.index in self.sitemaps else Kind.LISTING


class TlsSettings(Value, frozen=True, kw_only=True):
    """How a site's certificates are checked, where it needs more than what browsers take."""

    ca_file: str | None = None  # certificates (PEM) that are trusted besides the system's; None: none
    verify: bool = True  # False: whoever answers is believed
    old_ciphers: bool = False  # True: TLS 1.0, small keys, whatever OpenSSL still has
    aia: bool = False  # True: a link that the server leaves out may be fetched from where it says


class Selectors(Value, frozen=True, kw_only=True):
    """CSS selectors for a site that no family fits; `None` leaves the part to the family."""

    list_link: str | None = None
    next_page: str | None = None
    title: str | None = None
    date: str | None = None
    source: str | None = None
    body: str | None = None
    drop: str | None = None


class Site(Value, frozen=True, kw_only=True):
    """One site of the config, its defaults filled in."""

    name: str
    title: str
    archive_name: str
    home: Url
    timezone: ZoneInfo
    family: str | None = None  # None: recognised by its marks, page by page
    former: str | None = None  # its name in the config before; None: it had no other
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    selectors: Selectors = field(default_factory=Selectors)
    layout: Literal["hugo", "hexo"] = "hugo"
    path: str = "{site}/{year}/{month}/{urlname}.md"
    title_pattern: str = "{site_title}->{title} | {archive_name}"
    date: Literal["published", "captured"] = "published"
    delay: float = 1.0  # seconds between two requests to one host
    robots: Literal["obey", "ignore"] = "obey"
    images: Literal["link", "download"] = "link"
    image_position: Literal["end", "inline"] = "end"
    summary_after: int = 200  # characters; 0: no <!--more-->
    revisit: tuple[timedelta, ...] = ()  # ages at which an article is looked at again, rising
    every: timedelta = timedelta(hours=1)  # in a cluster: from one run to the next
    priority: int = 0  # in a cluster: of the sites that are due, the highest goes first
    tls: TlsSettings = field(default_factory=TlsSettings)
    max_bytes: int = MAX_BYTES  # of one decoded body that is read: what the network brings, and never less
    max_assets: int = MAX_ASSETS  # pictures and files of one article that are asked for of one host


class PerAddress(Value, frozen=True, kw_only=True):
    """The pace of one server, whatever names lead to it."""

    at_once: int = 4  # exchanges
    delay: float = 0.25  # seconds from the beginning of one name's exchange to that of another's


class NetworkSettings(Value, frozen=True, kw_only=True):
    """How requests are made."""

    proxy: str | None = None  # None: HTTP_PROXY and HTTPS_PROXY, where set
    timeout: float = 30.0  # seconds for one request as a whole
    max_bytes: int = MAX_BYTES  # of one decoded body
    max_assets: int = MAX_ASSETS  # pictures and files of one article that are asked for of one host
    allow_private_addresses: bool = False
    retries: int = 4
    per_address: PerAddress = field(default_factory=PerAddress)
    ca_file: str | None = None  # certificates (PEM) that are trusted besides the system's; None: none
    cookies: Literal["none", "session"] = "none"  # session: given back once, within one visit, never kept

    def __repr__(self) -> str:
        """Show them without the proxy, whose address may hold a password."""
        return repr_without(self, "proxy")


# ── left of the line: what was asked, what was answered ───────────────────────────────────────────────────


class Request(Value, frozen=True, kw_only=True):
    """One address to ask for."""

    url: Url
    kind: Kind
    channel: str | None = None  # of a listing or a pager script: the channel it belongs to
    page: int | None = None  # of a listing: its number, where the system numbers it
    page_of: Url | None = None  # of a further page of an article: its first page, as it was asked for
    etag: str | None = None  # None: no earlier answer had one
    last_modified: str | None = None  # None: no earlier answer had one; else the header's value as it came
    referer: Url | None = None  # of a picture or file: the page that shows it; None: nobody is named


Headers = tuple[tuple[bytes, bytes], ...]
"""Header lines as pairs of bytes, in order, names spelled as they came."""


class Capture(Value, frozen=True, kw_only=True):
    """What a server answered, unaltered.

    `body` is as it came over the wire but for the chunking: Content-Encoding is kept. `url` is the address
    that was asked for, `final_url` the one that answered; where they differ, `hops` are the redirects.
    """

    url: Url
    final_url: Url
    fetched_at: datetime
    status: int
    reason: str
    headers: Headers
    body: bytes
    request_headers: Headers = ()
    kind: Kind = Kind.ARTICLE
    channel: str | None = None  # as in the request: with kind and page, what rebuilds the state from captures
    page: int | None = None  # as in the request
    page_of: Url | None = None  # as in the request
    ip_address: str | None = None  # None: a proxy asked for us, or nobody knows
    hops: tuple[Capture, ...] = ()
    further: tuple[Capture, ...] = ()  # of an article of several pages: the others, in order
    notes: tuple[str, ...] = ()  # what was wrong with the answer and does not matter; not kept with it

    def header(self, name: str) -> str | None:
        """Return the first header of this name as Latin-1 text, or None; case does not matter."""
        wanted = name.lower().encode("ascii")
        for key, value in self.headers:
            if key.lower() == wanted:
                return value.decode("latin-1")
        return None


class CaptureRef(Value, frozen=True, kw_only=True):
    """Where a capture lies: a file of its site's captures folder, and the bytes of its member in it."""

    file: str  # its name in archive/.scraper/<site>/captures
    offset: int
    length: int
    digest: str  # sha256 hex of the body as it came


# ── right of the line: what a capture says ────────────────────────────────────────────────────────────────


class Link(Value, frozen=True, kw_only=True):
    """A row of a list: an address, and what the list says of it."""

    url: Url
    kind: Kind = Kind.ARTICLE
    title: str | None = None  # None: the row has no text; lists cut titles, so the article's own wins
    date: datetime | None = None  # None: the row shows none
    channel: str | None = None  # the channel whose list named it
    found_on: Url | None = None


class PageRef(Value, frozen=True, kw_only=True):
    """One page of a listing. `urls` are the forms its address may have; the first that answers is it."""

    urls: tuple[Url, ...]
    number: int | None = None  # None: the system does not number it


class ListingPage(Value, frozen=True, kw_only=True):
    """What one page of a list says."""

    links: tuple[Link, ...]
    next: PageRef | None = None  # the next older page, where this page itself names it
    pager: Url | None = None  # the script that knows the number of pages, where there is one
    pages: int | None = None  # how many pages the list has, where this page says so
    stated: int | None = None  # how many articles the list has, where the page says so
    number: int | None = None  # which of its pages this is, where the page or its address says so
    elsewhere: tuple[Link, ...] = ()  # rows that lead to no article of this site: other hosts, bare files
    fault: str | None = None  # what is wrong with its form, where it was read all the same; None: nothing
    unread_pager: bool = False  # True: it has a pager that is not understood, and older pages nobody can find
    sublists: tuple[Url, ...] = ()  # of an overview: the lists whose newest rows it shows
    slips: tuple[str, ...] = ()  # tracebacks: rows that a fault of this program kept it from reading


class Shown(Value, frozen=True, kw_only=True):
    """What the body of a page shows, by a witness that shares no code with the reader.

    It is what a document is held against: what must not be lost.
    """

    text: str = ""  # every visible character in order, white space and zero-width characters left out
    images: tuple[Url, ...] = ()
    links: tuple[str, ...] = ()  # the addresses that can be followed, as in `blocks.Anchor`
    files: tuple[Url, ...] = ()  # named anywhere in the body, each once: documents, archives, video, audio


class LeftOut(Value, frozen=True, kw_only=True):
    """What stands in a body and is not told, by the rule that leaves it out."""

    what: str  # a rule of `extractor.account`
    count: int
    sample: str  # the beginning of the first one's words, or its address


class EmbeddedPicture(Value, frozen=True, kw_only=True):
    """A picture that a page holds itself (`data:`): nobody else has it."""

    address: Url  # where the site shows it: `/pictures/…`
    data: bytes


class Article(Value, frozen=True, kw_only=True):
    """What a page says, as values."""

    url: Url
    title: str
    published: datetime
    published_from: Literal["page", "url", "capture"]
    family: str
    layout: str
    body: tuple[Block, ...]
    shown: Shown
    source: str | None = None  # None: the page names none
    editor: str | None = None  # None: the page names none
    channel: str | None = None  # None: the URL names none
    images: tuple[Url, ...] = ()  # in page order, each once for each time it stands there
    media: tuple[Url, ...] = ()
    attachments: tuple[Url, ...] = ()
    called: tuple[tuple[Url, str], ...] = ()  # files beside the text, each with the words of its link
    left_out: tuple[LeftOut, ...] = ()
    next_page: Url | None = None  # of an article of several pages: the first one that is not at hand
    embedded: tuple[EmbeddedPicture, ...] = ()  # those of `images` that the page holds itself
    robots: tuple[
        tuple[str, str], ...
    ] = ()  # name and content of the page's meta elements that speak to robots


class Loss(Value, frozen=True, kw_only=True):
    """What a document says less than its page: visible characters, pictures, links, files."""

    characters: int = 0
    images: int = 0
    links: int = 0
    files: int = 0


class Document(Value, frozen=True, kw_only=True):
    """A file of the archive: its path relative to the archive folder, with `/`, and its text."""

    path: str
    text: str

    @property
    def digest(self) -> str:
        """Return the sha256 (hex) of its file."""
        return sha256(self.text.encode("utf-8")).hexdigest()
