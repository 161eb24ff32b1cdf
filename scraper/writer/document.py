"""An article as a document of its site's dialect.

    front matter
    the text: its blocks, in the Hugo dialect with `<!--more-->` between two of them
    the files that the text does not link to
    the pictures, in page order (unless they stay in place)
    the last line: where the article first stood

The text ends without a line end, as the older documents do.
"""

from __future__ import annotations

import re
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from scraper.blocks import Anchor, Figure, Paragraph, Text
from scraper.model import Document
from scraper.text import visible_text
from scraper.writer import frontmatter, hexo, hugo
from scraper.writer.address import destination
from scraper.writer.markdown import render_each
from scraper.writer.paths import checked, document_path
from scraper.writer.tree import figures, framed, hrefs, relinked, text_of, without_pictures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from scraper.blocks import Block
    from scraper.model import Article, Site
    from scraper.urls import Url

_LAST_LINE: Final = "转入文章首发地址"
_FILE: Final = "附件"
_FILE_NAME: Final = re.compile(r"[^/]/([^/?#]+\.[A-Za-z0-9]{1,5})(?:[?#]|$)")
_PAGES: Final = ("jsp", "php", "asp", "aspx", "do", "htm", "html", "shtml", "psp")
_NO_ASSETS: Final[Mapping[Url, str | None]] = MappingProxyType({})


def write(
    article: Article,
    site: Site,
    *,
    identity: Url,
    captured: datetime,
    path: str | None = None,
    assets: Mapping[Url, str | None] = _NO_ASSETS,
) -> Document:
    """Return the document of an article.

    `path` is where the document already stands: it stays there. `assets` says under which address a picture
    or a file of the page is linked instead of its own; None: it is gone, and the document says so. Raises
    WriteError for an article that has no place in the archive.
    """
    place = document_path(article, site, identity=identity) if path is None else checked(path)
    addresses: dict[str, str | None] = {str(url): address for url, address in assets.items()}
    match site.layout:
        case "hugo":
            metadata = hugo.front_matter(article, site, identity=identity, captured=captured)
            parts = hugo.divided(*_body(article, site, addresses), site.summary_after)
        case "hexo":
            metadata = hexo.front_matter(article, site, identity=identity, captured=captured)
            parts, _ = _body(article, site, addresses)
    last = f"[{_LAST_LINE}]({destination(identity)})"
    return Document(path=place, text=frontmatter.document(metadata, "\n\n".join([*parts, last])))


def _body(article: Article, site: Site, assets: Mapping[str, str | None]) -> tuple[list[str], Iterator[int]]:
    """Return the parts of the body, and the visible characters of those of its parts that are text."""
    at_end = site.image_position == "end"
    text = relinked(without_pictures(article.body) if at_end else article.body, assets)
    below = relinked([*_files(article), *_pictures(article, in_text=not at_end)], assets)
    rendered = list(render_each(text))
    parts = [markdown for _, markdown in (*rendered, *render_each(below))]
    return parts, (len(visible_text(text_of(block))) for block, _ in rendered)


def _files(article: Article) -> Iterator[Block]:
    """Yield a paragraph for each file that the text itself does not link to."""
    linked = set(hrefs(article.body)) if article.attachments else set()
    called = dict(article.called)
    for address in dict.fromkeys(article.attachments):
        if address not in linked:
            name = called.get(address) or _file_name(address)
            words = name if name.startswith(_FILE) else f"{_FILE}：{name}" if name else _FILE
            yield Paragraph(children=(Anchor(href=address, children=(Text(text=words),)),))


def _pictures(article: Article, *, in_text: bool) -> Iterator[Block]:
    """Yield a paragraph for each picture of the page, in page order, but for those that the text shows."""
    shown = list(figures(article.body))
    as_shown = {figure.src: figure for figure in reversed(shown)}
    told = [figure.src for figure in shown]
    if told == list(article.images):  # as on most pages
        order = [] if in_text else told
    elif in_text:
        order = list((Counter(article.images) - Counter(told)).elements())
    else:
        order = [*article.images, *(Counter(told) - Counter(article.images)).elements()]
    for src in order:
        yield Paragraph(children=(framed(as_shown.get(src) or Figure(src=src)),))


def _file_name(address: str) -> str:
    """Return the name that a file's address ends in; "" where it ends in a page's, or in none."""
    found = _FILE_NAME.search(address)
    if found is None or found[1].rpartition(".")[2].lower() in _PAGES:
        return ""
    return unquote(found[1])
