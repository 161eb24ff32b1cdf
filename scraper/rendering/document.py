"""A document of the archive as HTML: only what Markdown means, and no address that a page may not have.

Raw HTML is shown as the text that it is; a script, a style, an event cannot come out of here. Addresses are
http, https, ftp and mailto, all others are dropped and their words stay. A picture is shown where the archive
holds it; another one is a link that says where it would come from, unless remote pictures are wanted.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

from scraper.values import Value
from scraper.writer.frontmatter import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

_MORE: Final = re.compile(r"(?:(?<![ \t])[ \t]++)?<!--more-->[ \t]*+")
_LAST_LINE_BEGINS: Final = "[转入文章首发地址]("
_LAST_LINE: Final = re.compile(r"\[转入文章首发地址\]\((?P<address>[^\n]*)\)\s*+")
_SCHEMES: Final = frozenset({"http", "https", "ftp", "mailto"})
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_PICTURE: Final = "图"  # what stands for a picture that has no words of its own
_DEEPEST_HEADING: Final = 6


class Places(Protocol):
    """Where links and pictures of a document lead on the pages that show it."""

    @property
    def remote_pictures(self) -> bool:
        """Whether pictures that the archive does not hold are asked of their own servers."""

    def article(self, url: str) -> str | None:
        """Return the address of the held copy of an article; None: none is held."""

    def held(self, path: str) -> str | None:
        """Return the address of a file of the archive, `/pictures/…` in documents; None: it has none."""


class Rendered(Value, frozen=True, kw_only=True):
    """A document, ready to be shown."""

    title: str  # as the front matter has it, with the names of site and archive
    html: str
    text: str  # its visible text, a block a line
    original: str | None  # the address of its last line; None: it has none
    pictures: tuple[str, ...]  # the addresses of the held ones, in order
    tags: tuple[str, ...]


def render(document: str, places: Places) -> Rendered:
    """Return a document of either dialect as HTML. Front matter that is no YAML counts as text."""
    try:
        metadata, body = read(document)
    except ValueError:
        metadata, body = {}, document
    at = body.rfind(_LAST_LINE_BEGINS)
    found = _LAST_LINE.fullmatch(body[at:]) if at >= 0 else None
    if found is not None:
        body = body[:at].rstrip("\n")
    env: dict[str, Any] = {"places": places, "shown": list[str](), "closings": list[str]()}
    tokens = _reader().parse(_MORE.sub("", body), env)
    html = _reader().renderer.render(tokens, _reader().options, env)
    title, tags = metadata.get("title", ""), metadata.get("tags", [])
    return Rendered(
        title=title if isinstance(title, str) else "",
        html=html,
        text=_plain(tokens),
        original=None if found is None else safe_address(found["address"].strip("<> ")),
        pictures=tuple(env["shown"]),
        tags=tuple(tags) if isinstance(tags, list) else (),
    )


def safe_address(address: str) -> str | None:
    """Return an address that may stand in a link; None: it may not."""
    bare = _UNSEEN.sub("", address)
    try:
        parts = urlsplit(bare)
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES or (parts.scheme.lower() != "mailto" and not parts.netloc):
        return None
    return bare


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "typographer": False, "linkify": False})
    reader.enable(["table", "strikethrough"])
    for name in ("image", "link_open", "link_close", "table_open", "table_close", "fence"):
        reader.add_render_rule(name, _RULES[name])
    for name in ("heading_open", "heading_close"):
        reader.add_render_rule(name, _heading)
    for name in ("th_open", "td_open"):
        reader.add_render_rule(name, _cell)
    for name in ("paragraph_open", "paragraph_close"):
        reader.add_render_rule(name, _paragraph)
    return reader


def _plain(tokens: Sequence[Token]) -> str:
    lines = []
    for token in tokens:
        if token.type == "inline":
            parts = (
                "\n" if leaf.type in {"softbreak", "hardbreak"} else leaf.content
                for leaf in token.children or ()
                if leaf.type != "image"
            )
            lines.append("".join(parts))
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content)
    return "\n".join(line for line in lines if line.strip())


def _closings(env: EnvType) -> list[str]:
    """Return what closes the links that are open where the renderer is, outermost first."""
    closings: list[str] = env["closings"]
    return closings


# ── the pieces of a page that are not as markdown-it has them ─────────────────────────────────────────────


def _image(self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    places: Places = env["places"]
    token = tokens[at]
    words = self.renderInlineAsText(token.children, options, env) if token.children else ""
    source = str(token.attrs.get("src", ""))
    held = places.held(source) if source.startswith("/") else None
    if held is not None:
        env["shown"].append(held)
        return f'<img src="{escape(held)}" alt="{escape(_alt(words))}" loading="lazy" decoding="async">'
    address = safe_address(source)
    if address is None:
        return f'<span class="picture-away">{escape(words or _PICTURE)}</span>'
    if places.remote_pictures:
        return (
            f'<img src="{escape(address)}" alt="{escape(_alt(words))}" loading="lazy" decoding="async" '
            'referrerpolicy="no-referrer">'
        )
    where = f"{escape(words or _PICTURE)} <small>{escape(urlsplit(address).netloc)}</small>"
    if _closings(env):  # a link within a link is none
        return f'<span class="picture-away">{where}</span>'
    return f'<a class="picture-away" href="{escape(address)}" rel="noreferrer nofollow">{where}</a>'


def _alt(words: str) -> str:
    """Return what is read out for a picture: nothing, where the document only says that it is one."""
    return "" if words == _PICTURE else words


def _link_open(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    del self, options
    places: Places = env["places"]
    source = str(tokens[at].attrs.get("href", ""))
    own = places.held(source) if source.startswith("/") else places.article(source)
    address = safe_address(source)
    _closings(env).append("</span>" if own is None and address is None else "</a>")
    if own is not None:
        return f'<a href="{escape(own)}">'
    if address is None:
        return '<span class="no-link">'
    return f'<a href="{escape(address)}" rel="noreferrer nofollow external">'


def _link_close(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    del self, tokens, at, options
    return _closings(env).pop()


def _table_open(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """Open a table in a frame of its own: a wide one is scrolled there, by keyboard too."""
    del self, tokens, at, options, env
    return '<div class="table" role="group" tabindex="0"><table>\n'


def _table_close(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    del self, tokens, at, options, env
    return "</table></div>\n"


def _fence(self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    del self, options, env
    return f'<pre tabindex="0"><code>{escape(tokens[at].content)}</code></pre>\n'


def _heading(self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    """Put headings one level down: the page's first is the article's title."""
    del self, options, env
    level = min(int(tokens[at].tag[1]) + 1, _DEEPEST_HEADING)
    return f"<h{level}>" if tokens[at].nesting == 1 else f"</h{level}>\n"


def _cell(self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    """Open a cell; how it is aligned is a class, for a page allows no style of its own."""
    del self, options, env
    token = tokens[at]
    side = str(token.attrs.get("style", "")).rpartition(":")[2]
    return f'<{token.tag} class="{side}">' if side in {"left", "right", "center"} else f"<{token.tag}>"


def _paragraph(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """Open or close a paragraph; one of nothing but pictures is a figure."""
    del self, options, env
    token = tokens[at]
    if token.hidden:
        return ""
    line = tokens[at + 1] if token.nesting == 1 else tokens[at - 1]
    leaves = [leaf for leaf in line.children or () if leaf.content.strip() or leaf.type == "image"]
    only = bool(leaves) and all(leaf.type == "image" for leaf in leaves)
    tag = "figure" if only else "p"
    return f"<{tag}>" if token.nesting == 1 else f"</{tag}>\n"


_RULES: Final = {
    "image": _image,
    "link_open": _link_open,
    "link_close": _link_close,
    "table_open": _table_open,
    "table_close": _table_close,
    "fence": _fence,
    "code_block": _fence,
}
