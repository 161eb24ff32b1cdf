"""A reader that forgets something is told by its witness, whatever it writes into its account.

Each mutation takes one piece out of what was read, and leaves the account as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from article_cases import read_body

from scraper import urls
from scraper.blocks import Anchor
from scraper.extractor import article as article_reader
from scraper.extractor import body as body_reader
from scraper.extractor import witnessed_markup
from scraper.extractor.addresses import Addresses
from scraper.model import Loss
from scraper.values import replace
from scraper.writer import loss_of, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extractor.body import Reading

    Mutation = tuple[str, tuple[Any, ...]]

_HOLDERS = ("children", "blocks", "items", "rows", "caption")

BODIES = {
    "paragraphs": (
        "<p>湖上有风，岸上有人。</p><p>船靠了岸。</p><h2>小标题</h2><p>见<a href='/x.htm'>此</a>。</p>"
    ),
    "pictures": "<p><img src='/a.jpg'></p><p><img src='/b.jpg'></p><p><img data-src='/c.jpg'></p>",
    "a picture beneath": "<section style='background: url(/b.jpg)'></section><object data='/x.png'></object>",
    "files": "<p><a href='/a.docx'>甲</a></p><p><a href='/b.pdf'></a></p><script>showPdf('/c.pdf')</script>",
    "files in viewers": (
        "<iframe src='/web/viewer.html?file=%2Fa.pdf'></iframe><object data='/b.pdf'></object>"
        "<iframe src='/view?url=aHR0cDovL3guZXhhbXBsZS9jLnBkZg=='></iframe>"
    ),
    "files to choose from": "<select><option value='/a.pdf'>一<option value='/b.pdf'>二</select>",
    "players": (
        "<video src='/a.mp4'></video><audio><source src='/b.mp3'></audio><iframe src='/embed/7'></iframe>"
        "<mpvoice voice_encode_fileid='MzA'></mpvoice>"
    ),
    "players of one ending": (
        "<script>showVsbVideo('/__local/a.mp4?e=.mp4')</script><script vurl='/__local/b.mp4?e=.mp4'></script>"
    ),
    "players of one page": (
        "<iframe src='//v.example/p.html?vid=1x'></iframe><iframe src='/p.html?vid=2x'></iframe>"
    ),
    "a table": "<table border=1><tr><th>甲<th>乙<tr><td>丙<td><video src='/v.mp4'></video></table>",
    "a table with its foot first": (
        "<table border=1><tfoot><tr><td>合<td>三</tfoot><tbody><tr><td>甲<td>一<tr><td>乙<td>二</table>"
    ),
    "a list": (
        "<ol><li>甲一<li>乙二<ul><li>丙三</ul></ol><blockquote>引文</blockquote><p>尾</p><p>末"
        "<ruby>南<rt>nán</rt></ruby></p>"
    ),
}


def without_each(parts: tuple[Any, ...]) -> Iterator[Mutation]:
    """Yield what is left of a tree of blocks without each of its parts in turn."""
    for at, part in enumerate(parts):
        before, after = parts[:at], parts[at + 1 :]
        yield f"without {type(part).__name__} {at}", before + after
        if isinstance(part, Anchor) and not part.href.endswith(".htm"):
            continue  # how a file is called the page need not say
        held = {"": part} if isinstance(part, tuple) else {n: getattr(part, n, ()) for n in _HOLDERS}
        for name, inner in held.items():
            for told, left in without_each(inner):
                whole = replace(part, **{name: left}) if name else left
                yield f"{told} of {at}", (*before, whole, *after)


@pytest.mark.parametrize("name", BODIES)
def test_what_a_reader_forgets_is_lost(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_body(BODIES[name])
    assert loss_of(whole.shown, render(whole.body)) == Loss()
    read = body_reader.read

    def forgetful(blocks: tuple[Any, ...], *given: Any) -> Reading:  # noqa: ANN401 - what the reader takes
        found, told = read(*given), repr(blocks)
        files, played = (tuple(u for u in urls if u in told) for urls in (found.files, found.played))
        return replace(found, blocks=blocks, files=files, played=played)

    silent = []
    for told, blocks in without_each(whole.body):
        monkeypatch.setattr(body_reader, "read", lambda *given, b=blocks: forgetful(b, *given))
        article = read_body(BODIES[name])
        markdown = render(article.body)
        if markdown != render(whole.body) and loss_of(article.shown, markdown) == Loss():
            silent.append(told)
    assert silent == []


def test_a_reader_that_joins_references_wrongly_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The witness stands on the page's own base: what the reader made of a reference is not its word."""
    body = "<p><a href='x.htm'>此</a></p><p><img src='a.jpg'></p><script>showPdf('c.pdf')</script>"
    elsewhere = urls.parse("http://other.example/y/z.html")
    assert elsewhere is not None
    told = read_body(body)
    assert loss_of(told.shown, render(told.body), told.attachments) == Loss()
    monkeypatch.setattr(article_reader, "Addresses", lambda *_: Addresses(elsewhere, urls.joining(elsewhere)))
    wrong = read_body(body)
    assert loss_of(wrong.shown, render(wrong.body), wrong.attachments) == Loss(images=1, links=1)


def test_pictures_told_as_they_stand_are_shown() -> None:
    told = read_body(BODIES["pictures"])
    assert len(told.shown.images) == 3
    assert told.shown.images == told.images


ENDINGS = [
    *(
        "jpg",
        "jpeg",
        "png",
        "gif",
        "webp",
        "bmp",
        "avif",
        "pdf",
        "doc",
        "docx",
        "docm",
        "xls",
        "xlsx",
        "xlsm",
    ),
    *(
        "csv",
        "ppt",
        "pptx",
        "pps",
        "ppsx",
        "wps",
        "et",
        "dps",
        "ofd",
        "rtf",
        "zip",
        "rar",
        "7z",
        "caj",
        "epub",
    ),
    *("mp4", "m4v", "flv", "f4v", "wmv", "avi", "mov", "rmv", "rmvb", "mpg", "mpeg", "webm", "m3u8", "mp3"),
    *("wma", "wav", "m4a", "ogg"),
]


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_of_a_file_or_picture_names_one(ending: str) -> None:
    for written in (ending, ending.upper()):
        assert witnessed_markup.NAME.search(f"'/x.{written}'") is not None
