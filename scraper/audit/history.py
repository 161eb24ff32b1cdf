"""An article's past: each of its captures as this program reads it today, and what changed between them.

Reads the shelf, and extracts again; what an older version of the program made of a capture is not asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from scraper import line_differences, writer
from scraper.article_record import ADOPTED
from scraper.errors import ArchiveError, ProgramError
from scraper.mementos import archive_of, as_of_site
from scraper.messages import say, translated
from scraper.model import Kind
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import tzinfo

    from scraper.article_record import ArticleRecord
    from scraper.model import Article, Capture, CaptureRef, Site
    from scraper.stores.state.captures import CaptureEntry
    from scraper.urls import Url

What = Literal["article", "same", "gone", "other", "copy"]
Read: TypeAlias = "Callable[[Capture, Site], Article]"

_NOT_MODIFIED = 304
_GONE = frozenset({404, 410})
_SENTENCE = re.compile(
    r"(?<=[。！？；])(?=[^”’」』）》])"
)  # so that a diff shows a sentence, and no whole paragraph
_AROUND = 1  # lines shown before and after what changed


class Version(Value, frozen=True, kw_only=True):
    """One capture of an article."""

    entry: CaptureEntry
    what: What  # `same`: it says what the one before it said
    note: str = ""  # of `gone` and `other`: what the page was instead
    title: str | None = None  # None: it gave no article
    diff: tuple[str, ...] = ()  # against the last one that gave the article; empty: nothing to compare
    is_slip: bool = False  # an error of the program hides what the page says


def versions(
    entries: Iterable[CaptureEntry], site: Site, shelf: Callable[[CaptureRef], Capture], read: Read
) -> Iterator[Version]:
    """Yield an article's captures, oldest first, each against the one before it.

    `read` is who reads a page: within a bound of time, for a page may have been kept that has none.
    """
    before: Sequence[str] | None = None
    for entry in entries:
        if entry.kind is Kind.COPY:
            yield _copy(entry, site, shelf, read)
        elif entry.status == _NOT_MODIFIED:
            yield Version(entry=entry, what="same", note=say("not modified"))
        elif entry.status in _GONE:
            yield Version(entry=entry, what="gone", note=say("status {status}", status=entry.status))
        else:
            try:
                article = read(shelf(entry.ref), site)
            except ArchiveError as error:
                yield _unread(entry, "other", error)
                continue
            lines = tuple(_lines(article))
            what: What = "same" if lines == before else "article"
            diff = () if before is None else tuple(_diff(before, lines))
            yield Version(entry=entry, what=what, title=article.title, diff=diff)
            before = lines


def _copy(entry: CaptureEntry, site: Site, shelf: Callable[[CaptureRef], Capture], read: Read) -> Version:
    """Return what another archive's copy says: shown beside the site's own answers, and compared to none."""
    try:
        page = as_of_site(shelf(entry.ref))
        article = read(page, site)
    except ArchiveError as error:
        return _unread(entry, "copy", error)
    note = say(
        "as {archive} had it on {day}: {title}",
        archive=archive_of(entry.url),
        day=f"{page.fetched_at:%Y-%m-%d}",
        title=article.title,
    )
    return Version(entry=entry, what="copy", note=note, title=article.title)


def _unread(entry: CaptureEntry, what: What, error: ArchiveError) -> Version:
    """Return a capture that gave no article, with what it was instead."""
    note = say("{kind}: {said}", kind=error.kind, said=error.said)
    return Version(entry=entry, what=what, note=note, is_slip=isinstance(error, ProgramError))


def _lines(article: Article) -> Iterator[str]:
    """Yield what an article says, a sentence a line."""
    yield f"title: {article.title}"
    yield f"published: {article.published:%Y-%m-%d %H:%M}"
    yield f"source: {article.source or '–'}"
    yield f"editor: {article.editor or '–'}"
    for line in writer.render(article.body).splitlines():
        yield from _SENTENCE.sub("\n", line).splitlines() or ("",)


def _diff(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Yield the lines that differ, with `-` and `+`, and those around them; `@@` between places."""
    lines = list(line_differences.unified(before, after, around=_AROUND))[2:]  # without the names of files
    yield from ("@@" if line.startswith("@@") else line for line in lines)


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────────


def to_json(
    url: Url, known: ArticleRecord, aliases: Iterable[Url], past: Iterable[Version]
) -> dict[str, Any]:
    """Return an article's past for programs."""
    return {
        "url": url,
        "identity": known.url,
        "site": known.site,
        "status": known.status.value,
        "path": known.path,
        "origin": known.origin,
        "aliases": list(aliases),
        "captures": [_version_to_json(version) for version in past],
    }


def _version_to_json(version: Version) -> dict[str, Any]:
    entry = version.entry
    return {
        "fetched_at": entry.fetched_at.isoformat(timespec="seconds"),
        "url": entry.url,
        "status": entry.status,
        "digest": entry.ref.digest,
        "file": entry.ref.file,
        "offset": entry.ref.offset,
        "what": version.what,
        "note": version.note,
        "title": version.title,
        "diff": list(version.diff),
    }


def to_text(
    known: ArticleRecord, aliases: Iterable[Url], past: Iterable[Version], zone: tzinfo
) -> Iterator[str]:
    """Yield an article's past as lines, moments in this time zone."""
    yield f"{known.url}  {known.status}{'' if known.path is None else f'  {known.path}'}"
    if known.origin == ADOPTED:
        yield translated(say("its document was taken over from an older archive: no capture gives it"))
    elif known.origin is not None:
        yield translated(
            say(
                "its document was made of a copy that {origin} keeps, not of the site's own page",
                origin=known.origin,
            )
        )
    yield from (translated(say("also at {url}", url=url)) for url in aliases)
    for version in past:
        moment = f"{version.entry.fetched_at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
        known_as = {"article": version.title or "", "same": say("unchanged")}
        said = translated(known_as.get(version.what, version.note))
        yield f"{moment}  {version.entry.status}  {version.entry.ref.digest[:12]}  {said}"
        yield from (f"    {line}" for line in version.diff)
