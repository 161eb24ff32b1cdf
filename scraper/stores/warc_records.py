"""A capture as WARC records, and back. Pure: no files, no clock.

A capture is a group of records that is written at once: for each redirect a request and a response, then the
request and the response that it came to, which closes the group. Beside the fields of the standard:

    Archive-Kind        what was asked for (`model.Kind`); only the record that closes a group has it
    Archive-Channel     the channel whose list or pager script was asked for, where it was one
    Archive-Page        the number of that page of the list, where it has one
    Archive-Page-Of     of a further page of an article: the address of its first one, as it was asked for
    Archive-Address     the address that answered, where WARC-Target-URI had to write letters of it with %
    Archive-Asked-For   the address that was asked for, where redirects led elsewhere
    Archive-Hop-Of      on a redirect's response: the address that was asked for
    Archive-Original    on a revisit: file, offset and length of the response whose body is not stored again;
                        in the first format the file's name came after its site's folder
    Archive-Forgotten   on a tombstone, which stands in the place of a capture that was forgotten: the reason

`Transfer-Encoding` is kept as `X-Crawler-Transfer-Encoding` (`stores.http_message`).
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper import urls
from scraper.messages import say
from scraper.model import Capture, CaptureRef, Kind
from scraper.numbers import whole
from scraper.stores.http_message import hide_chunking, join_head, show_chunking, split_head
from scraper.stores.warc import BrokenRecord, Fields, Record, digest, labelled, pack, pack_to
from scraper.urls import Url
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

KIND = "Archive-Kind"
CHANNEL = "Archive-Channel"
PAGE = "Archive-Page"
PAGE_OF = "Archive-Page-Of"
ADDRESS = "Archive-Address"
ASKED_FOR = "Archive-Asked-For"
HOP_OF = "Archive-Hop-Of"
ORIGINAL = "Archive-Original"
FORGOTTEN = "Archive-Forgotten"

SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

_SHOWN = 200  # characters of a field that is wrong, in a message
_YEARS = range(1991, 2200)  # from the first web page on; what is later is reckoned with elsewhere
_MOST_PAGES = 10**9
_SHORT = 20  # letters of a reason where there is no room for more
_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([0-9]{3})(?: (.*))?", re.DOTALL)
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_PLACE = re.compile(r"(.+) ([0-9]{1,18}) ([0-9]{1,18})", re.DOTALL)


class Original(Value, frozen=True, kw_only=True):
    """The response that a revisit refers to."""

    ref: CaptureRef
    url: str
    date: str  # as its record has it


def stamp(moment: datetime) -> str:
    """Return a moment as WARC 1.1 has it: UTC, with microseconds."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def new_record_id(new_id: Callable[[], UUID]) -> str:
    """Return a fresh record id."""
    return f"<urn:uuid:{new_id()}>"


def warcinfo(*, record_id: str, file: str, moment: datetime, about: Fields) -> bytes:
    """Return the member that opens a file."""
    block = "".join(f"{name}: {' '.join(value.splitlines())}\r\n" for name, value in about)
    fields = (
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", stamp(moment)),
        ("WARC-Filename", file),
        ("Content-Type", "application/warc-fields"),
    )
    return pack(fields, block.encode())


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────


def members(
    capture: Capture, *, warcinfo_id: str, new_id: Callable[[], UUID], payload: Original | str
) -> list[bytes]:
    """Return a capture's group of members; the last one is the response, or its revisit.

    `payload`: the sha256 (hex) of its body; or the original of which the body is left out: the caller has
    made sure that it is the same, or that the answer is a 304.
    """
    group: list[bytes] = []
    for hop in capture.hops:
        digest_of_hop = sha256(hop.body).hexdigest()
        group += _pair(hop, ((HOP_OF, capture.url),), warcinfo_id, new_id, digest_of_hop)
    own: Fields = ((KIND, capture.kind.value),)
    if capture.channel is not None:
        own += ((CHANNEL, capture.channel),)
    if capture.page is not None:
        own += ((PAGE, str(capture.page)),)
    if capture.page_of is not None:
        own += ((PAGE_OF, capture.page_of),)
    if capture.url != capture.final_url:
        own += ((ASKED_FOR, capture.url),)
    return group + _pair(capture, own, warcinfo_id, new_id, payload)


def _pair(
    capture: Capture, own: Fields, warcinfo_id: str, new_id: Callable[[], UUID], payload: Original | str
) -> list[bytes]:
    response_id = new_record_id(new_id)
    common: Fields = (
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Date", stamp(capture.fetched_at)),
        ("WARC-Target-URI", _ascii(capture.final_url)),
    )
    if not capture.final_url.isascii():
        common += ((ADDRESS, capture.final_url),)
    if capture.ip_address is not None:
        common += (("WARC-IP-Address", capture.ip_address),)
    pair = [
        pack((*_revisit_or_response(capture, response_id, payload), *common, *own), _block(capture, payload))
    ]
    if capture.request_headers:
        fields: Fields = (
            ("WARC-Type", "request"),
            ("WARC-Record-ID", new_record_id(new_id)),
            ("WARC-Concurrent-To", response_id),
            ("Content-Type", "application/http; msgtype=request"),
        )
        pair.insert(0, pack((*fields, *common), _request_block(capture)))
    return pair


def _revisit_or_response(capture: Capture, record_id: str, payload: Original | str) -> Fields:
    fields: Fields = (
        ("WARC-Type", "response" if isinstance(payload, str) else "revisit"),
        ("WARC-Record-ID", record_id),
        ("Content-Type", "application/http; msgtype=response"),
    )
    if isinstance(payload, str):
        return (*fields, ("WARC-Payload-Digest", labelled(payload)))
    ref = payload.ref
    fields += (
        ("WARC-Refers-To-Target-URI", payload.url),
        ("WARC-Refers-To-Date", payload.date),
        (ORIGINAL, f"{ref.file} {ref.offset} {ref.length}"),
    )
    if capture.status == HTTPStatus.NOT_MODIFIED:
        return (*fields, ("WARC-Profile", NOT_MODIFIED))
    return (*fields, ("WARC-Profile", SAME_PAYLOAD), ("WARC-Payload-Digest", labelled(ref.digest)))


def _block(capture: Capture, payload: Original | str) -> bytes:
    first = f"HTTP/1.1 {capture.status:03d} {capture.reason}".encode("latin-1", "replace")
    head = join_head(first, hide_chunking(capture.headers))
    return head + capture.body if isinstance(payload, str) else head


def _request_block(capture: Capture) -> bytes:
    parts = urls.split(capture.final_url)
    first = f"GET {_ascii(parts.path + parts.query)} HTTP/1.1"
    return join_head(first.encode("ascii"), capture.request_headers)


def _ascii(address: str) -> str:
    """Write what is no ASCII as RFC 3986 has it; pywb cannot replay an address that is not so."""
    if address.isascii():
        return address
    return "".join(letter if letter.isascii() else quote(letter) for letter in address)


def tombstone(size: int, *, record_id: str, warcinfo_id: str | None, moment: datetime, reason: str) -> bytes:
    """Return the member of exactly `size` bytes that takes the place of a capture's whole group.

    It says why and when, and nothing of what was there. Raises `BrokenRecord` where there is no room for it.
    """
    fields: Fields = (
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", record_id),
        *((("WARC-Warcinfo-ID", warcinfo_id),) if warcinfo_id is not None else ()),
        ("WARC-Date", stamp(moment)),
        ("Content-Type", "application/warc-fields"),
    )
    for told in (reason, reason[:_SHORT], "-"):
        with suppress(BrokenRecord):
            return pack_to(size, (*fields, (FORGOTTEN, told)), b"")
    msg = say("there is no room for a tombstone: {size} bytes", size=size)
    raise BrokenRecord(msg)


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────


def closes_group(record: Record) -> bool:
    """Tell whether a record is the last of a capture's group."""
    return record.field(KIND) is not None


def is_tombstone(record: Record) -> bool:
    """Tell whether a record stands in the place of a capture that was forgotten."""
    return record.field(FORGOTTEN) is not None


def body_of(record: Record) -> bytes:
    """Return the body that a response's own block holds; a revisit's is empty."""
    return split_head(record.block)[2]


def capture_of(record: Record, body: bytes) -> Capture:
    """Return the capture that a response or revisit record tells of, with the body that belongs to it.

    What other records of its group hold (redirects, the request's headers) is left out.
    """
    first, headers, _ = split_head(record.block)
    status = _STATUS_LINE.fullmatch(first)
    if status is None:
        msg = say("the block does not begin with a status line")
        raise BrokenRecord(msg)
    final_url = record.field(ADDRESS) or record.required("WARC-Target-URI")
    return Capture(
        url=_address(record.field(ASKED_FOR) or final_url),
        final_url=_address(final_url),
        fetched_at=_moment(record.required("WARC-Date")),
        status=int(status[1]),
        reason=(status[2] or b"").decode("latin-1"),
        headers=show_chunking(headers),
        body=body,
        kind=_kind(record.field(KIND)),
        channel=record.field(CHANNEL),
        page=_page(record.field(PAGE)),
        page_of=None if (page_of := record.field(PAGE_OF)) is None else _address(page_of),
        ip_address=record.field("WARC-IP-Address"),
    )


def original_of(record: Record) -> CaptureRef | None:
    """Return where the body of a revisit lies; None: the record is none, or there is no body (a 304)."""
    if record.field("WARC-Profile") != SAME_PAYLOAD:
        return None
    place = _PLACE.fullmatch(record.required(ORIGINAL))
    if place is None:
        msg = say("the field {original} names no place", original=ORIGINAL)
        raise BrokenRecord(msg)
    file = place[1].rpartition("/")[2]
    return CaptureRef(file=file, offset=int(place[2]), length=int(place[3]), digest=stated_digest(record))


def with_group(capture: Capture, record: Record, before: Sequence[Record]) -> Capture:
    """Return a capture with what the records before it in its group hold: redirects, and headers sent."""
    sent = {
        other.field("WARC-Concurrent-To"): split_head(other.block)[1]
        for other in before
        if other.field("WARC-Type") == "request"
    }
    hops = tuple(
        replace(
            capture_of(other, body_of(other)),
            kind=capture.kind,
            request_headers=sent.get(other.field("WARC-Record-ID"), ()),
        )
        for other in before
        if other.field(HOP_OF) is not None
    )
    return replace(capture, hops=hops, request_headers=sent.get(record.field("WARC-Record-ID"), ()))


def stated_digest(record: Record) -> str:
    """Return the hex digest that a record states for its body; a 304 states none, its body is empty."""
    stated = record.field("WARC-Payload-Digest") or digest(body_of(record))
    return stated.removeprefix("sha256:")


def _address(text: str) -> Url:
    """Return an address as it stands there, by the rules of whatever version wrote it."""
    url = Url(text) if urls.parse(text) is not None and urls.is_whole(text) else None
    if url is None:
        msg = say("this is no http or https address: {text}", text=text[:_SHOWN])
        raise BrokenRecord(msg)
    return url


def _moment(text: str) -> datetime:
    try:
        if _STAMP.fullmatch(text):  # as `stamp` writes it: read in a tenth of the time
            moment = datetime.fromisoformat(text)
        else:
            moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        msg = say("this is no moment: {text}", text=text[:_SHOWN])
        raise BrokenRecord(msg)
    return moment


def _page(text: str | None) -> int | None:
    number = whole(text, _MOST_PAGES)
    if number is None and text is not None:
        msg = say("this is no number of a page: {text}", text=text[:_SHOWN])
        raise BrokenRecord(msg)
    return number


def _kind(text: str | None) -> Kind:
    try:
        return Kind.ARTICLE if text is None else Kind(text)
    except ValueError as error:
        msg = say("this is no kind of request: {text}", text=text)
        raise BrokenRecord(msg) from error
