"""Records of an XML file, such as the items of a feed: read as they pass, nothing else kept.

XML without declarations of its own: no entities are defined, none are fetched, nothing can be made to grow.
Names are local (`dc:date` and `date` are one), since feeds declare their namespaces in every way there is.
What is no XML is read a second time, leniently: one bare `&` must not lose a whole feed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from scraper import charset
from scraper.discovery import lenient_xml
from scraper.discovery.source import source_bytes
from scraper.errors import NotAListing
from scraper.messages import say
from scraper.values import Value, field, replace

if TYPE_CHECKING:
    from scraper.model import Capture

MOST_RECORDS = 100_000
"""Of one file; a sitemap may hold 50,000."""

_GZIP = ((b"Content-Encoding", b"gzip"),)
_DEEPEST = 256  # elements within each other
_FIELD_DEPTH = 2  # `parent/child`
_FIELDS = frozenset(  # what somebody reads; `news` holds a title and a date
    [
        *("date", "guid", "id", "issued", "lastmod", "link", "loc", "news", "pubDate", "published", "title"),
        "updated",
    ]
)
_MOST_ALIKE = 16  # of one name in one record
_MOST_FIELDS = 500_000  # of one file: a sitemap of 50,000 pages has 200,000
_MOST_TEXT = 100_000  # characters of one field; a feed may carry whole articles, which nobody here reads
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_.:\-]+)[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
_DECLARES = re.compile(r"<!DOCTYPE[^\[<>]*+\[", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Field(Value, frozen=True, kw_only=True):
    """One element within a record: its text, and its attributes by local name."""

    text: str
    attributes: dict[str, str]


class Record(Value, frozen=True, kw_only=True):
    """One record: the elements directly in it by local name; those in these as `parent/child`."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    fields: dict[str, list[Field]] = field(default_factory=dict)

    def text(self, *names: str) -> str | None:
        """Return the first text that is not empty among the fields of these names, in their order."""
        texts = (each.text.strip() for name in names for each in self.fields.get(name, ()))
        return next((text for text in texts if text), None)


class Records(Value, frozen=True, kw_only=True):
    """What a file holds."""

    root: str  # its local name
    records: list[Record]
    fault: str | None  # why it is no XML, where it was read all the same; None: it is XML


def read_records(capture: Capture, names: frozenset[str], max_bytes: int) -> Records:
    """Return the local name of the root, and the records of these names in order.

    Raises `NotAListing` for what cannot be read, has a document type with declarations of its own, or holds
    more than `MOST_RECORDS`.
    """
    text = _text(capture, max_bytes)
    try:
        try:
            reader = _strictly(text, names)
        except expat.ExpatError as error:
            return _leniently(text, names, str(error))
        except _DocumentType as error:
            return _leniently(text, names, str(error))
    except (_Refused, expat.ExpatError) as error:
        msg = say("{url}: no list: {error}", url=capture.url, error=error)
        raise NotAListing(msg) from error
    return Records(root=reader.root, records=reader.records, fault=None)


def _strictly(text: str, names: frozenset[str]) -> _Reader:
    reader = _Reader(names)
    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003 - expat's own signature
    return reader


def _leniently(text: str, names: frozenset[str], fault: str) -> Records:
    if _DECLARES.search(text):
        msg = say("a document type with declarations, which is not read")
        raise _Refused(msg)
    reader = _Reader(names)
    if not lenient_xml.read(text, reader, names - {"link"}):
        msg = say("not XML: {fault}", fault=fault)
        raise _Refused(msg)
    return Records(root=reader.root, records=reader.records, fault=fault)


def _text(capture: Capture, max_bytes: int) -> str:
    """Return the file's text, without its declaration and what XML forbids; gzip undone, also twice."""
    data = source_bytes(capture, max_bytes)
    if data.startswith(b"\x1f\x8b"):
        data = source_bytes(replace(capture, body=data, headers=_GZIP), max_bytes)
    named = _DECLARED.search(data[:200])
    content_type = capture.header("content-type") or ""
    if named is not None and "charset" not in content_type.lower():
        content_type = f"text/xml; charset={named[1].decode('ascii')}"
    text = _DECLARATION.sub("", charset.text_of(data, content_type), count=1)
    return _FORBIDDEN.sub("", text).lstrip()


class _Refused(Exception):  # noqa: N818 - never leaves this file
    """The file asks for what we do not do."""


class _DocumentType(Exception):  # noqa: N818 - never leaves this file
    """The file has a document type, which expat would read."""


class _Element(Value):
    """An element within a record that is open."""

    name: str
    attributes: dict[str, str]
    texts: list[str] | None  # None: nobody reads it
    size: int = 0


class _Reader:
    """Takes what the parser meets, and keeps the records."""

    def __init__(self, names: frozenset[str]) -> None:
        self.root = ""
        self.records: list[Record] = []
        self._names = names
        self._record: Record | None = None
        self._path: list[_Element] = []  # within the record
        self._fields = 0  # of all records
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            msg = say("it is nested more than {deepest} deep", deepest=_DEEPEST)
            raise _Refused(msg)
        local = name.rpartition(":")[2]
        self.root = self.root or local
        if self._record is None and local not in self._names:
            return
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if self._record is not None:
            self._path.append(_Element(local, plain, None))
            self._path[-1].texts = [] if self._is_read(self._record) else None
            return
        if len(self.records) >= MOST_RECORDS:
            msg = say("more than {most_records} records", most_records=MOST_RECORDS)
            raise _Refused(msg)
        self._record = Record(name=local, attributes=plain)

    def characters(self, text: str) -> None:
        if not self._path:
            return
        element = self._path[-1]
        if element.texts is not None and element.size < _MOST_TEXT:
            element.texts.append(text)
            element.size += len(text)

    def end(self, _name: str) -> None:
        self._depth -= 1
        if self._record is None:
            return
        if not self._path:
            self.records.append(self._record)
            self._record = None
            return
        path = self._place
        element = self._path.pop()
        if element.texts is not None:
            found = Field(text="".join(element.texts), attributes=element.attributes)
            self._record.fields.setdefault(path, []).append(found)

    @property
    def _place(self) -> str:
        return "/".join(element.name for element in self._path[:_FIELD_DEPTH])

    def _is_read(self, record: Record) -> bool:
        """Say whether anybody reads the element that just began."""
        if len(self._path) > _FIELD_DEPTH or self._path[0].name not in _FIELDS:
            return False
        if len(record.fields.get(self._place, ())) >= _MOST_ALIKE:
            return False
        self._fields += 1
        if self._fields > _MOST_FIELDS:
            msg = say("more than {most_fields} fields", most_fields=_MOST_FIELDS)
            raise _Refused(msg)
        return True

    def refuse(self, *_declaration: object) -> None:
        msg = say("a document type, which is not read")
        raise _DocumentType(msg)
